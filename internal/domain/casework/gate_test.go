package casework_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// walk is one random life of a case.
type walk struct {
	w        *trial.World
	rt       *rapid.T
	c        casework.Case
	measures []id.ID
	waiting  []id.ID // results and changes that may wait for a second person
}

// try does a verb; a refusal is a lawful answer, a broken machine is not.
func (k *walk) try(who string, fn verb) bool {
	err := k.w.Do(who, fn)
	if err != nil && fault.KindOf(err) == "" {
		k.rt.Fatalf("%s: %v", who, err)
	}
	return err == nil
}

func (k *walk) who() string {
	return rapid.SampledFrom([]string{"curator1@lake", "secretary@lake", "secretary2@lake", "chair@lake", "executor@lake", "curator2@lake"}).Draw(k.rt, "who")
}

// measure is one of the measures ordered, or none.
func (k *walk) measure() id.ID {
	if len(k.measures) == 0 {
		return ""
	}
	return rapid.SampledFrom(k.measures).Draw(k.rt, "measure")
}

func (k *walk) steps() map[string]func() {
	w, rt := k.w, k.rt
	return map[string]func(){
		"pass": func() { w.Pass(time.Duration(rapid.IntRange(1, 40).Draw(rt, "days")) * day) },
		"assess": func() {
			k.try(k.who(), assess(k.c, casework.AssessmentInput{Levels: levels(rapid.IntRange(0, 3).Draw(rt, "level"))}))
		},
		"plan": func() {
			version := rapid.IntRange(0, 2).Draw(rt, "version")
			k.try(k.who(), plan(w, k.c, func(p *casework.PlanInput) { p.Version = version }))
		},
		"order": func() {
			kind := rapid.SampledFrom([]string{"", "", casework.Urgent, casework.OneOff}).Draw(rt, "exempt")
			in := ordering(w, func(m *casework.MeasureInput) { m.Exempt = kind })
			if k.try(k.who(), order(k.c, in)) {
				k.measures = append(k.measures, in.ID)
			}
		},
		"deliver": func() {
			how := rapid.SampledFrom([]string{casework.Full, casework.Full, casework.Partly, casework.Not}).Draw(rt, "how")
			k.try(k.who(), deliver(k.measure(), how))
		},
		"read": func() { k.try(k.who(), read(w, k.c, float64(rapid.IntRange(0, 100).Draw(rt, "value")), k.measure())) },
		"judge": func() {
			key := id.New()
			in := casework.ResultInput{ID: key, Outcome: rapid.SampledFrom(casework.Outcomes()).Draw(rt, "outcome"), Reason: "as seen"}
			if k.try(k.who(), judge(k.measure(), in)) {
				k.waiting = append(k.waiting, key)
			}
		},
		"risk": func() {
			key := id.New()
			in := casework.RiskInput{ID: key, Level: rapid.SampledFrom(casework.Risks()).Draw(rt, "risk"), Reason: "as seen"}
			if k.try(k.who(), setRisk(k.c.ID, in)) {
				k.waiting = append(k.waiting, key)
			}
		},
		"second": func() {
			if len(k.waiting) == 0 {
				return
			}
			key, yes := rapid.SampledFrom(k.waiting).Draw(rt, "waiting"), rapid.Bool().Draw(rt, "agree")
			k.try(k.who(), second(k.c.ID, key, yes, "looked again"))
			k.try(k.who(), func(ctx context.Context, a *act.Act) error {
				return casework.SecondResult(ctx, a, key, yes, "looked again")
			})
		},
		"end": func() { k.end() },
	}
}

// end tries to end with goals met: it must succeed if and only if the page
// shows nothing missing.
func (k *walk) end() {
	before := now(k.w.T.(*testing.T), k.w, k.c)
	if before.Case.State == casework.Ended {
		return
	}
	var gaps []casework.Gap
	err := k.w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
		var err error
		gaps, err = casework.Gaps(ctx, v, k.c.ID)
		return err
	})
	if err != nil {
		k.rt.Fatal(err)
	}
	ended := k.try("curator1@lake", ending(k.c, casework.GoalsMet))
	if ended != (len(gaps) == 0) {
		k.rt.Fatalf("ended is %v with gaps %v", ended, keys(gaps))
	}
}

