package signal

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// AwaitSafety is the job that wakes when the answer about safety is due: if
// there is none, the duty officer, the secretary and the chair are told. It
// changes nothing else, so that it may run twice.
type AwaitSafety struct {
	Signal id.ID `json:"signal"`
}

// Kind names the job.
func (AwaitSafety) Kind() string { return "signal.await_safety" }

// Await does the job AwaitSafety.
func Await(ctx context.Context, a *act.Act, j AwaitSafety) error {
	var s Signal
	err := a.DB().NewSelect().Model(&s).Where("s.id = ?", j.Signal).Where("s.state = 'new'").Scan(ctx)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("await safety: %w", err)
	}
	if a.Now().Before(Due(s, a.Norm).At) {
		return nil
	}
	roles := []access.Role{access.Duty, access.Secretary, access.Chair}
	if s.Up {
		roles = append(roles, access.Regional, access.Republican)
	}
	a.Record("signal.awaited", s.on(), nil)
	return tell(ctx, a, s, "notice.signal_late", s.Territory, roles...)
}
