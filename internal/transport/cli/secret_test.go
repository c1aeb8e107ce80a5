package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/db"
	"serik/internal/wire"
)

func (s *shell) keyFile() string { return filepath.Join(s.state, "keys.json") }

// The first command on an empty database makes the keys, for their owner alone,
// and says where they are and that they do not belong into a backup.
func TestKeysAreMadeOnce(t *testing.T) {
	s := newShell(t)
	out := s.ok("migrate")
	if !strings.Contains(out, s.keyFile()) || !strings.Contains(out, "apart from the backups") {
		t.Errorf("said %q", out)
	}
	info, err := os.Stat(s.keyFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if out := s.ok("migrate"); strings.Contains(out, "keys made") {
		t.Errorf("made twice: %q", out)
	}
	s.ok("user", "list")
}

// Without its keys, or with others, a sealed database is refused and nothing
// is written.
func TestWrongKeysAndNone(t *testing.T) {
	s := migrated(t)
	mine, err := os.ReadFile(s.keyFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(s.keyFile(), s.keyFile()+".away"); err != nil {
		t.Fatal(err)
	}
	before := s.canaries()
	for _, command := range [][]string{{"migrate"}, {"serve", "--addr", "127.0.0.1:0"}, {"user", "list"}, {"secret", "list"}} {
		s.run(command...).fails(t, 3, "its keys are not here")
	}
	if _, err := os.Stat(s.keyFile()); err == nil {
		t.Error("keys were made for a sealed database")
	}
	other := newOther(t)
	if err := os.WriteFile(s.keyFile(), other, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"migrate"}, {"serve", "--addr", "127.0.0.1:0"}, {"user", "list"}, {"secret", "rotate"}} {
		s.run(command...).fails(t, 3, "the database was sealed with other keys")
	}
	if after := s.canaries(); after != before {
		t.Errorf("canaries: %d, then %d", before, after)
	}
	if b, err := os.ReadFile(s.keyFile()); err != nil || string(b) != string(other) {
		t.Errorf("the file of keys was written: %v", err)
	}
	if err := os.WriteFile(s.keyFile(), mine, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.keyFile(), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run("user", "list").fails(t, 3, "chmod 600")
	if err := os.Chmod(s.keyFile(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ok("user", "list")
}

// newOther is the file of another installation's keys.
func newOther(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "serik.db")
	if a := run(t.Context(), "migrate", "--data", filepath.Dir(path)); a.code != 0 {
		t.Fatal(a.err)
	}
	b, err := os.ReadFile(filepath.Join(filepath.Dir(path), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s *shell) canaries() int {
	s.Helper()
	d, err := db.Open(s.Context(), s.cfg)
	if err != nil {
		s.Fatal(err)
	}
	var n int
	if err := d.R.NewRaw("SELECT count(*) FROM secret_key").Scan(s.Context(), &n); err != nil {
		s.Fatal(err)
	}
	if err := d.Close(); err != nil {
		s.Fatal(err)
	}
	return n
}

// A whole rotation at the command line: a key is added, promoted, all is
// sealed anew while it serves, and the former is let go of, not before.
func TestRotateAtTheCommandLine(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul")
	if got := states(s.ok("secret", "list")); got != "seal current, blind current" {
		t.Errorf("at first: %s", got)
	}
	s.ok("secret", "add")
	if got := states(s.ok("secret", "list")); got != "seal current, seal waiting, blind current, blind waiting" {
		t.Errorf("added: %s", got)
	}
	s.run("secret", "retire").fails(t, 1, "waits")
	s.ok("secret", "rotate")
	if got := states(s.ok("secret", "list")); got != "seal current, seal former, blind current, blind former" {
		t.Errorf("promoted: %s", got)
	}
	s.run("secret", "retire").fails(t, 1, "two minutes")
	s.age()
	s.run("secret", "retire").fails(t, 1, "sealed anew")
	s.serve(func(string) {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for range 300 {
			if s.stale() == 0 {
				return
			}
			<-tick.C
		}
		t.Error("nothing is sealed anew")
	})
	s.age()
	s.ok("secret", "retire")
	if got := states(s.ok("secret", "list")); got != "seal current, blind current" {
		t.Errorf("retired: %s", got)
	}
	if out := s.ok("audit", "verify"); !strings.Contains(out, "the log is whole") || strings.Contains(out, "not checked") {
		t.Errorf("said %q", out)
	}
	d, err := db.Open(t.Context(), s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }() // it was only read
	var actors []string
	err = d.R.NewRaw("SELECT DISTINCT actor FROM audit WHERE verb IN ('secret.add', 'secret.rotate', 'secret.retire')").Scan(t.Context(), &actors)
	if err != nil || len(actors) != 1 || !strings.HasPrefix(actors[0], "operator:") {
		t.Errorf("by %v: %v", actors, err)
	}
}

// age puts the last change of the keys back by an hour.
func (s *shell) age() {
	s.Helper()
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.keyFile(), then, then); err != nil {
		s.Fatal(err)
	}
}

// stale counts the details that do not stand under the newest key, as another
// process sees them.
func (s *shell) stale() int {
	s.Helper()
	d, err := db.OpenReader(s.Context(), s.cfg)
	if s.cfg.URL != "" {
		d, err = db.Open(s.Context(), s.cfg)
	}
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = d.Close() }() // it was only read
	n, err := s.keys().Stale(s.Context(), d.R, wire.Sealed())
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// states are kind and state of the keys that are listed.
func states(list string) string {
	var out []string
	for line := range strings.Lines(list) {
		f := strings.Fields(line)
		out = append(out, f[0]+" "+f[2])
	}
	return strings.Join(out, ", ")
}

// The details are not checked where nobody has the keys, and the log says so.
func TestAuditVerifyWithoutKeys(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul")
	s.serve(func(string) {})
	if err := os.Rename(s.keyFile(), s.keyFile()+".away"); err != nil {
		t.Fatal(err)
	}
	if out := s.ok("audit", "verify"); !strings.Contains(out, "the log is whole") || !strings.Contains(out, "not checked") {
		t.Errorf("said %q", out)
	}
}
