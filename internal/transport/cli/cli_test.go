package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/internal/transport/cli"
	"serik/internal/wire"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// shell is a command line before one database.
type shell struct {
	*testing.T
	cfg   db.Config
	state string // of checkpoints
}

// answer is what a command left.
type answer struct {
	code     int
	out, err string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	t.Parallel()
	return lone(t)
}

// lone is a shell of a test that changes the environment, and so runs alone.
func lone(t *testing.T) *shell {
	t.Helper()
	s := &shell{T: t, cfg: dbtest.Empty(t)}
	if s.cfg.Path != "" {
		s.state = filepath.Dir(s.cfg.Path)
	} else {
		s.state = t.TempDir()
	}
	if err := os.Chmod(s.state, 0o700); err != nil {
		t.Fatal(err)
	}
	return s
}

// migrated is a shell whose database has a schema and the places of the
// country.
func migrated(t *testing.T) *shell {
	t.Helper()
	s := newShell(t)
	s.ok("migrate")
	return s
}

// with opens the database as another process would.
func (s *shell) with(do func(context.Context, *db.DB) error) {
	s.Helper()
	d, err := db.Open(s.Context(), s.cfg)
	if err != nil {
		s.Fatal(err)
	}
	if err := do(s.Context(), d); err != nil {
		s.Fatal(err)
	}
	if err := d.Close(); err != nil {
		s.Fatal(err)
	}
}

// keys are those that the first command has made.
func (s *shell) keys() *secret.Ring {
	s.Helper()
	keys, err := secret.Load(s.Context(), secret.Source{File: filepath.Join(s.state, "keys.json")})
	if err != nil {
		s.Fatal(err)
	}
	return keys
}

// where are the flags that lead to the database.
func (s *shell) where(command string) []string {
	if s.cfg.Path != "" {
		return []string{"--data", s.state}
	}
	keys := filepath.Join(s.state, "keys.json")
	if command == "serve" || command == "audit" || command == "doctor" {
		return []string{"--db", s.cfg.URL, "--state", s.state, "--keys", keys}
	}
	return []string{"--db", s.cfg.URL, "--keys", keys}
}

func run(ctx context.Context, args ...string) answer {
	var out, err bytes.Buffer
	code := cli.Main(ctx, args, wire.Ways(&out, &err))
	return answer{code, out.String(), err.String()}
}

func (s *shell) run(args ...string) answer {
	s.Helper()
	return run(s.Context(), append(args, s.where(args[0])...)...)
}

func (s *shell) ok(args ...string) string {
	s.Helper()
	a := s.run(args...)
	if a.code != 0 || a.err != "" {
		s.Fatalf("%v: exit %d, %s", args, a.code, a.err)
	}
	return a.out
}

// fails demands an exit code and one line of error that holds a text.
func (a answer) fails(t *testing.T, code int, text string) {
	t.Helper()
	if a.code != code || strings.Count(a.err, "\n") != 1 || !strings.Contains(a.err, text) {
		t.Errorf("exit %d instead of %d, or not %q in one line: %q", a.code, code, text, a.err)
	}
}

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	if a := run(t.Context(), "version"); a.code != 0 || a.out != "serik "+cli.Version+"\n" {
		t.Errorf("version: %+v", a)
	}
	for _, args := range [][]string{{"--help"}, {"serve", "--help"}, {"user", "--help"}, {"user", "add", "--help"}, {"audit", "verify", "--help"}} {
		if a := run(t.Context(), args...); a.code != 0 || !strings.Contains(a.out, "Usage: serik") || a.err != "" {
			t.Errorf("%v: exit %d, %q, %q", args, a.code, a.out, a.err)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"fly"}, {"migrate", "--speed"}, {"migrate"}, {"user", "add", "x"},
		{"migrate", "--data", t.TempDir(), "--db", "postgres://x"}, {"serve", "--db", "postgres://x"}, {"user", "suspend", "x", "--data", t.TempDir()}} {
		run(t.Context(), args...).fails(t, 2, "serik: ")
	}
}

