package access

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
)

// Overseers are the roles that see to it that a district does its work: whoever
// could blind them alone would work unseen.
func Overseers() []Role {
	return []Role{Regional, Republican, DataOfficer, Protection, Prosecutor, Administrator}
}

// ClosedAbove tells whether a subject is closed to somebody who oversees, by any
// of the roles for it, or who serves above a place in whatever role; to somebody
// suspended too, who may be back tomorrow.
func ClosedAbove(ctx context.Context, d bun.IDB, subject id.ID, place string, now time.Time) (bool, error) {
	above := []string{""}
	for _, p := range ancestors(place) {
		if p != place {
			above = append(above, p)
		}
	}
	n, err := d.NewSelect().TableExpr("access_grant AS g").Join("JOIN person AS p ON p.id = g.person").
		Where("g.from_at <= ?", now).Where("(g.to_at IS NULL OR g.to_at > ?)", now).Where(notGone).
		Where("(g.role IN (?) OR g.territory IN (?))", bun.List(Overseers()), bun.List(above)).
		Where("?", ShutOutOf("g.person", now, subject)).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("closed above: %w", err)
	}
	return n > 0, nil
}

// GrantsAt are the grants of some roles that a person held at an instant.
func GrantsAt(ctx context.Context, d bun.IDB, person id.ID, at time.Time, roles ...Role) ([]Grant, error) {
	var out []Grant
	err := d.NewSelect().TableExpr("access_grant AS g").ColumnExpr("g.id, g.person, g.role, g.territory, g.from_at, g.to_at").Where("g.person = ?", person).
		Where("g.role IN (?)", bun.List(roles)).Where("g.from_at <= ?", at).Where("(g.to_at IS NULL OR g.to_at > ?)", at).Limit(500).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("grants at an instant: %w", err)
	}
	return out, nil
}
