package registry

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// Line is a child as lists show it: first name, initial, year of birth, place.
type Line struct {
	ID        id.ID
	Name      string
	Year      int
	Known     date.Known // of the birth date
	Territory string
}

// Filter narrows a list of children.
type Filter struct {
	Territory string // at or under this path
	BornFrom  date.Date
	BornTo    date.Date
}

// Cursor is the place in a list after which a page begins.
type Cursor struct {
	Territory string
	SortKey   string
	ID        id.ID
}

// Page is one page of a list; Next is nil on the last.
type Page struct {
	Lines []Line
	Next  *Cursor
}

// masked are the columns that a list may read.
type masked struct {
	bun.BaseModel `bun:"table:child,alias:c"`
	ID            id.ID
	Territory     string
	SortKey       string
	Family        string
	Given         string
	Born          date.Date
	BornKnown     date.Known
}

func (m masked) line() Line {
	return Line{ID: m.ID, Name: name.Initial(m.Family, m.Given), Year: m.Born.Year(), Known: m.BornKnown, Territory: m.Territory}
}

func (f Filter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("c.merged_into IS NULL").Where("c.erased_at IS NULL")
	if f.Territory != "" {
		lo, hi := db.Under(f.Territory)
		q = q.Where("c.territory >= ?", lo).Where("c.territory < ?", hi)
	}
	if !f.BornFrom.IsZero() {
		q = q.Where("c.born >= ?", f.BornFrom)
	}
	if !f.BornTo.IsZero() {
		q = q.Where("c.born <= ?", f.BornTo)
	}
	return q
}

// maxPage is the longest page of a list.
const maxPage = 200

// List gives a page of the children whom the viewer may list, by place and by
// the Kazakh alphabet.
//
// Faults: Denied.
func List(ctx context.Context, v *act.View, f Filter, after *Cursor, limit int) (Page, error) {
	if err := v.May(ListAll); err != nil {
		return Page{}, err
	}
	if limit < 1 || limit > maxPage {
		limit = maxPage
	}
	var rows []masked
	q := v.DB().NewSelect().Model(&rows).Apply(f.apply).Apply(v.Scope(ListAll, row())).
		OrderExpr("c.territory, c.sort_key, c.id").Limit(int64(limit) + 1)
	if after != nil {
		q = q.Where("(c.territory, c.sort_key, c.id) > (?, ?, ?)", after.Territory, after.SortKey, after.ID)
	}
	if err := q.Scan(ctx); err != nil {
		return Page{}, fmt.Errorf("list children: %w", err)
	}
	var p Page
	if len(rows) > limit {
		last := rows[limit-1]
		p.Next, rows = &Cursor{Territory: last.Territory, SortKey: last.SortKey, ID: last.ID}, rows[:limit]
	}
	v.Look(act.On{Noun: "children", Territory: f.Territory}, "list") // also of an empty page
	for _, r := range rows {
		p.Lines = append(p.Lines, r.line())
		v.Look(act.On{Noun: "child", ID: r.ID, Child: r.ID, Territory: r.Territory}, "list")
	}
	return p, nil
}

// Brief gives one child as a list shows it, to whoever may list it: who is
// asked to be the curator learns of whom. It is a look.
//
// Faults: Denied; NotFound.
func Brief(ctx context.Context, v *act.View, key id.ID) (Line, date.Birth, error) {
	if err := v.May(ListAll); err != nil {
		return Line{}, date.Birth{}, err
	}
	var m masked
	err := v.DB().NewSelect().Model(&m).Where("c.id = ?", key).Where("c.merged_into IS NULL").Where("c.erased_at IS NULL").Apply(v.Scope(ListAll, row())).Scan(ctx)
	if db.IsNone(err) {
		return Line{}, date.Birth{}, fault.Missing()
	}
	if err != nil {
		return Line{}, date.Birth{}, fmt.Errorf("find child: %w", err)
	}
	v.Look(act.On{Noun: "child", ID: m.ID, Child: m.ID, Territory: m.Territory}, "brief")
	return m.line(), date.Birth{Day: m.Born, Known: m.BornKnown}, nil
}

// Count is how many children List would give over all pages.
//
// Faults: Denied.
func Count(ctx context.Context, v *act.View, f Filter) (int, error) {
	if err := v.May(ListAll); err != nil {
		return 0, err
	}
	n, err := v.DB().NewSelect().Model((*masked)(nil)).Apply(f.apply).Apply(v.Scope(ListAll, row())).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count children: %w", err)
	}
	return int(n), nil
}