// What cannot be is refused before anything is made.
func TestRefusedBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	run(t.Context(), "migrate", "--db", "mysql://x").fails(t, 2, "postgres://")
	for _, addr := range []string{"bad", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:no-such"} {
		dir := filepath.Join(t.TempDir(), "new")
		run(t.Context(), "serve", "--data", dir, "--addr", addr).fails(t, 2, "--addr")
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: a folder is made", addr)
		}
	}
}

func TestMachineAtFault(t *testing.T) {
	t.Parallel()
	run(t.Context(), "user", "list", "--data", filepath.Join(t.TempDir(), "none")).fails(t, 3, "serik migrate")
	run(t.Context(), "migrate", "--db", "postgres://nobody@127.0.0.1:1/none").fails(t, 3, "serik: ")
	run(t.Context(), "audit", "verify", "--data", t.TempDir()).fails(t, 3, "no database here")
	run(t.Context(), "audit", "verify", "--data", filepath.Join(t.TempDir(), "none")).fails(t, 3, "no such folder")
}

func TestMigrateTwice(t *testing.T) {
	s := newShell(t)
	if out := s.ok("migrate"); !strings.HasSuffix(out, "\nschema is up to date\n") {
		t.Errorf("said %q", out)
	}
	if out := s.ok("migrate"); out != "schema is up to date\n" {
		t.Errorf("said %q", out)
	}
}

func TestUsers(t *testing.T) {
	s := migrated(t)
	first := s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul", "--role", "administrator")
	if len(strings.TrimSpace(first)) != 16 || strings.Count(first, "\n") != 1 {
		t.Errorf("the password is %d letters", len(first))
	}
	s.run("user", "add", "aigul", "--family", "Other", "--given", "Other").fails(t, 1, "login: This login is taken")
	s.run("user", "add", "dana", "--family", "D", "--given", "D", "--place", "999").fails(t, 1, "place: ")
	s.run("user", "add", "dana", "--family", "D", "--given", "D", "--role", "wizard").fails(t, 2, "role: one of curator, duty, secretary")
	s.run("user", "add", "dana", "--family", "D", "--given", "D", "--role", "curator").fails(t, 2, "--place: a curator serves in a district")
	s.ok("user", "add", "dana", "--family", "Invented", "--given", "Dana", "--place", "751710000")
	s.signs("aigul", strings.TrimSpace(first), true)
	second := s.ok("user", "reset-password", "aigul")
	s.signs("aigul", strings.TrimSpace(first), false)
	s.signs("aigul", strings.TrimSpace(second), true)
	s.run("user", "reset-factor", "dana", "--reason", "lost").fails(t, 1, "There is no second factor")
	s.enrols("dana")
	s.run("user", "reset-factor", "dana", "--reason", " ").fails(t, 1, "reason: ")
	s.ok("user", "reset-factor", "dana", "--reason", "lost")
	s.run("user", "reset-factor", "dana", "--reason", "lost").fails(t, 1, "There is no second factor")
	if out := s.ok("user", "suspend", "dana", "--reason", "check"); out != "dana is suspended; every session has ended\n" {
		t.Errorf("said %q", out)
	}
	s.run("user", "suspend", "dana", "--reason", "check").fails(t, 1, "")
	if out := s.ok("user", "deactivate", "dana"); !strings.Contains(out, "dana has ended") {
		t.Errorf("said %q", out)
	}
	s.run("user", "deactivate", "nobody").fails(t, 1, "nobody with this login")
	if out := s.ok("user", "list"); !strings.Contains(out, "aigul  active  Invented Aigul  administrator 1.\n") || strings.Contains(out, "dana") {
		t.Errorf("list: %q", out)
	}
	var all []struct{ Login, State string }
	if err := json.Unmarshal([]byte(s.ok("user", "list", "--all", "--json")), &all); err != nil || len(all) != 2 || all[1].State != directory.Deactivated {
		t.Errorf("list: %v, %v", all, err)
	}
	s.with(func(ctx context.Context, d *db.DB) error {
		var actors []string
		err := d.R.NewRaw("SELECT DISTINCT actor FROM audit WHERE verb = 'person.add'").Scan(ctx, &actors)
		if len(actors) != 1 || !strings.HasPrefix(actors[0], "operator:") {
			t.Errorf("added by %v", actors)
		}
		return err
	})
}

