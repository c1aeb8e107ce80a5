package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/id"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error {
	if err := d.Migrate(ctx, migrations.FS); err != nil {
		return err
	}
	return d.Migrate(ctx, migrations.FS) // a second run does nothing
}}

func put(ctx context.Context, tx bun.IDB, key, value string) error {
	_, err := tx.NewRaw("INSERT INTO setting (key, value) VALUES (?, ?)", key, value).Exec(ctx)
	return err
}

func TestWriteIsAllOrNothing(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	ctx := t.Context()
	boom := errors.New("boom")
	err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := put(ctx, tx, "a", "1"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	n, err := d.R.NewSelect().Table("setting").Count(ctx)
	if err != nil || n != 0 {
		t.Fatalf("rows %d, %v", n, err)
	}
}

func TestNestedWriteIsNamed(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	err := d.Write(t.Context(), func(ctx context.Context, _ bun.Tx) error {
		return d.Write(ctx, func(context.Context, bun.Tx) error { return nil })
	})
	if !errors.Is(err, db.ErrNested) {
		t.Fatalf("got %v", err)
	}
}

func TestViolatesNamesTheConstraint(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	ctx := t.Context()
	err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := put(ctx, tx, "a", "1"); err != nil {
			return err
		}
		return put(ctx, tx, "a", "2")
	})
	want := map[db.Engine]string{db.SQLite: "setting.key", db.Postgres: "setting_pkey"}[d.Engine]
	if got := db.Violates(err); got != want {
		t.Fatalf("got %q of %v, want %q", got, err, want)
	}
}

// Instants are kept to the microsecond, in order, in UTC, whatever the zone
// they were written in.
func TestInstants(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	ctx := t.Context()
	almaty := time.FixedZone("", 5*3600)
	base := time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)
	at := []time.Time{base.Add(100 * time.Millisecond), base.Add(110 * time.Millisecond).In(almaty), base.Add(111001 * time.Microsecond)}
	err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for i, x := range at {
			_, err := tx.NewRaw("INSERT INTO sign_in (id, login, address, at, ok) VALUES (?, ?, '', ?, ?)",
				id.New(), string(rune('a'+i)), x, i == 1).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Login string
		At    time.Time
		OK    bool `bun:"ok"`
	}
	if err := d.R.NewRaw("SELECT login, at, ok FROM sign_in WHERE at > ? ORDER BY at", at[0]).Scan(ctx, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Login != "b" || !rows[0].OK || rows[1].OK || !rows[1].At.Equal(at[2]) {
		t.Fatalf("got %+v", rows)
	}
}

func TestConcurrentCounterLosesNothing(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	ctx := t.Context()
	if err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return put(ctx, tx, "n", "0") }); err != nil {
		t.Fatal(err)
	}
	lock := "SELECT value FROM setting WHERE key = 'n'"
	if d.Engine == db.Postgres {
		lock += " FOR UPDATE"
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
					var n int
					if err := tx.NewRaw(lock).Scan(ctx, &n); err != nil {
						return err
					}
					_, err := tx.NewRaw("UPDATE setting SET value = ? WHERE key = 'n'", n+1).Exec(ctx)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var n int
	if err := d.R.NewRaw("SELECT value FROM setting WHERE key = 'n'").Scan(ctx, &n); err != nil || n != 160 {
		t.Fatalf("counter %d, %v", n, err)
	}
}

// A program started while the file was open holds a copy of the descriptor for
// a moment: the owner's Close gives the file free all the same.
func TestCloseFreesTheFileWhileACopyLives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.db")
	d, err := db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, e := range all {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err != nil || to != path+".lock" {
			continue
		}
		held, err = syscall.Dup(fd)
		if err != nil {
			t.Fatal(err)
		}
	}
	if held == 0 {
		t.Fatal("no descriptor of the lock found")
	}
	defer func() { _ = syscall.Close(held) }()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d, err = db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOneProcessOwnsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "one.db")
	d, err := db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), db.Config{Path: path}); !errors.Is(err, db.ErrLocked) {
		t.Fatalf("got %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d, err = db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestClosedDatabaseIsBroken(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return put(ctx, tx, "a", "1") })
	if !db.Broken(err) {
		t.Fatalf("got %v", err)
	}
}

// A server that dies under a transaction is the machine's fault at each step,
// and the next act has a new connection.
func TestLostServerIsBroken(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	if d.Engine == db.SQLite {
		t.Skip("has no server")
	}
	var asked, after error
	err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, asked = tx.ExecContext(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
		_, after = tx.ExecContext(ctx, "SELECT 1")
		return nil
	})
	for step, err := range map[string]error{"asked": asked, "after": after, "commit": err} {
		if !db.Broken(err) {
			t.Errorf("%s: %v", step, err)
		}
	}
	if err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return put(ctx, tx, "a", "1") }); err != nil {
		t.Errorf("next: %v", err)
	}
}

