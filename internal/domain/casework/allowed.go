package casework

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
)

// Allowed tells which of some actions the viewer may do on one case, so that a
// page offers nothing that would be refused. The verbs judge anew.
func Allowed(ctx context.Context, v *act.View, c Case, actions ...access.Action) (map[access.Action]bool, error) {
	return allowed(ctx, v, &c, "c", actions)
}

// AllowedFor is Allowed on one measure.
func AllowedFor(ctx context.Context, v *act.View, m Measure, actions ...access.Action) (map[access.Action]bool, error) {
	return allowed(ctx, v, &m, "m", actions)
}

func allowed(ctx context.Context, v *act.View, row any, alias string, actions []access.Action) (map[access.Action]bool, error) {
	out := map[access.Action]bool{}
	for _, a := range actions {
		if v.May(a) != nil {
			continue
		}
		yes, err := v.DB().NewSelect().Model(row).WherePK().Apply(v.Scope(a, access.Rows(alias))).Exists(ctx)
		if err != nil {
			return nil, fmt.Errorf("allowed actions: %w", err)
		}
		out[a] = yes
	}
	return out, nil
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
