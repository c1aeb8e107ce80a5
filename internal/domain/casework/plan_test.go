package casework_test

import (
	"context"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func TestAssessRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	full := casework.AssessmentInput{Levels: levels(1)}
	strangers(t, w, c.ID, func(k id.ID) verb { return assess(casework.Case{ID: k}, full) })
	refuse(t, w, "curator2@lake", fault.Missing(), assess(c, full))
	fields(t, w, "curator1@lake", "family", "fault.choose_one", assess(c, casework.AssessmentInput{Levels: map[string]int{"safety": 1}}))
	for _, n := range []int{-1, 4} {
		fields(t, w, "curator1@lake", "peers", "fault.choice", assess(c, casework.AssessmentInput{Levels: levels(n)}))
	}
	fields(t, w, "curator1@lake", "note", "fault.too_long", assess(c, casework.AssessmentInput{Levels: levels(1), Note: long(4001)}))
	refuse(t, w, "curator1@lake", fault.Clash("fault.stale"), assess(c, casework.AssessmentInput{Levels: levels(1), Version: 77}))
}

func TestARepeatAsksOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(2)}))
	w.Pass(time.Hour)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: map[string]int{"family": 0}}))
	o := now(t, w, c)
	if o.Case.State != casework.Assessed || len(o.Assessments) != 2 {
		t.Fatalf("state %s, %d assessments", o.Case.State, len(o.Assessments))
	}
	for i, l := range o.Assessments[1].Levels() {
		want := 2
		if casework.Domains()[i] == "family" {
			want = 0
		}
		if l != want {
			t.Errorf("%s: %d", casework.Domains()[i], l)
		}
	}
}

func TestWritePlanRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	refuse(t, w, "curator1@lake", fault.Clash("case.assess_first"), plan(w, c))
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	strangers(t, w, c.ID, func(k id.ID) verb { return plan(w, casework.Case{ID: k}) })
	for name, tc := range map[string]struct {
		field, key string
		change     func(*casework.PlanInput)
	}{
		"no goal":     {"goals", "fault.blank", func(p *casework.PlanInput) { p.Goals = []string{" "} }},
		"a long goal": {"goals", "fault.too_long", func(p *casework.PlanInput) { p.Goals = []string{long(501)} }},
		"too many goals": {"goals", "case.too_many_goals", func(p *casework.PlanInput) {
			p.Goals = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}
		}},
		"a long view":     {"child_view", "fault.too_long", func(p *casework.PlanInput) { p.ChildView = long(4001) }},
		"no review":       {"review", "fault.blank", func(p *casework.PlanInput) { p.Review = noDay }},
		"review today":    {"review", "case.day_past", func(p *casework.PlanInput) { p.Review = today(w) }},
		"review too late": {"review", "case.day_far", func(p *casework.PlanInput) { p.Review = today(w).AddMonths(12).AddDays(1) }},
	} {
		t.Run(name, func(t *testing.T) { fields(t, w, "curator1@lake", tc.field, tc.key, plan(w, c, tc.change)) })
	}
	w.Must("curator1@lake", plan(w, c))
	refuse(t, w, "curator1@lake", fault.Clash("fault.stale"), plan(w, c)) // two wrote the first plan
	w.Must("curator1@lake", plan(w, c, func(p *casework.PlanInput) { p.Version = 1; p.Goals = []string{"goes to school"} }))
	o := now(t, w, c)
	if o.Case.State != casework.Planned || o.Plan.Version != 2 || len(o.Plan.GoalLines()) != 1 {
		t.Errorf("got %s %+v", o.Case.State, o.Plan)
	}
}

// Practice rule 12: the child's view, or why the child was not asked, before
// anything is planned.
func TestRule12ChildsViewOrWhyNot(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	view := func(said, absent string) verb {
		return plan(w, c, func(p *casework.PlanInput) { p.ChildView, p.ViewAbsent = said, absent })
	}
	fields(t, w, "curator1@lake", "child_view", "case.view_wanted", view("", " "))
	w.Must("curator1@lake", view("", "a newborn"))
	if p := now(t, w, c).Plan; p.ViewAbsent != "a newborn" {
		t.Errorf("got %+v", p)
	}
}

