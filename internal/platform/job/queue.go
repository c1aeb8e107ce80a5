package job

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
	"github.com/uptrace/bun"

	"serik/internal/platform/db"
)

// Options are the queue's settings; zero means the measured default.
type Options struct {
	Log *slog.Logger
	// Workers is how many jobs run at once: the throttle between jobs and
	// people on one database. 10.
	Workers int
	// Callers is how many jobs that wait for others' machines (Abroad) run at
	// once, beside the workers. 8.
	Callers int
	// Cooldown is the least time between two fetches (100 ms), Poll the time
	// between looks at an idle queue (500 ms on SQLite, 1 s on PostgreSQL).
	Cooldown, Poll time.Duration
	// Timeout is how long one attempt may take (1 min), Rescue when a job
	// without a sign of life is given to another (90 s).
	Timeout, Rescue time.Duration
	// Retry is the pause after a failed attempt; by default its fourth power
	// in seconds.
	Retry func(attempt int) time.Duration
}

// Queue is where acts put jobs and workers take them.
type Queue struct {
	d      *db.DB
	r      *Registry
	client *river.Client[*sql.Tx]
	runs   atomic.Bool
	held   string // finds a job held by one attempt, and keeps hold of it
	done   func(context.Context, *sql.Tx, *river.Job[parcel]) error
}

// Open makes the queue of a database. Nothing is worked before Start; jobs
// may be inserted at once, and handlers may still be registered.
func Open(d *db.DB, r *Registry, o Options) (*Queue, error) {
	if r.queue != nil {
		return nil, errors.New("open jobs: the registry already serves a queue")
	}
	q := &Queue{d: d, r: r}
	var driver riverdriver.Driver[*sql.Tx]
	poll := 500 * time.Millisecond
	if d.Engine == db.Postgres {
		poll = time.Second
		driver = riverdatabasesql.New(d.Jobs)
		q.held = "SELECT 1 FROM river_job WHERE id = $1 AND attempt = $2 AND state = 'running' FOR UPDATE"
		q.done = completeWith[*riverdatabasesql.Driver]
	} else {
		driver = riversqlite.New(d.Jobs)
		q.held = "SELECT 1 FROM river_job WHERE id = $1 AND attempt = $2 AND state = 'running'"
		q.done = completeWith[*riversqlite.Driver]
	}
	cooldown := cmp.Or(o.Cooldown, 100*time.Millisecond)
	config := &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cmp.Or(o.Workers, 10)},
			abroad: {MaxWorkers: cmp.Or(o.Callers, 8)}},
		Workers:              r.workers,
		FetchCooldown:        cooldown,
		FetchPollInterval:    max(cmp.Or(o.Poll, poll), cooldown),
		JobTimeout:           cmp.Or(o.Timeout, time.Minute),
		RescueStuckJobsAfter: cmp.Or(o.Rescue, 90*time.Second),
		Logger:               quiet(o.Log),
	}
	if o.Retry != nil {
		config.RetryPolicy = retry(o.Retry)
	}
	c, err := river.NewClient(driver, config)
	if err != nil {
		return nil, fmt.Errorf("open jobs: %w", err)
	}
	q.client, r.queue = c, q
	return q, nil
}

func completeWith[D riverdriver.Driver[*sql.Tx]](ctx context.Context, tx *sql.Tx, j *river.Job[parcel]) error {
	_, err := river.JobCompleteTx[D](ctx, tx, j)
	return err
}

// abroad is the queue of jobs that wait for others.
const abroad = "abroad"

type retry func(attempt int) time.Duration

// NextRetry is River's question.
func (f retry) NextRetry(j *rivertype.JobRow) time.Time {
	return time.Now().UTC().Add(f(len(j.Errors) + 1))
}

// Insert puts a job into the queue as part of the act's transaction. A job of
// the same kind and key that waits, runs or was finished within the last day
// makes this one needless, and nothing happens; so the key names the effect
// ("letter", the id of the act), not only its object, where the effect may be
// due again.
//
// Faults: ErrUnknown.
func (q *Queue) Insert(ctx context.Context, tx bun.Tx, args Args, key string) error {
	return q.InsertAt(ctx, tx, args, key, time.Time{})
}

// InsertAt is Insert of a job that waits for its time; the zero time is now.
func (q *Queue) InsertAt(ctx context.Context, tx bun.Tx, args Args, key string, at time.Time) error {
	kind := args.Kind()
	if !q.r.Knows(kind) {
		return fmt.Errorf("insert job %s: %w", kind, ErrUnknown)
	}
	if key == "" {
		return fmt.Errorf("insert job %s: no key", kind)
	}
	b, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("insert job %s: %w", kind, err)
	}
	opts := &river.InsertOpts{ScheduledAt: at, UniqueOpts: river.UniqueOpts{ByArgs: true}}
	if _, ok := args.(Abroad); ok {
		opts.Queue = abroad
	}
	if _, err := q.client.InsertTx(ctx, tx.Tx, parcel{kind: kind, Key: key, Args: b}, opts); err != nil {
		return fmt.Errorf("insert job %s: %w", kind, err)
	}
	return nil
}

// Start begins to work. ctx ended means Stop at once. On SQLite, where one
// process owns the file, jobs that a killed process held are freed first; on
// PostgreSQL they are rescued in time.
func (q *Queue) Start(ctx context.Context) error {
	if q.r.err != nil {
		return q.r.err
	}
	if q.d.Engine == db.SQLite {
		err := q.d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "DELETE FROM river_leader"); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0) WHERE state = 'running'")
			return err
		})
		if err != nil {
			return fmt.Errorf("free held jobs: %w", err)
		}
	}
	if err := q.client.Start(ctx); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	q.runs.Store(true)
	return nil
}

// Stop takes no more jobs and waits for those that run; when ctx ends first
// they are cancelled, to be tried again.
func (q *Queue) Stop(ctx context.Context) error {
	q.runs.Store(false)
	err := q.client.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = q.client.StopAndCancel(hard)
	}
	if err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// Drain waits until a started queue has nothing to do: no job is ready,
// running or due. Jobs set for later, and retries more than five seconds
// away, do not count. It is for tests and for the end of a large load.
func (q *Queue) Drain(ctx context.Context) error {
	now := "now()"
	if q.d.Engine == db.SQLite {
		now = "datetime('now', 'subsec')" // as River writes it
	}
	waiting := `SELECT EXISTS (SELECT 1 FROM river_job WHERE state IN ('available', 'running')
		OR (state IN ('retryable', 'scheduled') AND scheduled_at <= ` + now + "))"
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var busy bool
		if err := q.d.R.NewRaw(waiting).Scan(ctx, &busy); err != nil {
			return fmt.Errorf("drain jobs: %w", err)
		}
		if !busy {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("drain jobs: %w", ctx.Err())
		case <-tick.C:
		}
	}
}
