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

func dayOf(t *testing.T, w *trial.World, who string) []casework.Line {
	t.Helper()
	var all []casework.Line
	err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		all, err = casework.Lines(ctx, v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// lineOf is the first line of a kind in a person's day, or none.
func lineOf(t *testing.T, w *trial.World, who, kind string) casework.Line {
	t.Helper()
	for _, l := range dayOf(t, w, who) {
		if l.Kind == kind {
			return l
		}
	}
	return casework.Line{}
}

func kinds(all []casework.Line) []string {
	var out []string
	for _, l := range all {
		out = append(out, l.Kind)
	}
	return out
}

func TestLinesFollowTheCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, withCurator("curator1@lake"))
	has := func(who, kind string, want bool) {
		t.Helper()
		if got := lineOf(t, w, who, kind).Kind == kind; got != want {
			t.Fatalf("%s on %s: %s is %v, has %v", who, today(w), kind, got, kinds(dayOf(t, w, who)))
		}
	}
	has("curator1@lake", casework.LineOffer, true)
	has("curator2@lake", casework.LineOffer, false)
	accept(t, w, "curator1@lake", c)
	has("curator1@lake", casework.LineOffer, false)
	has("curator1@lake", casework.LineAssessment, false)
	w.Pass(8 * day)
	has("curator1@lake", casework.LineAssessment, true)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	has("curator1@lake", casework.LineAssessment, false)
	w.Pass(10 * day)
	has("curator1@lake", casework.LinePlan, true)
	has("curator1@lake", casework.LineContact, true)
	w.Must("curator1@lake", meet(w, c, "alone"))
	has("curator1@lake", casework.LineContact, false)
	w.Must("curator1@lake", plan(w, c))
	in := ordering(w, func(m *casework.MeasureInput) { m.Due, m.Check = today(w).AddDays(2), today(w).AddDays(3) })
	w.Must("curator1@lake", order(c, in))
	has("curator1@lake", casework.LineDelivery, true)
	has("executor@lake", casework.LineDelivery, true)
	has("curator1@lake", casework.LineReading, true)
	if l := lineOf(t, w, "executor@lake", casework.LineDelivery); l.Child != "" || l.No != "" || l.On != in.ID {
		t.Errorf("an executor sees the measure alone: %+v", l)
	}
	w.Pass(2 * day)
	w.Must("executor@lake", deliver(in.ID, casework.Full))
	w.Must("executor@lake", read(w, c, 80, in.ID))
	has("executor@lake", casework.LineDelivery, false)
	has("curator1@lake", casework.LineReading, false)
	has("curator1@lake", casework.LineResult, false)
	w.Pass(12 * day)
	has("curator1@lake", casework.LineResult, true)
	unsure := casework.ResultInput{Outcome: "cannot_tell", Reason: "nobody knows"}
	w.Must("secretary@lake", judge(in.ID, unsure))
	has("curator1@lake", casework.LineResult, false)
	has("secretary@lake", casework.LineResultTwo, false) // never the one who asked
	has("secretary2@lake", casework.LineResultTwo, true)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Note: "as before"}))
	w.Must("curator1@lake", setRisk(c.ID, casework.RiskInput{Level: casework.Low, Reason: "calm"}))
	has("chair@lake", casework.LineRiskTwo, true)
	has("chair@steppe", casework.LineRiskTwo, false)
	w.Set(now(t, w, c).Plan.ReviewDay.Start())
	has("curator1@lake", casework.LineReview, true)
	has("curator2@lake", casework.LineReview, false)
}

func TestADayIsDangerFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for range 12 {
		walked(t, w)
	}
	acute := walked(t, w, func(o *casework.Opening) { o.Risk = casework.Acute })
	w.Pass(13 * day)
	d := dayOf(t, w, "curator1@lake")
	if len(d) < 13 {
		t.Fatalf("%d lines", len(d))
	}
	if l := d[0]; l.Rank != casework.Danger || l.Case != acute.ID || !l.Late {
		t.Errorf("first %+v", l)
	}
	if d := dayOf(t, w, "analyst"); len(d) != 0 {
		t.Errorf("an analyst has %v", kinds(d))
	}
}

func TestTheSecretaryHoldsWhatNobodyWalksWith(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, func(o *casework.Opening) { o.Risk = casework.Acute })
	w.Pass(3 * day)
	if l := lineOf(t, w, "secretary@lake", casework.LineContact); l.Case != c.ID || l.Rank != casework.Danger {
		t.Errorf("got %+v", l)
	}
	if next := now(t, w, c).Next; next.Rank != casework.Danger {
		t.Errorf("next is %+v", next)
	}
}

func TestOverviewNamesTheNextStep(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w)
	step := func(want string) {
		t.Helper()
		if got := now(t, w, c).Next.Kind; got != want {
			t.Fatalf("next is %s, want %s", got, want)
		}
	}
	step(casework.StepCurator)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator1@lake")})
		return err
	})
	step(casework.StepAnswer)
	w.Pass(time.Hour)
	accept(t, w, "curator1@lake", c)
	step(casework.LineAssessment)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	step(casework.LineContact) // within a fortnight, before the plan
	w.Must("curator1@lake", meet(w, c, "alone"))
	step(casework.LinePlan)
	w.Must("curator1@lake", plan(w, c))
	step(casework.StepMeasure)
	in := ordering(w, func(m *casework.MeasureInput) { m.Due = today(w).AddDays(5); m.Check = today(w).AddDays(6) })
	w.Must("curator1@lake", order(c, in))
	step(casework.LineDelivery)
	w.Must("executor@lake", deliver(in.ID, casework.Full))
	w.Must("curator1@lake", judge(in.ID, casework.ResultInput{Outcome: "helped", Reason: "the teacher says so"}))
	step(casework.StepEnd)
	whole := func(who string, k id.ID) error {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := casework.Overview(ctx, v, k); return err })
	}
	for who, want := range map[string]error{"analyst": fault.Deny("fault.denied"), "secretary@steppe": fault.Missing(),
		"curator2@lake": fault.Missing(), "executor@lake": fault.Deny("fault.denied"), "regional@north": fault.Missing()} {
		if err := whole(who, c.ID); err == nil || err.Error() != want.Error() {
			t.Errorf("%s: %v", who, err)
		}
	}
	if err := whole("secretary@lake", id.New()); err == nil {
		t.Error("an unknown case is shown")
	}
}
