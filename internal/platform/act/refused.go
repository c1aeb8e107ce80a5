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
	// FarPerDay is the norm of how many answers a person gets in a day that tell of
	// what lies beyond their reach.
	FarPerDay = "access.far_per_day"
	fewFar    = 5
	farNoun   = "refusal_far"
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
		return r.tells(ctx, a, f)
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

func (a *Act) most(key string, without int) int {
	if n, ok := a.norms.Get(key); ok {
		return n.Int()
	}
	return without
}

// tooMany tells whether somebody has had all answers that tell, of an hour, or
// of a day those about what lies beyond their reach; nil while there are more.
func (a *Act) tooMany(ctx context.Context, d bun.IDB) (*fault.Fault, error) {
	for _, b := range []struct {
		noun, words string
		most        int
		over        time.Duration
	}{{"refusal", "fault.too_telling", a.most(TellsPerHour, fewTells), time.Hour},
		{farNoun, "fault.too_telling_far", a.most(FarPerDay, fewFar), 24 * time.Hour}} {
		n, err := audit.Count(ctx, d, a.actor.Actor, told, b.noun, a.now.Add(-b.over))
		if err != nil {
			return nil, err
		}
		if n >= b.most {
			return fault.New(fault.Limited, b.words, fault.Args{"Max": b.most}), nil
		}
	}
	return nil, nil
}

// MayAsk refuses a verb whose yes tells as much as its no (fault.Tell) to whoever
// has had too many such answers: it is asked before the verb looks, or what
// still passes would tell what is free.
//
// Faults: Limited "fault.too_telling", "fault.too_telling_far".
func (a *Act) MayAsk(ctx context.Context) error {
	if a.actor.Machine {
		return nil
	}
	enough, err := a.tooMany(ctx, a.tx)
	if err != nil || enough == nil {
		return err
	}
	a.Record("refusal.limited", On{Noun: "refusal"}, nil)
	return enough
}

// tells counts the answers that tell that something is there; who has had too
// many is told no more, so that nobody finds rows by asking for them one by one.
// Of an answer about what lies beyond reach the notices stay: they are for those
// who answer for that row.
func (r *Runner) tells(ctx context.Context, a *Act, f *fault.Fault) error {
	var out error = f
	lost := r.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		enough, err := a.tooMany(ctx, tx)
		if err != nil {
			return err
		}
		a.records, out = nil, f
		if enough != nil {
			out = enough
			a.Record("refusal.limited", On{Noun: "refusal"}, nil)
			return audit.Append(ctx, tx, a.records...)
		}
		a.Record(told, On{Noun: "refusal"}, nil)
		if f.Far {
			a.Record(told, On{Noun: farNoun}, nil)
		}
		if err := audit.Append(ctx, tx, a.records...); err != nil || !f.Far {
			return err
		}
		return writeNotices(ctx, tx, a.notices)
	})
	if lost != nil {
		return fault.Wrap(fault.Unavailable, "fault.unavailable", lost)
	}
	return out
}
