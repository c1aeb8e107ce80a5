package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"serik/internal/app/timeline"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// show is the first page of a case: what is next, how the child is reached
// safely, what is missing to end honestly, how the child fares. Whoever may open
// it from above with a reason, and comes by its plain address, is asked for that.
func show(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	s, err := look(ctx, v, q)
	if fault.KindOf(err) == fault.NotFound && v.May(registry.OpenOne) == nil {
		return askWhy(ctx, v, q)
	}
	if err == nil {
		err = s.filesOf(ctx, v)
	}
	if err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	var parts []block
	if s.hold != nil {
		parts = append(parts, block{Body: s.hold})
	}
	if s.NotSeen {
		parts = append(parts, block{Body: kit.Warning{Text: t.T("cases.not_seen")}})
	}
	if s.Case.State == casework.Ended {
		parts = append(parts, block{t.T("cases.end_part"), s.ended()}, block{t.T("cases.checks_part"), s.checks()})
		if len(s.Checks) > 0 {
			parts = append(parts, block{"", q.NormsOf(v.Norm("end.check_first_months"), v.Norm("end.check_second_months"), v.Norm("end.check_third_months"))})
		}
	}
	if s.child != nil {
		parts = append(parts, block{t.T("cases.safe_contact"), s.card()})
	}
	answers, err := timeline.SafetyOf(ctx, v, s.Case.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	parts = append(parts, s.answers(answers)...)
	if s.Case.State != casework.Ended && !s.asked() {
		parts = append(parts, block{t.T("cases.gaps_part"), s.gate()})
	}
	parts = append(parts, block{"", s.chart()}, block{t.T("cases.risk_part"), s.risk()}, block{t.T("cases.facts_part"), s.facts(v)},
		block{t.T("cases.turns_part"), s.turns()})
	parts = append(parts, s.papers(v)...)
	return s.screen("overview", append(parts, s.addFile("case", s.Case.ID)...)...), nil
}

// card is how the child is reached safely, and who must not know.
func (s seen) card() templ.Component {
	t, c := s.q.T, s.child.Child.Card()
	if c == (registry.Card{}) && len(s.child.Unsafe) == 0 {
		return kit.Empty{Why: t.T("cases.no_card"), Do: t.T("cases.no_card_do"), Action: &kit.Action{Text: t.T("cases.child_file"), URL: s.childURL()}}
	}
	var list kit.SummaryList
	row := func(key, text string) {
		if text != "" {
			list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T(key), Text: text})
		}
	}
	row("cases.card_who", c.Who)
	row("cases.card_how", c.How)
	row("cases.card_hours", c.Hours)
	if c.Lang != "" && t.Has("choice.lang."+c.Lang) {
		row("cases.card_lang", t.T("choice.lang."+c.Lang))
	}
	not := []string{}
	if c.Not != "" {
		not = append(not, c.Not)
	}
	for _, k := range s.child.Kin {
		if k.Unsafe != nil {
			not = append(not, t.T("cases.unsafe", fault.Args{"Who": strings.TrimSpace(k.Family + " " + k.Given)}))
		}
	}
	row("cases.card_not", strings.Join(slices.Compact(not), "; "))
	return list
}

// gate is what is missing before the goals count as met.
func (s seen) gate() templ.Component {
	if len(s.Gaps) > 0 {
		return s.gapLines(s.Gaps)
	}
	e := kit.Empty{Why: s.q.T.T("cases.no_gaps")}
	if s.may[casework.MayEnd] && s.Next.Kind != casework.StepEnd {
		e.Action = &kit.Action{Text: s.q.T.T("cases.do_end"), URL: s.at("end")}
	}
	return e
}

