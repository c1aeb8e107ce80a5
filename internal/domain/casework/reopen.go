package casework

import (
	"context"
	"slices"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Reopen opens a new case for the child of an ended one and points at the old;
// the old stays as it ended. Within the norm's months (case.repeat_months) it
// counts as a repeat. Its risk is no lower than the old case's: to lower it takes
// an assessment and two persons. The child is the old case's; the territory is the one that
// has the child's file now, if the actor may find it. A case that ended by
// death, on the wrong child or by merging files is not reopened.
//
// Faults: Denied; NotFound; Conflict "case.not_ended", "case.no_reopen"; those
// of Open.
func Reopen(ctx context.Context, a *act.Act, key id.ID, o Opening, home Home) (Case, error) {
	old, err := takeEnded(ctx, a, MayReopen, key)
	if err != nil {
		return Case{}, err
	}
	if err := reopenable(old); err != nil {
		return Case{}, err
	}
	o.Child, o.from = old.Child, old.ID
	if o, err = atHome(ctx, a, o, MayReopen, home); err != nil {
		return Case{}, err
	}
	c, err := open(ctx, a, o)
	if err != nil {
		return Case{}, err
	}
	a.Record("case.reopen", old.on(), map[string]any{"case": c.ID, "repeat": c.Repeat})
	return c, nil
}

func reopenable(old Case) error {
	if slices.Contains([]string{Died, WrongChild, Merged}, old.EndKind) {
		return fault.Clash("case.no_reopen")
	}
	return nil
}
