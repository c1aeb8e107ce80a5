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

// appointDue tells that the chair may appoint: nobody covers the case, and the
// norm's number of declines or hours without a curator are over.
func appointDue(ctx context.Context, v *act.View, c Case) (bool, error) {
	h, err := histories(ctx, v.DB(), []Case{c})
	if err != nil {
		return false, err
	}
	return h[0].appointDue(v), nil
}
