package casework_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// The steps of a case, as tests take them.

const day = 24 * time.Hour

var invalid = fault.New(fault.Invalid, "")

var catalogue = casework.Catalogue{
	Kind: func(k string) bool { return slices.Contains([]string{"mentoring", "safe_place", "material_aid"}, k) },
	Indicator: func(k string) (casework.Scale, bool) {
		s, ok := map[string]casework.Scale{"attendance_percent": {Max: 100, Better: 1}, "mood_score": {Max: 10, Whole: true, Better: 1},
			"conflicts_month": {Max: 100, Whole: true, Better: -1}, "sleep_hours": {Max: 24}}[k]
		return s, ok
	},
}

type verb = func(context.Context, *act.Act) error

// refuse expects a fault.
func refuse(t *testing.T, w *trial.World, who string, want error, fn verb) {
	t.Helper()
	if err := w.Do(who, fn); !errors.Is(err, want) {
		t.Fatalf("%s: got %v, want %v", who, err, want)
	}
}

// fields expects an Invalid fault that names a field with a key.
func fields(t *testing.T, w *trial.World, who, field, key string, fn verb) {
	t.Helper()
	if err := w.Do(who, fn); !fault.Has(err, field, key) {
		t.Fatalf("%s: got %v, want [%s: %s]", who, err, field, key)
	}
}

// strangers expects that the usual people are refused: one without the action,
// one of another district, and anybody for an unknown id.
func strangers(t *testing.T, w *trial.World, c id.ID, fn func(id.ID) verb) {
	t.Helper()
	refuse(t, w, "analyst", fault.Deny("fault.denied"), fn(c))
	refuse(t, w, "secretary@steppe", fault.Missing(), fn(c))
	refuse(t, w, "secretary@lake", fault.Missing(), fn(id.New()))
}

func today(w *trial.World) date.Date { return date.Of(w.Now()) }

func number(x float64) *float64 { return &x }

func long(n int) string {
	b := make([]rune, n)
	for i := range b {
		b[i] = 'q'
	}
	return string(b)
}

// walked opens a case that curator1@lake accepted.
func walked(t *testing.T, w *trial.World, change ...func(*casework.Opening)) casework.Case {
	t.Helper()
	c := open(t, w, append(change, withCurator("curator1@lake"))...)
	w.Pass(time.Hour)
	accept(t, w, "curator1@lake", c)
	w.Pass(time.Hour)
	return c
}

func levels(n int) map[string]int {
	out := map[string]int{}
	for _, d := range casework.Domains() {
		out[d] = n
	}
	return out
}

func assess(c casework.Case, in casework.AssessmentInput) verb {
	return func(ctx context.Context, a *act.Act) error { _, err := casework.Assess(ctx, a, c.ID, in); return err }
}

func plan(w *trial.World, c casework.Case, change ...func(*casework.PlanInput)) verb {
	in := casework.PlanInput{Goals: []string{"goes to school each day", " ", "sleeps at home"}, ChildView: "I want to play football", Review: today(w).AddMonths(3)}
	for _, f := range change {
		f(&in)
	}
	return func(ctx context.Context, a *act.Act) error {
		_, err := casework.WritePlan(ctx, a, c.ID, in)
		return err
	}
}

func ordering(w *trial.World, change ...func(*casework.MeasureInput)) casework.MeasureInput {
	in := casework.MeasureInput{ID: id.New(), Kind: "mentoring", Subject: "child", Executor: trial.Person("executor@lake"),
		Ground: "consent", GroundNote: "the mother, in writing", Indicator: "attendance_percent", Baseline: number(40), Target: number(90),
		From: today(w), Due: today(w).AddDays(30), Check: today(w).AddDays(30), Catalogue: catalogue}
	for _, f := range change {
		f(&in)
	}
	return in
}

func order(c casework.Case, in casework.MeasureInput) verb {
	return func(ctx context.Context, a *act.Act) error { _, err := casework.Order(ctx, a, c.ID, in); return err }
}

func exempt(kind string) func(*casework.MeasureInput) {
	return func(in *casework.MeasureInput) { in.Exempt, in.Kind = kind, "safe_place" }
}

func deliver(m id.ID, how string) verb {
	return func(ctx context.Context, a *act.Act) error {
		in := casework.DeliveryInput{How: how, Note: "as agreed"}
		if how == casework.Not {
			in.Reason = "refused"
		}
		return casework.Deliver(ctx, a, m, in)
	}
}

func read(w *trial.World, c casework.Case, value float64, measures ...id.ID) verb {
	return func(ctx context.Context, a *act.Act) error {
		_, err := casework.TakeReading(ctx, a, c.ID, casework.ReadingInput{Measures: measures, Indicator: "attendance_percent",
			Value: value, Day: today(w), Source: "school", Catalogue: catalogue})
		return err
	}
}

func judge(m id.ID, in casework.ResultInput) verb {
	return func(ctx context.Context, a *act.Act) error { _, err := casework.GiveResult(ctx, a, m, in); return err }
}

func meet(w *trial.World, c casework.Case, seen string) verb {
	return func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{Kind: "visit", Seen: seen, Happened: w.Now(), Note: "knocked and waited"})
		return err
	}
}

func ending(c casework.Case, kind string, change ...func(*casework.Ending)) verb {
	e := casework.Ending{Kind: kind, Reason: "written in the file, No 12 of 3 March", Safety: "seen at school, calm", Born: born}
	for _, f := range change {
		f(&e)
	}
	return func(ctx context.Context, a *act.Act) error { return casework.End(ctx, a, c.ID, e) }
}

// running has a curator, an assessment, a plan and one delivered measure with
// an expected result.
func running(t *testing.T, w *trial.World, change ...func(*casework.Opening)) (casework.Case, id.ID) {
	t.Helper()
	c := walked(t, w, change...)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	w.Must("curator1@lake", plan(w, c))
	in := ordering(w)
	w.Must("curator1@lake", order(c, in))
	w.Pass(day)
	w.Must("executor@lake", deliver(in.ID, casework.Full))
	return c, in.ID
}

func now(t *testing.T, w *trial.World, c casework.Case) casework.Whole {
	t.Helper()
	var out casework.Whole
	err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		var err error
		out, err = casework.Overview(ctx, v, c.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func keys(gaps []casework.Gap) []string {
	var out []string
	for _, g := range gaps {
		out = append(out, g.Key)
	}
	slices.Sort(out)
	return out
}

var noDay date.Date

// A repeat says at least that somebody looked.
func TestARepeatedAssessmentSaysSomething(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, func(o *casework.Opening) { o.Curator = trial.Person("curator1@lake") })
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	levels := map[string]int{}
	for _, d := range casework.Domains() {
		levels[d] = 1
	}
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels}))
	w.Pass(time.Hour)
	if err := w.Do("curator1@lake", assess(c, casework.AssessmentInput{Note: " "})); !fault.Has(err, "note", "case.assess_nothing") {
		t.Errorf("nothing said: %v", err)
	}
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Note: "looked at home, unchanged"}))
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: map[string]int{"safety": 2}}))
}
