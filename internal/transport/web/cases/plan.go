package cases

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// planPage shows what is to change for the child and what is done for it.
func planPage(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	s, err := look(ctx, v, q)
	if err == nil && s.Narrowed {
		err = fault.Missing()
	}
	if err != nil {
		return kit.Screen{}, err
	}
	return s.screen("plan", block{q.T.T("cases.plan_part"), s.planned()}, block{q.T.T("cases.measures_part"), s.measures()}), nil
}

func (s seen) planned() templ.Component {
	t := s.q.T
	if s.Plan == nil {
		e := s.empty("cases.no_plan", "cases.no_plan_do", "cases.no_plan_ended")
		if s.Case.State == casework.Opened {
			e.Do = t.T("cases.no_plan_assess")
		}
		return e
	}
	p := s.Plan
	view := kit.SummaryRow{Key: t.T("cases.child_view"), Text: p.ChildView}
	if strings.TrimSpace(p.ChildView) == "" {
		view = kit.SummaryRow{Key: t.T("cases.view_absent"), Text: p.ViewAbsent}
	}
	list := kit.SummaryList{Rows: []kit.SummaryRow{
		{Key: t.T("cases.goals"), Content: listed(p.GoalLines())}, view,
		{Key: t.T("cases.review"), Text: t.Long(p.ReviewDay, s.q.Today())},
		{Key: t.T("cases.written"), Text: s.signed(p.By, p.At)}}}
	if s.may[casework.MayPlan] && s.Case.State != casework.Ended {
		list.Rows[0].Links = []kit.Link{{Text: t.T("cases.change"), URL: s.at("plan", "edit")}}
	}
	return list
}

func (s seen) measures() templ.Component {
	t := s.q.T
	table := kit.Table{Caption: t.T("cases.measures_part"), Quiet: true, Columns: []kit.Column{{Text: t.T("cases.measure")},
		{Text: t.T("cases.executor")}, {Text: t.T("cases.due")}, {Text: t.T("cases.state")}, {Text: t.T("cases.expected")}, {Text: t.T("cases.result")}},
		Empty: s.unmeasured()}
	for i := len(s.Measures) - 1; i >= 0; i-- {
		m := s.Measures[i]
		row := []kit.Cell{
			{Text: t.T("measure_kind." + m.Kind), URL: MeasuresURL + "/" + m.ID.String(), Sub: t.T("choice.subject." + m.Subject)},
			{Text: executorName(s.name(m.Executor), s.bodies[m.Body])}, {Text: t.Date(m.DueDay)}, {Tag: measureTag(t, m, s.q.Today())},
			{Text: expected(t, m.Measure)}, {}}
		if m.Result != nil {
			row[5] = kit.Cell{Tag: outcomeTag(t, *m.Result)}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// unmeasured says that there are no measures, and what comes before one.
func (s seen) unmeasured() *kit.Empty {
	e := s.empty("cases.no_measures", "cases.no_measures_do", "cases.no_measures_ended")
	switch {
	case s.Case.State == casework.Ended || s.Case.State == casework.Opened:
	case s.Plan == nil:
		e.Do = s.q.T.T("cases.no_measures_plan")
	default:
		e.Do = s.q.T.T("cases.no_measures_now")
	}
	return &e
}

// empty says that there is nothing of a part and what to do; of a case that
// ended there is nothing more to do.
func (s seen) empty(why, do, ended string) kit.Empty {
	if s.Case.State == casework.Ended {
		return kit.Empty{Why: s.q.T.T(ended)}
	}
	return kit.Empty{Why: s.q.T.T(why), Do: s.q.T.T(do)}
}

func executorName(person, body string) string {
	switch {
	case person == "":
		return body
	case body == "":
		return person
	}
	return person + ", " + body
}

// measureTag is how far a measure is.
func measureTag(t *text.Printer, m casework.MeasureView, today date.Date) *kit.Tag {
	tag := kit.Tag{Text: t.T("choice.measure." + m.State), Level: kit.Calm}
	switch {
	case m.State == casework.Ordered && m.DueDay.Before(today):
		tag.Level = kit.Wait
	case m.State == casework.Delivered:
		tag.Level = kit.Wait
	case m.State == casework.Judged:
		tag.Level = kit.Good
	}
	if m.State == casework.Delivered && m.Result == nil {
		tag.Text = t.T("cases.result_wanted")
	}
	return &tag
}

// outcomeTag is the answer to "did it help?".
func outcomeTag(t *text.Printer, r casework.Result) *kit.Tag {
	tag := kit.Tag{Text: t.T("choice.outcome." + r.Outcome), Level: kit.Calm}
	switch {
	case r.State == "second_wanted":
		tag.Text, tag.Level = t.T("cases.second_wanted"), kit.Wait
	case r.Outcome == "helped":
		tag.Level = kit.Good
	case r.Outcome == "harmed":
		tag.Level = kit.Danger
	}
	return &tag
}

// expected is what a measure is to move: "lessons missed: 12 → 3 by 24.11.2026".
func expected(t *text.Printer, m casework.Measure) string {
	if m.Exempt != "" {
		return t.T("choice.exempt." + m.Exempt)
	}
	if m.Baseline == nil || m.Target == nil {
		return ""
	}
	return t.T("cases.expects", fault.Args{"Indicator": t.T("indicator." + m.Indicator), "From": decimal(t, *m.Baseline),
		"To": decimal(t, *m.Target), "Day": m.CheckDay})
}

// decimal is a value as people of the language write it.
func decimal(t *text.Printer, x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if t.Lang() != text.EN {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}
