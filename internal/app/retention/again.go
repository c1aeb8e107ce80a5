package retention

import (
	"context"
	"fmt"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Done is an erasure as it is written down outside the database, so that it can
// be done once more after a restore of an older backup: identifiers only.
type Done struct {
	ID      id.ID     `json:"id"`
	Noun    string    `json:"noun"`
	Subject id.ID     `json:"subject"`
	At      time.Time `json:"at"`
}

// AllDone lists what was erased, oldest first, for an operator to keep beside
// the backups.
//
// Faults: Denied to anybody else.
func AllDone(ctx context.Context, v *act.View) ([]Done, error) {
	if !v.Actor().Machine {
		return nil, fault.Deny("fault.denied")
	}
	var out []Done
	err := v.DB().NewSelect().TableExpr("erasure AS e").ColumnExpr("e.id, e.noun, e.subject, e.answered_at AS at").Where("e.state = 'done'").
		OrderExpr("e.answered_at, e.id").Limit(1_000_000).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("erasures: %w", err)
	}
	return out, nil
}

// Repeat does an erasure once more that a restore has undone; it tells whether
// there was something to do. The rule of what is due stands here too, so that a
// list somebody has written by hand erases nothing that is to be kept.
//
// Faults: Denied to anybody but an operator; Conflict "erasure.kept".
func Repeat(ctx context.Context, a *act.Act, d Done) (bool, error) {
	if !a.Actor().Machine {
		return false, fault.Deny("fault.denied")
	}
	n, ok := nounOf(d.Noun)
	if _, err := id.Parse(d.Subject.String()); err != nil || !ok {
		return false, fault.Clash("erasure.kept")
	}
	done, err := a.DB().NewSelect().Table("erasure").Where("noun = ?", d.Noun).Where("subject = ?", d.Subject).Where("state = 'done'").Count(ctx)
	if err != nil {
		return false, fmt.Errorf("repeat erasure: %w", err)
	}
	if done > 0 {
		return false, nil
	}
	territory, err := n.where(ctx, &a.View, AskOne, d.Subject)
	if fault.KindOf(err) == fault.NotFound {
		return false, fault.Clash("erasure.kept")
	}
	if err != nil {
		return false, err
	}
	now := a.Now()
	// One that was asked for when the backup was made is overtaken.
	_, err = a.DB().NewUpdate().Table("erasure").Set("state = 'refused'").Set("answered_at = ?", now).Set("again = ?", true).
		Where("noun = ?", d.Noun).Where("subject = ?", d.Subject).Where("state = 'asked'").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("repeat erasure: %w", err)
	}
	e := Erasure{ID: id.New(), Noun: n.name, Subject: d.Subject, Territory: territory, Norm: n.norm, Years: a.Norm(n.norm).Int(),
		Reason: "after a restore: " + d.ID.String(), AskedAt: d.At, State: "done", AnsweredAt: &now, Again: true}
	if e.Counts, err = erase(ctx, a, e); err != nil {
		return false, err
	}
	if _, err := a.DB().NewInsert().Model(&e).Exec(ctx); err != nil {
		return false, fmt.Errorf("repeat erasure: %w", err)
	}
	a.Record("erasure.repeat", e.on(), map[string]any{"noun": e.Noun, "subject": e.Subject, "of": d.ID, "counts": e.Counts})
	return true, nil
}
