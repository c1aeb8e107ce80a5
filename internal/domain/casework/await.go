package casework

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// AwaitCurator is the job that wakes when a curator should have accepted: if
// nobody has, the chairs of the place are told to appoint. It changes nothing
// else, so that it may run twice.
type AwaitCurator struct {
	Case id.ID `json:"case"`
}

// Kind names the job.
func (AwaitCurator) Kind() string { return "case.await_curator" }

// Await does the job AwaitCurator.
func Await(ctx context.Context, a *act.Act, j AwaitCurator) error {
	var c Case
	err := a.DB().NewSelect().Model(&c).Where("c.id = ?", j.Case).Where("c.state <> 'ended'").Scan(ctx)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("await curator: %w", err)
	}
	due, err := appointDue(ctx, &a.View, c)
	if err != nil || !due {
		return err
	}
	chairs, err := access.Holders(ctx, a.DB(), access.Chair, c.Territory, a.Now())
	if err != nil {
		return err
	}
	for _, p := range chairs {
		a.Notify(p, "notice.appoint_curator", c.on())
	}
	a.Record("curator.awaited", c.on(), nil)
	return nil
}

// appointDue tells that the chair may appoint: no active curator, and the
// norm's number of declines or hours without one.
func appointDue(ctx context.Context, v *act.View, c Case) (bool, error) {
	var turns []Assignment
	err := v.DB().NewSelect().Model(&turns).Where("g.case_id = ?", c.ID).Where("g.role = 'curator'").Limit(500).Scan(ctx)
	if err != nil {
		return false, fmt.Errorf("turns of case: %w", err)
	}
	since, declined := c.OpenedAt, 0
	for _, g := range turns {
		switch g.State {
		case "active":
			return false, nil
		case "declined":
			declined++
		case "ended":
			if g.EndedAt.After(since) {
				since = *g.EndedAt
			}
		}
	}
	return declined >= v.Norm("curator.declines").Int() ||
		!v.Now().Before(since.Add(v.Norm("curator.answer_hours").Hours())), nil
}
