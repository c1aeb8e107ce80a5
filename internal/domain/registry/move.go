package registry

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
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
	var c Child
	err := a.DB().NewSelect().Model(&c).Where("c.id = ?", key).Where("c.merged_into IS NULL").Where("c.erased_at IS NULL").Apply(access.Closed(a.Actor(), row())).Scan(ctx)
	if db.IsNone(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("child that follows: %w", err)
	}
	if c.Territory == to {
		return nil
	}
	if err := touch(ctx, a, c, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("territory = ?", to) }); err != nil {
		return err
	}
	a.Record("child.move", c.on(), map[string]any{"from": c.Territory, "to": to, "message": message})
	return nil
}
