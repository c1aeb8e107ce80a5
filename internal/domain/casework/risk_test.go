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

func setRisk(c id.ID, in casework.RiskInput) verb {
	return func(ctx context.Context, a *act.Act) error { _, err := casework.SetRisk(ctx, a, c, in); return err }
}

func second(c, change id.ID, agree bool, reason string) verb {
	return func(ctx context.Context, a *act.Act) error {
		return casework.SecondRisk(ctx, a, c, change, agree, reason)
	}
}

// lower assesses by one person and asks to lower by another.
func lower(t *testing.T, w *trial.World, c casework.Case, assessor, asker string) id.ID {
	t.Helper()
	key := id.New()
	w.Must(assessor, assess(c, casework.AssessmentInput{Levels: levels(1)}))
	w.Must(asker, setRisk(c.ID, casework.RiskInput{ID: key, Level: casework.Low, Reason: "calm for weeks"}))
	return key
}

func TestSetRiskRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	up := casework.RiskInput{Level: casework.High, Reason: "hurt again"}
	strangers(t, w, c.ID, func(k id.ID) verb { return setRisk(k, up) })
	refuse(t, w, "curator2@lake", fault.Missing(), setRisk(c.ID, up))
	fields(t, w, "curator1@lake", "level", "fault.choice", setRisk(c.ID, casework.RiskInput{Level: "none", Reason: "x"}))
	fields(t, w, "curator1@lake", "level", "case.risk_same", setRisk(c.ID, casework.RiskInput{Level: casework.Medium, Reason: "x"}))
	fields(t, w, "curator1@lake", "reason", "fault.blank", setRisk(c.ID, casework.RiskInput{Level: casework.High}))
	fields(t, w, "curator1@lake", "reason", "fault.too_long", setRisk(c.ID, casework.RiskInput{Level: casework.High, Reason: long(2001)}))
	refuse(t, w, "curator1@lake", fault.Clash("fault.stale"), setRisk(c.ID, casework.RiskInput{Level: casework.High, Reason: "x", Version: 99}))
	refuse(t, w, "curator1@lake", fault.Clash("case.assessment_wanted"), setRisk(c.ID, casework.RiskInput{Level: casework.Low, Reason: "calm"}))
}

func TestRiskRisesAtOnceAndFallsByTwo(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	key := id.New()
	w.Must("curator1@lake", setRisk(c.ID, casework.RiskInput{ID: key, Level: casework.High, Reason: "hurt again"}))
	if r := now(t, w, c).Case.Risk; r != casework.High {
		t.Fatalf("risk %s", r)
	}
	refuse(t, w, "curator1@lake", fault.Clash("fault.sent_twice"), setRisk(c.ID, casework.RiskInput{ID: key, Level: casework.Acute, Reason: "x"}))
	w.Pass(time.Hour)
	change := lower(t, w, c, "curator1@lake", "secretary@lake")
	if r := now(t, w, c).Case.Risk; r != casework.High {
		t.Fatalf("a waiting lowering changes nothing, got %s", r)
	}
	refuse(t, w, "secretary@lake", fault.Clash("case.second_self"), second(c.ID, change, true, ""))
	refuse(t, w, "curator1@lake", fault.Deny("fault.denied"), second(c.ID, change, true, ""))
	refuse(t, w, "secretary@steppe", fault.Missing(), second(c.ID, change, true, ""))
	refuse(t, w, "chair@lake", fault.Missing(), second(c.ID, id.New(), true, ""))
	refuse(t, w, "chair@lake", fault.Missing(), second(open(t, w).ID, change, true, "")) // of another case
	fields(t, w, "chair@lake", "reason", "fault.blank", second(c.ID, change, false, ""))
	refuse(t, w, "curator1@lake", fault.Clash("case.risk_waits"), setRisk(c.ID, casework.RiskInput{Level: casework.Low, Reason: "x"}))
	w.Must("chair@lake", second(c.ID, change, false, "too early"))
	refuse(t, w, "secretary2@lake", fault.Clash("case.second_done"), second(c.ID, change, true, ""))
	change = lower(t, w, c, "curator1@lake", "curator1@lake")
	w.Must("secretary@lake", second(c.ID, change, true, ""))
	if r := now(t, w, c).Case.Risk; r != casework.Low {
		t.Fatalf("risk %s", r)
	}
	refuse(t, w, "curator1@lake", fault.New(fault.Invalid, ""), setRisk(c.ID, casework.RiskInput{Level: casework.Low, Reason: "x"}))
}

