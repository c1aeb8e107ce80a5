package procedure

import (
	"context"
	"fmt"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Move hands a child who moves, with the open and the ended cases, to another district without
// a gap: the curator stays until the new district's curator accepts, and the
// case stands there as without a curator from this instant, seen by its
// secretaries and chairs, who are told. The former office loses them all. Messages
// stay where they are answered; passing one on is an act of its own.
//
// Faults: Denied; NotFound; Invalid "child.move_to".
func Move(ctx context.Context, a *act.Act, child id.ID, to, reason string) error {
	known, err := a.DB().NewSelect().Table("territory").Where("path = ?", to).Where("level IN ('district', 'rural')").Count(ctx)
	if err != nil {
		return fmt.Errorf("move child: %w", err)
	}
	if known == 0 {
		to = "" // refused with the other fields, after permission
	}
	c, err := registry.MoveChild(ctx, a, child, to, reason)
	if err != nil {
		return err
	}
	key, err := casework.Move(ctx, a, c.ID, to, reason)
	if err != nil {
		return err
	}
	if err := casework.MoveEnded(ctx, a, c.ID, to); err != nil {
		return err
	}
	on := act.On{Noun: "child", ID: c.ID, Child: c.ID, Territory: to}
	if key != "" {
		on = act.On{Noun: "case", ID: key, Child: c.ID, Territory: to}
	}
	return tell(ctx, a, to, "notice.child_moved", on)
}

// tell leaves a line for the secretaries and chairs of a place.
func tell(ctx context.Context, a *act.Act, territory, key string, on act.On) error {
	for _, role := range []access.Role{access.Secretary, access.Chair} {
		people, err := access.Holders(ctx, a.DB(), role, territory, a.Now())
		if err != nil {
			return err
		}
		for _, p := range people {
			a.Notify(p, key, on)
		}
	}
	return nil
}
