package casework_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func TestEndRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	strangers(t, w, c.ID, func(k id.ID) verb { return ending(casework.Case{ID: k}, casework.MovedAbroad) })
	refuse(t, w, "curator2@lake", fault.Missing(), ending(c, casework.MovedAbroad))
	fields(t, w, "curator1@lake", "kind", "fault.choice", ending(c, "tired"))
	fields(t, w, "curator1@lake", "reason", "fault.blank", ending(c, casework.ByCourt, func(e *casework.Ending) { e.Reason = "" }))
	fields(t, w, "curator1@lake", "reason", "fault.too_long", ending(c, casework.ByCourt, func(e *casework.Ending) { e.Reason = long(2001) }))
	refuse(t, w, "curator1@lake", fault.Clash("fault.stale"), ending(c, casework.ByCourt, func(e *casework.Ending) { e.Version = 50 }))
	fields(t, w, "curator1@lake", "kind", "case.not_adult", ending(c, casework.Turned18))
	fields(t, w, "curator1@lake", "kind", "case.not_adult", ending(c, casework.Turned18, func(e *casework.Ending) { e.Born = noDay }))
	w.Must("curator1@lake", ending(c, casework.Turned18, func(e *casework.Ending) { e.Born = today(w).AddMonths(-18 * 12) }))
	refuse(t, w, "curator1@lake", fault.Clash("case.ended"), ending(c, casework.ByCourt))
	refuse(t, w, "curator1@lake", fault.Clash("case.ended"), meet(w, c, "alone"))
}

// Promise 3, story 4: the end with goals met names each missing thing; when all
// is mended the case ends and its checks are booked.
func TestTheClosingGateNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	want := func(keys_ ...string) {
		t.Helper()
		err := w.Do("curator1@lake", ending(c, casework.GoalsMet))
		if !errors.Is(err, fault.Clash("case.gaps")) || !slices.Equal(keys(casework.GapsOf(err)), keys_) {
			t.Fatalf("got %v %v, want %v", err, keys(casework.GapsOf(err)), keys_)
		}
		if got := keys(now(t, w, c).Gaps); !slices.Equal(got, keys_) {
			t.Fatalf("the page shows %v", got)
		}
	}
	want("case.gap.no_assessment", "case.gap.no_measure", "case.gap.no_plan", "case.gap.not_seen")
	w.Must("curator1@lake", meet(w, c, "with_others"))
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(2)}))
	w.Must("curator1@lake", plan(w, c))
	want("case.gap.no_measure")
	one, two := ordering(w, func(m *casework.MeasureInput) { m.From = today(w).AddDays(1) }), ordering(w, exempt(casework.Urgent))
	w.Must("curator1@lake", order(c, one))
	w.Must("curator1@lake", order(c, two))
	want("case.gap.delivery", "case.gap.delivery")
	w.Pass(2 * day)
	w.Must("executor@lake", deliver(one.ID, casework.Full))
	w.Must("executor@lake", deliver(two.ID, casework.Not))
	want("case.gap.assessment_old", "case.gap.plan_old", "case.gap.result")
	w.Must("curator1@lake", plan(w, c, func(p *casework.PlanInput) { p.Version = 1 }))
	change := lower(t, w, c, "curator1@lake", "curator1@lake")
	unsure := id.New()
	w.Must("curator1@lake", judge(one.ID, casework.ResultInput{ID: unsure, Outcome: "cannot_tell", Reason: "the register is lost"}))
	want("case.gap.result_second", "case.gap.risk_second")
	w.Must("chair@lake", second(c.ID, change, true, ""))
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error { return casework.SecondResult(ctx, a, unsure, true, "") })
	if next := now(t, w, c).Next; next.Kind != casework.StepEnd {
		t.Errorf("next is %+v", next)
	}
	refuse(t, w, "curator1@lake", fault.Clash("case.gaps"), ending(c, casework.GoalsMet)) // nobody can tell that it helped
	w.Must("chair@lake", ending(c, casework.GoalsMet))
	o := now(t, w, c)
	if o.Case.State != casework.Ended || o.Case.EndedAt == nil || len(o.Checks) != 3 || o.Next.Kind != casework.LineEndCheck {
		t.Errorf("got %s, %d checks, next %s", o.Case.State, len(o.Checks), o.Next.Kind)
	}
	for i, months := range []int{3, 6, 12} {
		if o.Checks[i].DueDay != today(w).AddMonths(months) {
			t.Errorf("check %d on %s", i, o.Checks[i].DueDay)
		}
	}
}

