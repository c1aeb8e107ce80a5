package cases

import (
	"context"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// riskForm asks another level and why.
func riskForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MaySetRisk)
	if err != nil {
		return kit.Screen{}, err
	}
	stays, err := casework.RiskStays(ctx, v, p.Case)
	if err != nil {
		return kit.Screen{}, err
	}
	var levels []string
	for _, r := range casework.Risks() {
		if r != p.Risk || stays {
			levels = append(levels, string(r))
		}
	}
	options := q.Options("level", "risk.", levels)
	if i := slices.Index(levels, string(p.Risk)); i >= 0 {
		options[i].Hint = q.T.T("cases.risk_stays")
	}
	p.Above = append(p.Above, paragraph(q.T.T("cases.risk_now", fault.Args{"Level": q.T.T("risk." + string(p.Risk))})))
	if q.Stale() {
		theirs, err := riskSaved(ctx, v, p)
		if err != nil {
			return kit.Screen{}, err
		}
		p.Above = append(p.Above, theirs)
	}
	p.Norms = q.NormsOf(v.Norm("risk.suicide_days"), v.Norm("risk.overdue_days"))
	return p.sheet("risk", "cases.risk_title", "cases.risk_button",
		kit.Radios{Field: q.Field("level", "cases.risk_level"), Options: options},
		kit.Textarea{Field: q.Field("reason", "cases.risk_reason"), Value: q.Value("reason", ""), Max: 2000}), nil
}

// riskSaved sets what was typed beside the last change of the risk, which
// somebody may have made meanwhile.
func riskSaved(ctx context.Context, v *act.View, p *paper) (kit.Conflict, error) {
	t, q := p.q.T, p.q
	c := kit.Conflict{Title: t.T("cases.conflict"), Text: t.T("cases.conflict_do")}
	w, err := casework.Overview(ctx, v, p.Case.ID)
	if err != nil || len(w.Risks) == 0 {
		return c, err
	}
	last, mine := w.Risks[len(w.Risks)-1], ""
	if l := casework.Risk(q.Text("level")); slices.Contains(casework.Risks(), l) {
		mine = t.T("risk." + string(l))
	}
	c.Rows = []kit.ConflictRow{{Label: t.T("cases.risk_level"), Mine: mine, Theirs: t.T("risk." + string(last.Level))},
		{Label: t.T("cases.risk_reason"), Mine: q.Text("reason"), Theirs: last.Reason}}
	return c, nil
}

func setRisk(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	r, err := casework.SetRisk(ctx, a, key, casework.RiskInput{ID: q.Made(), Level: casework.Risk(q.Text("level")),
		Reason: q.Text("reason"), Version: q.Version()})
	done := "cases.risk_done"
	if r.State == "second_wanted" {
		done = "cases.risk_sent"
	}
	return kit.Next{URL: URL + "/" + key.String(), Done: done}, err
}

// secondForm asks the second person about a lowering of the risk.
func secondForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MaySecondRisk)
	if err != nil {
		return kit.Screen{}, err
	}
	change, err := q.ID("change")
	if err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(casework.ReadySecond(ctx, v, p.Case, change)); err != nil {
		return kit.Screen{}, err
	}
	w, err := casework.Overview(ctx, v, p.Case.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	i := slices.IndexFunc(w.Risks, func(r casework.RiskChange) bool { return r.ID == change })
	if i < 0 {
		return kit.Screen{}, fault.Missing()
	}
	r, t := w.Risks[i], q.T
	p.Above = append(p.Above, kit.SummaryList{Rows: []kit.SummaryRow{
		{Key: t.T("cases.risk_from_to"), Text: t.T("risk."+string(r.Was)) + " → " + t.T("risk."+string(r.Level))},
		{Key: t.T("cases.why"), Text: r.Reason}}})
	if r.Marked {
		p.Above = append(p.Above, kit.Warning{Text: t.T("cases.risk_marked")})
	}
	p.Norms = q.NormsOf(v.Norm("risk.suicide_days"), v.Norm("risk.overdue_days"))
	return p.sheet("risk/"+change.String(), "cases.second_title", "cases.second_button", decision(q), decisionReason(q)), nil
}

func decision(q *kit.Req) kit.Radios {
	return kit.Radios{Field: q.Field("decision", "cases.decision"), Options: q.Options("decision", "choice.decision.", []string{"agree", "refuse"})}
}

func decisionReason(q *kit.Req) kit.Textarea {
	return kit.Textarea{Field: q.Field("reason", "cases.decision_reason"), Value: q.Value("reason", ""), Max: 2000}
}

// decided reads the second person's answer.
func decided(q *kit.Req) (bool, error) {
	switch q.Text("decision") {
	case "agree":
		return true, nil
	case "refuse":
		return false, nil
	}
	return false, fault.Bad("decision", "fault.choice")
}

func second(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	change, err := q.ID("change")
	if err != nil {
		return kit.Next{}, err
	}
	agree, err := decided(q)
	if err != nil {
		return kit.Next{}, err
	}
	err = casework.SecondRisk(ctx, a, key, change, agree, q.Text("reason"))
	return kit.Next{URL: URL + "/" + key.String(), Done: "cases.second_done"}, err
}
