package people

import (
	"context"
	"strings"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// one shows a curator: the load, the cases, who stands in, the absences.
func one(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	l, all, err := carried(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	names, err := worklist.CuratorsOf(ctx, v, q.T.Lang(), l.Person)
	if err != nil {
		return kit.Screen{}, err
	}
	who := names[l.Person]
	view := oneView{Say: q.T.T("curators.not_for_ranking"), Facts: kit.SummaryList{Rows: []kit.SummaryRow{
		{Key: q.T.T("curators.places"), Text: strings.Join(who.Places, ", ")},
		{Key: q.T.T("curators.col_cases"), Text: q.T.Number(l.Cases) + " " + q.T.T("curators.of_limit", map[string]any{"Limit": all.Limit})},
		{Key: q.T.T("curators.by_risk"), Text: risks(q, l)},
		{Key: q.T.T("curators.col_waiting"), Text: q.T.Number(l.Waiting)},
		{Key: q.T.T("curators.col_deputised"), Text: q.T.Number(l.Deputised)},
	}}}
	title := kit.Title{Text: who.Name, Tags: []kit.Tag{*state(q, l, all.Limit)}}
	if v.May(casework.MayHandOver) == nil {
		if err := officeView(ctx, v, q, l.Person, &view); err != nil {
			return kit.Screen{}, err
		}
		if l.Cases > 0 {
			title.Primary = &kit.Action{Text: q.T.T("curators.handover"), URL: at(l.Person, "/handover")}
		}
	}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Back: &kit.Link{Text: q.T.T("curators.back_all"), URL: URL}, Title: title, Body: onePage(view)}, nil
}

// officeView adds what the commission's office works with.
func officeView(ctx context.Context, v *act.View, q *kit.Req, person id.ID, view *oneView) error {
	cases, err := casework.CasesOf(ctx, v, person)
	if err != nil {
		return err
	}
	in, err := casework.DeputiesOf(ctx, v, person)
	if err != nil {
		return err
	}
	var people []id.ID
	for _, g := range in {
		people = append(people, g.Person)
	}
	n, err := worklist.CaseNames(ctx, v, q.T.Lang(), cases, people...)
	if err != nil {
		return err
	}
	t := caseTable(q, person, cases, in, n)
	view.Cases = &t
	if len(cases) > 0 {
		view.Actions = append(view.Actions, kit.Action{Text: q.T.T("curators.deputise"), URL: at(person, "/deputy")})
	}
	if v.May(casework.WriteAbsence) != nil {
		return nil
	}
	b, err := absences(ctx, v, q, person)
	if err == nil && b != nil {
		view.Absences = b
		view.Actions = append(view.Actions, kit.Action{Text: q.T.T("curators.absence"), URL: at(person, "/absence")})
	}
	return err
}

func caseTable(q *kit.Req, person id.ID, cases []casework.Case, in map[id.ID]casework.Assignment, n worklist.Names) kit.Table {
	t := kit.Table{Caption: q.T.T("curators.cases"),
		Columns: []kit.Column{{Text: q.T.T("uncovered.col_case")}, {Text: q.T.T("uncovered.col_child")}, {Text: q.T.T("uncovered.col_risk")},
			{Text: q.T.T("curators.col_deputy")}, {Text: q.T.T("uncovered.col_do")}},
		Empty: &kit.Empty{Why: q.T.T("curators.no_cases")}}
	for _, c := range cases {
		row := []kit.Cell{{Text: c.No, Sub: n.Places[c.Territory], URL: "/cases/" + c.ID.String()}, {Text: n.Children[c.Child]}, {Tag: q.Risk(string(c.Risk))}, {}, {}}
		if g, ok := in[c.ID]; ok {
			row[3] = kit.Cell{Text: n.People[g.Person], Sub: q.T.T("curators.until", map[string]any{"Until": q.T.Date(lastDay(*g.UntilAt))})}
			row[4] = kit.Cell{Content: kit.Action{Text: q.T.T("curators.end_deputy"), About: c.No, Post: true, URL: at(person, "/deputy/"+c.ID.String()+"/end")}}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// lastDay is the last whole day before an instant that ends an interval.
func lastDay(end time.Time) date.Date { return date.Of(end.Add(-time.Microsecond)) }
