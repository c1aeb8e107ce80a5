//go:build race

package world_test

// watched: the race detector makes each step some times longer.
const watched = 10
