package access

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
)

// IsClosed tells whether any of the subjects is closed to the principal.
func IsClosed(ctx context.Context, d bun.IDB, who Principal, subjects ...id.ID) (bool, error) {
	q := d.NewSelect().TableExpr("access_closed AS x").Where("x.subject IN (?)", bun.List(subjects))
	if len(who.Agencies) > 0 {
		q = q.Where("(x.person = ? OR x.agency IN (?))", who.Person, bun.List(who.Agencies))
	} else {
		q = q.Where("x.person = ?", who.Person)
	}
	n, err := q.Count(ctx)
	if err != nil {
		return false, fmt.Errorf("closed: %w", err)
	}
	return n > 0, nil
}

type closedRow struct {
	bun.BaseModel `bun:"table:access_closed,alias:x"`
	ID            id.ID
	Person        id.ID
	Agency        id.ID
	Subject       id.ID
	Ground        string
	FromAt        time.Time
}

// Close hides one subject from a person or from all who work for a body,
// whatever their grants, from now on.
func Close(ctx context.Context, d bun.IDB, person, agency, subject id.ID, ground string, now time.Time) error {
	row := closedRow{ID: id.New(), Person: person, Agency: agency, Subject: subject, Ground: ground, FromAt: now}
	if _, err := d.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("close subject: %w", err)
	}
	return nil
}
