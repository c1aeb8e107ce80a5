package procedure

import (
	"context"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// namedBy tells whether a message is about a child already; a message that
// another place has passed on may be about a child who is on file there.
func namedBy(ctx context.Context, a *act.Act, message, child id.ID) (bool, error) {
	var of id.ID
	err := a.DB().NewSelect().TableExpr("signal AS s").Column("s.child").Where("s.id = ?", message).Scan(ctx, &of)
	if err != nil && !db.IsNone(err) {
		return false, fmt.Errorf("child of message: %w", err)
	}
	return of != "" && of == child, nil
}