func TestRaisingOvertakesALowering(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	change := lower(t, w, c, "curator1@lake", "curator1@lake")
	w.Must("curator1@lake", setRisk(c.ID, casework.RiskInput{Level: casework.Acute, Reason: "gone since the evening"}))
	refuse(t, w, "secretary@lake", fault.Clash("case.second_done"), second(c.ID, change, true, ""))
}

// Practice rule 11: where suicide is feared, one person alone never lowers the
// risk within the norm's days, not even as assessor and second.
func TestRule11SuicideRiskIsNotLoweredByOne(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w, func(o *casework.Opening) { o.Problems = []string{"suicide_risk"}; o.Risk = casework.High })
	change := lower(t, w, c, "secretary@lake", "curator1@lake")
	refuse(t, w, "secretary@lake", fault.Clash("case.second_assessor"), second(c.ID, change, true, ""))
	w.Pass(time.Minute) // somebody else's later look does not hide whose the lowering stands on
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Note: "unchanged"}))
	refuse(t, w, "secretary@lake", fault.Clash("case.second_assessor"), second(c.ID, change, true, ""))
	w.Must("chair@lake", second(c.ID, change, true, ""))
	if due := now(t, w, c).ContactDue; due != today(w).AddDays(1) {
		t.Errorf("the rhythm stays daily, next %s", due)
	}
}

// Practice rule 26: lowering risk needs a new assessment and a second person;
// within the norm's days of an overdue line it is marked.
func TestRule26LoweringWithinDaysOfAnOverdueLineIsMarked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before func(t *testing.T, w *trial.World, c casework.Case)
		want   bool
	}{
		"nothing overdue":        {func(*testing.T, *trial.World, casework.Case) {}, false},
		"the contact was missed": {func(_ *testing.T, w *trial.World, _ casework.Case) { w.Pass(16 * day) }, true},
		"it was made up for lately": {func(_ *testing.T, w *trial.World, c casework.Case) {
			w.Pass(16 * day)
			w.Must("curator1@lake", meet(w, c, "alone"))
		}, true},
		"the rhythm was kept": {func(_ *testing.T, w *trial.World, c casework.Case) {
			w.Pass(10 * day)
			w.Must("curator1@lake", meet(w, c, "alone"))
		}, false},
		"an attempt is not a contact": {func(_ *testing.T, w *trial.World, c casework.Case) {
			w.Pass(16 * day)
			w.Must("curator1@lake", meet(w, c, "not_seen"))
		}, true},
		"made up for long ago": {func(_ *testing.T, w *trial.World, c casework.Case) {
			w.Pass(16 * day)
			w.Must("curator1@lake", meet(w, c, "alone"))
			w.Pass(10 * day)
			w.Must("curator1@lake", meet(w, c, "alone"))
			w.Pass(8 * day)
		}, false},
		"a measure is overdue": {func(_ *testing.T, w *trial.World, c casework.Case) {
			w.Must("curator1@lake", order(c, ordering(w, exempt(casework.Urgent), func(in *casework.MeasureInput) { in.Due = today(w).AddDays(2) })))
			w.Pass(5 * day)
		}, true},
		"a result is overdue": {func(_ *testing.T, w *trial.World, c casework.Case) {
			in := ordering(w, exempt(casework.Urgent))
			w.Must("curator1@lake", order(c, in))
			w.Must("curator1@lake", deliver(in.ID, casework.Full))
			for range 2 {
				w.Pass(8 * day)
				w.Must("curator1@lake", meet(w, c, "alone"))
			}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			c := walked(t, w)
			tc.before(t, w, c)
			lower(t, w, c, "curator1@lake", "curator1@lake")
			risks := now(t, w, c).Risks
			if got := risks[len(risks)-1]; got.Marked != tc.want || got.State != "second_wanted" {
				t.Errorf("got %+v", got)
			}
		})
	}
}
