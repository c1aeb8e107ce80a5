package settings

import (
	"cmp"
	"context"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
)

// guardDays is how long a looser value of a guard waits: as long as one hand
// waits before it does the other half (decision 22). Else whoever is held by a
// norm would let go of themselves. It is no norm, for it would guard itself.
const guardDays = 30

// loosened tells whether a change lets go of a guard, and refuses one that would
// do so before those who are told could answer. The operator of the machine
// needs nobody's leave.
func loosened(a *act.Act, def norm.Default, former Dated, c Change) (bool, error) {
	if !def.Loosens(cmp.Or(former.Value, def.Value), c.Value) {
		return false, nil
	}
	first := date.Of(a.Now()).AddDays(guardDays)
	if !a.Actor().Machine && c.From.Before(first) {
		return true, fault.Bad("from", "norm.guard_waits", fault.Args{"Date": first})
	}
	return true, nil
}

// FirstLooser is the first day from which a looser value of a guard may hold,
// for the form that asks for one.
func FirstLooser(v *act.View) date.Date { return date.Of(v.Now()).AddDays(guardDays) }

// tellOfLoosened leaves a line with those who protect data and those who
// coordinate the country, suspended or not: else one would suspend them first.
func tellOfLoosened(ctx context.Context, a *act.Act, row id.ID) error {
	all, err := access.AnywhereTold(ctx, a.DB(), a.Now(), access.Protection, access.Republican)
	if err != nil {
		return err
	}
	for _, p := range all {
		a.Notify(p, "notice.guard_loosened", act.On{Noun: "norm", ID: row})
	}
	return nil
}
