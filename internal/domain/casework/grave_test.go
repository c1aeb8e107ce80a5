package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// A form of assessment that shows another assessment than the last writes
// nothing, for what it calls changed was compared with what no longer stands.
func TestAssessmentStandsOnTheOneItWasDrawnFrom(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	one := id.New()
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{ID: one, First: true, Levels: levels(2)}))
	w.Pass(time.Hour)
	stale := fault.Clash("fault.stale")
	refuse(t, w, "curator1@lake", stale, assess(c, casework.AssessmentInput{First: true, Levels: levels(1)}))
	refuse(t, w, "curator1@lake", stale, assess(c, casework.AssessmentInput{Upon: id.New(), Levels: map[string]int{"safety": 1}}))
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Upon: one, Levels: map[string]int{"safety": 1}}))
	refuse(t, w, "secretary@lake", stale, assess(c, casework.AssessmentInput{Upon: one, Levels: map[string]int{"family": 0}}))
	if n := len(now(t, w, c).Assessments); n != 2 {
		t.Errorf("%d assessments", n)
	}
}

// Who ends the case of a child at grave risk, or one that nobody saw, says how
// the child's safety was checked, whatever the lawful kind; an end by court
// names its act.
func TestALawfulEndSaysHowTheChildsSafetyWasChecked(t *testing.T) {
	t.Parallel()
	silent := func(e *casework.Ending) { e.Safety = " " }
	for name, tc := range map[string]struct {
		risk   casework.Risk
		about  string
		seen   bool
		asked  bool
		danger bool
	}{
		"calm and seen":   {casework.Medium, "neglect", true, false, false},
		"calm, never met": {casework.Medium, "neglect", false, true, false},
		"high":            {casework.High, "neglect", true, true, true},
		"acute":           {casework.Acute, "neglect", true, true, true},
		"suicide feared":  {casework.Low, "suicide_risk", true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			c := walked(t, w, func(o *casework.Opening) { o.Risk, o.Problems = tc.risk, []string{tc.about} })
			if tc.seen {
				w.Must("curator1@lake", meet(w, c, "alone"))
			}
			if got := now(t, w, c).AsksSafety(); got != tc.asked {
				t.Errorf("the form asks: %v", got)
			}
			for _, kind := range []string{casework.ByCourt, casework.MovedAbroad, casework.Turned18} {
				err := w.Do("curator1@lake", ending(c, kind, silent, func(e *casework.Ending) { e.Reason = "" }))
				if fault.Has(err, "safety", "fault.blank") != tc.asked {
					t.Errorf("%s: %v", kind, err)
				}
			}
			for _, kind := range []string{casework.Died, casework.WrongChild} {
				err := w.Do("secretary@lake", ending(c, kind, silent, func(e *casework.Ending) { e.Reason = "" }))
				if !fault.Has(err, "reason", "fault.blank") || fault.Has(err, "safety", "fault.blank") {
					t.Errorf("%s: %v", kind, err)
				}
			}
			fields(t, w, "curator1@lake", "reason", "case.court_act", ending(c, casework.ByCourt, func(e *casework.Ending) { e.Reason = "as said" }))
			w.Must("curator1@lake", ending(c, casework.ByCourt))
			rank, key := casework.Law, "notice.ended_alone"
			if tc.danger {
				rank, key = casework.Danger, "notice.ended_grave"
			}
			if l := lineOf(t, w, "secretary@lake", casework.LineEnded); l.Case != c.ID || l.Rank != rank {
				t.Errorf("the secretary has %+v", l)
			}
			if n := noticesOf(t, w, "secretary@lake", key); n != 1 {
				t.Errorf("%d notices %s", n, key)
			}
		})
	}
}

// A meeting and a value that the same person has written are not written again
// under another identifier.
func TestTheSameMeetingAndValueAreWrittenOnce(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	in := casework.ContactInput{Kind: "visit", Seen: "alone", Happened: w.Now(), Words: "I sleep well"}
	met := func(change func(*casework.ContactInput)) verb {
		k := in
		change(&k)
		return func(ctx context.Context, a *act.Act) error {
			_, err := casework.WriteContact(ctx, a, c.ID, k)
			return err
		}
	}
	again := func(*casework.ContactInput) {}
	w.Must("curator1@lake", met(again))
	w.Pass(time.Hour)
	same := fault.Clash("case.contact_same")
	refuse(t, w, "curator1@lake", same, met(again))
	if err := w.Do("curator1@lake", met(again)); !casework.Said(err) {
		t.Errorf("word for word: %v", err)
	}
	other := met(func(k *casework.ContactInput) { k.Words = "I do not sleep" })
	refuse(t, w, "curator1@lake", same, other)
	if err := w.Do("curator1@lake", other); casework.Said(err) {
		t.Error("other words are lost unsaid")
	}
	w.Must("curator1@lake", met(func(k *casework.ContactInput) { k.Kind = "call" }))
	w.Must("curator1@lake", met(func(k *casework.ContactInput) { k.Happened = k.Happened.Add(time.Minute) }))
	w.Must("secretary@lake", met(again))

	w.Must("curator1@lake", read(w, c, 80, m))
	refuse(t, w, "curator1@lake", fault.Clash("case.reading_same"), read(w, c, 80, m))
	if err := w.Do("curator1@lake", read(w, c, 80, m)); !casework.Said(err) {
		t.Errorf("the same value: %v", err)
	}
	w.Must("curator1@lake", read(w, c, 81, m))
	w.Must("executor@lake", read(w, c, 80, m))
}

