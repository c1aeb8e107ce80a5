package erasures

import (
	"context"

	"serik/internal/app/retention"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// shown is how many rows of each table a page shows; the number above each
// tells how many there are.
const shown = 50

// list shows what waits for an answer or was answered and, to who may ask, what
// is due.
func list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	all, err := retention.Erasures(ctx, v, shown)
	if err != nil {
		return kit.Screen{}, err
	}
	names := where{}
	table := kit.Table{Caption: q.T.T("erasures.asked_caption"), Empty: &kit.Empty{Why: q.T.T("erasures.none_asked"), Do: q.T.T("erasures.none_asked_do")},
		Columns: []kit.Column{{Text: q.T.T("erasures.col_what")}, {Text: q.T.T("erasures.col_place")}, {Text: q.T.T("erasures.col_asked")}, {Text: q.T.T("erasures.col_state")}}}
	for _, e := range all {
		place, err := names.of(ctx, v, q, e.Territory)
		if err != nil {
			return kit.Screen{}, err
		}
		table.Rows = append(table.Rows, []kit.Cell{{Text: q.T.T("erasures.noun." + e.Noun), URL: at(e.ID)}, {Text: place},
			{Text: q.T.Date(date.Of(e.AskedAt))}, {Tag: state(q, e)}})
	}
	view := listView{About: q.T.T("erasures.about")}
	if q.URL.Query().Get("of") == "" {
		view.Tables = []partView{{Table: table}}
	}
	if v.May(retention.AskOne) == nil {
		if view, err = due(ctx, v, q, names, view); err != nil {
			return kit.Screen{}, err
		}
	}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Title: kit.Title{Text: q.T.T("erasures.title")}, Body: listPage(view)}, nil
}

func state(q *kit.Req, e retention.Erasure) *kit.Tag {
	level := map[string]kit.Level{"asked": kit.Wait, "done": kit.Good}[e.State]
	return &kit.Tag{Text: q.T.T("erasures.state." + e.State), Level: level}
}

// due adds a table for each noun: what may be asked for, by whose rule.
func due(ctx context.Context, v *act.View, q *kit.Req, names where, view listView) (listView, error) {
	lines, err := retention.List(ctx, v, 0)
	if err != nil {
		return view, err
	}
	of, after := q.URL.Query().Get("of"), id.ID("")
	if at, ok := q.Place(1); ok && of != "" {
		if after, err = id.Parse(at[0]); err != nil {
			after = "" // a broken place is the beginning
		}
	}
	for _, l := range lines {
		if of != "" && of != l.Noun {
			continue
		}
		items, more, err := next(ctx, v, l.Noun, after)
		if err != nil {
			return view, err
		}
		t := kit.Table{Caption: q.T.N("erasures.due."+l.Noun, l.Due, fault.Args{"Years": l.Years, "Held": l.Held}),
			Empty:   &kit.Empty{Why: q.T.T("erasures.none_due." + l.Noun), Do: q.T.T("erasures.none_due_do")},
			Columns: []kit.Column{{Text: q.T.T("erasures.col_what")}, {Text: q.T.T("erasures.col_place")}, {Text: q.T.T("erasures.col_since." + l.Noun)}}}
		for _, x := range items {
			place, err := names.of(ctx, v, q, x.Territory)
			if err != nil {
				return view, err
			}
			t.Rows = append(t.Rows, []kit.Cell{{Text: what(q, l.Noun, x), URL: URL + "/ask/" + l.Noun + "/" + x.Subject.String()}, {Text: place}, {Text: q.T.Date(date.Of(x.At))}})
		}
		view.Tables = append(view.Tables, part(q, l, t, items, more))
	}
	return view, nil
}

// next are the rows behind a place, and whether there are more.
func next(ctx context.Context, v *act.View, noun string, after id.ID) ([]retention.Item, bool, error) {
	items, err := retention.Due(ctx, v, noun, after, shown+1)
	if err != nil || len(items) <= shown {
		return items, false, err
	}
	return items[:shown], true, nil
}

// part is a table with, where it does not show all that its heading counts, how
// many it shows and the way to the others.
func part(q *kit.Req, l retention.Line, t kit.Table, items []retention.Item, more bool) partView {
	p := partView{Table: t}
	if of := q.URL.Query().Get("of"); more || of != "" {
		p.Shown = q.T.T("erasures.shown", fault.Args{"Shown": len(items), "All": l.Due})
		if more {
			to := q.After(items[len(items)-1].Subject.String())
			if of == "" {
				to += "&of=" + l.Noun
			}
			p.Links = append(p.Links, kit.Link{Text: q.T.T("erasures.next"), URL: to})
		}
		if of != "" {
			p.Links = append(p.Links, kit.Link{Text: q.T.T("erasures.back"), URL: URL})
		}
	}
	return p
}

// what names a thing that is due: a case by its number, a child as lists do.
func what(q *kit.Req, noun string, x retention.Item) string {
	switch {
	case x.No != "":
		return x.No
	case x.Name != "":
		return x.Name
	}
	return q.T.T("erasures.noun." + noun)
}
