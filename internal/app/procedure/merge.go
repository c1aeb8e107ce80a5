package procedure

import (
	"context"
	"fmt"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Merge makes one file of two of the same child. The open case, the messages,
// the family and the addresses of the dropped file hang on the kept one; who
// had reach of the dropped file has it of the kept one; to whom it was closed,
// the kept one is closed too, and the curator among them leaves the case.
//
// Faults: Denied; NotFound; Invalid; Conflict "child.different_iin",
// "child.two_open_cases".
func Merge(ctx context.Context, a *act.Act, keep, drop id.ID, reason string) error {
	kept, dropped, err := registry.MergeChild(ctx, a, keep, drop, reason)
	if err != nil {
		return err
	}
	if err := casework.Merge(ctx, a, kept.ID, dropped.ID, kept.Territory); err != nil {
		return err
	}
	if err := signal.Merge(ctx, a, kept.ID, dropped.ID); err != nil {
		return err
	}
	if err := moveReach(ctx, a, kept.ID, dropped.ID); err != nil {
		return err
	}
	if err := copyClosed(ctx, a, kept.ID, dropped.ID); err != nil {
		return err
	}
	var open []casework.Case
	err = a.DB().NewSelect().Model(&open).Where("c.child = ?", kept.ID).Where("c.state <> 'ended'").Limit(1).Scan(ctx)
	if err != nil {
		return fmt.Errorf("open case of merged file: %w", err)
	}
	for _, c := range open {
		if err := leaveClosed(ctx, a, c); err != nil {
			return err
		}
	}
	return tell(ctx, a, kept.Territory, "notice.child_merged", act.On{Noun: "child", ID: kept.ID, Child: kept.ID, Territory: kept.Territory})
}

// moveReach ends the running reach of one subject and gives it of another.
func moveReach(ctx context.Context, a *act.Act, keep, drop id.ID) error {
	var rows []struct {
		Person id.ID
		Ground access.Ground
		Source id.ID
		FromAt time.Time
		ToAt   *time.Time
	}
	now := a.Now()
	err := a.DB().NewSelect().Table("access_reach").Column("person", "ground", "source", "from_at", "to_at").Where("subject = ?", drop).
		Where("(to_at IS NULL OR to_at > ?)", now).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("move reach: %w", err)
	}
	for _, r := range rows {
		// One that was to begin later never does.
		from, end := r.FromAt, now
		if from.After(end) {
			end = from
		}
		a.Reach(act.Reach{Person: r.Person, Subject: drop, Ground: r.Ground, Source: r.Source, From: from, To: &end})
		a.Reach(act.Reach{Person: r.Person, Subject: keep, Ground: r.Ground, Source: r.Source, From: from, To: r.ToAt})
	}
	return nil
}

// copyClosed closes a subject to all to whom another is closed.
func copyClosed(ctx context.Context, a *act.Act, keep, drop id.ID) error {
	return access.Copy(ctx, a.DB(), keep, drop, a.Now())
}
