package job_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
)

// deeds is how many acts one process would write if nothing killed it.
const deeds = 120

// A process that writes acts and works their jobs is killed without warning
// before an effect, between effect and commit, and after the commit. In the
// end each act that was acknowledged is there, and each act had its effect
// once.
func TestKilledProcessLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the rescue of jobs")
	}
	t.Parallel()
	d, where := crashSite(t)
	var acked []string
	for _, point := range []string{"before", "inside", "after"} {
		acked = append(acked, killed(t, point, where)...)
	}
	if d == nil {
		d = reopen(t, where)
	}
	r := job.NewRegistry()
	job.Register(r, func(ctx context.Context, j job.Run[letter]) error { return effect(ctx, d, j) })
	q := started(t, d, r, crashOptions())
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := q.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	n := count(t, d, "SELECT count(*) FROM deed")
	for what, got := range map[string]int{
		"jobs":             count(t, d, "SELECT count(*) FROM river_job WHERE state = 'completed'"),
		"effects":          count(t, d, "SELECT count(*) FROM effect"),
		"distinct effects": count(t, d, "SELECT count(DISTINCT deed) FROM effect"),
	} {
		if got != n {
			t.Errorf("%d acts, %d %s", n, got, what)
		}
	}
	if len(acked) == 0 || n < len(acked) {
		t.Errorf("%d acts acknowledged, %d found", len(acked), n)
	}
	for _, a := range acked {
		if count(t, d, "SELECT count(*) FROM deed WHERE id = '"+a+"'") != 1 {
			t.Errorf("acknowledged act lost")
		}
	}
}

// crashSite makes the database; on SQLite it is closed, for the child to own.
func crashSite(t *testing.T) (*db.DB, string) {
	t.Helper()
	if dbtest.Server() != "" {
		d := template.Open(t)
		var name string
		if err := d.R.NewRaw("SELECT current_database()").Scan(t.Context(), &name); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(dbtest.Server())
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/" + name
		return d, u.String()
	}
	path := filepath.Join(t.TempDir(), "crash.db")
	d, err := db.Open(t.Context(), db.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return nil, path
}

func config(where string) db.Config {
	if dbtest.Server() != "" {
		return db.Config{URL: where, Trial: true}
	}
	return db.Config{Path: where}
}

func reopen(t *testing.T, where string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), config(where))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func crashOptions() job.Options {
	o := quick()
	o.Timeout, o.Rescue = time.Second, 2*time.Second
	return o
}

// killed runs the child until it dies at the point, and gives the acts it
// acknowledged.
func killed(t *testing.T, point, where string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "JOB_CRASH="+point, "JOB_WHERE="+where)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	var died *exec.ExitError
	if !errors.As(err, &died) || died.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the process was to be killed %s: %v", point, err)
	}
	var acked []string
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		if len(s.Text()) == 36 { // the last line may be torn
			acked = append(acked, s.Text())
		}
	}
	return acked
}

// crash is the child: it writes acts, works their jobs, and kills itself in
// the middle of the tenth.
func crash() {
	ctx := context.Background()
	d, err := db.Open(ctx, config(os.Getenv("JOB_WHERE")))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var done atomic.Int64
	die := func(point string) {
		if point == os.Getenv("JOB_CRASH") && done.Add(1) == 10 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			<-ctx.Done() // killed before this ends
		}
	}
	r := job.NewRegistry()
	job.Register(r, func(ctx context.Context, j job.Run[letter]) error {
		die("before")
		err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.NewRaw("INSERT INTO effect (deed) VALUES (?)", j.Args.Deed).Exec(ctx); err != nil {
				return err
			}
			die("inside")
			return j.Complete(ctx, tx)
		})
		die("after")
		return err
	})
	q, err := job.Open(d, r, crashOptions())
	if err == nil {
		err = q.Start(ctx)
	}
	for i := 0; i < deeds && err == nil; i++ {
		deed := id.New()
		err = d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.NewRaw("INSERT INTO deed (id) VALUES (?)", deed).Exec(ctx); err != nil {
				return err
			}
			return q.Insert(ctx, tx, letter{deed}, string(deed))
		})
		if err == nil {
			fmt.Println(deed)
		}
	}
	if err == nil {
		err = q.Drain(ctx)
	}
	fmt.Fprintln(os.Stderr, "not killed:", err)
}
