//go:build !race

package world_test

const watched = 1
