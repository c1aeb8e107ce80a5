package act

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
)

// Allowed tells which of some actions the actor may do on one row, so that a
// page offers nothing that would be refused; the verbs judge anew. find makes
// the query of that row. Actions whose filters are alike are asked once, and all
// filters in one statement.
func (v *View) Allowed(ctx context.Context, row access.Row, find func() *bun.SelectQuery, actions ...access.Action) (map[access.Action]bool, error) {
	var filters, parts []string
	var args []any
	of := map[access.Action]int{}
	for _, a := range actions {
		if v.May(a) != nil {
			continue
		}
		filter := find().ColumnExpr("1").Apply(v.Scope(a, row)).String()
		n := slices.Index(filters, filter)
		if n < 0 {
			n = len(filters)
			filters = append(filters, filter)
			parts, args = append(parts, "SELECT ? AS n WHERE EXISTS (?)"), append(args, n, bun.Safe(filter))
		}
		of[a] = n
	}
	out := map[access.Action]bool{}
	if len(filters) == 0 {
		return out, v.lost
	}
	var passed []int
	if err := v.DB().NewRaw(strings.Join(parts, " UNION ALL "), args...).Scan(ctx, &passed); err != nil {
		return nil, fmt.Errorf("allowed actions: %w", err)
	}
	for a, n := range of {
		out[a] = slices.Contains(passed, n)
	}
	return out, nil
}
