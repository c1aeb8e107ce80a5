package worklist_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func day(t *testing.T, w *trial.World, who string) worklist.Today {
	t.Helper()
	var out worklist.Today
	err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		out, err = worklist.MyDay(ctx, v)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return out
}

func open(t *testing.T, w *trial.World, curator string, risk casework.Risk) casework.Case {
	t.Helper()
	o := casework.Opening{ID: id.New(), Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake,
		Problems: []string{"suicide_risk"}, Risk: risk, Reason: "seen by the psychologist", Curator: trial.Person(curator)}
	var c casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, o, registry.Home)
		return err
	})
	return c
}

func assess(w *trial.World, who string, key id.ID, safety int) {
	levels := map[string]int{}
	for _, d := range casework.Domains() {
		levels[d] = 1
	}
	levels["safety"] = safety
	w.Must(who, func(ctx context.Context, a *act.Act) error {
		_, err := casework.Assess(ctx, a, key, casework.AssessmentInput{Levels: levels})
		return err
	})
}

// Rule 16: ten lines at most, danger first; what is beyond is counted.
func TestRule16TenLinesDangerFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for i := range 14 {
		c := open(t, w, "curator1@lake", casework.Risks()[i%4])
		w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	}
	w.Pass(20 * 24 * time.Hour)
	d := day(t, w, "curator1@lake")
	if len(d.Lines) != 10 || d.Rest == 0 {
		t.Fatalf("%d lines, %d more", len(d.Lines), d.Rest)
	}
	for i := 1; i < len(d.Lines); i++ {
		if d.Lines[i].Rank < d.Lines[i-1].Rank {
			t.Errorf("line %d is graver than the one before", i)
		}
		if d.Lines[i].Rank == d.Lines[i-1].Rank && d.Lines[i].Due.Sub(d.Lines[i-1].Due) < 0 {
			t.Errorf("line %d is due before the one before", i)
		}
	}
	if d.Lines[0].Rank != casework.Danger || d.Lines[0].Child == "" {
		t.Errorf("first line %+v", d.Lines[0])
	}
}

// A day begins with the message whose safety question nobody has answered.
func TestUnansweredSafetyStandsFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	open(t, w, "curator1@lake", casework.Acute)
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		_, err := signal.Enter(ctx, a, signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "phone", ReceivedAt: w.Now(),
			What: "cries at night", HowKnown: "heard through the wall", Kind: "violence_family", Urgent: true, Whom: "a girl of the next flat",
			Reporter: signal.Reporter{Kind: "neighbour"}}, registry.Home)
		return err
	})
	for _, who := range []string{"duty@lake", "secretary@lake", "chair@lake"} {
		if d := day(t, w, who); len(d.Lines) == 0 || d.Lines[0].Kind != "signal_safety" {
			t.Errorf("%s: %+v", who, d.Lines)
		}
	}
	if d := day(t, w, "secretary@steppe"); len(d.Lines) != 0 || d.Uncovered != 0 {
		t.Errorf("the next district's day: %+v", d)
	}
	if d := day(t, w, "regional@north"); d.Uncovered != 1 {
		t.Errorf("region: %d uncovered", d.Uncovered)
	}
}

// Everybody has a day, whatever the role, and it is empty without work.
func TestEverybodyHasADay(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for who := range trial.Cast() {
		if d := day(t, w, who); len(d.Lines) != 0 {
			t.Errorf("%s: %+v", who, d.Lines)
		}
	}
}

// Lines of messages say of what each tells and since when it waits; what no
// list names stays unnamed (practice rules 8 and 11).
func TestAMessageSaysItsKindAndHour(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	at := w.Now()
	kinds := map[string]string{"neglect": "neglect", "bullying": "bullying", "suicide_risk": "", "sexual_harm": ""}
	said := map[id.ID]string{}
	for k, want := range kinds {
		key := id.New()
		said[key] = want
		w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
			_, err := signal.Enter(ctx, a, signal.Input{ID: key, Territory: trial.Lake, Channel: "phone", ReceivedAt: at,
				What: "cries at night", HowKnown: "heard through the wall", Kind: k, Whom: "a girl of the next flat",
				Reporter: signal.Reporter{Kind: "neighbour"}}, registry.Home)
			return err
		})
	}
	lines := day(t, w, "secretary@lake").Lines
	if len(lines) != len(kinds) {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		if l.Problem != said[l.Signal] || !l.Received.Equal(at) || !l.At.After(at) {
			t.Errorf("%+v, want %q", l, said[l.Signal])
		}
	}
}

// An offer follows the child: danger first, and never calm where the risk is
// high.
func TestAnOfferFollowsTheChild(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	offer := func(r casework.Risk, problem string) id.ID {
		o := casework.Opening{ID: id.New(), Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake,
			Problems: []string{problem}, Risk: r, Reason: "seen by the psychologist", Curator: trial.Person("curator1@lake")}
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			_, err := casework.Open(ctx, a, o, registry.Home)
			return err
		})
		w.Pass(time.Minute)
		return o.ID
	}
	low, high, feared := offer(casework.Low, "truancy"), offer(casework.High, "truancy"), offer(casework.Medium, "suicide_risk")
	now := offer(casework.Low, "truancy")
	assess(w, "secretary@lake", now, 3)
	lines := day(t, w, "curator1@lake").Lines
	if len(lines) != 4 || lines[0].Case != now || !lines[0].Now || lines[3].Case != low {
		t.Fatalf("%+v", lines)
	}
	want := map[id.ID]casework.Rank{now: casework.Danger, high: casework.Danger, feared: casework.Danger, low: casework.Law}
	for _, l := range lines {
		if l.Rank != want[l.Case] || l.Kind != casework.LineOffer || l.Risk == "" {
			t.Errorf("%+v", l)
		}
	}
	w.Pass(24 * time.Hour)
	if l := day(t, w, "curator1@lake").Lines[3]; !l.Late {
		t.Errorf("a day later %+v", l)
	}
}

