package registry

import (
	"context"
	"slices"
	"strings"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
)

// holders are the roles that place and lift a legal hold.
func holders() []access.Role {
	return []access.Role{access.Secretary, access.Chair, access.DataOfficer}
}

// office is how high somebody stands who places or lifts a hold: the level of the
// place, 1 for the republic, and whether as data officer.
type office struct {
	level   int
	officer bool
}

// may tells whether this office reaches another: a higher level does, and on one
// level who is a data officer, or what no data officer has placed.
func (r office) may(placed office) bool {
	return r.level < placed.level || r.level == placed.level && (r.officer || !placed.officer)
}

// nowhere is the level of an office that nobody of the service held.
const nowhere = 1 << 10

// ranks are the offices that grants give over a place, or over any.
func ranks(grants []access.Grant, place string) []office {
	var out []office
	for _, g := range grants {
		if slices.Contains(holders(), g.Role) && (place == "" || strings.HasPrefix(place, g.Territory)) {
			out = append(out, office{strings.Count(g.Territory, "."), g.Role == access.DataOfficer})
		}
	}
	return out
}

// placedAs is the highest office in which a hold was placed. Of one that nobody of
// the service has placed any data officer of the child's place disposes.
func placedAs(ctx context.Context, v *act.View, h Hold) (office, error) {
	grants, err := access.GrantsAt(ctx, v.DB(), h.PlacedBy, h.PlacedAt, holders()...)
	if err != nil {
		return office{}, err
	}
	all := ranks(grants, "")
	if len(all) == 0 {
		return office{level: nowhere, officer: true}, nil
	}
	return slices.MinFunc(all, func(x, y office) int {
		if x.may(y) {
			return -1
		}
		return 1
	}), nil
}

// disposes tells whether the viewer may lift a hold on a child: the office that
// placed it and those above; and whether the viewer may know why it stands,
// which the data officers of the place do as well.
func disposes(ctx context.Context, v *act.View, c Child, h Hold) (bool, bool, error) {
	placed, err := placedAs(ctx, v, h)
	if err != nil {
		return false, false, err
	}
	mine := ranks(v.Actor().Grants, c.Territory)
	lifts := slices.ContainsFunc(mine, func(r office) bool {
		return r.may(placed) && (placed.level < nowhere || r.officer)
	})
	return lifts, lifts || slices.ContainsFunc(mine, func(r office) bool { return r.officer }), nil
}
