package registry

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
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
	err = hand(ctx, a, c, to, "reason", reason)
	if dangling(err, "child_territory_fkey") {
		err = fault.Bad("to", "child.move_to")
	}
	return c, err
}

// hand writes the new place of a file, and why in the record.
func hand(ctx context.Context, a *act.Act, c Child, to, why string, ground any) error {
	err := touch(ctx, a, c, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("territory = ?", to) })
	if err != nil {
		return err
	}
	a.Record("child.move", c.on(), map[string]any{"from": c.Territory, "to": to, why: ground})
	return nil
}

// Follow hands the file to the place that the level above has given a message
// about the child to (practice rule 6): who is named there may hold the office
// that has the file, and would have to be asked to give it away. That the level
// above has decided so is for the caller to know; the actor's office must be the
// receiving one.
//
// Faults: Denied; NotFound.
func Follow(ctx context.Context, a *act.Act, key, message id.ID, to string) error {
	if err := a.May(MoveOne, to); err != nil {
		return err
	}
	if err := a.Lock(ctx, "child", key); err != nil {
		return err
	}
	c, err := within(ctx, &a.View, key, access.Closed(a.Actor(), row()))
	if err != nil || c.Territory == to {
		return err
	}
	return hand(ctx, a, c, to, "message", message)
}
