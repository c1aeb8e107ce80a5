package act

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/audit"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
)

// Runner runs views and acts on one database by one policy.
type Runner struct {
	db     *db.DB
	policy *access.Policy
	book   *norm.Book
	queue  *job.Queue
	keys   *secret.Ring
	clock  func() time.Time
	limit  time.Duration
	watch  func(Deed)
	heed   Heeder
}

// Heeder is told of the records of each act, inside it: what it writes and
// enqueues lives exactly when the act does.
type Heeder func(ctx context.Context, a *Act, records []audit.Record) error

// Heed says whom to tell of the records of each act; it is called before the
// first.
func (r *Runner) Heed(tell Heeder) { r.heed = tell }

// Deed is what is told of each view and act when it is over, for measuring:
// nothing of what it was about.
type Deed struct {
	Write   bool
	Outcome string // "done", the kind of a refusal, or "broken"
	Took    time.Duration
}

// Watch says whom to tell of each view and act; it is called before the first.
func (r *Runner) Watch(tell func(Deed)) { r.watch = tell }

func (r *Runner) tell(write bool, began time.Time, err error) error {
	if r.watch != nil {
		r.watch(Deed{Write: write, Outcome: outcome(err), Took: time.Since(began)})
	}
	return err
}

func outcome(err error) string {
	if err == nil {
		return "done"
	}
	if k := fault.KindOf(err); k != "" {
		return string(k)
	}
	return "broken"
}

const (
	// An act is bounded: SQLite has one writer, and nobody waits longer.
	actLimit = 10 * time.Second
	jobLimit = 60 * time.Second
)

// NewRunner makes a runner; the ring seals and opens in each view and act, the
// clock gives its instant.
func NewRunner(d *db.DB, p *access.Policy, b *norm.Book, q *job.Queue, keys *secret.Ring, clock func() time.Time) *Runner {
	return &Runner{db: d, policy: p, book: b, queue: q, keys: keys, clock: clock, limit: actLimit}
}

// At is the same runner with its clock standing at an instant.
func (r *Runner) At(t time.Time) *Runner {
	c := *r
	c.clock = func() time.Time { return t }
	return &c
}

// Within is the same runner with another limit, for jobs and loads.
func (r *Runner) Within(d time.Duration) *Runner {
	c := *r
	c.limit = d
	return &c
}

// Now is what the clock says, as acts see it.
func (r *Runner) Now() time.Time { return r.clock().UTC().Truncate(time.Microsecond) }

// Policy is the policy that binds all views and acts.
func (r *Runner) Policy() *access.Policy { return r.policy }

// Book is the book of norms.
func (r *Runner) Book() *norm.Book { return r.book }

// Keys is the ring that seals and opens.
func (r *Runner) Keys() *secret.Ring { return r.keys }

// Database is the open database, for the rooms that run it.
func (r *Runner) Database() *db.DB { return r.db }

func (r *Runner) view(ctx context.Context, who access.Who, now time.Time, d bun.IDB) (View, error) {
	p, mark, err := access.LoadWith(ctx, d, who, now, norm.Mark)
	if err != nil {
		return View{}, err
	}
	norms, err := r.book.Marked(ctx, d, date.Of(now), mark)
	if err != nil {
		return View{}, err
	}
	return View{actor: p, now: now, policy: r.policy, norms: norms, db: d}, nil
}

// Show runs a read. When fn has rendered into memory, its looks are written;
// only then does Show return nil and may the first byte leave. The looks of a
// read that was refused as too many (Limited) are written too.
//
// Faults: those of fn; Unavailable when the log cannot be written.
func (r *Runner) Show(ctx context.Context, who access.Who, fn func(context.Context, *View) error) error {
	began := time.Now()
	return r.tell(false, began, r.show(ctx, who, fn))
}

func (r *Runner) show(ctx context.Context, who access.Who, fn func(context.Context, *View) error) error {
	ctx, cancel := context.WithTimeout(secret.With(ctx, r.keys), r.limit)
	defer cancel()
	v, err := r.view(ctx, who, r.Now(), r.db.R)
	if err == nil {
		err = fn(ctx, &v)
	}
	if err == nil {
		err = v.lost
	}
	if (err == nil || fault.KindOf(err) == fault.Limited) && len(v.looks) > 0 {
		lost := r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			return audit.Append(ctx, tx, v.looks...)
		})
		if lost != nil {
			return fault.Wrap(fault.Unavailable, "fault.unavailable", lost)
		}
	}
	return machine(err)
}

// Do runs a write: the verb, then its records, reach, notices and jobs, then
// the commit. The instant is fixed before the first try. Of a verb refused as
// too many (Limited) its records and notices stay, and nothing else; a refusal
// that tells that something is there (fault.Tell) is counted by the hour.
//
// Faults: those of fn; Denied "access.read_only"; Limited "fault.too_telling".
func (r *Runner) Do(ctx context.Context, who access.Who, fn func(context.Context, *Act) error) error {
	return r.do(ctx, who, func(ctx context.Context, a *Act, _ bun.Tx) error { return fn(ctx, a) })
}

func (r *Runner) do(ctx context.Context, who access.Who, fn func(context.Context, *Act, bun.Tx) error) error {
	began := time.Now()
	return r.tell(true, began, r.write(ctx, who, fn))
}

