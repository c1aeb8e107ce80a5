package casework_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// load runs an act by the machine.
func load(w *trial.World, fn verb) error {
	return w.Run.Do(w.T.Context(), access.Who{System: "load"}, fn)
}

// history is a loaded case up to the delivery of its one measure.
type history struct {
	w  *trial.World
	c  casework.Case
	by id.ID
	m  casework.Measure
}

func (h *history) at(days int) time.Time { return h.c.OpenedAt.Add(time.Duration(days) * day) }

func (h *history) load(t *testing.T) {
	t.Helper()
	h.by = trial.Person("curator1@lake")
	done := h.at(20)
	from := today(h.w)
	h.m = casework.Measure{ID: id.New(), CaseID: h.c.ID, Kind: "mentoring", Subject: "child", Executor: trial.Person("executor@lake"),
		Body: trial.Agency("school@lake"), Ground: "law", GroundNote: "article 1", Indicator: "attendance_percent", Baseline: number(10),
		Target: number(50), CheckDay: from.AddDays(30), FromDay: from.AddDays(4), DueDay: from.AddDays(30), OrderedAt: h.at(3), OrderedBy: h.by,
		Delivery: casework.Full, DeliveredAt: &done, DeliveredBy: trial.Person("executor@lake")}
	h.w.Pass(100 * day)
	err := load(h.w, func(ctx context.Context, a *act.Act) error {
		return errors.Join(
			casework.LoadAssessments(ctx, a, []casework.Assessment{{CaseID: h.c.ID, At: h.at(1), By: h.by}, {CaseID: h.c.ID, At: h.at(21), By: h.by, Family: 2}}),
			casework.LoadPlans(ctx, a, []casework.Plan{{CaseID: h.c.ID, Goals: "a\nb", ChildView: "yes", ReviewDay: from.AddDays(90), At: h.at(22), By: h.by}}),
			casework.LoadMeasures(ctx, a, []casework.Measure{h.m}, catalogue),
			casework.LoadContacts(ctx, a, []casework.Contact{{CaseID: h.c.ID, Kind: "visit", Seen: "alone", HappenedAt: h.at(5), EnteredAt: h.at(6), By: h.by, ChildWords: "hello"}}),
			casework.LoadReadings(ctx, a, []casework.LoadedReading{{Reading: casework.Reading{CaseID: h.c.ID, Goal: 2, Indicator: "attendance_percent",
				Value: 45, Day: from.AddDays(21), Source: "school", At: h.at(21), By: h.by}, Measures: []id.ID{h.m.ID}}}, catalogue))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHistoryLoadsThroughTheSameGate(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	h := &history{w: w, c: walked(t, w)}
	h.load(t)
	end := func(ctx context.Context, a *act.Act) error {
		return casework.LoadEndings(ctx, a, []casework.LoadedEnding{{Case: h.c.ID, At: h.at(40), By: h.by,
			Ending: casework.Ending{Kind: casework.GoalsMet, Reason: "both goals"}}})
	}
	if err := load(w, end); len(casework.GapsOf(err)) != 1 {
		t.Fatalf("a load passes the gate: %v", err)
	}
	o := now(t, w, h.c)
	if o.Case.State != casework.Running || len(o.Measures[0].Readings) != 1 || len(o.Contacts) != 1 {
		t.Fatalf("got %s, %+v", o.Case.State, o.Measures)
	}
	err := load(w, func(ctx context.Context, a *act.Act) error {
		return casework.LoadResults(ctx, a, []casework.Result{{Measure: h.m.ID, Outcome: "helped", Reading: o.Readings[0].ID,
			Independence: "curator", At: h.at(35), By: h.by}})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := load(w, end); err != nil {
		t.Fatal(err)
	}
	if err := load(w, end); !errors.Is(err, fault.Clash("case.ended")) {
		t.Fatalf("got %v", err)
	}
	w.Pass(200 * day)
	err = load(w, func(ctx context.Context, a *act.Act) error {
		return casework.LoadChecks(ctx, a, []casework.LoadedCheck{{Case: h.c.ID, N: 0, At: h.at(150), By: h.by,
			CheckInput: casework.CheckInput{Source: "own_records", Outcome: "calm"}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	o = now(t, w, h.c)
	if o.Case.EndKind != casework.GoalsMet || !o.Case.EndedAt.Equal(h.at(40)) || o.Case.EndedBy != h.by || o.Checks[0].DoneAt == nil {
		t.Errorf("got %+v, %+v", o.Case, o.Checks)
	}
}

func TestALoadIsRefusedAsAVerbIs(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	by, at := trial.Person("curator1@lake"), w.Now()
	for name, tc := range map[string]struct {
		want error
		fn   verb
	}{
		"an assessment out of range": {invalid, func(ctx context.Context, a *act.Act) error {
			return casework.LoadAssessments(ctx, a, []casework.Assessment{{CaseID: c.ID, At: at, By: by, Safety: 9}})
		}},
		"an assessment of no case": {fault.Missing(), func(ctx context.Context, a *act.Act) error {
			return casework.LoadAssessments(ctx, a, []casework.Assessment{{CaseID: id.New(), At: at, By: by}})
		}},
		"a plan without the child's view": {invalid, func(ctx context.Context, a *act.Act) error {
			return casework.LoadPlans(ctx, a, []casework.Plan{{CaseID: c.ID, Goals: "a", ReviewDay: today(w).AddDays(9), At: at, By: by}})
		}},
		"a plan before the assessment": {fault.Clash("case.assess_first"), func(ctx context.Context, a *act.Act) error {
			return casework.LoadPlans(ctx, a, []casework.Plan{{CaseID: c.ID, Goals: "a", ChildView: "b", ReviewDay: today(w).AddDays(9), At: at, By: by}})
		}},
		"a measure without expected result": {invalid, func(ctx context.Context, a *act.Act) error {
			return casework.LoadMeasures(ctx, a, []casework.Measure{{CaseID: c.ID, Kind: "mentoring", Subject: "child", Executor: by, Ground: "law",
				GroundNote: "x", FromDay: today(w), DueDay: today(w), OrderedAt: at, OrderedBy: by}}, catalogue)
		}},
		"a measure of a body elsewhere": {fault.Bad("executor", "case.body_elsewhere"), func(ctx context.Context, a *act.Act) error {
			return casework.LoadMeasures(ctx, a, []casework.Measure{{CaseID: c.ID, Kind: "mentoring", Subject: "child", Body: trial.Agency("school@steppe"), Ground: "law",
				GroundNote: "x", Exempt: casework.Urgent, FromDay: today(w), DueDay: today(w), OrderedAt: at, OrderedBy: by}}, catalogue)
		}},
		"a reading for nothing": {invalid, func(ctx context.Context, a *act.Act) error {
			return casework.LoadReadings(ctx, a, []casework.LoadedReading{{Reading: casework.Reading{CaseID: c.ID, Indicator: "mood_score",
				Day: today(w), Source: "child", At: at, By: by}}}, catalogue)
		}},
		"a result of no measure": {fault.Missing(), func(ctx context.Context, a *act.Act) error {
			return casework.LoadResults(ctx, a, []casework.Result{{Measure: id.New(), Outcome: "helped", Reason: "x", Independence: "curator", At: at, By: by}})
		}},
		"a contact in the future": {invalid, func(ctx context.Context, a *act.Act) error {
			return casework.LoadContacts(ctx, a, []casework.Contact{{CaseID: c.ID, Kind: "visit", Seen: "alone", HappenedAt: at.Add(time.Hour), EnteredAt: at, By: by, Note: "x"}})
		}},
		"a refusal without a check of safety": {invalid, func(ctx context.Context, a *act.Act) error {
			return casework.LoadEndings(ctx, a, []casework.LoadedEnding{{Case: c.ID, At: at, By: by, Ending: casework.Ending{Kind: casework.Refusal, Reason: "x"}}})
		}},
		"a check of an open case": {fault.Clash("case.no_check"), func(ctx context.Context, a *act.Act) error {
			return casework.LoadChecks(ctx, a, []casework.LoadedCheck{{Case: c.ID, At: at, By: by}})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := load(w, tc.fn); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			refuse(t, w, "secretary@lake", fault.Deny("fault.denied"), tc.fn)
		})
	}
}
