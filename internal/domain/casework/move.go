package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Move hands the open case of a child to another territory, with its measures;
// a child without an open case has nothing to hand over. The curator stays until
// the new district's curator has accepted; as that grant does not reach the new
// territory, the case shows as without a curator at once. A proposal that still
// waits is withdrawn.
//
// Faults: Denied; NotFound when the case is not the actor's to move.
func Move(ctx context.Context, a *act.Act, child id.ID, to, reason string) (id.ID, error) {
	key, err := openOf(ctx, a.DB(), child)
	if err != nil || key == "" {
		return "", err
	}
	c, err := take(ctx, a, MoveCase, key)
	if err != nil {
		return "", err
	}
	if err := withdraw(ctx, a, c); err != nil {
		return "", err
	}
	if err := place(ctx, a, c, to); err != nil {
		return "", err
	}
	a.Enqueue(AwaitCurator{Case: c.ID}, "moved:"+c.ID.String()+a.Now().Format(time.RFC3339), a.Now().Add(a.Norm("curator.answer_hours").Hours()))
	a.Record("case.move", c.on(), map[string]any{"from": c.Territory, "to": to, "reason": reason})
	return c.ID, tellHolder(ctx, a, c, "notice.case_moved")
}

// MoveEnded hands the ended cases of a child, with their measures, to the
// territory that has the child: a past case is seen where the child is. How they
// ended stays as it was.
//
// Faults: Denied.
func MoveEnded(ctx context.Context, a *act.Act, child id.ID, to string) error {
	if err := a.May(MoveCase); err != nil {
		return err
	}
	return placeEnded(ctx, a, child, to)
}

func placeEnded(ctx context.Context, a *act.Act, child id.ID, to string) error {
	var past []Case
	err := a.DB().NewSelect().Model(&past).Where("c.child = ?", child).Where("c.state = 'ended'").Where("c.territory <> ?", to).Limit(block).Scan(ctx)
	if err != nil {
		return fmt.Errorf("ended cases of child: %w", err)
	}
	for _, c := range past {
		if err := place(ctx, a, c, to); err != nil {
			return err
		}
		a.Record("case.move", c.on(), map[string]any{"from": c.Territory, "to": to})
	}
	return nil
}

// place puts a case and its measures into a territory.
func place(ctx context.Context, a *act.Act, c Case, to string) error {
	_, err := a.DB().NewUpdate().Table("measure").Set("territory = ?", to).Where("case_id = ?", c.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move measures: %w", err)
	}
	return touch(ctx, a, c, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		if to != c.Territory {
			q = q.Set("moved_at = ?", a.Now())
		}
		return q.Set("territory = ?", to)
	})
}

func tellHolder(ctx context.Context, a *act.Act, c Case, key string) error {
	g, err := curatorOf(ctx, a.DB(), c.ID)
	if err != nil {
		return err
	}
	if g != nil {
		a.Notify(g.Person, key, c.on())
	}
	return nil
}

// openOf is the open case of a child, or none.
func openOf(ctx context.Context, d bun.IDB, child id.ID) (id.ID, error) {
	var key id.ID
	err := d.NewSelect().Table("case_file").Column("id").Where("child = ?", child).Where("state <> 'ended'").Scan(ctx, &key)
	if err != nil && !db.IsNone(err) {
		return "", fmt.Errorf("open case of child: %w", err)
	}
	return key, nil
}

// Merge hangs the cases of one file of a child on another of the same child; an
// open case goes to the territory of the kept file.
//
// Faults: Denied; Conflict "child.two_open_cases".
func Merge(ctx context.Context, a *act.Act, keep, drop id.ID, to string) error {
	if err := a.May(MergeCases, to); err != nil {
		return err
	}
	both := [2]id.ID{keep, drop}
	for i, child := range both {
		key, err := openOf(ctx, a.DB(), child)
		if err != nil {
			return err
		}
		both[i] = key
	}
	if both[0] != "" && both[1] != "" {
		return fault.Clash("child.two_open_cases")
	}
	for _, table := range []string{"measure", "case_file"} {
		_, err := a.DB().NewUpdate().Table(table).Set("child = ?", keep).Where("child = ?", drop).Exec(ctx)
		if err != nil {
			return fmt.Errorf("merge cases: %w", err)
		}
	}
	if err := placeEnded(ctx, a, keep, to); err != nil {
		return err
	}
	if both[1] == "" {
		return nil
	}
	var c Case
	if err := a.DB().NewSelect().Model(&c).Where("c.id = ?", both[1]).Scan(ctx); err != nil {
		return fmt.Errorf("merge cases: %w", err)
	}
	if err := place(ctx, a, c, to); err != nil {
		return err
	}
	a.Record("case.merge", c.on(), map[string]any{"from": drop, "to": to})
	return tellHolder(ctx, a, c, "notice.child_merged")
}
