package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The list is a dry run: an empty house has nothing due, and says by which
// norms, and that nobody has verified them.
func TestRetentionList(t *testing.T) {
	s := migrated(t)
	out := s.ok("retention", "list")
	for _, line := range []string{"case     10           0    0     norm not verified", "message  5 ", "child    10 "} {
		if !strings.Contains(out, line) {
			t.Errorf("%q is not in\n%s", line, out)
		}
	}
	var all []struct {
		Noun, Norm string
		Due        int
	}
	if err := json.Unmarshal([]byte(s.ok("retention", "list", "--json", "--ids", "5")), &all); err != nil || len(all) != 3 || all[0].Norm != "retention.case_years" {
		t.Errorf("%v, %v", all, err)
	}
	s.run("retention", "list", "--ids", "-1").fails(t, 2, "--ids")
}

// After a restore the list from outside is gone through; what is not due is
// named and kept, a file that is no such list is refused.
func TestRetentionAfterARestore(t *testing.T) {
	s := migrated(t)
	if out := s.ok("retention", "erased"); out != "" {
		t.Errorf("an empty house has erased %s", out)
	}
	list := filepath.Join(t.TempDir(), "erased.jsonl")
	write := func(text string) {
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	if out := s.ok("retention", "repeat", list); !strings.Contains(out, "0 erased once more, 0 already gone, 0 kept") {
		t.Error(out)
	}
	write(`{"id":"019cb211-3c80-7102-932d-d50e12927fc0","noun":"child","subject":"019cb211-3c80-71c8-af94-60ce14bd4e0a","at":"2045-03-03T00:00:00Z"}` + "\n")
	s.run("retention", "repeat", list).fails(t, 3, "to be kept")
	write("not a list")
	s.run("retention", "repeat", list).fails(t, 2, "list")
	s.ok("retention", "settle")
}
