package children

import (
	"context"
	"slices"
	"strings"

	"serik/internal/app/timeline"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
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
	for i := 0; i < len(l.Rows); {
		n := 1
		for i+n < len(l.Rows) && oneLook(l.Rows[i], l.Rows[i+n]) {
			n++
		}
		row := lookRow(q, l.Rows[i])
		if n > 1 {
			row[0] = kit.Cell{Text: q.T.DateTime(l.Rows[i+n-1].At) + " – " + kit.Clock(l.Rows[i].At), Sub: q.T.N("children.look_times", n)}
		}
		t.Rows, i = append(t.Rows, row), i+n
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

// oneLook tells of looks that one row tells: of one person, in one role, at one thing
// for one reason, within a day. Each stays a row of the journal.
func oneLook(a, b timeline.Look) bool {
	return a.Actor == b.Actor && a.Verb == b.Verb && a.Noun == b.Noun && a.Why == b.Why && slices.Equal(a.Roles, b.Roles) && date.Of(a.At) == date.Of(b.At)
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
