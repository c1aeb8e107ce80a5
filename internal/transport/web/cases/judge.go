package cases

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// judgeForm asks whether a delivered measure helped; of help given once,
// whether it was used.
func judgeForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := taken(ctx, v, q, casework.MayJudge)
	if err != nil {
		return kit.Screen{}, err
	}
	m, t := p.Measure, q.T
	ask, title := "cases.outcome", "cases.result_title"
	if m.Exempt == casework.OneOff {
		ask, title = "cases.outcome_used", "cases.used_title"
	}
	if err := p.confirmations(ctx); err != nil {
		return kit.Screen{}, err
	}
	if m.Exempt == "" {
		read, err := p.readings(ctx)
		if err != nil {
			return kit.Screen{}, err
		}
		p.Above = append(p.Above, read)
	}
	fields := []templ.Component{
		kit.Radios{Field: q.Field("outcome", ask), Options: q.Options("outcome", "choice.outcome.", casework.Outcomes())},
		kit.Textarea{Field: q.Field("reason", "cases.result_reason"), Value: q.Value("reason", ""), Max: 2000}}
	office := slices.ContainsFunc(v.Actor().Grants, func(g access.Grant) bool { return g.Role == access.Secretary || g.Role == access.Chair })
	if office {
		fields = append(fields, kit.Checkboxes{Field: kit.Optional(q.Field("call", "cases.result_call")),
			Options: []kit.Option{{Value: "yes", Text: t.T("cases.result_called"), On: q.Value("call", "") == "yes"}}})
	}
	return p.sheet("result", title, "cases.result_button", fields...), nil
}

// readings set what was expected beside what was read.
func (p *paper) readings(ctx context.Context) (templ.Component, error) {
	w, err := casework.Overview(ctx, p.v, p.Measure.CaseID)
	if err != nil {
		return nil, err
	}
	t := p.q.T
	list := kit.SummaryList{Rows: []kit.SummaryRow{{Key: t.T("cases.expected"), Text: expected(t, *p.Measure)}}}
	read := kit.SummaryRow{Key: t.T("cases.last_reading"), Text: t.T("cases.no_readings"),
		Links: []kit.Link{{Text: t.T("cases.do_reading"), URL: p.home() + "/reading"}}}
	for _, m := range w.Measures {
		if m.ID == p.Measure.ID && len(m.Readings) > 0 {
			r := m.Readings[len(m.Readings)-1]
			read.Text = t.T("cases.reading_was", fault.Args{"Value": decimal(t, r.Value), "Day": r.Day})
		}
	}
	list.Rows = append(list.Rows, read)
	return list, nil
}

func judge(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	r, err := casework.GiveResult(ctx, a, key, casework.ResultInput{ID: q.Made(), Outcome: q.Text("outcome"),
		Reason: q.Text("reason"), Call: q.Text("call") == "yes", Version: q.Version()})
	done := "cases.result_done"
	if r.State == "second_wanted" {
		done = "cases.result_sent"
	}
	return kit.Next{URL: MeasuresURL + "/" + key.String(), Done: done}, err
}

// waiting is the result of a measure that waits for its second person.
func waiting(ctx context.Context, v *act.View, m casework.Measure) (casework.Result, error) {
	w, err := casework.Overview(ctx, v, m.CaseID)
	if err != nil {
		return casework.Result{}, err
	}
	for _, x := range w.Measures {
		if x.ID == m.ID && x.Result != nil && x.Result.State == "second_wanted" {
			return *x.Result, nil
		}
	}
	return casework.Result{}, fault.Clash("case.second_done")
}

// secondResultForm asks the second person about "cannot tell".
func secondResultForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := taken(ctx, v, q, casework.MaySecondResult)
	if err != nil {
		return kit.Screen{}, err
	}
	r, err := waiting(ctx, v, *p.Measure)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := p.confirmations(ctx); err != nil {
		return kit.Screen{}, err
	}
	p.Above = append(p.Above, kit.SummaryList{Rows: []kit.SummaryRow{
		{Key: q.T.T("cases.outcome"), Text: q.T.T("choice.outcome." + r.Outcome)}, {Key: q.T.T("cases.why"), Text: r.Reason}}})
	return p.sheet("second", "cases.second_title", "cases.second_button", decision(q), decisionReason(q)), nil
}

func secondResult(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	m, err := casework.GetMeasure(ctx, &a.View, key)
	if err != nil {
		return kit.Next{}, err
	}
	agree, err := decided(q)
	if err != nil {
		return kit.Next{}, err
	}
	r, err := waiting(ctx, &a.View, m)
	if err != nil {
		return kit.Next{}, err
	}
	err = casework.SecondResult(ctx, a, r.ID, agree, q.Text("reason"))
	return kit.Next{URL: MeasuresURL + "/" + key.String(), Done: "cases.second_done"}, err
}