func aim(indicator string, from, to float64) func(*casework.MeasureInput) {
	return func(m *casework.MeasureInput) {
		m.Indicator, m.Baseline, m.Target = indicator, number(from), number(to)
	}
}

func TestOrderRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	refuse(t, w, "curator1@lake", fault.Clash("case.assess_first"), order(c, ordering(w)))
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	refuse(t, w, "curator1@lake", fault.Clash("case.plan_first"), order(c, ordering(w)))
	w.Must("curator1@lake", plan(w, c))
	strangers(t, w, c.ID, func(k id.ID) verb { return order(casework.Case{ID: k}, ordering(w)) })
	refuse(t, w, "executor@lake", fault.Deny("fault.denied"), order(c, ordering(w)))
	for name, tc := range map[string]struct {
		field, key string
		change     func(*casework.MeasureInput)
	}{
		"a kind of no catalogue": {"kind", "fault.choice", func(m *casework.MeasureInput) { m.Kind = "prison" }},
		"no catalogue":           {"kind", "fault.choice", func(m *casework.MeasureInput) { m.Catalogue = casework.Catalogue{} }},
		"an unknown subject":     {"subject", "fault.choice", func(m *casework.MeasureInput) { m.Subject = "dog" }},
		"no executor":            {"executor", "case.executor_wanted", func(m *casework.MeasureInput) { m.Executor = "" }},
		"an unknown executor":    {"executor", "case.executor_elsewhere", func(m *casework.MeasureInput) { m.Executor = id.New() }},
		"one of another place":   {"executor", "case.executor_elsewhere", func(m *casework.MeasureInput) { m.Executor = trial.Person("executor@river") }},
		"one of another body":    {"executor", "case.executor_other_body", func(m *casework.MeasureInput) { m.Body = trial.Agency("police@lake") }},
		"a body elsewhere":       {"executor", "case.body_elsewhere", func(m *casework.MeasureInput) { m.Executor, m.Body = "", trial.Agency("school@steppe") }},
		"an unknown body":        {"body", "fault.id", func(m *casework.MeasureInput) { m.Executor, m.Body = "", id.New() }},
		"an unknown exemption":   {"exempt", "fault.choice", func(m *casework.MeasureInput) { m.Exempt = "always" }},
		"no start":               {"from", "fault.blank", func(m *casework.MeasureInput) { m.From = noDay }},
		"before the opening":     {"from", "case.before_opening", func(m *casework.MeasureInput) { m.From = today(w).AddDays(-1) }},
		"no end":                 {"due", "fault.blank", func(m *casework.MeasureInput) { m.Due = noDay }},
		"the end first":          {"due", "case.due_before_start", func(m *casework.MeasureInput) { m.From, m.Due = today(w).AddDays(5), today(w).AddDays(4) }},
		"years":                  {"due", "case.day_far", func(m *casework.MeasureInput) { m.Due = today(w).AddMonths(25) }},
		"no indicator":           {"indicator", "fault.choice", func(m *casework.MeasureInput) { m.Indicator = "" }},
		"no baseline":            {"baseline", "fault.blank", func(m *casework.MeasureInput) { m.Baseline = nil }},
		"no target":              {"target", "fault.blank", func(m *casework.MeasureInput) { m.Target = nil }},
		"target is baseline":     {"target", "case.target_is_baseline", func(m *casework.MeasureInput) { m.Target = number(40) }},
		"the worse way up":       {"target", "case.target_down", aim("conflicts_month", 1, 5)},
		"the worse way down":     {"target", "case.target_up", aim("attendance_percent", 90, 40)},
		"a baseline below":       {"baseline", "case.value_range", aim("attendance_percent", -5, 40)},
		"and no target":          {"baseline", "case.value_range", func(m *casework.MeasureInput) { aim("attendance_percent", -5, 40)(m); m.Target = nil }},
		"a target above":         {"target", "case.value_range", aim("attendance_percent", 5, 999999999)},
		"a part of a score":      {"target", "case.value_range_whole", aim("mood_score", 5, 6.5)},
		"no check day":           {"check", "fault.blank", func(m *casework.MeasureInput) { m.Check = noDay }},
		"check on the first day": {"check", "case.check_outside", func(m *casework.MeasureInput) { m.Check = m.From }},
		"check long after":       {"check", "case.check_outside", func(m *casework.MeasureInput) { m.Check = m.Due.AddDays(15) }},
		"a long dose":            {"dose", "fault.too_long", func(m *casework.MeasureInput) { m.Dose = long(201) }},
		"a negative cost":        {"cost", "case.cost_negative", func(m *casework.MeasureInput) { n := -1; m.Cost = &n }},
	} {
		t.Run(name, func(t *testing.T) { fields(t, w, "curator1@lake", tc.field, tc.key, order(c, ordering(w, tc.change))) })
	}
	in := ordering(w)
	w.Must("curator1@lake", order(c, in))
	refuse(t, w, "curator1@lake", fault.Clash("fault.sent_twice"), order(c, in))
	for _, open := range []func(*casework.MeasureInput){aim("sleep_hours", 4, 8), aim("sleep_hours", 15.5, 9)} { // either way
		w.Must("curator1@lake", order(c, ordering(w, open)))
	}
}

