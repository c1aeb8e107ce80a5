// Package job runs work after the act that asked for it: mail, tallies, calls
// to other registers. The job is written in the act's own transaction, so it
// lives exactly when the act does, and a handler may complete it in the
// transaction of its effect, so that the effect happens once. River does the
// work; its types do not leave this room. Arguments are identifiers only:
// nothing about a child stands in the queue or in its log.
//
// Not a goal: order between jobs, and exactly-once for effects outside the
// database; those must bear being done twice.
package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/uptrace/bun"
)

// Args are the arguments of a kind of job: a struct of identifiers. Kind must
// not depend on the fields. It begins with a letter or digit and holds letters,
// digits, "_", "-", "." and the like, up to 127.
type Args interface{ Kind() string }

// Abroad are the arguments of a job that waits for a machine which is not ours.
// Such jobs have workers of their own: one that hangs keeps no other work.
type Abroad interface{ Abroad() }

// ErrUnknown: a job was asked for whose kind nobody does.
var ErrUnknown = errors.New("no worker for this kind of job")

// ErrLost: the job is no longer this attempt's to complete; it was given to
// another worker after a stall. Let the transaction roll back.
var ErrLost = errors.New("job is no longer held by this attempt")

// Run is one attempt at a job.
type Run[T Args] struct {
	Args     T
	Attempt  int // from 1
	complete func(context.Context, bun.Tx) error
}

// Complete marks the job done in the transaction of its effect: both are
// committed or neither. ctx must come from the handler's own. A Run made by
// hand, for a test, completes nothing.
//
// Faults: ErrLost, when another attempt holds the job.
func (r Run[T]) Complete(ctx context.Context, tx bun.Tx) error {
	if r.complete == nil {
		return nil
	}
	return r.complete(ctx, tx)
}

// Registry holds who does which kind of job. Register everything before the
// queue is started.
type Registry struct {
	workers *river.Workers
	kinds   map[string]bool
	queue   *Queue // set by Open
	err     error
}

// NewRegistry makes an empty registry.
func NewRegistry() *Registry {
	return &Registry{workers: river.NewWorkers(), kinds: map[string]bool{}}
}

// Register makes do the handler of jobs of T's kind. It returns nil when the
// job is done; after an error it is tried again, later each time. A second
// handler of one kind is a fault that Start reports.
func Register[T Args](r *Registry, do func(ctx context.Context, j Run[T]) error) {
	var zero T
	kind := zero.Kind()
	if r.kinds[kind] {
		r.err = errors.Join(r.err, fmt.Errorf("job %s: two workers", kind))
		return
	}
	r.kinds[kind] = true
	work := func(ctx context.Context, j *river.Job[parcel]) error {
		run := Run[T]{Attempt: j.Attempt, complete: func(ctx context.Context, tx bun.Tx) error {
			return r.queue.complete(ctx, tx.Tx, j)
		}}
		if err := json.Unmarshal(j.Args.Args, &run.Args); err != nil {
			return fmt.Errorf("arguments of job %s: %w", kind, err)
		}
		return do(ctx, run)
	}
	river.AddWorkerArgs(r.workers, parcel{kind: kind}, river.WorkFunc(work))
}

// Knows tells whether somebody does this kind of job.
func (r *Registry) Knows(kind string) bool { return r.kinds[kind] }

// parcel is how arguments lie in the queue: with the key that makes them one.
type parcel struct {
	kind string
	Key  string          `json:"key" river:"unique"`
	Args json.RawMessage `json:"args"`
}

// Kind is that of the arguments inside.
func (p parcel) Kind() string { return p.kind }

// complete refuses a job that has passed to another attempt: River would then
// change nothing and say nothing, and the effect would happen twice.
func (q *Queue) complete(ctx context.Context, tx *sql.Tx, j *river.Job[parcel]) error {
	var n int
	err := tx.QueryRowContext(ctx, q.held, j.ID, j.Attempt).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrLost
	}
	if err != nil {
		return fmt.Errorf("complete job: %w", err)
	}
	if err := q.done(ctx, tx, j); err != nil {
		return fmt.Errorf("complete job: %w", err)
	}
	return nil
}
