package cases

import (
	"context"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// checkForm writes what a passive check after the end has found: own records
// or one neutral line, never a visit (practice rule 15).
func checkForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MayCheck)
	if err != nil {
		return kit.Screen{}, err
	}
	p.Above = append(p.Above, kit.Warning{Text: q.T.T("cases.check_passive")})
	p.Norms = q.NormsOf(v.Norm("end.check_first_months"), v.Norm("end.check_second_months"), v.Norm("end.check_third_months"))
	return p.sheet("check", "cases.check_title", "cases.check_button",
		kit.Radios{Field: q.Field("source", "cases.check_source"), Options: q.Options("source", "choice.check_source.", casework.CheckSources())},
		kit.Radios{Field: q.Field("outcome", "cases.check_outcome"), Options: q.Options("outcome", "choice.check.", []string{"calm", "worry"})},
		kit.Textarea{Field: q.Field("note", "cases.check_note"), Value: q.Value("note", ""), Max: 2000}), nil
}

func check(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	err = casework.CheckEnded(ctx, a, key, casework.CheckInput{Source: q.Text("source"), Outcome: q.Text("outcome"), Note: q.Text("note")})
	next := kit.Next{URL: URL + "/" + key.String(), Done: "cases.check_done"}
	if err != nil {
		return next, err
	}
	// With the last check the former curator no longer reaches the case.
	if _, err := casework.Get(ctx, &a.View, key); fault.KindOf(err) == fault.NotFound {
		next.URL = "/"
	}
	return next, nil
}

// lookForm asks the office to look at a lawful end that a curator wrote alone.
func lookForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MayLook)
	if err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	list := kit.SummaryList{Rows: []kit.SummaryRow{{Key: t.T("cases.end_reason"), Text: p.EndReason}}}
	if p.EndKind != "" {
		list.Rows = append([]kit.SummaryRow{{Key: t.T("cases.end_kind"), Text: t.T("choice.end." + p.EndKind)}}, list.Rows...)
	}
	if p.EndSafety != "" {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.end_safety"), Text: p.EndSafety})
	}
	p.Above = append(p.Above, paragraph(t.T("cases.look_above")), list)
	return p.sheet("look", "cases.look_title", "cases.look_button",
		kit.Textarea{Field: q.Field("note", "cases.look_note"), Value: q.Value("note", ""), Max: 2000}), nil
}

func lookAtEnd(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: URL + "/" + key.String(), Done: "cases.look_done"}, casework.LookAtEnd(ctx, a, key, q.Text("note"))
}

// reopenForm opens a new case for the child of an ended one.
func reopenForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MayReopen)
	if err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	if p.EndedAt != nil {
		until := date.Of(*p.EndedAt).AddMonths(v.Norm("case.repeat_months").Int())
		if !until.Before(q.Today()) {
			p.Above = append(p.Above, kit.Warning{Text: t.T("cases.reopen_repeat")})
		}
	}
	p.Norms = q.NormsOf(v.Norm("case.repeat_months"))
	var risks []string
	for _, r := range casework.Risks() {
		risks = append(risks, string(r))
	}
	return p.sheet("reopen", "cases.reopen_title", "cases.reopen_button",
		kit.Checkboxes{Field: q.Field("problems", "cases.problem"), Options: q.Options("problems", "problem.", casework.Problems(), p.ProblemKeys()...)},
		kit.Radios{Field: q.Field("risk", "cases.risk"), Options: q.Options("risk", "risk.", risks)},
		kit.Textarea{Field: q.Field("reason", "cases.risk_reason"), Value: q.Value("reason", ""), Max: 2000}), nil
}

func reopen(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	fresh := q.Made()
	if fresh == "" {
		fresh = id.New()
	}
	c, err := procedure.Reopen(ctx, a, key, casework.Opening{ID: fresh, Problems: q.Form["problems"],
		Risk: casework.Risk(q.Text("risk")), Reason: q.Text("reason")})
	return kit.Next{URL: URL + "/" + c.ID.String(), Done: "cases.reopen_done"}, err
}
