package signals

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// step finds the message for one question of triage, for whom the policy gives
// its action, when it may be answered now.
func step(ctx context.Context, v *act.View, q *kit.Req, what access.Action) (signal.Message, worklist.Names, error) {
	m, n, err := theirs(ctx, v, q, what)
	if err == nil {
		err = q.Possible(signal.Ready(v, m.Signal, what))
	}
	return m, n, err
}

// theirs finds the message for whom the policy gives an action. Who sees the
// message but may not do this is told so.
func theirs(ctx context.Context, v *act.View, q *kit.Req, what access.Action) (signal.Message, worklist.Names, error) {
	m, n, err := message(ctx, v, q)
	if err == nil && !m.Can(v, what) {
		err = fault.Deny("fault.denied")
	}
	return m, n, err
}

// kindForm asks what the facts show.
func kindForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := step(ctx, v, q, signal.TriageOne)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := screen(q, m, n, q.T.T("messages.kind_wanted"))
	sc.Body = stepPage(stepView{Form: form(m, "kind"), Button: kit.Button{Text: q.T.T("messages.save")},
		Fields: []templ.Component{kit.Select{Field: q.Field("kind", "messages.kind_confirmed"), None: q.T.T("messages.choose"),
			Options: q.Options("kind", "problem.", signal.Kinds(), m.Kind())}}})
	return sc, nil
}

func confirm(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = signal.Confirm(ctx, a, key, q.Text("kind"), q.Version())
	}
	return kit.Next{URL: to(key, ""), Done: "messages.saved"}, err
}

// caseForm opens a case for the message's own child or for another of it.
func caseForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := theirs(ctx, v, q, signal.TriageOne)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := v.May(casework.OpenCase, m.Territory); err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(openable(v, q, m)); err != nil {
		return kit.Screen{}, err
	}
	about, part, err := subject(q, m)
	if err != nil {
		return kit.Screen{}, err
	}
	all, err := worklist.Candidates(ctx, v, casework.Case{Territory: m.Territory, Child: about, Signal: m.ID})
	if err != nil {
		return kit.Screen{}, err
	}
	who := kit.Select{Field: kit.Optional(q.Field("curator", "messages.curator")), None: q.T.T("messages.curator_later")}
	for _, p := range all {
		text := p.Name + " · " + q.T.N("cases.carries", p.Open)
		if !p.Away.IsZero() {
			text += " · " + q.T.T("cases.away", fault.Args{"Day": p.Away})
		}
		who.Options = append(who.Options, kit.Option{Value: p.Person.String(), Text: text, On: q.Value("curator", "") == p.Person.String()})
	}
	at := "case"
	if part != "" {
		at += "/" + about.String()
	}
	view := stepView{Form: form(m, at, kit.Hidden{Name: "id", Value: q.Value("id", id.New().String())}), Button: kit.Button{Text: q.T.T("messages.open_case")}}
	if part == "harming" {
		view.Warning = q.T.T("messages.harming")
		view.Fields = append(view.Fields,
			kit.Textarea{Field: q.Field("checked", "messages.checked"), Value: q.Value("checked", ""), Max: 2000},
			kit.Textarea{Field: q.Field("need", "messages.need"), Value: q.Value("need", ""), Max: 2000})
	}
	var risks []string
	for _, r := range casework.Risks() {
		risks = append(risks, string(r))
	}
	view.Fields = append(view.Fields,
		kit.Select{Field: q.Field("problems", "messages.case_problem"), Options: q.Options("problems", "problem.", casework.Problems(), m.Kind())},
		kit.Radios{Field: q.Field("risk", "cases.risk"), Options: q.Options("risk", "risk.", risks)},
		kit.Textarea{Field: q.Field("reason", "messages.risk_reason"), Value: q.Value("reason", ""), Max: 2000}, who)
	sc := screen(q, m, n, q.T.T("messages.open_case"))
	sc.Title.State = n.Children[about]
	sc.Body = stepPage(view)
	return sc, nil
}

// openable tells why no case opens from the message now, for its own child or
// for the other one of the address.
func openable(v *act.View, q *kit.Req, m signal.Message) error {
	if q.PathValue("child") != "" {
		i := slices.IndexFunc(m.Others, func(o signal.Other) bool { return o.Child.String() == q.PathValue("child") })
		if i < 0 {
			return fault.Missing()
		}
		return signal.ReadyOther(m.Signal, m.Others[i])
	}
	return signal.ReadyCase(v, m.Signal)
}

// subject is the child a case opens for, and its part when it is another child.
func subject(q *kit.Req, m signal.Message) (id.ID, string, error) {
	if q.PathValue("child") == "" {
		if m.Child == "" {
			return "", "", fault.Missing()
		}
		return m.Child, "", nil
	}
	key, err := q.ID("child")
	if err != nil {
		return "", "", err
	}
	for _, o := range m.Others {
		if o.Child == key {
			return key, o.Part, nil
		}
	}
	return "", "", fault.Missing()
}

func openCase(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	// Asked first, so that a role without the right learns of no row.
	if err := a.May(casework.OpenCase); err != nil {
		return kit.Next{}, err
	}
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	m, err := signal.Get(ctx, &a.View, key)
	if err != nil {
		return kit.Next{}, err
	}
	about, _, err := subject(q, m)
	if err != nil {
		return kit.Next{}, err
	}
	c, err := procedure.OpenFromSignal(ctx, a, procedure.FromSignal{Signal: key, Version: q.Version(), Checked: q.Text("checked"), Need: q.Text("need"),
		Opening: casework.Opening{ID: q.Made(), Child: about, Problems: []string{q.Text("problems")},
			Risk: casework.Risk(q.Text("risk")), Reason: q.Text("reason"), Curator: q.Ref("curator")}})
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: "/cases/" + c.ID.String(), Done: "messages.case_opened"}, nil
}

// addToCase ends the message in the open case of its child.
func addToCase(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	c := q.Ref("case")
	if err := procedure.AddSignal(ctx, a, key, c, q.Version()); err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: "/cases/" + c.String(), Done: "messages.added"}, nil
}
