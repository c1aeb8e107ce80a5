// Package internal_test holds the plan of the house, executable. It parses the
// tree (no build, no go list) and names each place that breaks a rule of
// docs/adr/0001. Changing a rule needs an ADR; a new room needs nothing, a new
// shelf of the platform its line in `shelves`.
package internal_test

import (
	"os"
	"testing"
)

// TestHouse holds this tree to the plan.
func TestHouse(t *testing.T) {
	t.Parallel()
	h, err := readHouse(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.files) == 0 {
		t.Fatal("nothing read: the tree is not where it should be")
	}
	for _, b := range h.breaches() {
		t.Error(b)
	}
}
