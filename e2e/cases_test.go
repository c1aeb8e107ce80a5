//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// walked is a case half-way: its curator has accepted, assessed twice, written
// the plan and ordered mentoring, which its executor has delivered.
func walked(t *testing.T, w *trial.World) casework.Case {
	t.Helper()
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	var c casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: trial.Lake,
			Problems: []string{"bullying", "truancy"}, Risk: casework.High, Reason: "Told by the class teacher: hit twice behind the school this month",
			Curator: trial.Person("curator1@lake")}, trial.Home)
		return err
	})
	w.Pass(3 * time.Hour)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	w.Pass(30 * time.Hour)
	var m casework.Measure
	levels := map[string]int{"safety": 2, "family": 1, "health": 0, "education": 3, "behaviour": 1, "emotions": 2, "peers": 3, "living": 0}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		if _, err := casework.Assess(ctx, a, c.ID, casework.AssessmentInput{Levels: levels}); err != nil {
			return err
		}
		_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{Kind: "school", Seen: "alone", Happened: a.Now().Add(-time.Hour),
			Words: "I am afraid of the way home", Note: "Quiet, looks at the door"})
		return err
	})
	w.Pass(48 * time.Hour)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		today := date.Of(a.Now())
		_, err := casework.WritePlan(ctx, a, c.ID, casework.PlanInput{Goals: []string{"Walks home without fear", "Misses no lesson without a reason"},
			ChildView: "I want a friend in my class", Review: today.AddMonths(3)})
		if err != nil {
			return err
		}
		from, to := 6.0, 1.0
		m, err = casework.Order(ctx, a, c.ID, casework.MeasureInput{Kind: "mentoring", Subject: "child", Executor: trial.Person("executor@lake"),
			Ground: "consent", GroundNote: "Mother, by signature", Indicator: "lessons_missed_week", Baseline: &from, Target: &to, From: today,
			Due: today.AddDays(20), Check: today.AddDays(14), Catalogue: trial.Catalogue()})
		return err
	})
	w.Pass(14 * 24 * time.Hour)
	w.Must("executor@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Deliver(ctx, a, m.ID, casework.DeliveryInput{How: casework.Full, Note: "Ten meetings"})
	})
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{Kind: "visit", Seen: "with_others", Happened: a.Now().Add(-2 * time.Hour), Words: "We go home together now"})
		if err != nil {
			return err
		}
		_, err = casework.Assess(ctx, a, c.ID, casework.AssessmentInput{Levels: map[string]int{"safety": 1, "education": 1, "peers": 1, "emotions": 1}})
		return err
	})
	return c
}

// Story 4: a curator means to end a case with a delivered measure that lacks
// its result. The page refuses and names what is missing; the curator reads the
// indicator, gives the result, ends the case, and the checks are booked.
func TestACaseEndsHonestly(t *testing.T) {
	t.Parallel()
	for _, run := range screens {
		w := trial.New(t)
		c := walked(t, w)
		at := "/cases/" + c.ID.String()
		b := newStage(t, w).signIn("curator1@lake", run.lang, run.width)
		for name, page := range map[string]string{"case": "", "plan": "/plan", "contacts": "/contacts", "history": "/history", "contact-form": "/contact",
			"assess-form": "/assessment", "plan-form": "/plan/edit", "measure-kinds": "/measure", "measure-form": "/measure?kind=tutoring",
			"measure-more": "/measure?kind=tutoring&more=1", "risk-form": "/risk"} {
			b.open(at + page)
			b.shoot("case-" + name)
		}
		b.open(at + "/end")
		b.shoot("case-end-form")
		b.choose("kind", "goals_met")
		b.fill("reason", "The child walks home with friends")
		b.submit()
		if b.path() != at+"/end" {
			t.Fatalf("the end was not refused: %s", b.path())
		}
		b.shoot("case-end-refused")
		// The refusal leads to the result.
		b.follow(`document.querySelector('main a[href$="/result"]').click()`)
		b.shoot("case-result-form")
		b.follow(`document.querySelector('main a[href$="/reading"]').click()`)
		b.fill("value", "2")
		b.choose("source", "school")
		b.shoot("case-reading-form")
		b.submit()
		b.shoot("case-measure")
		b.follow(`document.querySelector('main a[href$="/result"]').click()`)
		b.choose("outcome", "helped")
		b.submit()
		b.open(at + "/end")
		b.shoot("case-end-ready")
		b.choose("kind", "goals_met")
		b.fill("safety", "The class teacher saw the child today, calm") // the risk is still high
		b.fill("reason", "The child walks home with friends")
		b.submit()
		if b.path() != at {
			t.Fatalf("the case did not end: %s\n%s", b.path(), b.text())
		}
		b.shoot("case-ended")
		for _, months := range []int{3, 6, 12} {
			y, m, d := date.Of(w.Now()).AddMonths(months).YMD()
			b.sees(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Format("02.01.2006"))
		}
	}
}

// The same case as others see it: proposed, without a curator, by the
// executor, by a coordinator who opened the file.
func TestACaseThroughOtherEyes(t *testing.T) {
	t.Parallel()
	for _, run := range screens {
		w := trial.New(t)
		c := walked(t, w)
		at := "/cases/" + c.ID.String()
		var task string
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			o, err := casework.Overview(ctx, &a.View, c.ID)
			task = "/measures/" + o.Measures[0].ID.String()
			if err == nil {
				_, err = casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake"), Reason: "The first curator moves away"})
			}
			return err
		})
		s := newStage(t, w)
		b := s.signIn("curator2@lake", run.lang, run.width)
		b.open(at)
		b.shoot("case-proposed")
		b = s.signIn("secretary@lake", run.lang, run.width)
		b.open("/cases")
		b.shoot("cases")
		b.open(at)
		b.shoot("case-secretary")
		b.open(at + "/curator")
		b.shoot("case-curator-form")
		b = s.signIn("executor@lake", run.lang, run.width)
		b.open(task)
		b.shoot("task-executor")
		b.open(task + "/delivery")
		b.shoot("task-delivery-form")
	}
}

// On a small telephone the main action at the bottom edge lies over no tab of a
// case, however much there is to do next.
func TestTheMainActionCoversNoTab(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	cases := map[string]int{"/cases/" + walked(t, w).ID.String(): 4}
	child := w.Child(trial.Lake, date.New(2010, 3, 2))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		c, err := casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: trial.Lake,
			Problems: []string{"neglect"}, Risk: casework.High, Reason: "Left alone for days", Curator: trial.Person("curator1@lake")}, trial.Home)
		cases["/cases/"+c.ID.String()] = 1 // who is asked sees no more than whom and what
		return err
	})
	s := newStage(t, w)
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		b := s.signIn("curator1@lake", lang, 360)
		_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: 360, Height: 740, DeviceScaleFactor: 1, Mobile: true})
		b.must(err)
		for at, tabs := range cases {
			b.open(at)
			covered := eval[[]string](b, `(() => {
				const bar = document.querySelector(".sk-title__act").getBoundingClientRect();
				return [...document.querySelectorAll(".moj-sub-navigation__link")].
					filter((a) => a.getBoundingClientRect().bottom > bar.top).map((a) => a.textContent);
			})()`)
			if n := eval[int](b, `document.querySelectorAll(".moj-sub-navigation__link").length`); n != tabs || len(covered) > 0 {
				t.Errorf("%s: of %d tabs these lie under the bar: %q", lang, n, covered)
			}
		}
	}
}
