package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"serik/internal/platform/db"
)

// A backup made beside the server comes back whole: people, log, proof. It
// names nobody without its key and holds no other key.
func TestBackupAndRestore(t *testing.T) {
	s := migrated(t)
	if s.cfg.URL != "" {
		s.run("backup", filepath.Join(t.TempDir(), "b")).fails(t, 2, "docs/runbooks/backup.md")
		return
	}
	s.ok("user", "add", "aigul", "--family", "Zhorgaqbaev", "--given", "Aigul")
	s.serve(func(string) {})
	file := filepath.Join(t.TempDir(), "house.serik")
	key := filepath.Join(s.state, "backup.key")
	s.serve(func(string) {
		if out := s.ok("backup", file); !strings.Contains(out, "made the backup key "+key) || !strings.Contains(out, "the log proved") {
			t.Errorf("said %q", out)
		}
	})
	if out := s.ok("backup", file+"2"); strings.Contains(out, "made the") {
		t.Errorf("another key: %q", out)
	}
	s.run("backup", file).fails(t, 1, "there is a file already")
	for _, path := range []string{file, key} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	closed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range []string{"Zhorgaqbaev", "aigul", "CREATE TABLE", "serik audit log"} {
		if bytes.Contains(closed, []byte(plain)) {
			t.Errorf("the backup tells %q", plain)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.state, ".backup-*")); len(left) > 0 {
		t.Errorf("plain copies are left: %v", left)
	}

	to := filepath.Join(t.TempDir(), "new")
	a := run(t.Context(), "restore", file, "--data", to, "--key", key)
	if a.code != 0 || !strings.Contains(a.out, "bring checkpoint.key and keys.json back") {
		t.Fatalf("%d %s%s", a.code, a.out, a.err)
	}
	names := ""
	all, err := os.ReadDir(to)
	for _, e := range all {
		names += e.Name() + " "
	}
	if err != nil || names != "checkpoint.pub checkpoints.log serik.db " {
		t.Errorf("brought back: %s, %v", names, err)
	}
	n := &shell{T: t, cfg: db.Config{Path: filepath.Join(to, "serik.db")}, state: to}
	if out := n.ok("audit", "verify"); !strings.Contains(out, "the log is whole") {
		t.Errorf("said %q", out)
	}
	// Without the keys nothing sealed opens; with them all is there.
	n.run("user", "list").fails(t, 3, "bring the file of keys back")
	back := func(name string) {
		t.Helper()
		own, err := os.ReadFile(filepath.Join(s.state, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), own, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	back("keys.json")
	if out := n.ok("user", "list"); !strings.Contains(out, "aigul") {
		t.Errorf("people: %q", out)
	}
	// Without its own key the log is not sealed on; with it all goes on.
	n.run("serve", "--addr", "127.0.0.1:0").fails(t, 3, "bring it back from where keys are kept")
	back("checkpoint.key")
	n.serve(func(string) {})
	n.ok("audit", "verify")
}

// What the operator can get wrong is said in one line, and nothing is there
// afterwards.
func TestRestoreRefuses(t *testing.T) {
	s := migrated(t)
	if s.cfg.URL != "" {
		t.Skip("PostgreSQL has its own tools")
	}
	dir := t.TempDir()
	file, key := filepath.Join(dir, "b"), filepath.Join(s.state, "backup.key")
	s.ok("backup", file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.key")
	s.ok("backup", file+"2", "--key", other)
	written := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct{ from, key, says string }{
		"another key":  {file, other, "wrong key: this backup needs the key"},
		"no key":       {file, filepath.Join(dir, "none"), "no key at"},
		"not a key":    {file, file, "not a backup key"},
		"cut":          {written("cut", whole[:len(whole)-1]), key, "cut short or damaged"},
		"cut in half":  {written("half", whole[:len(whole)/2]), key, "cut short or damaged"},
		"cut at once":  {written("start", whole[:20]), key, "not a backup of serik"},
		"empty":        {written("empty", nil), key, "not a backup of serik"},
		"a bit turned": {written("flip", flipped), key, "cut short or damaged"},
		"more behind":  {written("more", append(bytes.Clone(whole), 7)), key, "cut short or damaged"},
		"another file": {written("other", bytes.Repeat([]byte("x"), 4000)), key, "not a backup of serik"},
	} {
		to := filepath.Join(t.TempDir(), "new")
		run(t.Context(), "restore", c.from, "--data", to, "--key", c.key).fails(t, 1, c.says)
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%s: something was made", name)
		}
	}
	run(t.Context(), "restore", file, "--data", s.state, "--key", key).fails(t, 1, "the folder is not empty")
	run(t.Context(), "restore", file, "--data", filepath.Join(dir, "x")).fails(t, 2, "say with which key")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	s.run("backup", file+"3").fails(t, 1, "chmod 600")
	run(t.Context(), "backup", file+"4", "--data", t.TempDir()).fails(t, 3, "no database here")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if a := run(ctx, "backup", file+"5", "--data", s.state, "--key", other); a.code == 0 {
		t.Error("made although it was stopped")
	}
	for _, n := range []string{"3", "4", "5"} {
		if _, err := os.Stat(file + n); err == nil {
			t.Errorf("%s is there", n)
		}
	}
}

// A passphrase stands in for the key file.
func TestBackupByPassphrase(t *testing.T) {
	s := lone(t)
	if s.cfg.URL != "" {
		t.Skip("PostgreSQL has its own tools")
	}
	s.ok("migrate")
	file := filepath.Join(t.TempDir(), "b")
	t.Setenv("SERIK_BACKUP_PASSPHRASE", "short")
	s.run("backup", file).fails(t, 1, "at least 12 letters")
	t.Setenv("SERIK_BACKUP_PASSPHRASE", "a quiet lake at dawn")
	if out := s.ok("backup", file); strings.Contains(out, "made the backup key") {
		t.Errorf("said %q", out)
	}
	to := filepath.Join(t.TempDir(), "new")
	t.Setenv("SERIK_BACKUP_PASSPHRASE", "a quiet lake at dusk")
	run(t.Context(), "restore", file, "--data", to).fails(t, 1, "wrong passphrase")
	t.Setenv("SERIK_BACKUP_PASSPHRASE", "a quiet lake at dawn")
	if a := run(t.Context(), "restore", file, "--data", to); a.code != 0 {
		t.Errorf("%d %s", a.code, a.err)
	}
}