// chart draws the last assessment against the first.
func (s seen) chart() templ.Component {
	t := s.q.T
	if len(s.Assessments) == 0 {
		e := s.empty("cases.no_assessment", "cases.no_assessment_do", "cases.no_assessment_ended")
		e.Action = s.assess()
		return blocks([]block{{t.T("cases.chart"), e}})
	}
	last := s.Assessments[len(s.Assessments)-1]
	now, was := last.Levels(), []int(nil)
	if len(s.Assessments) > 1 {
		was = s.Assessments[0].Levels()
	}
	c := kit.AssessmentChart{Title: t.T("cases.chart"), Least: t.T("cases.least"), Most: t.T("cases.most"), None: t.T("cases.not_assessed")}
	better := 0
	for i, d := range casework.Domains() {
		x := kit.Domain{Text: t.T("domain." + d), Now: now[i], Before: -1, Level: kit.Calm}
		if was != nil {
			x.Before = was[i]
			switch {
			case now[i] < was[i]:
				better++
				x.Change, x.Level = t.T("cases.better"), kit.Good
			case now[i] > was[i]:
				x.Change, x.Level = t.T("cases.worse"), kit.Wait
			default:
				x.Change = t.T("cases.same")
			}
		}
		c.Domains = append(c.Domains, x)
	}
	if was != nil {
		c.Summary = t.T("cases.chart_summary", fault.Args{"Better": better, "All": len(now), "First": date.Of(s.Assessments[0].At), "Last": date.Of(last.At)})
	} else {
		c.Summary = t.T("cases.chart_first", fault.Args{"Day": date.Of(last.At)})
	}
	if d := s.assess(); d != nil {
		return blocks([]block{{"", c}, {"", d}})
	}
	return c
}

// assess leads to a new assessment, for who may make one.
func (s seen) assess() *kit.Action {
	if d, ok := s.way(casework.LineAssessment, ""); ok && s.Case.State != casework.Ended {
		return &kit.Action{Text: s.q.T.T(d.key), URL: d.url}
	}
	return nil
}

// risk is the level with its reason, and a lowering that waits.
func (s seen) risk() templ.Component {
	t := s.q.T
	var list kit.SummaryList
	for i := len(s.Risks) - 1; i >= 0; i-- {
		r := s.Risks[i]
		if r.State == "in_force" {
			list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("risk." + string(r.Level)), Content: blocks([]block{
				{"", paragraph(r.Reason)}, {"", paragraph(s.signed(r.By, r.At))}})})
			break
		}
	}
	if r := s.lowering(); r != nil {
		row := kit.SummaryRow{Key: t.T("cases.risk_waits"), Content: blocks([]block{
			{"", paragraph(t.T("cases.risk_asked", fault.Args{"Level": t.T("risk." + string(r.Level))}))},
			{"", paragraph(r.Reason)}, {"", paragraph(s.signed(r.By, r.At))}})}
		if d, ok := s.way(casework.LineRiskTwo, r.ID); ok {
			row.Links = []kit.Link{{Text: t.T(d.key), URL: d.url}}
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

func (s seen) facts(v *act.View) templ.Component {
	t, c := s.q.T, s.Case
	var problems []string
	for _, p := range c.ProblemKeys() {
		problems = append(problems, t.T("problem."+p))
	}
	list := kit.SummaryList{Rows: []kit.SummaryRow{
		{Key: t.T("cases.problem"), Text: text.Capital(strings.Join(problems, ", "))},
		{Key: t.T("cases.col_opened"), Text: t.Date(date.Of(c.OpenedAt))},
	}}
	if c.Signal != "" && !s.Narrowed && v.May(signal.SeeOne) == nil {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.from_message"),
			Links: []kit.Link{{Text: t.T("cases.open_message"), URL: "/messages/" + c.Signal.String()}}})
	}
	if c.Repeat {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.repeat"), Text: t.T("cases.repeat_yes")})
	}
	if c.ReopenedFrom != "" {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.reopened_from"),
			Links: []kit.Link{{Text: t.T("cases.open_it"), URL: URL + "/" + c.ReopenedFrom.String()}}})
	}
	if !s.Seen.IsZero() && !s.Narrowed {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.last_seen"), Text: t.DateTime(s.Seen),
			Links: []kit.Link{{Text: t.T("choice.tab.contacts"), URL: s.at("contacts")}}})
	}
	if !s.ContactDue.IsZero() {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.contact_by"), Text: t.Long(s.ContactDue, s.q.Today())})
	}
	if s.Rhythm > 0 && s.may[casework.MayContact] {
		many, once := "cases.rhythm_by_risk", "cases.rhythm_by_risk_day"
		if casework.Daily(c) {
			many, once = "cases.rhythm_daily", "cases.rhythm_daily_day"
		}
		often := t.T(once)
		if s.Rhythm > 1 {
			often = t.N(many, s.Rhythm)
		}
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.rhythm"), Text: often})
	}
	return list
}

