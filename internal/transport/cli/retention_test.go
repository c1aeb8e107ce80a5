package cli_test

import (
	"encoding/json"
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