// The range of a path holds what is below it and nothing beside it.
// TestAPoolerIsAskedPlainly: behind pgbouncer a connection is another one at each
// transaction, and nothing prepared on it is there the next time.
func TestAPoolerIsAskedPlainly(t *testing.T) {
	t.Parallel()
	if dbtest.Server() == "" {
		t.Skip("of PostgreSQL alone")
	}
	for more, want := range map[string]bool{"": true, "&default_query_exec_mode=exec": false} {
		d, err := db.Open(t.Context(), db.Config{URL: dbtest.Server() + more, Trial: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		c, err := d.Jobs.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		n := 0
		for range 2 {
			if err := c.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_prepared_statements WHERE name <> $1", "").Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		if (n > 0) != want {
			t.Errorf("%q prepared %d statements", more, n)
		}
	}
}

// TestTriggersSearch: what a trigger asks of other tables it finds by an index,
// for it is asked at each row written; no statistics help it.
func TestTriggersSearch(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	if d.Engine != db.SQLite {
		t.Skip("PostgreSQL keeps its plans in its functions")
	}
	var triggers []struct{ Name, SQL string }
	err := d.R.NewRaw("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").Scan(t.Context(), &triggers)
	if err != nil || len(triggers) == 0 {
		t.Fatalf("%d triggers, %v", len(triggers), err)
	}
	ofTheRow := regexp.MustCompile(`\b(NEW|OLD)\.[a-z_]+`)
	asked := 0
	for _, x := range triggers {
		for _, ask := range inner(ofTheRow.ReplaceAllString(x.SQL, "'x'")) {
			var plan []struct {
				ID, Parent, Notused int
				Detail              string
			}
			if err := d.R.NewRaw("EXPLAIN QUERY PLAN "+ask).Scan(t.Context(), &plan); err != nil {
				t.Errorf("%s: %v in %s", x.Name, err, ask)
			}
			for _, step := range plan {
				if strings.HasPrefix(step.Detail, "SCAN ") && !strings.HasPrefix(step.Detail, "SCAN CONSTANT") {
					t.Errorf("%s: %s in %s", x.Name, step.Detail, ask)
				}
			}
			asked++
		}
	}
	if asked == 0 {
		t.Error("no trigger asks anything")
	}
}

// inner are the queries in brackets of a statement, the outermost alone.
func inner(stmt string) []string {
	var out []string
	for {
		from := strings.Index(stmt, "(SELECT ")
		if from < 0 {
			return out
		}
		depth, end := 0, len(stmt)
		for i, r := range stmt[from:] {
			if r == '(' {
				depth++
			}
			if r == ')' {
				if depth--; depth == 0 {
					end = from + i
					break
				}
			}
		}
		out = append(out, stmt[from+1:end])
		stmt = stmt[end:]
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	lo, hi := db.Under("1.12.")
	for p, in := range map[string]bool{"1.12.": true, "1.12.3.": true, "1.1.": false, "1.120.": false, "1.13.": false, "1.": false} {
		if got := p >= lo && p < hi; got != in {
			t.Errorf("%s: %v", p, got)
		}
	}
}

func TestAuditIsAppendOnly(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	ctx := t.Context()
	exec := func(q string) error {
		return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(q).Exec(ctx); return err })
	}
	if err := exec("INSERT INTO audit (id, at, actor, verb, noun, digest) VALUES ('00000000-0000-7000-8000-000000000001', '2026-01-01 00:00:00+00:00', 'x', 'v', 'n', 'd')"); err != nil {
		t.Fatal(err)
	}
	if err := exec("UPDATE audit SET verb = 'w'"); err == nil {
		t.Error("a record was changed")
	}
	if err := exec("DELETE FROM audit"); err == nil {
		t.Error("a record was deleted")
	}
	if err := exec("UPDATE audit SET idx = 0, leaf = 'x'"); err != nil {
		t.Error(err)
	}
	if err := exec("UPDATE audit SET idx = 1"); err == nil {
		t.Error("a seal was moved")
	}
}

// What is kept of a child is readable to the owner of the service alone, the
// journal too.
func TestTheFileIsItsOwners(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "serik.db")
	d, err := db.Open(t.Context(), db.Config{Path: path, Trial: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if _, err := d.W.ExecContext(t.Context(), "CREATE TABLE x (y INTEGER)"); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{path, path + "-wal", path + "-shm"} {
		if at, err := os.Stat(f); err != nil || at.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(f), at, err)
		}
	}
}
