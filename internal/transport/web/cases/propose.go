package cases

import (
	"context"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// proposeForm lists who may walk with the child, with what each carries.
func proposeForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	c, err := possible(ctx, v, q, casework.ProposeOne)
	if err != nil {
		return kit.Screen{}, err
	}
	return choose(ctx, v, q, c, "curator", "cases.propose_title", "cases.propose_button")
}

// appointForm is the same choice by the chair, when asking has been in vain.
func appointForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	c, err := possible(ctx, v, q, casework.AppointOne)
	if err != nil {
		return kit.Screen{}, err
	}
	return choose(ctx, v, q, c, "appoint", "cases.appoint_title", "cases.appoint_button")
}

func choose(ctx context.Context, v *act.View, q *kit.Req, c casework.Case, what, title, button string) (kit.Screen, error) {
	all, err := worklist.Candidates(ctx, v, c)
	if err != nil {
		return kit.Screen{}, err
	}
	child, err := whose(ctx, v, q, c.Child)
	if err != nil {
		return kit.Screen{}, err
	}
	var options []kit.Option
	for _, p := range all {
		o := kit.Option{Value: p.Person.String(), Text: p.Name, Hint: q.T.N("cases.carries", p.Open), On: q.Value("curator", "") == p.Person.String()}
		if p.Declined {
			o.Hint = q.T.T("cases.declined_before")
		}
		if !p.Away.IsZero() {
			o.Hint = q.T.T("cases.away", fault.Args{"Day": p.Away}) + " · " + o.Hint
		}
		options = append(options, o)
	}
	form := proposeView{
		Form: kit.Form{URL: at(c, what), Keep: what + "-" + c.ID.String(),
			Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Who:    kit.Radios{Field: q.Field("curator", "cases.propose_who"), Options: options},
		Reason: kit.Textarea{Field: kit.Optional(q.Field("reason", "cases.propose_reason")), Value: q.Value("reason", ""), Max: 1000},
		Button: kit.Button{Text: q.T.T(button)},
		Norms:  q.NormsOf(v.Norm("curator.answer_hours"), v.Norm("curator.declines"), v.Norm("curator.limit")),
	}
	if what == "appoint" {
		form.Note = q.T.T("cases.appoint_note")
	}
	sc := kit.Screen{Tab: true, Section: URL, Back: back(c, q), Title: kit.Title{Text: q.T.T(title), State: about(child, c.No)}, Body: proposePage(form)}
	if len(options) == 0 {
		sc.Body = kit.Empty{Why: q.T.T("cases.no_candidates"), Do: q.T.T("cases.no_candidates_do")}
	}
	return sc, nil
}

// propose asks the chosen person.
func propose(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	_, err = casework.Propose(ctx, a, key, casework.Proposal{ID: q.Made(), Person: q.Ref("curator"), Reason: q.Text("reason")})
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: URL + "/" + key.String(), Done: "cases.proposed"}, nil
}

// appoint makes the chosen person the curator without asking.
func appoint(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	err = casework.Appoint(ctx, a, key, casework.Proposal{ID: q.Made(), Person: q.Ref("curator"), Reason: q.Text("reason")})
	return kit.Next{URL: URL + "/" + key.String(), Done: "cases.appointed"}, err
}
