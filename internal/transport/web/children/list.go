package children

import (
	"context"
	"slices"

	"serik/internal/app/worklist"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// perPage is the length of a page of the list.
const perPage = 50

// list asks whom one looks for; under the search stand the children one may
// list.
func list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(registry.SearchAll); err != nil {
		return kit.Screen{}, err
	}
	view := listView{Search: searchForm(q)}
	sc := kit.Screen{Tab: true, Section: URL, Title: kit.Title{Text: q.T.T("children.title")}}
	if v.May(registry.ListAll) == nil {
		n, err := registry.Count(ctx, v, registry.Filter{})
		if err != nil {
			return kit.Screen{}, err
		}
		if view.Table, view.Pager, err = listed(ctx, v, q, n); err != nil {
			return kit.Screen{}, err
		}
		sc.Title.State = q.T.N("children.count", n)
	}
	sc.Body = listPage(view)
	return sc, nil
}

// listed is one page of the list.
func listed(ctx context.Context, v *act.View, q *kit.Req, n int) (*kit.Table, kit.Pager, error) {
	pager := kit.Pager{Text: q.T.N("children.count", n)}
	var after *registry.Cursor
	if p, ok := q.Place(1); ok {
		if key, err := id.Parse(p[0]); err == nil {
			c, err := worklist.AfterChild(ctx, v, key)
			if err != nil {
				return nil, pager, err
			}
			after, pager.Newer = &c, q.Newest()
		}
	}
	page, err := registry.List(ctx, v, registry.Filter{}, after, perPage)
	if err != nil {
		return nil, pager, err
	}
	if page.Next != nil {
		pager.Older = q.After(page.Next.ID.String())
	}
	t, err := table(ctx, v, q, page.Lines)
	t.Caption, t.Quiet = q.T.T("children.list_mine"), false
	if slices.ContainsFunc(v.Actor().Grants, func(g access.Grant) bool { return v.May(registry.ListAll, g.Territory) == nil }) {
		t.Caption = q.T.T("children.list")
	}
	t.Empty = &kit.Empty{Why: q.T.T("children.none_yet"), Do: q.T.T("children.none_yet_do")}
	return &t, pager, err
}

// table shows children as lists may: first name and initial, age, place.
func table(ctx context.Context, v *act.View, q *kit.Req, lines []registry.Line) (kit.Table, error) {
	t := kit.Table{Caption: q.T.T("children.found"), Quiet: true, Columns: []kit.Column{{Text: q.T.T("children.col_child")},
		{Text: q.T.T("children.col_born")}, {Text: q.T.T("children.col_place")}, {Text: q.T.T("children.col_case")}}}
	beside, err := worklist.BesideAll(ctx, v, lines)
	if err != nil {
		return t, err
	}
	var paths []string
	for _, l := range lines {
		paths = append(paths, l.Territory)
	}
	names, err := places(ctx, v, q, paths...)
	if err != nil {
		return t, err
	}
	for _, l := range lines {
		name := kit.Cell{Text: l.Name}
		if v.May(registry.See) == nil {
			name.URL = to(l.ID, "")
		}
		born := kit.Cell{Text: q.T.Age(beside[l.ID].Born, q.Today()), Sub: q.T.T("children.born_year", yearOf(l))}
		if l.Known == date.Guessed {
			born.Sub = q.T.Born(beside[l.ID].Born)
		}
		open := kit.Cell{}
		if beside[l.ID].Open {
			open.Tag = &kit.Tag{Text: q.T.T("children.case_open"), Level: kit.Calm}
		}
		t.Rows = append(t.Rows, []kit.Cell{name, born, {Text: names[l.Territory]}, open})
	}
	return t, nil
}

func yearOf(l registry.Line) map[string]any { return map[string]any{"Year": l.Year} }
