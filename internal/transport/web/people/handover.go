package people

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// handoverForm lists the cases of a curator, each with the question who is
// asked next; one answer may serve for all.
func handoverForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(casework.MayHandOver); err != nil {
		return kit.Screen{}, err
	}
	l, all, err := carried(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	cases, err := casework.CasesOf(ctx, v, l.Person)
	if err != nil {
		return kit.Screen{}, err
	}
	n, err := worklist.CaseNames(ctx, v, q.T.Lang(), cases, l.Person)
	if err != nil {
		return kit.Screen{}, err
	}
	others, err := colleagues(ctx, v, q, all, l.Person)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := kit.Screen{Tab: true, Section: URL, Back: back(q, l.Person), Title: kit.Title{Text: q.T.T("curators.handover"), State: n.People[l.Person]}}
	if len(cases) == 0 {
		sc.Body = kit.Empty{Why: q.T.T("curators.no_cases")}
		return sc, nil
	}
	view := handoverView{
		Form: kit.Form{URL: at(l.Person, "/handover/check"), Keep: "handover-" + l.Person.String(),
			Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Keep:   kit.Radios{Field: q.Field("keep", "curators.keep"), Options: q.Options("keep", "curators.keep.", []string{"now", "stay"})},
		Reason: kit.Textarea{Field: q.Field("reason", "curators.handover_reason"), Value: q.Value("reason", ""), Max: 1000},
		All:    kit.Select{Field: q.Field("to", "curators.handover_all"), None: q.T.T("curators.choose"), Options: chosen(others, q.Value("to", ""))},
		Each:   kit.Fieldset{ID: "each", Legend: q.T.T("curators.handover_each"), Hint: q.T.T("curators.handover_each_hint")},
		Button: kit.Button{Text: q.T.T("curators.handover_check")},
		Norms:  q.NormsOf(v.Norm("curator.answer_hours"), v.Norm("curator.limit")),
	}
	for _, c := range cases {
		name := "to." + c.ID.String()
		label := []string{c.No, n.Children[c.Child], q.T.T("risk." + string(c.Risk))}
		view.Lines = append(view.Lines, kit.Select{None: q.T.T("curators.as_above"), Options: chosen(others, q.Value(name, "")),
			Field: kit.Field{Name: name, Label: strings.Join(label, " · "), Error: q.Err(name)}})
	}
	sc.Body = handoverPage(view)
	return sc, nil
}

// typed reads the handover that was posted.
func typed(q *kit.Req) (casework.HandoverInput, error) {
	from, err := q.ID("id")
	in := casework.HandoverInput{ID: q.Made(), From: from, To: map[id.ID]id.ID{}, Reason: q.Text("reason"),
		KeepUntilAccepted: q.OneOf("keep", "now", "stay") == "stay"}
	for name := range q.Form {
		text, ok := strings.CutPrefix(name, "to.")
		if !ok {
			continue
		}
		c, err := id.Parse(text)
		if err != nil {
			return in, fault.Missing()
		}
		to := q.Ref(name)
		if to == "" {
			to = q.Ref("to")
		}
		if to != "" {
			in.To[c] = to
		}
	}
	return in, err
}

// handoverCheck tells in numbers what the handover would do; only then comes
// the button.
func handoverCheck(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	in, err := typed(q)
	if err != nil {
		return kit.Screen{}, err
	}
	count, err := casework.HandoverPreview(ctx, v, in)
	if err == nil {
		err = count.Problems.Err()
	}
	if err = q.Refusal(err); err != nil {
		f, ok := fault.Of(err)
		if !ok || f.Kind != fault.Invalid {
			return kit.Screen{}, err
		}
		q.Fault = f
		sc, err := handoverForm(ctx, v, q)
		sc.Status = http.StatusUnprocessableEntity
		return sc, err
	}
	var people []id.ID
	for _, s := range count.Shares {
		people = append(people, s.Person)
	}
	names, err := worklist.CuratorsOf(ctx, v, q.T.Lang(), append(people, in.From)...)
	if err != nil {
		return kit.Screen{}, err
	}
	all, err := casework.Caseloads(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	view := checked(q, in, count, names)
	view.away(q, in, count, names, all)
	return kit.Screen{Tab: true, Section: URL, Title: kit.Title{Text: q.T.T("curators.check_title"), State: names[in.From].Name},
		Body: checkPage(view)}, nil
}

// away marks who is not there now to answer, and warns of the cases offered to
// them: nobody present walks with those children until the last day has passed.
func (view *checkView) away(q *kit.Req, in casework.HandoverInput, c casework.HandoverCount, names map[id.ID]worklist.Curator, all casework.Loads) {
	until := map[id.ID]*time.Time{}
	for _, l := range all.Curators {
		until[l.Person] = l.AwayUntil
	}
	given, who := 0, []string{}
	for i, s := range c.Shares {
		end := until[s.Person]
		if end == nil {
			continue
		}
		level := kit.Wait
		if !in.KeepUntilAccepted {
			level = kit.Danger
		}
		state := &view.Shares.Rows[i][3]
		text := q.T.T("curators.away", fault.Args{"Until": q.T.Date(lastDay(*end))})
		if s.Over {
			state.Sub = state.Tag.Text
		}
		state.Tag = &kit.Tag{Text: text, Level: level}
		given, who = given+s.Given, append(who, names[s.Person].Name+" – "+q.T.Date(lastDay(*end)))
	}
	if given == 0 {
		return
	}
	key := "curators.check_away"
	if in.KeepUntilAccepted {
		key = "curators.check_away_stay"
	}
	view.Warnings = append(view.Warnings, q.T.N(key, given, fault.Args{"Who": q.T.List(who)}))
}

func checked(q *kit.Req, in casework.HandoverInput, c casework.HandoverCount, names map[id.ID]worklist.Curator) checkView {
	var hidden []kit.Hidden
	for _, name := range slices.Sorted(maps.Keys(q.Form)) {
		for _, x := range q.Form[name] {
			hidden = append(hidden, kit.Hidden{Name: name, Value: x})
		}
	}
	until := kit.SummaryRow{Key: q.T.T("curators.check_at_once"), Text: q.T.Number(c.AtOnce)}
	if in.KeepUntilAccepted {
		until = kit.SummaryRow{Key: q.T.T("curators.check_until"), Text: q.T.Number(c.Cases - c.AtOnce)}
	}
	view := checkView{
		Facts: kit.SummaryList{Rows: []kit.SummaryRow{
			{Key: q.T.T("curators.check_cases"), Text: q.T.Number(c.Cases)},
			until,
			{Key: q.T.T("curators.check_left"), Text: q.T.Number(c.Left)},
			{Key: q.T.T("curators.handover_reason"), Text: in.Reason},
		}},
		Shares: kit.Table{Caption: q.T.T("curators.check_shares"), Columns: []kit.Column{{Text: q.T.T("curators.col_name")},
			{Text: q.T.T("curators.check_has"), Number: true}, {Text: q.T.T("curators.check_given"), Number: true}, {Text: q.T.T("curators.col_state")}}},
		Form:   kit.Form{URL: at(in.From, "/handover"), Hidden: hidden},
		Button: kit.Button{Text: q.T.N("curators.handover_do", c.Cases)},
		Edit:   kit.Action{Text: q.T.T("curators.handover_edit"), Post: true, URL: at(in.From, "/handover/edit"), Fields: hidden},
	}
	if c.AtOnce > 0 {
		view.Warnings = append(view.Warnings, q.T.N("curators.check_warning", c.AtOnce))
	}
	for _, s := range c.Shares {
		tag := &kit.Tag{Text: q.T.T("curators.within", map[string]any{"Limit": c.Limit}), Level: kit.Good}
		if s.Over {
			tag = &kit.Tag{Text: q.T.T("curators.over", map[string]any{"Limit": c.Limit}), Level: kit.Wait}
		}
		view.Shares.Rows = append(view.Shares.Rows, []kit.Cell{{Text: names[s.Person].Name}, {Text: q.T.Number(s.Has)}, {Text: q.T.Number(s.Given)}, {Tag: tag}})
	}
	return view
}

func handover(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	in, err := typed(q)
	if err == nil {
		_, err = casework.Handover(ctx, a, in)
	}
	return kit.Next{URL: at(in.From, ""), Done: "curators.handed_over"}, err
}
