package children

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// caseForm asks what a new case needs: the problems, the risk and why, and who
// will walk with the child.
func caseForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, casework.OpenCase)
	if err != nil {
		return kit.Screen{}, err
	}
	_, open, err := worklist.OpenCase(ctx, v, f.Child.ID)
	if err == nil && open {
		err = q.Possible(fault.Clash("case.already_open"))
	}
	if err != nil {
		return kit.Screen{}, err
	}
	view := formView{Form: form(q, f.Child, "open-case"), Button: kit.Button{Text: q.T.T("children.open_case")}}
	waiting, err := waitingMessage(ctx, v, f.Child.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	if waiting != "" {
		view.Lead = append(view.Lead, notice(q.T.T("children.message_waits"), kit.Link{Text: q.T.T("children.to_message"), URL: messageURL(waiting)}))
	}
	who, err := curators(ctx, v, q, f.Child)
	if err != nil {
		return kit.Screen{}, err
	}
	var risks []string
	for _, r := range casework.Risks() {
		risks = append(risks, string(r))
	}
	view.Fields = []templ.Component{
		kit.Checkboxes{Field: q.Field("problems", "children.problems"), Options: q.Options("problems", "problem.", casework.Problems())},
		kit.Radios{Field: q.Field("risk", "children.risk"), Options: q.Options("risk", "risk.", risks)},
		kit.Textarea{Field: q.Field("reason", "children.risk_reason"), Value: q.Value("reason", ""), Max: 2000},
		who,
	}
	return screen(q, f.Child, q.T.T("children.open_case"), view), nil
}

// curators lists who may be asked, those with the fewest cases first.
func curators(ctx context.Context, v *act.View, q *kit.Req, c registry.Child) (kit.Radios, error) {
	r := kit.Radios{Field: kit.Optional(q.Field("curator", "children.curator"))}
	if v.May(casework.ProposeOne, c.Territory) != nil {
		return r, fault.Deny("fault.denied") // not this office's child
	}
	all, err := worklist.Candidates(ctx, v, casework.Case{Child: c.ID, Territory: c.Territory})
	if err != nil {
		return r, err
	}
	chosen := q.Value("curator", "")
	for _, p := range all {
		o := kit.Option{Value: p.Person.String(), Text: p.Name, Hint: q.T.N("cases.carries", p.Open), On: chosen == p.Person.String()}
		if !p.Away.IsZero() {
			o.Hint = q.T.T("cases.away", fault.Args{"Day": p.Away}) + " · " + o.Hint
		}
		r.Options = append(r.Options, o)
	}
	r.Options = append(r.Options, kit.Option{Value: "", Text: q.T.T("children.curator_later"), Hint: q.T.T("children.curator_later_text"),
		On: q.Form != nil && chosen == "" || len(all) == 0})
	return r, nil
}

// waitingMessage is the last message about the child that nobody has ended yet.
func waitingMessage(ctx context.Context, v *act.View, child id.ID) (id.ID, error) {
	all, err := messages(ctx, v, child)
	if err != nil {
		return "", err
	}
	for _, m := range all {
		if m.State != signal.Ended {
			return m.ID, nil
		}
	}
	return "", nil
}

// messages are those about a child that the reader may see; none for whom sees
// no messages at all.
func messages(ctx context.Context, v *act.View, child id.ID) ([]signal.Brief, error) {
	out, err := signal.OfChild(ctx, v, child)
	if fault.KindOf(err) == fault.Denied {
		return nil, nil
	}
	return out, err
}

func messageURL(key id.ID) string { return "/messages/" + key.String() }

// openCase opens it and asks the curator.
func openCase(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	f, err := take(ctx, &a.View, q, casework.OpenCase)
	if err != nil {
		return kit.Next{}, err
	}
	if a.May(casework.OpenCase, f.Child.Territory) != nil {
		return kit.Next{}, fault.Missing()
	}
	_, err = procedure.Open(ctx, a, casework.Opening{ID: q.Made(), Child: f.Child.ID, Territory: f.Child.Territory, Problems: q.Form["problems"],
		Risk: casework.Risk(q.Text("risk")), Reason: q.Text("reason"), Curator: q.Ref("curator")})
	return done(q, "children.case_opened", err)
}
