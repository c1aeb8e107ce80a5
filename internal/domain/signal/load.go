package signal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// LoadSignals writes messages of the past in blocks, each by the checks of the
// verbs, with the records those would have left. It notifies nobody. It is for
// the machine: a demo country, an import.
//
// Faults: Denied; those of the verbs.
func LoadSignals(ctx context.Context, a *act.Act, all []Past) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	var rows loaded
	last, err := lastMessages(ctx, a, all)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for i, p := range all {
		l, err := begin(ctx, a, p, last.repeats(p.Input, a.Norm("signal.repeat_months").Int()))
		if err == nil {
			err = l.live()
		}
		if err == nil {
			err = receivers(ctx, a, l, known)
		}
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		for _, r := range l.did {
			err := act.As(a, r.step.At, author(a, r.step.By), func(a *act.Act) error { a.Record(r.verb, r.on, r.detail); return nil })
			if err != nil {
				return err
			}
		}
		if l.s.State == New {
			a.Enqueue(AwaitSafety{Signal: l.s.ID}, l.s.ID.String(), Due(l.s, a.Norm).At)
		}
		rows.add(l)
	}
	return rows.insert(ctx, a)
}

// begin enters the message as of its own instant.
func begin(ctx context.Context, a *act.Act, p Past, repeat bool) (*life, error) {
	if err := checkInput(p.Input, p.Entered.At); err != nil {
		return nil, err
	}
	at := p.Entered.At.UTC().Truncate(time.Microsecond)
	l := &life{p: p, s: entered(p.Input, p.Entered.By, at), norm: a.Norm}
	l.s.Repeat = repeat
	err := act.As(a, at, a.Actor(), func(a *act.Act) error { return shut(ctx, a, &l.s, p.Input.Named) })
	l.enter()
	return l, err
}

// receivers asks of each place that got the message what PassOn asks. Only a
// message that names somebody can be closed to an office.
func receivers(ctx context.Context, a *act.Act, l *life, known map[string]bool) error {
	for _, y := range l.passes {
		if known[y.ToPath] && len(l.p.Input.Named) == 0 {
			continue
		}
		if err := receivable(ctx, a, l.s, y.ToPath); err != nil {
			return err
		}
		known[y.ToPath] = true
	}
	return nil
}

// loaded is the rows of a load.
type loaded struct {
	signals   []Signal
	reporters []Reporter
	others    []Other
	passes    []Passing
}

func (r *loaded) add(l *life) {
	told := l.p.Input.Reporter
	told.Signal = l.s.ID
	r.signals, r.reporters = append(r.signals, l.s), append(r.reporters, told)
	r.others, r.passes = append(r.others, others(l.s, l.p.Input)...), append(r.passes, l.passes...)
}

func (r *loaded) insert(ctx context.Context, a *act.Act) error {
	for _, err := range []error{insertAll(ctx, a, r.signals), insertAll(ctx, a, r.reporters), insertAll(ctx, a, r.others), insertAll(ctx, a, r.passes)} {
		if err != nil {
			return err
		}
	}
	return nil
}

func insertAll[T any](ctx context.Context, a *act.Act, rows []T) error {
	const block = 500
	for b := range slices.Chunk(rows, block) {
		if _, err := a.DB().NewInsert().Model(&b).Exec(ctx); err != nil {
			return unknown(err)
		}
	}
	return nil
}

// author is who did a step; the loader itself where nobody of the service did.
func author(a *act.Act, p id.ID) access.Principal {
	if p == "" {
		return a.Actor()
	}
	return access.Principal{Person: p, Actor: "person:" + p.String()}
}

// received holds the instants of messages by child, for the flag of repeats.
type received map[id.ID][]time.Time

func lastMessages(ctx context.Context, a *act.Act, all []Past) (received, error) {
	out := received{}
	var children []id.ID
	for _, p := range all {
		if c := p.Input.Child; c != "" {
			children = append(children, c)
			out[c] = append(out[c], p.Input.ReceivedAt)
		}
	}
	for block := range slices.Chunk(children, 500) {
		var rows []Signal
		err := a.DB().NewSelect().Model(&rows).Column("child", "received_at").Where("s.child IN (?)", bun.List(block)).Limit(50000).Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("earlier messages: %w", err)
		}
		for _, s := range rows {
			out[s.Child] = append(out[s.Child], s.ReceivedAt)
		}
	}
	return out, nil
}

func (r received) repeats(in Input, months int) bool {
	since := date.Of(in.ReceivedAt).AddMonths(-months).Start()
	return in.Child != "" && slices.ContainsFunc(r[in.Child], func(t time.Time) bool {
		return t.Before(in.ReceivedAt) && !t.Before(since)
	})
}