func (r *Runner) write(ctx context.Context, who access.Who, fn func(context.Context, *Act, bun.Tx) error) error {
	ctx, cancel := context.WithTimeout(secret.With(ctx, r.keys), r.limit)
	defer cancel()
	now := r.Now()
	var last *Act
	err := r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		v, err := r.view(ctx, who, now, tx)
		if err != nil {
			return err
		}
		if v.actor.ReadOnly {
			return fault.Deny("access.read_only")
		}
		a := &Act{View: v, tx: tx, engine: r.db.Engine}
		last = a
		if err := fn(ctx, a, tx); err != nil {
			return err
		}
		if a.lost != nil {
			return a.lost
		}
		return r.settle(ctx, a)
	})
	if last != nil {
		err = r.refused(ctx, last, err)
	}
	return machine(err)
}

// Work makes the handler of a kind of job: an act by the system in which the
// effect and the job's completion commit together.
func Work[T job.Args](r *Runner, do func(context.Context, *Act, T) error) func(context.Context, job.Run[T]) error {
	return func(ctx context.Context, j job.Run[T]) error {
		who := access.Who{System: j.Args.Kind()}
		return r.Within(jobLimit).do(ctx, who, func(ctx context.Context, a *Act, tx bun.Tx) error {
			if err := do(ctx, a, j.Args); err != nil {
				return err
			}
			return j.Complete(ctx, tx)
		})
	}
}

// settle writes what the verb has collected. What a program did as a person
// has one record more, of the key it came by.
func (r *Runner) settle(ctx context.Context, a *Act) error {
	if a.actor.Token != "" && len(a.records) > 0 {
		a.Record("token.act", On{Noun: "token", ID: a.actor.Token}, nil)
	}
	if err := audit.Append(ctx, a.tx, append(a.records, a.looks...)...); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	if err := writeReach(ctx, a.tx, a.reaches); err != nil {
		return err
	}
	if err := writeNotices(ctx, a.tx, a.notices); err != nil {
		return err
	}
	if r.heed != nil && len(a.records) > 0 {
		if err := r.heed(ctx, a, a.records); err != nil {
			return fmt.Errorf("heed: %w", err)
		}
	}
	for _, j := range a.jobs {
		if err := r.queue.InsertAt(ctx, a.tx, j.args, j.key, j.at); err != nil {
			return fmt.Errorf("enqueue: %w", err)
		}
	}
	return nil
}

func writeNotices(ctx context.Context, tx bun.Tx, all []notice) error {
	all, err := unclosed(ctx, tx, all)
	if err != nil {
		return err
	}
	for block := range blocks(all) {
		if _, err := tx.NewInsert().Model(&block).ModelTableExpr("notice").
			On("CONFLICT (person, key, subject, at) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("notify: %w", err)
		}
	}
	return nil
}

// unclosed leaves out the lines for those to whom what they tell of is closed:
// a worker whom a message names would learn of it by them (practice rule 6).
func unclosed(ctx context.Context, tx bun.Tx, all []notice) ([]notice, error) {
	var subjects, people []id.ID
	for _, n := range all {
		subjects = append(subjects, n.of...)
	}
	closed, err := access.ClosuresOf(ctx, tx, subjects...)
	if err != nil || len(closed) == 0 {
		return all, err
	}
	for _, n := range all {
		people = append(people, n.Person)
	}
	staff, err := access.Standings(ctx, tx, "", people...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(n notice) bool { return closed.ToAt(staff[n.Person], n.At, n.of...) }), nil
}

type reachRow struct {
	bun.BaseModel `bun:"table:access_reach,alias:r"`
	ID            id.ID
	Person        id.ID
	Subject       id.ID
	Ground        access.Ground
	Source        id.ID
	FromAt        time.Time
	ToAt          *time.Time
}

func writeReach(ctx context.Context, tx bun.Tx, all []Reach) error {
	// Within one act the last word on a reach stands: an insert may touch a row once.
	type key struct {
		p, s, src id.ID
		g         access.Ground
	}
	at := map[key]int{}
	var rows []reachRow
	for _, x := range all {
		// Two acts may wait for one lock in another order than they began: what
		// the later one opened the earlier one ends. It then never ran.
		if x.To != nil && x.To.Before(x.From) {
			x.To = &x.From
		}
		k := key{x.Person, x.Subject, x.Source, x.Ground}
		row := reachRow{ID: id.New(), Person: x.Person, Subject: x.Subject, Ground: x.Ground, Source: x.Source, FromAt: x.From, ToAt: x.To}
		if i, ok := at[k]; ok {
			rows[i] = row
			continue
		}
		at[k] = len(rows)
		rows = append(rows, row)
	}
	for block := range blocks(rows) {
		_, err := tx.NewInsert().Model(&block).On("CONFLICT (person, subject, ground, source) DO UPDATE").
			Set("from_at = EXCLUDED.from_at").Set("to_at = EXCLUDED.to_at").Exec(ctx)
		if err != nil {
			return fmt.Errorf("reach: %w", err)
		}
	}
	return nil
}

// blocks cuts rows into inserts of a size both engines like.
func blocks[T any](rows []T) func(func([]T) bool) {
	const size = 500
	return func(yield func([]T) bool) {
		for len(rows) > 0 {
			n := min(size, len(rows))
			if !yield(rows[:n]) {
				return
			}
			rows = rows[n:]
		}
	}
}

// machine turns a broken machine into a fault that a page can say, and keeps
// what was typed out of the text of any other error.
func machine(err error) error {
	if err == nil || fault.KindOf(err) != "" {
		return err
	}
	if db.Broken(err) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Unavailable, "fault.unavailable", err)
	}
	if db.NoID(err) { // as for an identifier of nothing: on SQLite it is one
		return fault.Wrap(fault.NotFound, "fault.not_found", db.Mute(err))
	}
	return db.Mute(err)
}
