package people

import (
	"context"
	"strings"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// list shows the curators of the reader's territory with what each carries.
func list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	all, err := casework.Caseloads(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	var keys []id.ID
	for _, l := range all.Curators {
		keys = append(keys, l.Person)
	}
	names, err := worklist.CuratorsOf(ctx, v, q.T.Lang(), keys...)
	if err != nil {
		return kit.Screen{}, err
	}
	t := kit.Table{Caption: q.T.T("curators.title"), Quiet: true,
		Columns: []kit.Column{{Text: q.T.T("curators.col_name")}, {Text: q.T.T("curators.col_cases"), Number: true}, {Text: q.T.T("curators.col_danger"), Number: true},
			{Text: q.T.T("curators.col_waiting"), Number: true}, {Text: q.T.T("curators.col_deputised"), Number: true}, {Text: q.T.T("curators.col_state")}},
		Empty: &kit.Empty{Why: q.T.T("cases.no_candidates"), Do: q.T.T("cases.no_candidates_do")}}
	for _, l := range all.Curators {
		waiting := kit.Cell{Text: q.T.Number(l.Waiting)}
		if l.Overdue > 0 {
			waiting.Sub = q.T.N("curators.overdue", l.Overdue)
		}
		t.Rows = append(t.Rows, []kit.Cell{
			{Text: names[l.Person].Name, Sub: strings.Join(names[l.Person].Places, ", "), URL: at(l.Person, "")},
			{Text: q.T.Number(l.Cases)}, {Text: q.T.Number(l.ByRisk[casework.High] + l.ByRisk[casework.Acute])}, waiting,
			{Text: q.T.Number(l.Deputised)}, {Tag: state(q, l, all.Limit)}})
	}
	sc := kit.Screen{Tab: true, Section: URL, Wide: true, Title: kit.Title{Text: q.T.T("curators.title"), State: q.T.N("curators.count", len(all.Curators))}}
	sc.Body = listPage(listView{Say: q.T.T("curators.not_for_ranking"), Table: t, Norms: q.NormsOf(v.Norm("curator.limit"), v.Norm("curator.answer_hours"))})
	return sc, nil
}

// state is what must be known first of a curator: no access, away, too many
// cases.
func state(q *kit.Req, l casework.Load, limit int) *kit.Tag {
	switch {
	case l.State != "active":
		return &kit.Tag{Text: q.T.T("curators.suspended"), Level: kit.Danger}
	case l.AwayUntil != nil:
		return &kit.Tag{Text: q.T.T("curators.away", map[string]any{"Until": q.T.Date(lastDay(*l.AwayUntil))}), Level: kit.Wait}
	case l.Over:
		return &kit.Tag{Text: q.T.T("curators.over", map[string]any{"Limit": limit}), Level: kit.Wait}
	}
	return &kit.Tag{Text: q.T.T("curators.here"), Level: kit.Calm}
}

// risks says what a load is made of: 2 acute, 5 medium.
func risks(q *kit.Req, l casework.Load) string {
	var parts []string
	for _, r := range []casework.Risk{casework.Acute, casework.High, casework.Medium, casework.Low} {
		if n := l.ByRisk[r]; n > 0 {
			parts = append(parts, q.T.T("risk."+string(r))+": "+q.T.Number(n))
		}
	}
	return strings.Join(parts, " · ")
}
