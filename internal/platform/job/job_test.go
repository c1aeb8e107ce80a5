package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: migrate}

func migrate(ctx context.Context, d *db.DB) error {
	if err := d.Migrate(ctx, migrations.FS, job.Steps(d)...); err != nil {
		return err
	}
	for _, q := range []string{"CREATE TABLE deed (id {id} PRIMARY KEY)", "CREATE TABLE effect (deed {id} NOT NULL)"} {
		if _, err := d.W.ExecContext(ctx, db.Render(d.Engine, q)); err != nil {
			return err
		}
	}
	return nil
}

func TestMain(m *testing.M) {
	time.Local = time.UTC
	if os.Getenv("JOB_CRASH") != "" {
		crash()
		return
	}
	os.Exit(m.Run())
}

type letter struct{ Deed id.ID }

func (letter) Kind() string { return "letter" }

type stranger struct{}

func (stranger) Kind() string { return "stranger" }

func quick() job.Options {
	return job.Options{Cooldown: 5 * time.Millisecond, Poll: 10 * time.Millisecond,
		Retry: func(int) time.Duration { return time.Millisecond }}
}

func started(t *testing.T, d *db.DB, r *job.Registry, o job.Options) *job.Queue {
	t.Helper()
	q, err := job.Open(d, r, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return q
}

func drain(t *testing.T, q *job.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := q.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, d *db.DB, query string) int {
	t.Helper()
	var n int
	if err := d.R.NewRaw(query).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// effect is what a letter does: one row, committed with the job's completion.
func effect(ctx context.Context, d *db.DB, j job.Run[letter]) error {
	return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("INSERT INTO effect (deed) VALUES (?)", j.Args.Deed).Exec(ctx); err != nil {
			return err
		}
		return j.Complete(ctx, tx)
	})
}

func TestRolledBackActLeavesNoJob(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	r := job.NewRegistry()
	job.Register(r, func(context.Context, job.Run[letter]) error { return nil })
	q, err := job.Open(d, r, job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err = d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		if err := q.Insert(ctx, tx, letter{id.New()}, "a"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if n := count(t, d, "SELECT count(*) FROM river_job"); n != 0 {
		t.Fatalf("%d jobs left", n)
	}
}

func TestKeyMakesOne(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	var done atomic.Int64
	r := job.NewRegistry()
	job.Register(r, func(context.Context, job.Run[letter]) error { done.Add(1); return nil })
	q := started(t, d, r, quick())
	put := func(keys ...string) {
		err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			for _, k := range keys {
				if err := q.Insert(ctx, tx, letter{id.New()}, k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put("a", "a", "b")
	drain(t, q)
	put("b") // done already: still one
	drain(t, q)
	if done.Load() != 2 {
		t.Fatalf("%d done", done.Load())
	}
}

func TestUnknownKindIsRefused(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	r := job.NewRegistry()
	job.Register(r, func(context.Context, job.Run[letter]) error { return nil })
	q, err := job.Open(d, r, job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return q.Insert(ctx, tx, stranger{}, "a")
	})
	if !errors.Is(err, job.ErrUnknown) {
		t.Fatalf("got %v", err)
	}
	job.Register(r, func(context.Context, job.Run[letter]) error { return nil })
	if err := q.Start(t.Context()); err == nil {
		t.Fatal("two workers of one kind were accepted")
	}
}

// A failed attempt leaves no effect and is tried again; the log tells the kind
// and not the text of the error.
func TestRetryAfterError(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	var out syncBuffer
	o := quick()
	o.Log = slog.New(slog.NewTextHandler(&out, nil))
	var mu sync.Mutex
	var attempts []int
	r := job.NewRegistry()
	job.Register(r, func(ctx context.Context, j job.Run[letter]) error {
		mu.Lock()
		attempts = append(attempts, j.Attempt)
		mu.Unlock()
		if j.Attempt == 1 {
			return errors.New("planted-name")
		}
		return effect(ctx, d, j)
	})
	q := started(t, d, r, o)
	deed := id.New()
	err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return q.Insert(ctx, tx, letter{deed}, "a") })
	if err != nil {
		t.Fatal(err)
	}
	drain(t, q)
	if len(attempts) != 2 || attempts[1] != 2 {
		t.Fatalf("attempts %v", attempts)
	}
	if n := count(t, d, "SELECT count(*) FROM effect WHERE deed = '"+string(deed)+"'"); n != 1 {
		t.Fatalf("%d effects", n)
	}
	if s := out.String(); strings.Contains(s, "planted-name") || !strings.Contains(s, "kind=letter") {
		t.Errorf("log: %s", s)
	}
}

// An attempt that lost its job to another commits nothing.
func TestLostJobHasNoEffect(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	lost := make(chan error, 1)
	r := job.NewRegistry()
	job.Register(r, func(ctx context.Context, j job.Run[letter]) error {
		if j.Attempt == 1 {
			err := d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE river_job SET attempt = 2") // as a rescue and a second fetch would
				return err
			})
			if err != nil {
				return err
			}
			lost <- effect(ctx, d, j)
		}
		return nil
	})
	q := started(t, d, r, quick())
	err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return q.Insert(ctx, tx, letter{id.New()}, "a") })
	if err != nil {
		t.Fatal(err)
	}
	if err := <-lost; !errors.Is(err, job.ErrLost) {
		t.Fatalf("got %v", err)
	}
	if n := count(t, d, "SELECT count(*) FROM effect"); n != 0 {
		t.Fatalf("%d effects", n)
	}
}

func TestInsertAtWaits(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	r := job.NewRegistry()
	job.Register(r, func(ctx context.Context, j job.Run[letter]) error { return effect(ctx, d, j) })
	q := started(t, d, r, quick())
	err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return q.InsertAt(ctx, tx, letter{id.New()}, "a", time.Now().Add(time.Hour))
	})
	if err != nil {
		t.Fatal(err)
	}
	drain(t, q)
	if count(t, d, "SELECT count(*) FROM effect") != 0 || count(t, d, "SELECT count(*) FROM river_job WHERE state = 'scheduled'") != 1 {
		t.Fatal("a job set for later was done now")
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// Of several processes on one database one leads, and when it stops another.
func TestOneLeads(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	n := 3
	if d.Engine == db.SQLite {
		n = 1
	}
	var all []*job.Queue
	for range n {
		r := job.NewRegistry()
		job.Register(r, func(context.Context, job.Run[letter]) error { return nil })
		all = append(all, started(t, d, r, quick()))
	}
	leader := func() int {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			leads := []int{}
			for i, q := range all {
				yes, err := q.Leads(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if yes {
					leads = append(leads, i)
				}
			}
			if len(leads) == 1 {
				return leads[0]
			}
			if len(leads) > 1 {
				t.Fatalf("%d lead", len(leads))
			}
			<-tick.C
		}
	}
	first := leader()
	if n == 1 {
		return
	}
	if err := all[first].Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	all = append(all[:first], all[first+1:]...)
	leader()
}
