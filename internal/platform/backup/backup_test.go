package backup_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/backup"
	"serik/internal/platform/db"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// house makes a SQLite house in a folder and leaves it open.
func house(t *testing.T) (string, *db.DB) {
	t.Helper()
	dir := t.TempDir()
	d, err := db.Open(t.Context(), db.Config{Path: filepath.Join(dir, "serik.db"), Trial: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // a test may have closed it
	keys, err := trial.Keys()
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.Migrate(t.Context(), d, keys); err != nil {
		t.Fatal(err)
	}
	return dir, d
}

func asked(t *testing.T, dir, to string) backup.Make {
	t.Helper()
	k, _, err := backup.KeyAt(filepath.Join(dir, "backup.key"))
	if err != nil {
		t.Fatal(err)
	}
	return backup.Make{Dir: dir, To: to, Key: k, Version: "9.9.9", Now: time.Now(), Schema: wire.Schema}
}

// write puts one row into the house.
func write(ctx context.Context, d *db.DB, key, value string) error {
	return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO setting (key, value) VALUES (?, ?)", key, value).Exec(ctx)
		return err
	})
}

// clear demands that nothing is left of a backup that was not made.
func clear(t *testing.T, dir, to string) {
	t.Helper()
	for _, pattern := range []string{to, filepath.Join(dir, ".backup-*"), filepath.Join(filepath.Dir(to), ".*part*")} {
		if left, err := filepath.Glob(pattern); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
}

// While the house writes, what is backed up is one instant of it: of two rows
// written together both or none.
func TestOneInstantWhileWriting(t *testing.T) {
	t.Parallel()
	dir, d := house(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		for n := 0; ctx.Err() == nil; n++ {
			err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				for _, side := range []string{"left.", "right."} {
					if _, err := tx.NewRaw("INSERT INTO setting (key, value) VALUES (?, ?)", side+time.Now().Format(time.RFC3339Nano), strings.Repeat("x", 500)).Exec(ctx); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	to := filepath.Join(t.TempDir(), "b")
	m := asked(t, dir, to)
	_, err := backup.Write(t.Context(), m)
	stop()
	if e := <-ended; err != nil || e != nil {
		t.Fatal(err, e)
	}
	known, err := wire.Head()
	if err != nil {
		t.Fatal(err)
	}
	back := filepath.Join(t.TempDir(), "back")
	got, err := backup.Restore(t.Context(), backup.Bring{From: to, Dir: back, Key: m.Key, Known: known, Now: time.Now()})
	if err != nil || got.Version != "9.9.9" || got.Schema != known {
		t.Fatalf("%+v, %v", got, err)
	}
	r, err := db.OpenReader(t.Context(), db.Config{Path: filepath.Join(back, "serik.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var left, right int
	err = r.R.NewRaw("SELECT (SELECT count(*) FROM setting WHERE key LIKE 'left.%'), (SELECT count(*) FROM setting WHERE key LIKE 'right.%')").Scan(t.Context(), &left, &right)
	if err != nil || left != right {
		t.Errorf("%d and %d, %v", left, right, err)
	}
}

// A backup of a newer program is named and not unpacked.
func TestNewerIsRefused(t *testing.T) {
	t.Parallel()
	dir, _ := house(t)
	to := filepath.Join(t.TempDir(), "b")
	m := asked(t, dir, to)
	m.Schema = func(context.Context, *db.DB) (db.Schema, error) { return db.Schema{At: 900, Head: 900}, nil }
	if _, err := backup.Write(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	back := filepath.Join(t.TempDir(), "back")
	_, err := backup.Restore(t.Context(), backup.Bring{From: to, Dir: back, Key: m.Key, Known: 7, Now: time.Now()})
	var no backup.Refused
	if !errors.As(err, &no) || !strings.Contains(err.Error(), "newer program: serik 9.9.9, schema 900") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(back); err == nil {
		t.Error("a folder is left")
	}
}

// What a killed backup left is removed by the next; two at a time are refused.
func TestAfterAKill(t *testing.T) {
	t.Parallel()
	dir, d := house(t)
	if err := write(t.Context(), d, "one", "two"); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "b")
	for _, p := range []string{filepath.Join(dir, ".backup-123", "serik.db"), filepath.Join(filepath.Dir(to), ".b.part-7")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o700), os.WriteFile(p, []byte("plain"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	m := asked(t, dir, to)
	m.Schema = func(ctx context.Context, d *db.DB) (db.Schema, error) {
		if _, err := backup.Write(ctx, asked(t, dir, to+"2")); err == nil || !strings.Contains(err.Error(), "another backup") {
			t.Errorf("two at a time: %v", err)
		}
		return wire.Schema(ctx, d)
	}
	if _, err := backup.Write(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(to, to+".made"); err != nil {
		t.Fatal(err)
	}
	clear(t, dir, to)
}

const onFullDisk = "SERIK_TEST_FULL_DISK"

// The disk fills while the plain copy is made, while the file is written, and
// while it is proved: there is no file, no half of one, and no plain copy. The
// limit binds a whole process, so this test runs itself in one of its own.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getenv(onFullDisk) != "" {
		fullDisk(t)
		return
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	c.Env = append(os.Environ(), onFullDisk+"=1")
	out, err := c.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestFullDisk")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func fullDisk(t *testing.T) {
	t.Helper()
	dir, _ := house(t)
	to := filepath.Join(t.TempDir(), "b")
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	limit := func(n uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: was.Max}); err != nil {
			t.Fatal(err)
		}
	}
	for name, bytes := range map[string]struct{ first, then uint64 }{
		"the copy": {100 << 10, was.Cur}, "the file": {was.Cur, 8 << 10}, "the proof": {was.Cur, 200 << 10},
	} {
		m := asked(t, dir, to)
		m.Schema = func(ctx context.Context, d *db.DB) (db.Schema, error) {
			limit(bytes.then)
			return wire.Schema(ctx, d)
		}
		limit(bytes.first)
		_, err := backup.Write(t.Context(), m)
		limit(was.Cur)
		t.Logf("%s: %v", name, err)
		if err == nil {
			t.Errorf("%s: made", name)
		}
		clear(t, dir, to)
	}
	if _, err := backup.Write(t.Context(), asked(t, dir, to)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