func TestALawfulEndDoesNotWait(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	unsure := casework.ResultInput{Outcome: "cannot_tell", Reason: "nobody was asked"}
	w.Must("curator1@lake", judge(m, unsure))
	change := lower(t, w, c, "curator1@lake", "curator1@lake")
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake")})
		return err
	})
	w.Pass(day)
	refuse(t, w, "curator1@lake", fault.Deny("case.end_by_office"), ending(c, casework.Died))
	refuse(t, w, "curator1@lake", fault.Deny("case.end_by_office"), ending(c, casework.WrongChild))
	w.Must("secretary@lake", ending(c, casework.Died))
	o := now(t, w, c)
	if o.Measures[0].State != casework.Interrupted || o.Measures[0].Result != nil || len(o.Checks) != 0 {
		t.Errorf("measure %s, result %+v, %d checks", o.Measures[0].State, o.Measures[0].Result, len(o.Checks))
	}
	for _, g := range o.Turns {
		if g.State == "active" || g.State == "proposed" {
			t.Errorf("a turn is %s", g.State)
		}
	}
	refuse(t, w, "chair@lake", fault.Clash("case.ended"), second(c.ID, change, true, ""))
	for _, who := range []string{"curator1@lake", "curator2@lake"} {
		err := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, c.ID); return err })
		if !errors.Is(err, fault.Missing()) {
			t.Errorf("%s still reaches the case: %v", who, err)
		}
	}
	err := w.Show("executor@lake", func(ctx context.Context, v *act.View) error { _, err := casework.GetMeasure(ctx, v, m); return err })
	if !errors.Is(err, fault.Missing()) {
		t.Errorf("the executor still reaches the measure: %v", err)
	}
}

func checked(c id.ID, in casework.CheckInput) verb {
	return func(ctx context.Context, a *act.Act) error { return casework.CheckEnded(ctx, a, c, in) }
}

// Practice rule 15: after the end a passive check, and none after "wrong
// child", death, a move or merged files.
func TestRule15PassiveChecksAfterTheEnd(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{casework.WrongChild, casework.Died, casework.Moved, casework.Merged} {
		w := trial.New(t)
		c := walked(t, w)
		if kind == casework.Moved || kind == casework.Merged { // these are no person's to choose
			for _, who := range []string{"curator1@lake", "secretary@lake", "chair@lake"} {
				fields(t, w, who, "kind", "fault.choice", ending(c, kind))
			}
			err := w.Run.Do(t.Context(), access.Who{System: "test"}, ending(c, kind))
			if err != nil {
				t.Fatal(err)
			}
		} else {
			w.Must("secretary@lake", ending(c, kind))
		}
		if n := len(now(t, w, c).Checks); n != 0 {
			t.Errorf("%s: %d checks", kind, n)
		}
		refuse(t, w, "secretary@lake", fault.Clash("case.no_check"), checked(c.ID, casework.CheckInput{Source: "own_records", Outcome: "calm"}))
	}
	w := trial.New(t)
	c := walked(t, w)
	calm := casework.CheckInput{Source: "own_records", Outcome: "calm"}
	refuse(t, w, "curator1@lake", fault.Clash("case.not_ended"), checked(c.ID, calm))
	w.Must("curator1@lake", ending(c, casework.MovedAbroad))
	strangers(t, w, c.ID, func(k id.ID) verb { return checked(k, calm) })
	refuse(t, w, "curator1@lake", fault.Clash("case.check_early"), checked(c.ID, calm))
	w.Set(today(w).AddMonths(3).Start())
	if l := lineOf(t, w, "curator1@lake", casework.LineEndCheck); l.Case != c.ID {
		t.Errorf("the last curator is asked: %+v", l)
	}
	fields(t, w, "curator1@lake", "source", "fault.choice", checked(c.ID, casework.CheckInput{Source: "visit", Outcome: "calm"})) // nobody visits
	fields(t, w, "curator1@lake", "outcome", "fault.choice", checked(c.ID, casework.CheckInput{Source: "own_records"}))
	fields(t, w, "curator1@lake", "note", "fault.blank", checked(c.ID, casework.CheckInput{Source: "school_line", Outcome: "worry"}))
	first := now(t, w, c).Checks[0].ID
	w.Must("curator1@lake", checked(c.ID, calm))
	refuse(t, w, "curator1@lake", fault.Clash("case.check_done"), checked(c.ID, casework.CheckInput{ID: first, Source: "own_records", Outcome: "calm"}))
	w.Set(today(w).AddMonths(9).Start())
	w.Must("curator1@lake", checked(c.ID, casework.CheckInput{Source: "clinic_line", Outcome: "worry", Note: "not seen by the nurse"}))
	w.Must("curator1@lake", checked(c.ID, calm))
	w.Pass(day)
	refuse(t, w, "curator1@lake", fault.Missing(), checked(c.ID, calm)) // the reach ends with the last check
}

