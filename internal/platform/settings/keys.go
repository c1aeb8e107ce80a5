package settings

import (
	"context"
	"slices"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// Key is one key of the installation: its number, which tells nothing of it,
// and what it is for.
type Key struct {
	No    uint32
	Kind  string // seal, blind
	State string // current; waiting to be promoted; former
	Under int    // values that stand under it
}

// Keys lists the keys that seal the database, those that seal now first.
//
// Faults: Denied to anybody but the machine.
func Keys(ctx context.Context, v *act.View, all []secret.Sealed) ([]Key, error) {
	if !v.Actor().Machine {
		return nil, fault.Deny("fault.denied")
	}
	ring, err := secret.Of(ctx)
	if err != nil {
		return nil, err
	}
	seal, blind := ring.Keys()
	var out []Key
	add := func(kind string, numbers []uint32) error {
		for i, n := range numbers {
			k := Key{No: n, Kind: kind, State: "former"}
			switch {
			case i == 0:
				k.State = "current"
			case ring.Waits(n):
				k.State = "waiting"
			}
			if k.Under, err = ring.Under(ctx, v.DB(), all, n); err != nil {
				return err
			}
			out = append(out, k)
		}
		return nil
	}
	if err := add("seal", seal); err != nil {
		return nil, err
	}
	return out, add("blind", blind)
}

// NoteKey writes into the log what was done with the keys, and leaves the
// canaries of those that seal now.
//
// Faults: Denied to anybody but the machine.
func NoteKey(ctx context.Context, a *act.Act, verb string) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	ring, err := secret.Of(ctx)
	if err != nil {
		return err
	}
	seal, blind := ring.Keys()
	a.Record(verb, act.On{Noun: "secret"}, map[string]any{"seal": seal, "blind": blind})
	return ring.Vouch(ctx, a.DB(), a.Now())
}

// Reseal is the job of sealing anew what stands under former keys: a block
// after another, column by column.
type Reseal struct {
	Round  id.ID  `json:"round"`
	Column string `json:"column"` // "" begins
	After  id.ID  `json:"after"`
}

// Kind names the job.
func (Reseal) Kind() string { return "secret.reseal" }

func (j Reseal) key() string { return string(j.Round) + " " + j.Column + " " + string(j.After) }

// Begin asks for all to be sealed anew under the keys that seal now.
//
// Faults: Denied to anybody but the machine.
func Begin(_ context.Context, a *act.Act) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	j := Reseal{Round: id.New()}
	a.Enqueue(j, j.key())
	return nil
}

// perReseal is how many rows one act of the job seals anew: few enough that on
// SQLite nobody waits long behind it.
const perReseal = 1000

// Resealer makes the worker of Reseal for the sealed columns of the house. Each
// run is one act; a process that is killed leaves whole blocks, and the next
// goes on from there.
func Resealer(all []secret.Sealed) func(context.Context, *act.Act, Reseal) error {
	return func(ctx context.Context, a *act.Act, j Reseal) error {
		ring, err := secret.Of(ctx)
		if err != nil {
			return err
		}
		at := max(0, slices.IndexFunc(all, func(s secret.Sealed) bool { return string(s.Column) == j.Column }))
		after := j.After
		if string(all[at].Column) != j.Column || after == "" {
			after = secret.First
		}
		for left := perReseal; left > 0; {
			last, n, err := ring.Again(ctx, a.DB(), all[at], after, left)
			if err != nil {
				return err
			}
			left, after = left-n, last
			if last != "" {
				continue
			}
			if at, after = at+1, secret.First; at == len(all) {
				a.Record("secret.resealed", act.On{Noun: "secret"}, nil)
				return nil
			}
		}
		next := Reseal{Round: j.Round, Column: string(all[at].Column), After: after}
		a.Enqueue(next, next.key())
		return nil
	}
}

// settled is how long after a change of the keys an act that began before it
// may still seal with the former ones.
const settled = 2 * time.Minute

// Release lets go of the former keys: nothing stands under them any more. The
// keys themselves are dropped after it (secret.Ring.Retire).
//
// Faults: Denied to anybody but the machine; Conflict "secret.too_soon",
// "secret.waits" for a key that was added and not yet promoted, "secret.stale".
func Release(ctx context.Context, a *act.Act, all []secret.Sealed) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	ring, err := secret.Of(ctx)
	if err != nil {
		return err
	}
	if ring.Pending() {
		return fault.Clash("secret.waits")
	}
	if a.Now().Sub(ring.Changed()) < settled {
		return fault.Clash("secret.too_soon")
	}
	n, err := ring.Stale(ctx, a.DB(), all)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.Clash("secret.stale")
	}
	if err := ring.Forget(ctx, a.DB()); err != nil {
		return err
	}
	seal, blind := ring.Keys()
	a.Record("secret.retire", act.On{Noun: "secret"}, map[string]any{"seal": seal[1:], "blind": blind[1:]})
	return nil
}
