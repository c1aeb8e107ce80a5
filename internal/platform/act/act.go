// Package act runs reads and writes. A page is a View, a POST is an Act: the
// runner loads the actor as of now, hands the verb what it may use, and does
// afterwards what nobody may forget: the audit record, reach, notices and jobs
// ride in the verb's own transaction, and a look is written before the first
// byte of a page is shown. Verbs are plain functions over *View and *Act; these
// two and their twelve methods are all they get.
package act

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
	"serik/internal/platform/norm"
)

// On names what a record is about. It holds identifiers only.
type On struct {
	Noun      string
	ID        id.ID
	Under     id.ID // what it is a part of, as a measure of its case
	Child     id.ID
	Territory string
}

// all are the things it tells of.
func (o On) all() []id.ID {
	return slices.DeleteFunc([]id.ID{o.ID, o.Under, o.Child}, func(x id.ID) bool { return x == "" })
}

// View is a read.
type View struct {
	actor  access.Principal
	now    time.Time
	policy *access.Policy
	norms  *norm.Set
	db     bun.IDB
	looks  []audit.Record
	lost   error // a promise of ours that broke on the way
}

// Actor is who reads or writes.
func (v *View) Actor() access.Principal { return v.actor }

// Now is the instant of the act, UTC to the microsecond, the same in each try.
func (v *View) Now() time.Time { return v.now }

// DB is the transaction of an act, or the reading pool of a view.
func (v *View) DB() bun.IDB { return v.db }

// Scope is the one row filter for an action.
func (v *View) Scope(a access.Action, row access.Row) func(*bun.SelectQuery) *bun.SelectQuery {
	if !v.policy.Known(a) {
		v.broken("unknown action %s", a)
	}
	return v.policy.Scope(v.actor, a, v.now, row)
}

// May refuses an action that none of the actor's roles has; given territories,
// also one that the action does not cover there.
//
// Faults: Denied "fault.denied".
func (v *View) May(a access.Action, territory ...string) error {
	if !v.policy.Known(a) {
		v.broken("unknown action %s", a)
	}
	if !v.policy.May(v.actor, a) {
		return fault.Deny("fault.denied")
	}
	for _, t := range territory {
		if !v.policy.Covers(v.actor, a, t) {
			return fault.Deny("fault.denied")
		}
	}
	return nil
}

// Norm is the norm of the act's day.
func (v *View) Norm(key string) norm.Norm {
	n, ok := v.norms.Get(key)
	if !ok {
		v.broken("unknown norm %s", key)
	}
	return n
}

// Look notes that something about a person was shown, and why. The runner
// writes it before the page leaves; if it cannot, nothing is shown.
func (v *View) Look(on On, why string) {
	r := audit.Record{ID: id.New(), At: v.now, Actor: v.actor.Actor, Verb: "look", Noun: on.Noun,
		Subject: on.ID, Child: on.Child, Territory: on.Territory}
	detail := map[string]any{}
	if why != "" {
		detail["why"] = why
	}
	if v.actor.Token != "" {
		detail["token"] = v.actor.Token
	}
	if len(detail) > 0 {
		r.Detail = detail
	}
	same := func(o audit.Record) bool { return o.Noun == r.Noun && o.Subject == r.Subject && o.Child == r.Child }
	if !slices.ContainsFunc(v.looks, same) {
		v.looks = append(v.looks, r)
	}
}

// Looked lists what of a child the view has noted so far.
func (v *View) Looked() []On {
	var out []On
	for _, r := range v.looks {
		if r.Child != "" {
			out = append(out, On{Noun: r.Noun, ID: r.Subject, Child: r.Child, Territory: r.Territory})
		}
	}
	return out
}

func (v *View) broken(format string, args ...any) {
	if v.lost == nil {
		v.lost = fmt.Errorf("broken promise: "+format, args...)
	}
}

// Act is a write: a View inside a transaction.
type Act struct {
	View
	tx      bun.Tx
	engine  db.Engine
	records []audit.Record
	reaches []Reach
	notices []notice
	jobs    []enqueued
}

type enqueued struct {
	args job.Args
	key  string
	at   time.Time
}

type notice struct {
	ID      id.ID
	Person  id.ID
	Key     string
	Noun    string
	Subject id.ID
	At      time.Time

	of []id.ID // what it tells of
}

// Reach gives a person one subject on a ground from an instant; with To set it
// ends there. Source is the row that grants it.
type Reach struct {
	Person  id.ID
	Subject id.ID
	Ground  access.Ground
	Source  id.ID
	From    time.Time
	To      *time.Time
}

// Lock holds one row of a root noun until the act ends, so that rules spanning
// several rows keep. It is the first statement of a verb. On SQLite acts queue
// and it has nothing to do.
func (a *Act) Lock(ctx context.Context, table string, key id.ID) error {
	if a.engine != db.Postgres {
		return nil
	}
	var n int
	err := a.tx.NewRaw("SELECT 1 FROM ? WHERE id = ? FOR UPDATE", bun.Ident(table), key).Scan(ctx, &n)
	if err != nil && !db.IsNone(err) {
		return fmt.Errorf("lock %s: %w", table, err)
	}
	return nil
}

// Record writes the act into the log. Detail is kept apart from the proof, so
// that it can be erased by law.
func (a *Act) Record(verb string, on On, detail any) {
	a.records = append(a.records, audit.Record{ID: id.New(), At: a.now, Actor: a.actor.Actor, Verb: verb,
		Noun: on.Noun, Subject: on.ID, Child: on.Child, Territory: on.Territory, Detail: detail})
}

// Reach opens or ends the reach of a person to one subject.
func (a *Act) Reach(r Reach) { a.reaches = append(a.reaches, r) }

// Enqueue adds a job that exists if and only if the act does, to be done now or
// at an instant. Two jobs of one kind with the same key are one.
func (a *Act) Enqueue(args job.Args, key string, at ...time.Time) {
	e := enqueued{args: args, key: key}
	if len(at) > 0 {
		e.at = at[0]
	}
	a.jobs = append(a.jobs, e)
}

// Notify leaves a line in a person's inbox: a words key and an identifier,
// never a word about a child. To whom the thing, what it is a part of, or its
// child is closed gets none.
func (a *Act) Notify(person id.ID, key string, on On) {
	if person == "" || person == a.actor.Person {
		return
	}
	a.notices = append(a.notices, notice{ID: id.New(), Person: person, Key: key, Noun: on.Noun, Subject: on.ID, At: a.now, of: on.all()})
}

// As gives the same act at another instant and by another actor, for loading
// history in blocks: its records, reach and notices go into the same act.
func As(a *Act, at time.Time, who access.Principal, do func(*Act) error) error {
	b := *a
	b.now, b.actor = at.UTC().Truncate(time.Microsecond), who
	err := do(&b)
	b.now, b.actor = a.now, a.actor
	*a = b
	return err
}
