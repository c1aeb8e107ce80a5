package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// An operator makes a token for a person, sees it listed by its beginning, and
// ends it.
func TestTokenCommands(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "machine", "--family", "Invented", "--given", "Machine", "--role", "regional")
	secret := strings.TrimSpace(s.ok("token", "create", "machine", "--name", "exchange", "--days", "30", "--read-only"))
	if len(secret) != 68 || !strings.HasPrefix(secret, "srk_") {
		t.Fatalf("printed %q", secret)
	}
	var all []struct {
		Login, Prefix, State string
		ReadOnly             bool `json:"read_only"`
	}
	list := func() {
		t.Helper()
		out := s.ok("token", "list", "machine", "--json")
		if strings.Contains(out, secret[12:]) {
			t.Error("the secret is listed")
		}
		if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
	}
	list()
	if k := all[0]; k.Login != "machine" || !strings.HasPrefix(secret, k.Prefix) || k.State != "live" || !k.ReadOnly {
		t.Errorf("listed %+v", k)
	}
	for _, wrong := range [][]string{{"token", "create", "machine", "--name", "x", "--days", "366"}, {"token", "create", "nobody", "--name", "x"},
		{"token", "revoke", "srk_ffff"}, {"token", "list", "nobody"}} {
		if a := s.run(wrong...); a.code != 1 || a.err == "" {
			t.Errorf("%v: %d %s", wrong, a.code, a.err)
		}
	}
	s.ok("token", "revoke", secret[:12])
	if list(); all[0].State != "revoked" {
		t.Errorf("listed %+v", all[0])
	}
	if a := s.run("token", "revoke", secret[:12]); a.code != 1 {
		t.Errorf("revoked twice: %d", a.code)
	}
}