// enrols gives somebody an authenticator application.
func (s *shell) enrols(login string) {
	s.Helper()
	s.with(func(ctx context.Context, d *db.DB) error {
		var person id.ID
		if err := d.R.NewRaw("SELECT id FROM person WHERE login = ?", login).Scan(ctx, &person); err != nil {
			return err
		}
		sealed, err := s.keys().Seal(secret.Place{Column: "totp.secret", Row: person}, directory.NewAppSecret())
		if err != nil {
			return err
		}
		_, err = d.W.NewRaw("INSERT INTO totp (id, secret, last, since) VALUES (?, ?, 0, ?)", person, sealed, time.Now()).Exec(ctx)
		return err
	})
}

// signs tells whether a password lets in.
func (s *shell) signs(login, password string, want bool) {
	s.Helper()
	s.with(func(ctx context.Context, d *db.DB) error {
		app, err := wire.Open(d, s.keys(), time.Now)
		if err != nil {
			return err
		}
		_, err = directory.SignIn(ctx, app.Run, directory.Attempt{Login: login, Password: password, Address: "10.0.0.1"})
		if (err == nil) != want {
			s.Errorf("%s signs in: %v", login, err)
		}
		return nil
	})
}

// Before the first seal there is nothing to prove; after it the verifier's key
// may not be missing.
func TestAuditVerifyBeforeTheFirstSeal(t *testing.T) {
	s := migrated(t)
	if out := s.ok("audit", "verify"); !strings.HasPrefix(out, "nothing is sealed yet") {
		t.Errorf("said %q", out)
	}
	if out := s.ok("audit", "verify", "--json"); !strings.Contains(out, `"sealed":0`) {
		t.Errorf("said %q", out)
	}
	s.serve(func(string) {})
	for _, f := range []string{"checkpoint.pub", "checkpoints.log"} {
		if err := os.Remove(filepath.Join(s.state, f)); err != nil {
			t.Fatal(err)
		}
		s.run("audit", "verify").fails(t, 3, "verifier's key")
	}
}

// One flipped column in a sealed log is found and named.
func TestAuditVerify(t *testing.T) {
	s := migrated(t)
	s.ok("user", "add", "aigul", "--family", "Invented", "--given", "Aigul")
	s.serve(func(string) {})
	var r struct {
		OK       bool  `json:"ok"`
		Sealed   int64 `json:"sealed"`
		FirstBad *struct {
			Index int64  `json:"index"`
			Why   string `json:"why"`
		} `json:"first_bad"`
	}
	if err := json.Unmarshal([]byte(s.ok("audit", "verify", "--json")), &r); err != nil || !r.OK || r.Sealed < 3 || r.FirstBad != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	if out := s.ok("audit", "verify"); !strings.Contains(out, "the log is whole") {
		t.Errorf("said %q", out)
	}
	s.with(func(ctx context.Context, d *db.DB) error {
		drop := "DROP TRIGGER audit_append_only"
		if d.Engine == db.Postgres {
			drop += " ON audit"
		}
		return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			for _, q := range []string{drop, "UPDATE audit SET actor = 'operator:other' WHERE idx = 1"} {
				if _, err := tx.NewRaw(q).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	})
	a := s.run("audit", "verify", "--json")
	if err := json.Unmarshal([]byte(a.out), &r); err != nil || a.code != 1 || a.err != "" || r.OK || r.FirstBad == nil || r.FirstBad.Index != 1 {
		t.Errorf("exit %d, %s, %v", a.code, a.out, err)
	}
}
