package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
)

// Actors tells who has done or looked at anything of a subject, and since when.
func Actors(ctx context.Context, d bun.IDB, subject id.ID) (map[string]time.Time, error) {
	var rows []struct {
		Actor string
		Since time.Time
	}
	err := d.NewSelect().TableExpr("audit AS a").ColumnExpr("a.actor, min(a.at) AS since").Where("a.subject = ?", subject).
		GroupExpr("a.actor").Limit(1000).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("actors of subject: %w", err)
	}
	out := map[string]time.Time{}
	for _, r := range rows {
		out[r.Actor] = r.Since.UTC()
	}
	return out, nil
}
