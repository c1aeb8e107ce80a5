package children

import (
	"context"
	"strings"

	"serik/internal/app/timeline"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/name"
	"serik/internal/transport/web/kit"
)

// looks is who has seen anything of a child, when and why.
func looks(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	var after *timeline.Cursor
	if at, last, ok := q.PlaceAt(); ok {
		after = &timeline.Cursor{At: at, ID: last}
	}
	l, err := timeline.OfChild(ctx, v, key, after)
	if err != nil {
		return kit.Screen{}, err
	}
	t := kit.Table{Caption: q.T.T("children.looks"), Quiet: true, Columns: []kit.Column{{Text: q.T.T("children.look_when")},
		{Text: q.T.T("children.look_who")}, {Text: q.T.T("children.look_what")}, {Text: q.T.T("children.look_why")}},
		Empty: &kit.Empty{Why: q.T.T("children.looks_none"), Do: q.T.T("children.looks_none_do")}}
	for _, r := range l.Rows {
		t.Rows = append(t.Rows, lookRow(q, r))
	}
	view := looksView{Lead: q.T.T("children.looks_state"), Table: t}
	if l.Next != nil {
		view.Pager.Older = q.AfterAt(l.Next.At, l.Next.ID)
	}
	if after != nil {
		view.Pager.Newer = q.Newest()
	}
	sc := kit.Screen{Tab: true, Section: URL, Wide: true, Title: kit.Title{Text: q.T.T("children.looks"), State: l.Name}, Body: looksPage(view)}
	if v.May(registry.See) == nil {
		sc.Back = &kit.Link{Text: q.T.T("children.back"), URL: to(key, "")}
	}
	return sc, nil
}

// lookRow says who saw what, and why: a typed reason stands as it was typed.
func lookRow(q *kit.Req, r timeline.Look) []kit.Cell {
	who := kit.Cell{Text: name.Official(r.Family, r.Given)}
	if who.Text == "" {
		who.Text = q.T.T("children.look_machine")
	}
	var roles []string
	for _, x := range r.Roles {
		roles = append(roles, q.T.T("role."+string(x)))
	}
	who.Sub = strings.Join(roles, ", ")
	what, why := "child_code.noun."+r.Noun, r.Why
	if r.Verb != "look" {
		what = "child_code.noun.opened"
	} else if q.T.Has("child_code.why." + r.Why) {
		why = q.T.T("child_code.why." + r.Why)
	}
	if !q.T.Has(what) {
		what = "child_code.noun.other"
	}
	return []kit.Cell{{Text: q.T.DateTime(r.At)}, who, {Text: q.T.T(what)}, {Text: why}}
}
