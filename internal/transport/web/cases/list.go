package cases

import (
	"context"
	"slices"
	"strings"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// list shows the cases in the reader's scope.
func list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f := filter(q)
	var after *worklist.Cursor
	if at, key, ok := q.PlaceAt(); ok {
		after = &worklist.Cursor{At: at, ID: key}
	}
	rows, next, err := worklist.Cases(ctx, v, f, after)
	if err != nil {
		return kit.Screen{}, err
	}
	n, err := worklist.CountCases(ctx, v, f)
	if err != nil {
		return kit.Screen{}, err
	}
	seen, err := worklist.Visible(ctx, v, rows)
	if err != nil {
		return kit.Screen{}, err
	}
	view := filters(q, f)
	view.Table, view.Pager = table(q, rows, seen, v.May(registry.OpenOne) == nil), kit.Pager{}
	if len(view.Filter.Chosen) > 0 || f.Territory != "" {
		view.Table.Empty.Do = q.T.T("cases.empty_do")
		view.Table.Empty.Action = &kit.Action{Text: q.T.T("kit.filter_clear"), URL: URL}
	}
	if next != nil {
		view.Pager.Older = q.AfterAt(next.At, next.ID)
	}
	if after != nil {
		view.Pager.Newer = q.Newest()
	}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Title: kit.Title{Text: q.T.T("cases.title"), State: q.T.N("cases.count", n)}, Body: listPage(view)}, nil
}

func filter(q *kit.Req) worklist.CaseFilter {
	get := q.URL.Query().Get
	f := worklist.CaseFilter{Lang: q.T.Lang()}
	if s := casework.State(get("state")); slices.Contains(states(), string(s)) {
		f.State = s
	}
	if r := casework.Risk(get("risk")); slices.Contains(casework.Risks(), r) {
		f.Risk = r
	}
	if p := get("problem"); slices.Contains(casework.Problems(), p) && casework.Listed(p) {
		f.Problem = p
	}
	f.Territory = get("territory")
	if n := casework.Need(get("need")); slices.Contains(casework.Needs(), n) {
		f.Need = n
	}
	return f
}

// states are those a case goes through.
func states() []string {
	return []string{string(casework.Opened), string(casework.Assessed), string(casework.Planned), string(casework.Running), string(casework.Ended)}
}

func filters(q *kit.Req, f worklist.CaseFilter) listView {
	choose := func(name, key, prefix string, values []string, on string) kit.Select {
		s := kit.Select{Field: q.Field(name, key), None: q.T.T("cases.any")}
		for _, x := range values {
			s.Options = append(s.Options, kit.Option{Value: x, Text: q.T.Head(prefix + x), On: x == on})
		}
		return s
	}
	var risks []string
	for _, r := range casework.Risks() {
		risks = append(risks, string(r))
	}
	var needs []string
	for _, n := range casework.Needs() {
		needs = append(needs, string(n))
	}
	view := listView{Filter: kit.Filter{URL: URL, Clear: URL}, Territory: f.Territory, Selects: []kit.Select{
		choose("risk", "cases.risk", "risk.", risks, string(f.Risk)),
		choose("problem", "cases.problem", "problem.", slices.DeleteFunc(casework.Problems(), unlisted), f.Problem),
		choose("need", "cases.need", "cases.needs.", needs, string(f.Need)),
		choose("state", "cases.state", "case_state.", states(), string(f.State)),
	}}
	view.Selects[3].None = q.T.T("cases.any_open")
	for _, s := range view.Selects {
		for _, o := range s.Options {
			if o.On {
				view.Filter.Chosen = append(view.Filter.Chosen, o.Text)
			}
		}
	}
	return view
}

// table shows cases; one that the level above may count but not see leads to
// opening the file, with a reason.
func table(q *kit.Req, rows []worklist.CaseRow, seen map[id.ID]bool, opens bool) kit.Table {
	t := kit.Table{Caption: q.T.T("cases.title"), Quiet: true,
		Columns: []kit.Column{{Text: q.T.T("cases.col_case")}, {Text: q.T.T("cases.col_child")}, {Text: q.T.T("cases.col_risk")},
			{Text: q.T.T("cases.col_state")}, {Text: q.T.T("cases.col_curator")}, {Text: q.T.T("cases.col_opened")}},
		Empty: &kit.Empty{Why: q.T.T("cases.empty")}}
	for _, r := range rows {
		head := kit.Cell{Text: r.No, Sub: r.Place}
		child := kit.Cell{Text: q.T.T("cases.name_hidden")}
		switch {
		case seen[r.ID]:
			head.URL = URL + "/" + r.ID.String()
		case opens:
			head.URL = URL + "/" + r.ID.String() + "/open"
		}
		if r.Child != "" {
			child = kit.Cell{Text: r.Child, Sub: q.T.Age(r.Birth(), q.Today())}
		}
		curator := kit.Cell{Text: r.Curator}
		if !r.Covered && r.EndedAt == nil {
			curator = kit.Cell{Tag: &kit.Tag{Text: q.T.T("cases.uncovered"), Level: kit.Danger}, Sub: r.Curator}
		}
		t.Rows = append(t.Rows, []kit.Cell{head, child, {Tag: riskTag(q.T, r.Risk)},
			{Text: q.T.T("case_state." + string(r.State)), Sub: problems(q.T, r.Problems)}, curator, {Text: q.T.Date(date.Of(r.OpenedAt))}})
	}
	return t
}

func unlisted(problem string) bool { return !casework.Listed(problem) }

func riskTag(t *text.Printer, r casework.Risk) *kit.Tag {
	level := map[casework.Risk]kit.Level{casework.Low: kit.Calm, casework.Medium: kit.Calm, casework.High: kit.Wait, casework.Acute: kit.Danger}[r]
	return &kit.Tag{Text: t.T("risk." + string(r)), Level: level}
}

func problems(t *text.Printer, keys string) string {
	var out []string
	for _, k := range strings.Fields(keys) {
		if casework.Listed(k) {
			out = append(out, t.T("problem."+k))
		}
	}
	return text.Capital(strings.Join(out, ", "))
}
