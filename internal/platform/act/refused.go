package act

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/audit"
	"serik/internal/platform/fault"
)

const (
	// told is the verb of a refusal that told that something is there.
	told = "refusal.told"
	// TellsPerHour is the norm of how many such answers a person gets.
	TellsPerHour = "access.tells_per_hour"
	fewTells     = 30 // where no room has given the norm
)

// refused writes what a refused act must leave behind.
func (r *Runner) refused(ctx context.Context, a *Act, err error) error {
	f, ok := fault.Of(err)
	switch {
	case !ok:
		return err
	case f.Kind == fault.Limited:
		return r.leave(ctx, a, err)
	case f.Tells:
		return r.tells(ctx, a, err)
	}
	return err
}

// leave keeps records and notices of a verb that was refused as too many.
func (r *Runner) leave(ctx context.Context, a *Act, err error) error {
	if len(a.records)+len(a.looks)+len(a.notices) == 0 {
		return err
	}
	lost := r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := audit.Append(ctx, tx, append(a.records, a.looks...)...); err != nil {
			return err
		}
		return writeNotices(ctx, tx, a.notices)
	})
	if lost != nil {
		return fault.Wrap(fault.Unavailable, "fault.unavailable", lost)
	}
	return err
}

func (a *Act) mostTells() int {
	if n, ok := a.norms.Get(TellsPerHour); ok {
		return n.Int()
	}
	return fewTells
}

// MayAsk refuses a verb whose yes tells as much as its no (fault.Tell) to whoever
// has had too many such answers: it is asked before the verb looks, or what
// still passes would tell what is free.
//
// Faults: Limited "fault.too_telling".
func (a *Act) MayAsk(ctx context.Context) error {
	if a.actor.Machine {
		return nil
	}
	most := a.mostTells()
	n, err := audit.Count(ctx, a.tx, a.actor.Actor, told, "refusal", a.now.Add(-time.Hour))
	if err != nil || n < most {
		return err
	}
	a.Record("refusal.limited", On{Noun: "refusal"}, nil)
	return fault.New(fault.Limited, "fault.too_telling", fault.Args{"Max": most})
}

// tells counts the answers that tell that something is there; who has had too
// many is told no more, so that nobody finds rows by asking for them one by one.
func (r *Runner) tells(ctx context.Context, a *Act, err error) error {
	most := a.mostTells()
	lost := r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		n, e := audit.Count(ctx, tx, a.actor.Actor, told, "refusal", a.now.Add(-time.Hour))
		if e != nil {
			return e
		}
		a.records = nil
		a.Record(told, On{Noun: "refusal"}, nil)
		if n >= most {
			a.records = nil
			a.Record("refusal.limited", On{Noun: "refusal"}, nil)
		}
		if e := audit.Append(ctx, tx, a.records...); e != nil || n < most {
			return e
		}
		err = fault.New(fault.Limited, "fault.too_telling", fault.Args{"Max": most})
		return nil
	})
	if lost != nil {
		return fault.Wrap(fault.Unavailable, "fault.unavailable", lost)
	}
	return err
}