func TestReopen(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	var fresh casework.Case
	reopen := func(k id.ID) verb {
		return func(ctx context.Context, a *act.Act) error {
			var err error
			fresh, err = casework.Reopen(ctx, a, k, casework.Opening{Problems: []string{"truancy"}, Risk: casework.High, Reason: "again", Curator: trial.Person("curator2@lake")}, trial.Home)
			return err
		}
	}
	refuse(t, w, "secretary@lake", fault.Clash("case.not_ended"), reopen(c.ID))
	w.Must("curator1@lake", ending(c, casework.ByCourt))
	strangers(t, w, c.ID, reopen)
	refuse(t, w, "curator1@lake", fault.Deny("fault.denied"), reopen(c.ID))
	w.Pass(30 * day)
	w.Must("secretary@lake", reopen(c.ID))
	if fresh.ReopenedFrom != c.ID || !fresh.Repeat || fresh.Child != c.Child || fresh.State != casework.Opened {
		t.Errorf("got %+v", fresh)
	}
	if n := len(now(t, w, c).Checks); n != 0 {
		t.Errorf("%d checks are still booked for the old case", n)
	}
	w.Pass(day)
	err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, fresh.ID); return err })
	if !errors.Is(err, fault.Missing()) {
		t.Errorf("the former curator reaches the new case: %v", err)
	}
	w.Must("secretary@lake", ending(fresh, casework.Died))
	refuse(t, w, "secretary@lake", fault.Clash("case.no_reopen"), reopen(fresh.ID))
}

// What the verbs keep, the database keeps too.
func TestTheDatabaseKeepsTheGate(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	raw := func(q string, args ...any) error {
		return w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(q, args...).Exec(ctx); return err })
	}
	const end = "UPDATE case_file SET state = 'ended', ended_at = ?, end_kind = ? WHERE id = ?"
	if err := raw(end, w.Now(), casework.GoalsMet, c.ID); db.Violates(err) != "case_gate" {
		t.Errorf("a delivered measure lacks its result: %v", err)
	}
	if err := raw(end, w.Now(), casework.Refusal, c.ID); err == nil {
		t.Error("a refusal ends without a check of safety")
	}
	w.Must("secretary@lake", deliver(m, casework.Not))
	if err := raw(end, w.Now(), casework.GoalsMet, c.ID); db.Violates(err) != "case_gate" {
		t.Errorf("nothing was delivered: %v", err)
	}
	in := ordering(w)
	m = in.ID
	w.Must("curator1@lake", order(c, in))
	w.Must("executor@lake", deliver(m, casework.Full))
	w.Must("curator1@lake", judge(m, casework.ResultInput{Outcome: "helped", Reason: "the teacher says so"}))
	if err := raw(end, w.Now(), casework.GoalsMet, c.ID); err != nil {
		t.Error(err)
	}
	if err := raw("UPDATE measure SET state = 'delivered' WHERE id = ?", m); db.Violates(err) != "case_gate" {
		t.Errorf("a measure opens again after the end: %v", err)
	}
}