// turns is who walked with the child, the last first.
func (s seen) turns() templ.Component {
	t := s.q.T
	if len(s.Turns) == 0 {
		return kit.Empty{Why: t.T("cases.no_turns"), Do: t.T("cases.no_turns_do")}
	}
	var line kit.Timeline
	for i := len(s.Turns) - 1; i >= 0; i-- {
		g := s.Turns[i]
		from, level := g.ProposedAt, kit.Calm
		if g.ActiveAt != nil {
			from = *g.ActiveAt
		}
		when := t.Date(date.Of(from))
		if g.EndedAt != nil && g.ActiveAt != nil {
			when += " – " + t.Date(date.Of(*g.EndedAt))
		}
		switch g.State {
		case "active":
			level = kit.Good
		case "proposed":
			level = kit.Wait
		}
		e := kit.Event{Text: s.name(g.Person), When: when, Instant: from.Format(time.RFC3339), Level: level,
			Tag: &kit.Tag{Text: t.T("choice.turn." + g.Role + "_" + g.State), Level: level}}
		if g.Reason != "" && g.Reason != "replaced" && s.may[casework.MayContact] {
			e.Body = g.Reason
		}
		line.Events = append(line.Events, e)
	}
	return line
}

// signed says who wrote something and when.
func (s seen) signed(who id.ID, at time.Time) string {
	return strings.TrimPrefix(s.name(who)+" · "+s.q.T.DateTime(at), " · ")
}

func (s seen) ended() templ.Component {
	t, c := s.q.T, s.Case
	list := kit.SummaryList{Rows: []kit.SummaryRow{{Key: t.T("cases.end_kind"), Text: t.T("choice.end." + c.EndKind)},
		{Key: t.T("cases.end_reason"), Text: c.EndReason}}}
	if c.EndSafety != "" {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.end_safety"), Text: c.EndSafety})
	}
	if c.EndedAt != nil {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.ended_by"), Text: s.signed(c.EndedBy, *c.EndedAt)})
	}
	if c.LookedAt != nil {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.looked"), Content: blocks([]block{
			{"", paragraph(c.LookNote)}, {"", paragraph(s.signed(c.LookedBy, *c.LookedAt))}})})
	}
	return list
}

// checks are what is asked after the end.
func (s seen) checks() templ.Component {
	t := s.q.T
	table := kit.Table{Caption: t.T("cases.checks_part"), Quiet: true,
		Columns: []kit.Column{{Text: t.T("cases.check_due")}, {Text: t.T("cases.check_outcome")}, {Text: t.T("cases.check_source")}},
		Empty:   &kit.Empty{Why: t.T("cases.no_checks")}}
	for _, k := range s.Checks {
		row := []kit.Cell{{Text: t.Date(k.DueDay)}, {Tag: &kit.Tag{Text: t.T("cases.check_waits"), Level: kit.Calm}}, {}}
		if k.DoneAt != nil {
			level := kit.Good
			if k.Outcome == "worry" {
				level = kit.Danger
			}
			row[1] = kit.Cell{Tag: &kit.Tag{Text: t.T("choice.check." + k.Outcome), Level: level}, Sub: k.Note}
			row[2] = kit.Cell{Text: t.T("choice.check_source." + k.Source), Sub: s.signed(k.DoneBy, *k.DoneAt)}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}
