package audit

import "testing"

// A checkpoint that is broken is refused; one that is read says a size that can be.
func FuzzCheckpoint(f *testing.F) {
	f.Add(origin + "\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Add(origin + "\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Add("\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		if tree, err := parseTree(text); err == nil && tree.N < 0 {
			t.Errorf("%q: %d", text, tree.N)
		}
	})
}
