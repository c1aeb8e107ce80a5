// Package worklist reads across the rooms what waits for a person: the lines
// of a day, the cases of a commission. It owns no table and writes nothing.
package worklist

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
	"serik/internal/platform/text"
)

// CaseFilter chooses cases; empty parts choose all.
type CaseFilter struct {
	State     casework.State // "" is every open state
	Risk      casework.Risk
	Problem   string
	Curator   id.ID
	Territory string
	Need      casework.Need
	Lang      text.Lang // of the names of places
	Limit     int       // of a page: 50 unless told, at most 200
}

// CaseRow is a line of the list of cases. Child is empty where the reader may
// count the case but not know the child.
type CaseRow struct {
	ID        id.ID
	ChildID   id.ID // not for who may not know the child: see Child
	No        string
	State     casework.State
	Risk      casework.Risk
	Problems  string
	OpenedAt  time.Time
	EndedAt   *time.Time
	Territory string
	Place     string
	Curator   string // whose turn it is
	Covered   bool   // and whether that person, or a deputy, is there now
	Child     string // first name and initial
	Born      date.Date
	BornKnown date.Known
}

// Birth is the child's, as far as it is known.
func (r CaseRow) Birth() date.Birth { return date.Birth{Day: r.Born, Known: r.BornKnown} }

// Cursor is the last row of a page.
type Cursor struct {
	At time.Time
	ID id.ID
}

// The length of a page of a list.
const (
	perPage = 50
	maxPage = 200
)

func (f CaseFilter) limit() int {
	if f.Limit < 1 {
		return perPage
	}
	return min(f.Limit, maxPage)
}

// where is the one definition of a filter: the list and its number use it.
func (f CaseFilter) where(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("c.erased_at IS NULL")
	if f.State == "" {
		q = q.Where("c.state IN ('opened','assessed','planned','running')")
	} else {
		q = q.Where("c.state = ?", f.State)
	}
	if f.Risk != "" {
		q = q.Where("c.risk = ?", f.Risk)
	}
	if f.Problem != "" {
		q = q.Where("' ' || c.problems || ' ' LIKE ?", "% "+f.Problem+" %")
	}
	if f.Curator != "" {
		q = q.Where("EXISTS (SELECT 1 FROM assignment AS g WHERE g.case_id = c.id AND g.role = 'curator' AND g.state = 'active' AND g.person = ?)", f.Curator)
	}
	if f.Territory != "" {
		q = q.Where("c.territory LIKE ?", f.Territory+"%")
	}
	return q
}

// Cases lists one page of the cases in the reader's scope, newest first, and
// the cursor of the next page, or nil.
func Cases(ctx context.Context, v *act.View, f CaseFilter, after *Cursor) ([]CaseRow, *Cursor, error) {
	if err := v.May(casework.List); err != nil {
		return nil, nil, err
	}
	page := v.DB().NewSelect().TableExpr("case_file AS c").Column("c.id", "c.opened_at").Apply(f.where).Where("?", f.Need.Where(v)).
		Apply(v.Scope(casework.List, access.Rows("c"))).OrderExpr("c.opened_at DESC, c.id DESC").Limit(int64(f.limit()) + 1)
	if after != nil {
		page = page.Where("(c.opened_at, c.id) < (?, ?)", after.At, after.ID)
	}
	// Names are a second question with a rule of its own.
	named := v.DB().NewSelect().TableExpr("child AS k").Column("k.id").Where("k.id = c.child").
		Apply(v.Scope(registry.ListAll, access.Row{Alias: "k"}))
	var rows []struct {
		CaseRow
		Family, Given string
		CuratorFamily string
		CuratorGiven  string
	}
	err := v.DB().NewSelect().With("page", page).TableExpr("page AS p").
		ColumnExpr("c.id, c.no, c.state, c.risk, c.problems, c.opened_at, c.ended_at, c.territory, c.child AS child_id").
		ColumnExpr("? AS place, n.family, n.given, n.born, COALESCE(n.born_known, '') AS born_known, w.family AS curator_family, w.given AS curator_given", bun.Ident("t.name_"+string(f.Lang))).
		ColumnExpr("? AS covered", casework.CoveredAt(v.Now())).
		Join("JOIN case_file AS c ON c.id = p.id").Join("JOIN territory AS t ON t.path = c.territory").
		Join("LEFT JOIN child AS n ON n.id = c.child AND n.id IN (?)", named).
		Join("LEFT JOIN assignment AS g ON g.case_id = c.id AND g.role = 'curator' AND g.state = 'active'").
		Join("LEFT JOIN person AS w ON w.id = g.person").
		OrderExpr("p.opened_at DESC, p.id DESC").Scan(ctx, &rows)
	if err != nil {
		return nil, nil, fmt.Errorf("list cases: %w", err)
	}
	out := make([]CaseRow, 0, len(rows))
	for _, r := range rows {
		c := r.CaseRow
		if r.Given != "" {
			c.Child = name.Initial(r.Family, r.Given)
			v.Look(act.On{Noun: "case", ID: c.ID, Child: r.ChildID, Territory: c.Territory}, "list")
		}
		if r.CuratorFamily != "" {
			c.Curator = name.Official(r.CuratorFamily, r.CuratorGiven)
		}
		out = append(out, c)
	}
	if len(out) <= f.limit() {
		return out, nil, nil
	}
	out = out[:f.limit()]
	last := out[len(out)-1]
	return out, &Cursor{last.OpenedAt, last.ID}, nil
}

// CountCases is the number that opens Cases with the same filter.
func CountCases(ctx context.Context, v *act.View, f CaseFilter) (int, error) {
	if err := v.May(casework.List); err != nil {
		return 0, err
	}
	n, err := v.DB().NewSelect().TableExpr("case_file AS c").Apply(f.where).Where("?", f.Need.Where(v)).
		Apply(v.Scope(casework.List, access.Rows("c"))).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count cases: %w", err)
	}
	return int(n), nil
}
