package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// covered is the one definition of promise 1, as a condition on case_file c: at
// the instant a curator's turn runs, the curator is active, holds the grant
// over the territory where the case then was, has not been shut out of it, and
// is not away, or has a deputy in turn of whom the same is true. Nothing stores
// it. history.covered says the same of one case in Go; a test holds both equal.
// The offset of nothing keeps it a question about one case: PostgreSQL makes a
// plain NOT EXISTS a join of all cases with all turns.
func covered(at time.Time) schema.QueryWithArgs {
	return bun.SafeQuery("EXISTS (SELECT 1 FROM assignment AS g JOIN case_place AS p ON p.case_id = g.case_id AND p.from_at <= ?"+
		" AND (p.to_at IS NULL OR p.to_at > ?) WHERE g.case_id = c.id AND g.role = 'curator' AND ? AND ?"+
		" AND (NOT ? OR EXISTS (SELECT 1 FROM assignment AS d WHERE d.case_id = c.id AND d.role = 'deputy' AND ?"+
		" AND (d.until_at IS NULL OR d.until_at > ?) AND ? AND NOT ?)) LIMIT 1 OFFSET 0)",
		at, at, running("g", at), able("g", at), away("g", at), running("d", at), at, able("d", at), away("d", at))
}

// able is the condition that the person of a turn may act in the case at an
// instant, where it then was.
func able(alias string, at time.Time) schema.QueryWithArgs {
	return bun.SafeQuery("? AND NOT ?", access.Serving(access.Curator, alias+".person", "p.territory", at),
		access.ShutOut(alias+".person", at, "c.id", "c.child", "c.signal"))
}

// CoveredAt is covered for the lists of other rooms, over case_file AS c.
func CoveredAt(at time.Time) schema.QueryWithArgs { return covered(at) }

// running is the condition that a turn runs at an instant.
func running(alias string, at time.Time) schema.QueryWithArgs {
	return bun.SafeQuery("(?0.active_at <= ?1 AND (?0.ended_at IS NULL OR ?0.ended_at > ?1))", bun.Ident(alias), at)
}

// away is the condition that the person of a turn is absent at an instant.
func away(alias string, at time.Time) schema.QueryWithArgs {
	return bun.SafeQuery("EXISTS (SELECT 1 FROM absence AS b WHERE b.person = ?0.person AND b.from_at <= ?1 AND b.to_at > ?1)",
		bun.Ident(alias), at)
}

// openAt is the condition that a case was open at an instant.
func openAt(at time.Time) schema.QueryWithArgs {
	return bun.SafeQuery("(c.opened_at <= ?0 AND (c.ended_at IS NULL OR c.ended_at > ?0))", at)
}

// Cover tells whether a case has a curator at an instant.
type Cover struct {
	Case    id.ID
	Covered bool
}

// CoverFilter chooses cases for CoverAt.
type CoverFilter struct {
	Territory string // here or below; "" is the whole scope
	After     id.ID  // the last case of the page before
	Limit     int    // 1000 unless told, at most 5000
}

// CoverAt tells of each case that was open at an instant whether a curator
// covered it then. Turns, grants, absences, accounts, closings and the territory
// are judged as of the instant.
//
// Faults: Denied.
func CoverAt(ctx context.Context, v *act.View, at time.Time, f CoverFilter) ([]Cover, error) {
	if err := v.May(SeeUncovered); err != nil {
		return nil, err
	}
	q := v.DB().NewSelect().TableExpr("case_file AS c").ColumnExpr("c.id AS \"case\"").ColumnExpr("? AS covered", covered(at)).
		Where("?", openAt(at)).Apply(v.Scope(SeeUncovered, access.Rows("c"))).Apply(inside(f.Territory))
	if f.After != "" {
		q = q.Where("c.id > ?", f.After)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 1000
	}
	var out []Cover
	if err := q.OrderExpr("c.id").Limit(int64(min(limit, 5000))).Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("cover: %w", err)
	}
	return out, nil
}

// inside keeps the cases of a territory and below; "" keeps all.
func inside(territory string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if territory == "" {
			return q
		}
		lo, hi := db.Under(territory)
		return q.Where("c.territory >= ? AND c.territory < ?", lo, hi)
	}
}

// uncovered is the list's and the count's one query.
func uncovered(v *act.View, territory string) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("case_file AS c").Where("?", openAt(v.Now())).Where("NOT ?", covered(v.Now())).
		Apply(v.Scope(SeeUncovered, access.Rows("c"))).Apply(inside(territory))
}

// CountUncovered counts the open cases of the scope that nobody covers now.
//
// Faults: Denied.
func CountUncovered(ctx context.Context, v *act.View, territory string) (int, error) {
	if err := v.May(SeeUncovered); err != nil {
		return 0, err
	}
	n, err := uncovered(v, territory).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count uncovered: %w", err)
	}
	return int(n), nil
}
