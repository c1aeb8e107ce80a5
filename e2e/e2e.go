// Package e2e holds the stories: people at work in a real browser, in Kazakh
// and Russian, on a telephone and on a desk. They run with the tag e2e; axe
// looks at each page they stop at.
package e2e