// mend does what the gaps ask for, as honest people would.
func (k *walk) mend() {
	w := k.w
	w.Pass(31 * day)
	for range 4 {
		w.Pass(time.Hour)
		o := now(w.T.(*testing.T), w, k.c)
		for _, g := range o.Gaps {
			switch g.Key {
			case "case.gap.delivery":
				k.try("secretary@lake", deliver(g.On, casework.Full))
			case "case.gap.result":
				w.Pass(31 * day)
				k.try("chair@lake", judge(g.On, casework.ResultInput{Outcome: "partly", Reason: "as seen"}))
			case "case.gap.no_assessment", "case.gap.assessment_old", "case.gap.in_danger":
				k.try("curator1@lake", assess(k.c, casework.AssessmentInput{Levels: levels(1)}))
			case "case.gap.no_plan":
				k.try("curator1@lake", plan(w, k.c))
			case "case.gap.plan_old":
				k.try("curator1@lake", plan(w, k.c, func(p *casework.PlanInput) { p.Version = o.Plan.Version }))
			case "case.gap.not_seen":
				k.try("curator1@lake", meet(w, k.c, "alone"))
			case "case.gap.no_measure", "case.gap.none_delivered":
				k.try("curator1@lake", order(k.c, ordering(w)))
			case "case.gap.risk_second":
				k.try("secretary@lake", second(k.c.ID, g.On, true, ""))
				k.try("chair@lake", second(k.c.ID, g.On, true, ""))
			}
		}
		for _, key := range k.waiting {
			for _, who := range []string{"secretary@lake", "chair@lake"} {
				k.try(who, func(ctx context.Context, a *act.Act) error { return casework.SecondResult(ctx, a, key, true, "") })
			}
		}
	}
}

// honest asks the database itself.
func (k *walk) honest() {
	var n int
	err := k.w.DB.R.NewRaw("SELECT count(*) FROM case_file c JOIN measure m ON m.case_id = c.id "+
		"LEFT JOIN result u ON u.measure = m.id AND u.state = 'given' WHERE c.id = ? AND c.end_kind = 'goals_met' AND "+
		"(m.state NOT IN ('judged', 'not_delivered') OR (m.delivery IN ('full', 'partly') AND u.id IS NULL))", k.c.ID).
		Scan(k.w.T.Context(), &n)
	if err != nil || n > 0 {
		k.rt.Fatalf("%d measures of an ended case lack a result, %v", n, err)
	}
	err = k.w.DB.R.NewRaw("SELECT count(*) FROM case_file c WHERE c.id = ? AND c.end_kind = 'goals_met' AND NOT EXISTS "+
		"(SELECT 1 FROM measure m JOIN result u ON u.measure = m.id WHERE m.case_id = c.id AND m.exempt = '' AND u.state = 'given' AND u.outcome IN ('helped', 'partly'))",
		k.c.ID).Scan(k.w.T.Context(), &n)
	if err != nil || n > 0 {
		k.rt.Fatalf("a curator ended the case and nothing helped, %v", err)
	}
}

// Promise 3 as a property: whatever is tried by whom in whatever order, no case
// ends with its goals met while a delivered measure lacks its result.
func TestNoWalkPassesTheClosingGate(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	ended := 0
	rapid.Check(t, func(rt *rapid.T) {
		k := &walk{w: w, rt: rt, c: walked(t, w)}
		if rapid.Bool().Draw(rt, "prepared") { // half of the walks begin where most go wrong
			k.try("curator1@lake", assess(k.c, casework.AssessmentInput{Levels: levels(1)}))
			k.try("curator1@lake", plan(w, k.c))
		}
		steps := k.steps()
		names := []string{"pass", "assess", "plan", "order", "order", "deliver", "deliver", "read", "judge", "judge", "risk", "second", "end"}
		for range rapid.IntRange(5, 30).Draw(rt, "steps") {
			steps[rapid.SampledFrom(names).Draw(rt, "step")]()
			k.honest()
		}
		if rapid.Bool().Draw(rt, "mended") {
			k.mend()
		}
		k.end()
		k.honest()
		if now(t, w, k.c).Case.State == casework.Ended {
			ended++
		}
	})
	if ended == 0 {
		t.Error("no walk ended: the property says nothing")
	}
}
