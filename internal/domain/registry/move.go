package registry

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// checkMove is the rule of moving, pure.
func checkMove(from, to, reason string) error {
	var bad fault.Fields
	bad.Check(to != "" && to != from, "to", "child.move_to")
	bad.Text(reason, maxReason, "reason")
	return bad.Err()
}

// MoveChild hands the file to another territory. It gives the file as it was;
// what else moves with the child is for the caller.
//
// Faults: Denied; NotFound; Invalid "child.move_to".
func MoveChild(ctx context.Context, a *act.Act, key id.ID, to, reason string) (Child, error) {
	c, err := take(ctx, a, MoveOne, key)
	if err != nil {
		return c, err
	}
	if err := checkMove(c.Territory, to, reason); err != nil {
		return c, err
	}
	err = touch(ctx, a, c, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("territory = ?", to) })
	if dangling(err, "child_territory_fkey") {
		return c, fault.Bad("to", "child.move_to")
	}
	if err != nil {
		return c, err
	}
	a.Record("child.move", c.on(), map[string]any{"from": c.Territory, "to": to, "reason": reason})
	return c, nil
}