// A measure that did harm: why is written, the secretary reads of it, and the
// plan is to be changed until it was, or another measure ordered.
func TestAMeasureThatDidHarmAsksForAnotherPlan(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(*trial.World, casework.Case) verb{
		"the plan": func(w *trial.World, c casework.Case) verb {
			return plan(w, c, func(p *casework.PlanInput) { p.Version = 1 })
		},
		"another measure": func(w *trial.World, c casework.Case) verb { return order(c, ordering(w)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			c, m := running(t, w)
			w.Must("curator1@lake", read(w, c, 80, m))
			fields(t, w, "curator1@lake", "reason", "case.harmed_why", judge(m, casework.ResultInput{Outcome: "harmed"}))
			w.Must("curator1@lake", judge(m, casework.ResultInput{Outcome: "harmed", Reason: "the child came home in tears"}))
			if n := noticesOf(t, w, "secretary@lake", "notice.result_harmed"); n != 1 {
				t.Errorf("%d notices", n)
			}
			has := func() bool {
				return slices.ContainsFunc(now(t, w, c).Due, func(l casework.Line) bool { return l.Kind == casework.LineHarmed })
			}
			if o := now(t, w, c); o.Next.Kind != casework.LineHarmed || !has() {
				t.Errorf("next is %+v", o.Next)
			}
			w.Pass(time.Hour)
			w.Must("curator1@lake", answer(w, c))
			if has() {
				t.Error("answered, and the line stands")
			}
		})
	}
}

// What is due the earliest is the next step: to see the child at high risk
// before the assessment.
func TestTheNextStepIsDueTheEarliest(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w, func(o *casework.Opening) { o.Risk = casework.High })
	o := now(t, w, c)
	if o.Next.Kind != casework.LineContact {
		t.Errorf("next is %s by %s", o.Next.Kind, o.Next.Due)
	}
	for _, l := range o.Due {
		if l.Due.Before(o.Next.Due) {
			t.Errorf("%s is due on %s, before %s", l.Kind, l.Due, o.Next.Due)
		}
	}
}

// Goals are met while the risk is still high: to lower it would take a second
// person, so the end takes one too. Who ended says how the child's safety was
// checked, and the office looks at it, danger first; the office's own end needs
// no look.
func TestGoalsMetAtGraveRiskAreLookedAt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		risk  casework.Risk
		about string
		grave bool
		who   string
		looks int
	}{
		"medium":         {casework.Medium, "neglect", false, "curator1@lake", 0},
		"high":           {casework.High, "neglect", true, "curator1@lake", 1},
		"suicide feared": {casework.Low, "suicide_risk", true, "curator1@lake", 1},
		"by the office":  {casework.High, "neglect", true, "secretary@lake", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			c, m := running(t, w, func(o *casework.Opening) { o.Risk, o.Problems = tc.risk, []string{tc.about} })
			w.Must("curator1@lake", judge(m, casework.ResultInput{Outcome: "helped", Reason: "the teacher says so"}))
			w.Pass(day)
			w.Must("curator1@lake", meet(w, c, "alone"))
			w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(0)}))
			w.Must("curator1@lake", plan(w, c, func(p *casework.PlanInput) { p.Version = 1 }))
			silent := func(e *casework.Ending) { e.Safety = " " }
			if tc.grave {
				fields(t, w, tc.who, "safety", "fault.blank", ending(c, casework.GoalsMet, silent))
				w.Must(tc.who, ending(c, casework.GoalsMet))
			} else {
				w.Must(tc.who, ending(c, casework.GoalsMet, silent))
			}
			l := lineOf(t, w, "secretary2@lake", casework.LineEnded)
			if (l.Case == c.ID && l.Rank == casework.Danger) != (tc.looks == 1) {
				t.Errorf("the office has %+v", l)
			}
			if n := noticesOf(t, w, "secretary2@lake", "notice.ended_grave"); n != tc.looks {
				t.Errorf("%d notices", n)
			}
		})
	}
}