// Promise 3: nothing delivered, nothing that helped, a look from before the
// delivery, or a child nobody has met is no goal met; each is named.
func TestGoalsAreNotMetByPaper(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	refuse(t, w, "curator1@lake", fault.Deny("case.delivery_by_office"), deliver(m, casework.Not))
	refuse(t, w, "executor@lake", fault.Deny("case.delivery_by_office"), deliver(m, casework.Not))
	want := func(who string, keys_ ...string) {
		t.Helper()
		if err := w.Do(who, ending(c, casework.GoalsMet)); !slices.Equal(keys(casework.GapsOf(err)), keys_) {
			t.Fatalf("got %v %v, want %v", err, keys(casework.GapsOf(err)), keys_)
		}
	}
	want("curator1@lake", "case.gap.assessment_old", "case.gap.not_seen", "case.gap.result")
	w.Must("secretary@lake", deliver(m, casework.Not))
	want("secretary@lake", "case.gap.none_delivered", "case.gap.not_seen")
	again := ordering(w)
	w.Must("curator1@lake", order(c, again))
	w.Pass(day)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: map[string]int{"safety": 1}}))
	w.Must("curator1@lake", plan(w, c, func(p *casework.PlanInput) { p.Version = 1 }))
	w.Must("curator1@lake", meet(w, c, "alone"))
	w.Pass(time.Minute)
	w.Must("executor@lake", deliver(again.ID, casework.Full))
	w.Must("curator1@lake", judge(again.ID, casework.ResultInput{Outcome: "no_change", Reason: "the teacher says so"}))
	want("curator1@lake", "case.gap.assessment_old", "case.gap.none_helped") // the look of the same day was before the delivery
	w.Pass(time.Minute)
	w.Must("curator1@lake", assess(c, inDanger))
	w.Must("curator1@lake", to(c, c.Risk))
	want("secretary@lake", "case.gap.in_danger")
	w.Pass(time.Minute)
	w.Must("secretary@lake", assess(c, casework.AssessmentInput{Levels: map[string]int{"safety": 0}}))
	want("curator1@lake", "case.gap.none_helped")
	w.Must("secretary@lake", ending(c, casework.GoalsMet)) // with the office's reason
}

// An end and a new case are no way round the second person (practice rules 11,
// 26): the risk does not fall with them, and suicide stays feared.
func TestReopeningLowersNoRisk(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w, func(o *casework.Opening) { o.Problems, o.Risk = []string{"suicide_risk"}, casework.High })
	w.Must("secretary@lake", ending(c, casework.ByCourt))
	w.Pass(day)
	o := casework.Opening{Child: c.Child, Territory: c.Territory, Problems: []string{"truancy"}, Risk: casework.Low, Reason: "calm now"}
	var fresh casework.Case
	reopen := func(ctx context.Context, a *act.Act) error {
		var err error
		fresh, err = casework.Reopen(ctx, a, c.ID, o, trial.Home)
		return err
	}
	fields(t, w, "secretary@lake", "risk", "case.reopen_lower", reopen)
	fields(t, w, "secretary@lake", "risk", "case.reopen_lower", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, o, trial.Home)
		return err
	})
	o.Risk = casework.High
	w.Must("secretary@lake", reopen)
	change := lower(t, w, fresh, "secretary@lake", "chair@lake")
	refuse(t, w, "secretary@lake", fault.Clash("case.second_assessor"), second(fresh.ID, change, true, ""))
	w.Must("secretary2@lake", second(fresh.ID, change, true, ""))
}

// Practice rule 6: an ended case that is closed to the opener, by itself or by
// the body of the opener, tells nothing of itself: neither its level nor that
// the new one is a repeat. That one is open everybody is told.
func TestRule06ClosedFormerCaseTellsNothing(t *testing.T) {
	t.Parallel()
	for name, shut := range map[string][2]id.ID{
		"person": {trial.Person("secretary@lake")}, "body": {1: trial.Agency("school@lake")},
	} {
		w := trial.New(t)
		w.Employ("secretary@lake", "school@lake")
		c := walked(t, w, func(o *casework.Opening) { o.Risk = casework.High })
		w.Must("secretary2@lake", ending(c, casework.ByCourt))
		w.Pass(day)
		w.Must("secretary2@lake", func(ctx context.Context, a *act.Act) error {
			return access.Close(ctx, a.DB(), shut[0], shut[1], c.ID, "named", a.Now())
		})
		o := casework.Opening{Child: c.Child, Territory: c.Territory, Problems: []string{"truancy"}, Risk: casework.Low, Reason: "calm now"}
		var fresh casework.Case
		opens := func(ctx context.Context, a *act.Act) error {
			var err error
			fresh, err = casework.Open(ctx, a, o, trial.Home)
			return err
		}
		fields(t, w, "secretary2@lake", "risk", "case.reopen_lower", opens)
		w.Must("secretary@lake", opens)
		if fresh.Repeat || fresh.ReopenedFrom != "" {
			t.Errorf("%s: the new case tells of the closed one: %+v", name, fresh.ReopenedFrom)
		}
		refuse(t, w, "secretary@lake", fault.Clash("case.already_open"), opens)
	}
}
