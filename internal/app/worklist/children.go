package worklist

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
)

// Beside is what a list shows beside a child's name.
type Beside struct {
	Born date.Birth
	Open bool // has an open case that the viewer may list
}

// BesideAll gives it for children that the viewer has found or listed.
func BesideAll(ctx context.Context, v *act.View, children []registry.Line) (map[id.ID]Beside, error) {
	out := map[id.ID]Beside{}
	if len(children) == 0 {
		return out, nil
	}
	keys := make([]id.ID, len(children))
	for i, c := range children {
		keys[i] = c.ID
	}
	var rows []struct {
		ID        id.ID
		Born      date.Date
		BornKnown date.Known
	}
	err := v.DB().NewSelect().TableExpr("child AS c").Column("c.id", "c.born", "c.born_known").Where("c.id IN (?)", bun.List(keys)).
		Apply(v.Scope(registry.SearchAll, access.Row{Alias: "c"})).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("beside children: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = Beside{Born: date.Birth{Day: r.Born, Known: r.BornKnown}}
	}
	if v.May(casework.List) != nil {
		return out, nil
	}
	var open []id.ID
	err = v.DB().NewSelect().TableExpr("case_file AS c").Column("c.child").Where("c.child IN (?)", bun.List(keys)).
		Where("c.state <> 'ended'").Apply(v.Scope(casework.List, access.Rows("c"))).Scan(ctx, &open)
	if err != nil {
		return nil, fmt.Errorf("beside children: %w", err)
	}
	for _, k := range open {
		b := out[k]
		b.Open = true
		out[k] = b
	}
	return out, nil
}

// AfterChild is the place in the list of children after one child, so that no
// address has to hold a name.
//
// Faults: NotFound.
func AfterChild(ctx context.Context, v *act.View, key id.ID) (registry.Cursor, error) {
	c := registry.Cursor{ID: key}
	err := v.DB().NewSelect().TableExpr("child AS c").Column("c.territory", "c.sort_key").Where("c.id = ?", key).
		Apply(v.Scope(registry.ListAll, access.Row{Alias: "c"})).Scan(ctx, &c.Territory, &c.SortKey)
	if db.IsNone(err) {
		return c, fault.Missing()
	}
	if err != nil {
		return c, fmt.Errorf("place in the list of children: %w", err)
	}
	return c, nil
}

// CaseChild is the child of a case whose file the viewer may open with a reason:
// a supervisor comes by an address that the commission has sent.
//
// Faults: Denied; NotFound.
func CaseChild(ctx context.Context, v *act.View, key id.ID) (id.ID, error) {
	if err := v.May(registry.OpenOne); err != nil {
		return "", err
	}
	var child id.ID
	err := v.DB().NewSelect().TableExpr("case_file AS c").Column("c.child").Where("c.id = ?", key).Where("c.erased_at IS NULL").
		Apply(v.Scope(registry.OpenOne, access.Rows("c"))).Scan(ctx, &child)
	if db.IsNone(err) {
		return "", fault.Missing()
	}
	if err != nil {
		return "", fmt.Errorf("child of a case: %w", err)
	}
	return child, nil
}

// CaseHead is what the list of cases shows of one that the viewer may open with a
// reason: its number, place and risk; nothing to whom the list does not show it.
func CaseHead(ctx context.Context, v *act.View, lang text.Lang, key id.ID) (CaseRow, bool, error) {
	var r CaseRow
	if v.May(casework.List) != nil {
		return r, false, nil
	}
	err := v.DB().NewSelect().TableExpr("case_file AS c").ColumnExpr("c.id, c.no, c.risk, c.territory").ColumnExpr("? AS place", bun.Ident("t.name_"+string(lang))).
		Join("JOIN territory AS t ON t.path = c.territory").Where("c.id = ?", key).Where("c.erased_at IS NULL").
		Apply(v.Scope(casework.List, access.Rows("c"))).Scan(ctx, &r)
	if db.IsNone(err) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("head of a case: %w", err)
	}
	return r, true, nil
}

// Visible tells which of listed cases the viewer may also open: all of an
// office's own, of the level above those whose file was opened with a reason.
func Visible(ctx context.Context, v *act.View, rows []CaseRow) (map[id.ID]bool, error) {
	out := map[id.ID]bool{}
	if len(rows) == 0 || v.May(casework.See) != nil {
		return out, nil
	}
	keys := make([]id.ID, len(rows))
	for i, r := range rows {
		keys[i] = r.ID
	}
	var seen []id.ID
	err := v.DB().NewSelect().TableExpr("case_file AS c").Column("c.id").Where("c.id IN (?)", bun.List(keys)).
		Apply(v.Scope(casework.See, access.Rows("c"))).Scan(ctx, &seen)
	if err != nil {
		return nil, fmt.Errorf("visible cases: %w", err)
	}
	for _, k := range seen {
		out[k] = true
	}
	return out, nil
}

// Allowed tells which actions the viewer has with one child, for the page that
// offers them.
func Allowed(ctx context.Context, v *act.View, child id.ID, actions ...access.Action) (map[access.Action]bool, error) {
	return v.Allowed(ctx, access.Row{Alias: "c"}, func() *bun.SelectQuery {
		return v.DB().NewSelect().TableExpr("child AS c").Where("c.id = ?", child).Where("c.merged_into IS NULL").Where("c.erased_at IS NULL")
	}, actions...)
}
