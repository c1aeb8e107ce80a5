package uncovered

import (
	"context"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

const perPage = 50

// list shows the cases that nobody covers now, the most dangerous first.
func list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p := casework.UncoveredPage{Limit: perPage + 1, First: signal.HeldChild(v, "c.child")}
	if at, ok := q.Place(1); ok {
		key, err := id.Parse(at[0])
		if err == nil {
			p.After = key
		}
	}
	p.Territory = q.URL.Query().Get("territory")
	rows, n, err := casework.Uncovered(ctx, v, p)
	if err != nil {
		return kit.Screen{}, err
	}
	view := listView{Pager: kit.Pager{},
		Norms: q.NormsOf(v.Norm("curator.answer_hours"), v.Norm("curator.declines"))}
	if len(rows) > perPage {
		rows = rows[:perPage]
		view.Pager.Older = q.After(rows[perPage-1].ID.String())
	}
	if p.After != "" {
		view.Pager.Newer = q.Newest()
	}
	var all []casework.Case
	var people []id.ID
	for _, r := range rows {
		all, people = append(all, r.Case), append(people, r.Asked, r.Curator)
	}
	names, err := worklist.CaseNames(ctx, v, q.T.Lang(), all, people...)
	if err != nil {
		return kit.Screen{}, err
	}
	view.Table = table(v, q, rows, names)
	if p.After == "" {
		all, err := worklist.Totals(ctx, v, q.T.Lang(), p.Territory)
		if err != nil {
			return kit.Screen{}, err
		}
		if n := len(all.Rows); n > 0 {
			t := kit.Totals(q, all, n)
			view.Totals = &t
		}
	}
	return kit.Screen{Section: URL, Tab: true, Wide: true, Title: kit.Title{Text: q.T.T("uncovered.title"), State: q.T.N("uncovered.count", n)}, Body: listPage(view)}, nil
}

func table(v *act.View, q *kit.Req, rows []casework.UncoveredRow, n worklist.Names) kit.Table {
	t := kit.Table{Caption: q.T.T("uncovered.title"), Quiet: true,
		Columns: []kit.Column{{Text: q.T.T("uncovered.col_case")}, {Text: q.T.T("uncovered.col_child")}, {Text: q.T.T("uncovered.col_risk")},
			{Text: q.T.T("uncovered.col_since")}, {Text: q.T.T("uncovered.col_term")}, {Text: q.T.T("uncovered.col_who")}, {Text: q.T.T("uncovered.col_do")}},
		Empty: &kit.Empty{Why: q.T.T("uncovered.empty"), Do: q.T.T("uncovered.empty_do")}}
	for _, r := range rows {
		head := kit.Cell{Text: r.No, Sub: n.Places[r.Territory]}
		child := kit.Cell{Text: q.T.T("uncovered.name_hidden")}
		if name := n.Children[r.Child]; name != "" {
			head.URL, child.Text = "/cases/"+r.ID.String(), name
		} else if v.May(registry.OpenOne) == nil {
			head.URL = "/cases/" + r.ID.String() + "/open"
		}
		t.Rows = append(t.Rows, []kit.Cell{head, child, {Tag: q.Risk(string(r.Risk))},
			{Text: q.T.DateTime(r.Since), Sub: q.T.T("uncovered.why." + string(r.Why))}, term(v, q, r), who(q, r, n), do(v, q, r)})
	}
	if v.May(casework.ProposeOne) != nil { // the level above watches
		last := len(t.Columns) - 1
		t.Columns = t.Columns[:last]
		for i := range t.Rows {
			t.Rows[i] = t.Rows[i][:last]
		}
	}
	return t
}

// term is the clock of the norm: what is left of it or by how much it is over.
func term(v *act.View, q *kit.Req, r casework.UncoveredRow) kit.Cell {
	tag := kit.Tag{Text: q.T.TermAt(r.Due, v.Now()), Level: kit.Wait}
	if r.Overdue {
		tag.Level = kit.Danger
	}
	return kit.Cell{Tag: &tag}
}

// who tells whom the case waits for, or who was curator last.
func who(q *kit.Req, r casework.UncoveredRow, n worklist.Names) kit.Cell {
	switch {
	case r.Asked != "":
		return kit.Cell{Text: n.People[r.Asked], Sub: q.T.T("uncovered.asked", map[string]any{"At": q.T.DateTime(*r.AskedAt)})}
	case r.Curator != "":
		return kit.Cell{Text: n.People[r.Curator], Sub: q.T.T("uncovered.last")}
	}
	return kit.Cell{Text: q.T.T("uncovered.nobody")}
}

// do is what the reader can do for the case, the first thing first: a curator
// who is away wants a deputy, and whoever was asked is waited for.
func do(v *act.View, q *kit.Req, r casework.UncoveredRow) kit.Cell {
	var out []kit.Link
	if r.Why == casework.Away && r.Curator != "" && v.May(casework.MayDeputise, r.Territory) == nil {
		out = append(out, kit.Link{Text: q.T.T("uncovered.deputise"), URL: "/people/" + r.Curator.String() + "/deputy"})
	}
	switch {
	case r.MayAppoint && v.May(casework.AppointOne, r.Territory) == nil:
		out = append(out, kit.Link{Text: q.T.T("uncovered.appoint"), URL: URL + "/" + r.ID.String() + "/appoint"})
	case v.May(casework.ProposeOne, r.Territory) != nil:
	case r.Asked != "" && !r.Overdue:
		return kit.Cell{Content: ways(q.T.T("uncovered.awaited"), out)}
	case r.Curator != "" || r.Asked != "":
		out = append(out, kit.Link{Text: q.T.T("uncovered.propose_other"), URL: "/cases/" + r.ID.String() + "/curator"})
	default:
		out = append(out, kit.Link{Text: q.T.T("uncovered.propose"), URL: "/cases/" + r.ID.String() + "/curator"})
	}
	return kit.Cell{Content: ways("", out)}
}