func TestAMeasureIsEntrustedWithoutTheChildsFile(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	in := ordering(w, exempt(casework.Urgent))
	w.Must("curator1@lake", order(c, in)) // urgent: from opened on
	if o := now(t, w, c); o.Case.State != casework.Opened || o.Measures[0].Body != trial.Agency("school@lake") {
		t.Errorf("state %s, body %s", o.Case.State, o.Measures[0].Body)
	}
	sees := func(who string) bool {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := casework.GetMeasure(ctx, v, in.ID); return err }) == nil
	}
	if !sees("executor@lake") || !sees("head@lake") || !sees("curator1@lake") || sees("curator2@lake") || sees("executor@steppe") {
		t.Error("the measure is for its executor, the body's head and the case's people")
	}
	for _, who := range []string{"executor@lake", "head@lake"} {
		err := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, c.ID); return err })
		if err == nil {
			t.Errorf("%s sees the case", who)
		}
		err = w.Show(who, func(ctx context.Context, v *act.View) error {
			ms, err := casework.Tasks(ctx, v)
			if len(ms) != 1 {
				t.Errorf("%s: %d tasks", who, len(ms))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Practice rule 14: consent or a lawful ground on every measure; a refusal is
// a lawful end after a safety check, never the curator's failure.
func TestRule14ConsentOrLawfulGround(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	ground := func(g, note string) verb {
		return order(c, ordering(w, exempt(casework.Urgent), func(m *casework.MeasureInput) { m.Ground, m.GroundNote = g, note }))
	}
	fields(t, w, "curator1@lake", "ground", "case.ground_wanted", ground("", "asked"))
	fields(t, w, "curator1@lake", "ground", "case.ground_wanted", ground("custom", "asked"))
	fields(t, w, "curator1@lake", "ground_note", "fault.blank", ground("consent", ""))
	for _, g := range casework.Grounds() {
		w.Must("curator1@lake", ground(g, "as the paper says"))
	}
	m := ordering(w, exempt(casework.Urgent))
	w.Must("curator1@lake", order(c, m))
	w.Must("curator1@lake", deliver(m.ID, casework.Not)) // the family refused
	fields(t, w, "curator1@lake", "safety", "fault.blank", ending(c, casework.Refusal, func(e *casework.Ending) { e.Safety = "" }))
	w.Must("curator1@lake", ending(c, casework.Refusal, func(e *casework.Ending) { e.Safety = "visited, the child is safe with the grandmother" }))
	o := now(t, w, c)
	if o.Case.EndKind != casework.Refusal || len(o.Checks) != 3 {
		t.Errorf("got %s, %d checks", o.Case.EndKind, len(o.Checks))
	}
	for _, m := range o.Measures {
		if m.State != casework.Interrupted && m.State != casework.NotDelivered {
			t.Errorf("a measure is %s", m.State)
		}
	}
}
