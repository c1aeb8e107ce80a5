package wire_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"serik/internal/platform/access"
	"serik/internal/wire"
)

var update = flag.Bool("update", false, "write docs/roles.md, testdata/cost.json anew")

// What people read about who may do what is the policy itself.
func TestRolesDocument(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "roles.md")
	want := access.Document(wire.Policy())
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/roles.md is not the policy; run make generate")
	}
}
