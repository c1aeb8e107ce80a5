package uncovered

import (
	"context"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// appointForm lists whom the chair may appoint, with what each carries.
func appointForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	q.Of("/cases/" + key.String())
	if err := v.May(casework.AppointOne); err != nil {
		return kit.Screen{}, err
	}
	c, err := casework.Get(ctx, v, key)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(casework.Ready(ctx, v, c, casework.AppointOne)); err != nil {
		return kit.Screen{}, err
	}
	v.Look(act.On{Noun: "case", ID: c.ID, Child: c.Child, Territory: c.Territory}, "")
	people, err := worklist.Candidates(ctx, v, c)
	if err != nil {
		return kit.Screen{}, err
	}
	names, err := worklist.CaseNames(ctx, v, q.T.Lang(), []casework.Case{c})
	if err != nil {
		return kit.Screen{}, err
	}
	whose := c.No
	if name := names.Children[c.Child]; name != "" {
		whose = name + " · " + c.No
	}
	var options []kit.Option
	for _, p := range people {
		o := kit.Option{Value: p.Person.String(), Text: p.Name, Hint: q.T.N("cases.carries", p.Open), On: q.Value("curator", "") == p.Person.String()}
		if p.Declined {
			o.Hint = q.T.T("cases.declined_before")
		}
		if !p.Away.IsZero() {
			o.Hint = q.T.T("cases.away", fault.Args{"Day": p.Away}) + " · " + o.Hint
		}
		options = append(options, o)
	}
	sc := kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: q.T.T("uncovered.back"), URL: URL},
		Title: kit.Title{Text: q.T.T("uncovered.appoint_title"), State: whose}}
	if len(options) == 0 {
		sc.Body = kit.Empty{Why: q.T.T("cases.no_candidates"), Do: q.T.T("cases.no_candidates_do")}
		return sc, nil
	}
	reason := q.Field("reason", "uncovered.appoint_reason")
	reason.Optional = true
	sc.Body = appointPage(appointView{
		Warning: kit.Warning{Text: q.T.T("uncovered.appoint_warning")},
		Form: kit.Form{URL: URL + "/" + c.ID.String() + "/appoint", Keep: "appoint-" + c.ID.String(),
			Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Who:    kit.Radios{Field: q.Field("curator", "uncovered.appoint_who"), Options: options},
		Reason: kit.Textarea{Field: reason, Value: q.Value("reason", ""), Max: 1000},
		Button: kit.Button{Text: q.T.T("uncovered.appoint_button")},
		Norms:  q.NormsOf(v.Norm("curator.answer_hours"), v.Norm("curator.declines"), v.Norm("curator.limit")),
	})
	return sc, nil
}

// appoint makes the chosen person the curator.
func appoint(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = casework.Appoint(ctx, a, key, casework.Proposal{ID: q.Made(), Person: q.Ref("curator"), Reason: q.Text("reason")})
	}
	return kit.Next{URL: URL, Done: "uncovered.appointed"}, err
}
