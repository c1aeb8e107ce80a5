package casework

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
)

// Lapsed counts the people whose turn runs in an open case that their access
// no longer lets them work on (a grant that ended, another territory, an
// account that is not active), and those cases: for an operator, a number and
// nobody's name.
//
// Faults: Denied.
func Lapsed(ctx context.Context, v *act.View) (people, cases int, err error) {
	if err := v.May(SeeUncovered); err != nil {
		return 0, 0, err
	}
	err = v.DB().NewSelect().TableExpr("assignment AS g").Join("JOIN case_file AS c ON c.id = g.case_id").
		ColumnExpr("count(DISTINCT g.person), count(DISTINCT g.case_id)").
		Where("?", openAt(v.Now())).Where("?", running("g", v.Now())).Where("(g.until_at IS NULL OR g.until_at > ?)", v.Now()).
		Where("NOT ?", access.Serving(access.Curator, "g.person", "c.territory", v.Now())).
		Apply(v.Scope(SeeUncovered, access.Rows("c"))).Scan(ctx, &people, &cases)
	if err != nil {
		return 0, 0, fmt.Errorf("lapsed: %w", err)
	}
	return people, cases, nil
}