// An executor reads of a measure from the day of its order until something is
// said of it; who walks with the child has it when its day comes.
func TestAnExecutorReadsOfANewMeasure(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "curator1@lake", casework.Low)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	assess(w, "curator1@lake", c.ID, 1)
	base, target, today := 40.0, 90.0, date.Of(w.Now())
	var m casework.Measure
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WritePlan(ctx, a, c.ID, casework.PlanInput{Goals: []string{"goes to school each day"}, ChildView: "I want to play football", Review: today.AddMonths(3)})
		if err != nil {
			return err
		}
		m, err = casework.Order(ctx, a, c.ID, casework.MeasureInput{ID: id.New(), Kind: "mentoring", Subject: "child", Executor: trial.Person("executor@lake"),
			Ground: "consent", GroundNote: "the mother, in writing", Indicator: "attendance_percent", Baseline: &base, Target: &target,
			From: today, Due: today.AddDays(30), Check: today.AddDays(30), Catalogue: trial.Catalogue()})
		return err
	})
	lines := day(t, w, "executor@lake").Lines
	if len(lines) != 1 || lines[0].Kind != casework.LineOrdered || lines[0].On != m.ID || lines[0].Measure != "mentoring" || lines[0].Child != "" {
		t.Fatalf("the day of the order: %+v", lines)
	}
	for _, l := range day(t, w, "curator1@lake").Lines {
		if l.On == m.ID {
			t.Errorf("the curator has %+v", l)
		}
	}
	w.Pass(28 * 24 * time.Hour)
	if lines := day(t, w, "executor@lake").Lines; len(lines) != 1 || lines[0].Kind != casework.LineDelivery {
		t.Errorf("near the day: %+v", lines)
	}
	w.Must("executor@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Deliver(ctx, a, m.ID, casework.DeliveryInput{How: casework.Full})
	})
	if lines := day(t, w, "executor@lake").Lines; len(lines) != 0 {
		t.Errorf("after the answer: %+v", lines)
	}
}

// Lines of measures beside a child's name say which measure; a kind that would
// tell of an illness stays unnamed (practice rule 11).
func TestALineNamesItsMeasure(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "curator1@lake", casework.Low)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	assess(w, "curator1@lake", c.ID, 1)
	base, target, today := 40.0, 90.0, date.Of(w.Now())
	want := map[id.ID]string{}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WritePlan(ctx, a, c.ID, casework.PlanInput{Goals: []string{"goes to school each day"}, ChildView: "I want to play football", Review: today.AddMonths(3)})
		for kind, said := range map[string]string{"mentoring": "mentoring", "addiction_care": ""} {
			if err != nil {
				return err
			}
			key := id.New()
			want[key] = said
			_, err = casework.Order(ctx, a, c.ID, casework.MeasureInput{ID: key, Kind: kind, Subject: "child", Executor: trial.Person("executor@lake"),
				Ground: "consent", GroundNote: "the mother, in writing", Indicator: "attendance_percent", Baseline: &base, Target: &target,
				From: today, Due: today.AddDays(30), Check: today.AddDays(30), Catalogue: trial.Catalogue()})
		}
		return err
	})
	w.Pass(28 * 24 * time.Hour)
	n := 0
	for _, l := range day(t, w, "curator1@lake").Lines {
		said, ok := want[l.On]
		if !ok {
			continue
		}
		n++
		if l.Measure != said || l.Child == "" {
			t.Errorf("%+v, want %q", l, said)
		}
	}
	if n < 4 {
		t.Errorf("%d lines of measures", n)
	}
}

// The lines after the first ten are the same ones in the same order, to the
// last; each number opens its rows.
func TestLaterLinesGoOn(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for range 6 {
		c := open(t, w, "curator1@lake", casework.Low)
		w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	}
	w.Pass(40 * 24 * time.Hour)
	err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
		first, err := worklist.MyDay(ctx, v)
		if err != nil {
			return err
		}
		whole, err := worklist.Later(ctx, v, 0, 200)
		if err != nil {
			return err
		}
		if len(first.Lines) != worklist.DayLines || first.Rest != 2 || len(whole.Lines) != 12 || whole.Rest != 0 {
			t.Fatalf("%d lines and %d, of %d", len(first.Lines), first.Rest, len(whole.Lines))
		}
		later, err := worklist.Later(ctx, v, worklist.DayLines, 1)
		if err != nil {
			return err
		}
		if later.Rest != 1 || !slices.Equal(append(first.Lines, later.Lines...), whole.Lines[:11]) {
			t.Errorf("%+v does not go on from %+v", later.Lines, first.Lines)
		}
		none, err := worklist.Later(ctx, v, 100, 50)
		if len(none.Lines) != 0 || none.Rest != 0 {
			t.Errorf("after the end: %+v", none)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
