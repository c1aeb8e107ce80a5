package children

import (
	"context"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/transport/web/kit"
)

// found shows whom a search has found. A new file is offered here only: one
// looks for the child before one registers it.
func (d desk) found(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(registry.SearchAll); err != nil {
		return kit.Screen{}, err
	}
	sc := kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: q.T.T("children.title"), URL: URL}, Title: kit.Title{Text: q.T.T("children.found")}}
	s, ok := d.remembered(q)
	if !ok {
		sc.Title.State = q.T.T("children.search_forgotten")
		sc.Body = listPage(listView{Search: searchForm(q)})
		return sc, nil
	}
	q.Form = s.typed()
	lines, err := registry.Search(ctx, v, query(q))
	if refused, err := q.Refused(err); refused || err != nil {
		sc.Status = 422
		sc.Body = listPage(listView{Search: searchForm(q)})
		return sc, err
	}
	sc.Title.State = q.T.N("children.found_n", len(lines))
	view := foundView{Again: kit.Details{Summary: q.T.T("children.search_again"), Open: len(lines) == 0}, Search: searchForm(q)}
	if view.Table, err = table(ctx, v, q, lines); err != nil {
		return kit.Screen{}, err
	}
	view.Table.Empty = &kit.Empty{Why: q.T.T("children.found_none"), Do: q.T.T("children.found_none_do")}
	if v.May(registry.AddOne) == nil {
		view.Register = &kit.Action{Text: q.T.T("children.register"), URL: URL + "/register/" + s.ID.String(), Primary: len(lines) == 0}
		view.Not = q.T.T("children.not_among")
		view.Table.Empty.Do = q.T.T("children.found_none_register")
	}
	if len(lines) == 0 {
		view.Table.Empty.Action, view.Register = view.Register, nil
	}
	sc.Body = foundPage(view)
	return sc, nil
}
