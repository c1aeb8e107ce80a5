package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Hold is a legal hold: while one stands nothing of the child is erased.
type Hold struct {
	bun.BaseModel `bun:"table:child_hold,alias:h"`
	ID            id.ID `bun:",pk"`
	Child         id.ID
	Reason        string `bun:"-"`
	PlacedBy      id.ID
	PlacedAt      time.Time
	LiftedBy      id.ID
	LiftedAt      *time.Time
	LiftedReason  string `bun:"-"`
	Known         bool   `bun:"-"` // the viewer may know who placed it and why
	Liftable      bool   `bun:"-"` // the viewer may lift it

	ReasonSealed string `bun:"reason"`
	LiftedSealed string `bun:"lifted_reason"`
}

// Held is the condition that a legal hold stands on the child of a column.
func Held(child string) schema.QueryWithArgs {
	return bun.SafeQuery("EXISTS (SELECT 1 FROM child_hold AS lh WHERE lh.child = ? AND lh.lifted_at IS NULL)", bun.Ident(child))
}

// PlaceHold forbids the erasure of anything of a child until the hold is
// lifted: a complaint, a court, an inquiry.
//
// Faults: Denied; NotFound; Invalid; Conflict "child.hold_already",
// "fault.sent_twice".
func PlaceHold(ctx context.Context, a *act.Act, child, key id.ID, reason string) error {
	c, err := take(ctx, a, HoldOne, child)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Text(reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	standing, err := holdOn(ctx, &a.View, c.ID)
	if err != nil {
		return err
	}
	if standing != nil {
		return fault.Clash("child.hold_already")
	}
	h := Hold{ID: key.OrNew(), Child: c.ID, Reason: reason, PlacedBy: a.Actor().Person, PlacedAt: a.Now()}
	if _, err := a.DB().NewInsert().Model(&h).Exec(ctx); sentTwice(err, "child_hold") {
		return fault.Clash("fault.sent_twice")
	} else if err != nil {
		return fmt.Errorf("place hold: %w", err)
	}
	a.Record("child.hold", act.On{Noun: "child_hold", ID: h.ID, Child: c.ID, Territory: c.Territory}, map[string]any{"reason": reason})
	return touch(ctx, a, c, nil)
}

// LiftHold ends the legal hold, with a reason; that it stood stays on record. It
// is lifted where it was placed or above: a district lifts none that the region
// or a data officer has placed.
//
// Faults: Denied; NotFound (also when none stands); Conflict "child.hold_above";
// Invalid.
func LiftHold(ctx context.Context, a *act.Act, child id.ID, reason string) error {
	c, err := take(ctx, a, HoldOne, child)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Text(reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	h, err := holdOn(ctx, &a.View, c.ID)
	if err != nil {
		return err
	}
	if h == nil {
		return fault.Missing()
	}
	all, err := holdsOn(ctx, &a.View, c.ID)
	if err != nil {
		return err
	}
	if lifts, err := liftable(ctx, &a.View, c, all); err != nil {
		return err
	} else if !lifts {
		return fault.Clash("child.hold_above")
	}
	now := a.Now()
	for _, x := range all {
		x.LiftedAt, x.LiftedBy, x.LiftedReason = &now, a.Actor().Person, reason
		if _, err := a.DB().NewUpdate().Model(&x).Column("lifted_at", "lifted_by", "lifted_reason").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("lift hold: %w", err)
		}
	}
	a.Record("child.hold_lift", act.On{Noun: "child_hold", ID: h.ID, Child: c.ID, Territory: c.Territory}, map[string]any{"reason": reason})
	return touch(ctx, a, c, nil)
}

// HoldOf gives the legal hold that stands on a child, or nil: for the office. Why
// it stands and who placed it know those who placed it, those above and the data
// officers: it may be an inquiry into the office itself.
//
// Faults: Denied; NotFound.
func HoldOf(ctx context.Context, v *act.View, child id.ID) (*Hold, error) {
	c, err := find(ctx, v, HoldOne, child)
	if err != nil {
		return nil, err
	}
	all, err := holdsOn(ctx, v, c.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	h := all[0]
	if _, h.Known, err = disposes(ctx, v, c, h); err != nil {
		return nil, err
	}
	if !h.Known {
		h.Reason, h.ReasonSealed, h.PlacedBy = "", "", ""
	}
	h.Liftable, err = liftable(ctx, v, c, all)
	return &h, err
}

// liftable tells whether the viewer may lift all the holds that stand on a child.
func liftable(ctx context.Context, v *act.View, c Child, all []Hold) (bool, error) {
	for _, h := range all {
		lifts, _, err := disposes(ctx, v, c, h)
		if err != nil || !lifts {
			return false, err
		}
	}
	return true, nil
}

// holdsOn are all that stand, oldest first: two files that were made one may
// bring one each.
func holdsOn(ctx context.Context, v *act.View, child id.ID) ([]Hold, error) {
	var all []Hold
	err := v.DB().NewSelect().Model(&all).Where("h.child = ?", child).Where("h.lifted_at IS NULL").OrderExpr("h.placed_at, h.id").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("holds: %w", err)
	}
	return all, nil
}

func holdOn(ctx context.Context, v *act.View, child id.ID) (*Hold, error) {
	var h Hold
	err := v.DB().NewSelect().Model(&h).Where("h.child = ?", child).Where("h.lifted_at IS NULL").OrderExpr("h.placed_at, h.id").Limit(1).Scan(ctx)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("hold: %w", err)
	}
	return &h, nil
}
