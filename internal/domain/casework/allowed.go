package casework

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
)

// Allowed tells which of some actions the viewer may do on one case, so that a
// page offers nothing that would be refused. The verbs judge anew.
func Allowed(ctx context.Context, v *act.View, c Case, actions ...access.Action) (map[access.Action]bool, error) {
	return v.Allowed(ctx, access.Rows("c"), func() *bun.SelectQuery {
		return v.DB().NewSelect().TableExpr("case_file AS c").Where("c.id = ?", c.ID)
	}, actions...)
}

// AllowedFor is Allowed on one measure.
func AllowedFor(ctx context.Context, v *act.View, m Measure, actions ...access.Action) (map[access.Action]bool, error) {
	return v.Allowed(ctx, access.Rows("m"), func() *bun.SelectQuery {
		return v.DB().NewSelect().TableExpr("measure AS m").Where("m.id = ?", m.ID)
	}, actions...)
}

// AppointDue tells that the chair may appoint a curator without asking: nobody
// covers the case, and enough people have declined or enough hours are over.
// To whom may not appoint it is never due.
func AppointDue(ctx context.Context, v *act.View, c Case) (bool, error) {
	if v.May(AppointOne, c.Territory) != nil || c.State == Ended {
		return false, nil
	}
	return appointDue(ctx, v, c)
}
