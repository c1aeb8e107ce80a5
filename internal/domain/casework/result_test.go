package casework_test

import (
	"context"
	"math"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func TestDeliverRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	in := ordering(w, exempt(casework.Urgent), func(m *casework.MeasureInput) { m.From, m.Due = today(w).AddDays(2), today(w).AddDays(9) })
	w.Must("curator1@lake", order(c, in))
	strangers(t, w, in.ID, func(k id.ID) verb { return deliver(k, casework.Full) })
	refuse(t, w, "executor@steppe", fault.Missing(), deliver(in.ID, casework.Full))
	with := func(d casework.DeliveryInput) verb {
		return func(ctx context.Context, a *act.Act) error { return casework.Deliver(ctx, a, in.ID, d) }
	}
	fields(t, w, "executor@lake", "how", "case.not_begun", with(casework.DeliveryInput{How: casework.Full}))
	w.Pass(3 * day)
	fields(t, w, "executor@lake", "how", "fault.choice", with(casework.DeliveryInput{How: "well"}))
	fields(t, w, "executor@lake", "reason", "case.delivery_reason_wanted", with(casework.DeliveryInput{How: casework.Not}))
	fields(t, w, "executor@lake", "note", "fault.blank", with(casework.DeliveryInput{How: casework.Partly}))
	fields(t, w, "executor@lake", "note", "fault.too_long", with(casework.DeliveryInput{How: casework.Full, Note: long(2001)}))
	refuse(t, w, "executor@lake", fault.Clash("fault.stale"), with(casework.DeliveryInput{How: casework.Full, Version: 9}))
	w.Must("executor@lake", with(casework.DeliveryInput{How: casework.Partly, Note: "two of four times", Version: 1}))
	w.Must("secretary@lake", with(casework.DeliveryInput{How: casework.Full, Version: 2})) // corrected
	w.Must("curator1@lake", judge(in.ID, casework.ResultInput{Outcome: "helped", Reason: "safe at the grandmother's"}))
	refuse(t, w, "executor@lake", fault.Clash("case.measure_done"), with(casework.DeliveryInput{How: casework.Full}))
}

func TestTakeReading(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	in := casework.ReadingInput{Measures: []id.ID{m}, Indicator: "attendance_percent", Value: 60, Day: today(w), Source: "school", Catalogue: catalogue}
	take := func(change func(*casework.ReadingInput)) verb {
		x := in
		change(&x)
		return func(ctx context.Context, a *act.Act) error {
			_, err := casework.TakeReading(ctx, a, c.ID, x)
			return err
		}
	}
	same := func(*casework.ReadingInput) {}
	strangers(t, w, c.ID, func(k id.ID) verb {
		return func(ctx context.Context, a *act.Act) error { _, err := casework.TakeReading(ctx, a, k, in); return err }
	})
	refuse(t, w, "executor@steppe", fault.Missing(), take(same))
	refuse(t, w, "executor@lake", fault.Missing(), take(func(r *casework.ReadingInput) { r.Domain = "education" })) // the case's people alone
	refuse(t, w, "executor@lake", fault.Missing(), take(func(r *casework.ReadingInput) { r.Measures = nil }))
	refuse(t, w, "curator1@lake", fault.Missing(), take(func(r *casework.ReadingInput) { r.Measures = []id.ID{m, id.New()} }))
	for name, tc := range map[string]struct {
		field, key string
		change     func(*casework.ReadingInput)
	}{
		"an unknown indicator": {"indicator", "fault.choice", func(r *casework.ReadingInput) { r.Indicator = "luck" }},
		"another indicator":    {"indicator", "case.reading_other_indicator", func(r *casework.ReadingInput) { r.Indicator = "mood_score" }},
		"for nothing":          {"measures", "case.reading_for_nothing", func(r *casework.ReadingInput) { r.Measures = nil }},
		"an unknown domain":    {"domain", "fault.choice", func(r *casework.ReadingInput) { r.Domain = "stars" }},
		"a goal of no plan":    {"goal", "fault.choice", func(r *casework.ReadingInput) { r.Goal = 3 }},
		"no number":            {"value", "case.value_range", func(r *casework.ReadingInput) { r.Value = math.NaN() }},
		"no end of it":         {"value", "case.value_range", func(r *casework.ReadingInput) { r.Value = math.Inf(1) }},
		"below the range":      {"value", "case.value_range", func(r *casework.ReadingInput) { r.Value = -5 }},
		"above the range":      {"value", "case.value_range", func(r *casework.ReadingInput) { r.Value = 999999999 }},
		"a part of a score":    {"value", "case.value_range_whole", func(r *casework.ReadingInput) { r.Indicator, r.Value = "mood_score", 4.5 }},
		"no source":            {"source", "fault.choice", func(r *casework.ReadingInput) { r.Source = "" }},
		"no day":               {"day", "fault.blank", func(r *casework.ReadingInput) { r.Day = noDay }},
		"tomorrow":             {"day", "case.day_future", func(r *casework.ReadingInput) { r.Day = today(w).AddDays(1) }},
		"before the opening":   {"day", "case.before_opening", func(r *casework.ReadingInput) { r.Day = today(w).AddDays(-9) }},
	} {
		t.Run(name, func(t *testing.T) { fields(t, w, "curator1@lake", tc.field, tc.key, take(tc.change)) })
	}
	w.Must("executor@lake", take(same))
	w.Must("curator1@lake", take(func(r *casework.ReadingInput) { r.Domain, r.Goal, r.Value = "education", 2, 70 }))
	if o := now(t, w, c); len(o.Readings) != 2 || len(o.Measures[0].Readings) != 2 {
		t.Errorf("got %d, %d", len(o.Readings), len(o.Measures[0].Readings))
	}
}

func TestGiveResultRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	helped := casework.ResultInput{Outcome: "helped", Reason: "the teacher says so"}
	strangers(t, w, m, func(k id.ID) verb { return judge(k, helped) })
	refuse(t, w, "executor@lake", fault.Deny("fault.denied"), judge(m, helped))
	fields(t, w, "curator1@lake", "outcome", "fault.choice", judge(m, casework.ResultInput{Outcome: "fine", Reason: "x"}))
	fields(t, w, "curator1@lake", "reason", "fault.too_long", judge(m, casework.ResultInput{Outcome: "helped", Reason: long(2001)}))
	fields(t, w, "curator1@lake", "reason", "case.reading_or_reason", judge(m, casework.ResultInput{Outcome: "no_change"}))
	fields(t, w, "curator1@lake", "reason", "case.cannot_tell_why", judge(m, casework.ResultInput{Outcome: "cannot_tell"}))
	fields(t, w, "curator1@lake", "reading", "fault.id", judge(m, casework.ResultInput{Outcome: "helped", Reading: id.New()}))
	refuse(t, w, "curator1@lake", fault.Clash("fault.stale"), judge(m, casework.ResultInput{Outcome: "helped", Reason: "x", Version: 9}))
	second := ordering(w)
	w.Must("curator1@lake", order(c, second))
	refuse(t, w, "curator1@lake", fault.Clash("case.delivery_first"), judge(second.ID, helped))
	w.Must("curator1@lake", deliver(second.ID, casework.Not))
	refuse(t, w, "curator1@lake", fault.Clash("case.measure_done"), judge(second.ID, helped))
	w.Must("curator1@lake", judge(m, helped))
	refuse(t, w, "curator1@lake", fault.Clash("case.measure_done"), judge(m, helped))
}

// Promise 3: a result is given by someone neither executing nor of the
// executing body; how far from it is kept.
func TestResultIsIndependent(t *testing.T) {
	t.Parallel()
	helped := casework.ResultInput{Outcome: "helped", Reason: "the teacher says so"}
	call := casework.ResultInput{Outcome: "helped", Reason: "the mother says so", Call: true}
	own := func(m *casework.MeasureInput) { m.Executor = trial.Person("curator1@lake") }
	for name, tc := range map[string]struct {
		order func(*casework.MeasureInput)
		who   string
		in    casework.ResultInput
		want  string // independence, or the fault's key
	}{
		"the curator":                {func(*casework.MeasureInput) {}, "curator1@lake", helped, "curator"},
		"the curator who executed":   {own, "curator1@lake", helped, "case.result_own"},
		"the chair after a curator":  {own, "chair@lake", helped, "other_body"},
		"the secretary by a call":    {own, "secretary@lake", call, "secretary_call"},
		"the secretary without call": {own, "secretary@lake", helped, "other_body"},
		"a colleague of the body":    {func(*casework.MeasureInput) {}, "secretary2@lake", helped, "case.result_same_body"},
		"a colleague by a call":      {func(*casework.MeasureInput) {}, "secretary2@lake", call, "same_body_call"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			w.Employ("secretary2@lake", "school@lake")
			c := walked(t, w)
			in := ordering(w, exempt(casework.Urgent), tc.order)
			w.Must("curator1@lake", order(c, in))
			w.Must("curator1@lake", deliver(in.ID, casework.Full))
			err := w.Do(tc.who, judge(in.ID, tc.in))
			if f, ok := fault.Of(err); ok {
				if f.Key != tc.want {
					t.Fatalf("got %v", err)
				}
				return
			}
			if got := now(t, w, c).Measures[0].Result; got == nil || got.Independence != tc.want {
				t.Fatalf("got %+v, want %s", got, tc.want)
			}
		})
	}
}

// Practice rule 24: "helped" needs a reading that moved towards the target, or
// a reason.
func TestRule24HelpedNeedsAReadingThatMoved(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	helped := casework.ResultInput{Outcome: "helped"}
	fields(t, w, "curator1@lake", "reason", "case.result_unmoved", judge(m, helped))
	w.Must("executor@lake", read(w, c, 30, m))
	fields(t, w, "curator1@lake", "reason", "case.result_unmoved", judge(m, helped))
	w.Pass(day)
	w.Must("executor@lake", read(w, c, 70, m))
	w.Must("curator1@lake", judge(m, helped))
	o := now(t, w, c)
	if r := o.Measures[0].Result; r == nil || r.Reading != o.Readings[1].ID || o.Measures[0].State != casework.Judged {
		t.Errorf("got %+v", r)
	}
}

func TestCannotTellNeedsASecondPerson(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	unsure := casework.ResultInput{Outcome: "cannot_tell", Reason: "the school lost the register"}
	unsure.ID = id.New()
	w.Must("secretary@lake", judge(m, unsure))
	if o := now(t, w, c); o.Measures[0].State != casework.Delivered {
		t.Fatalf("state %s", o.Measures[0].State)
	}
	agree := func(yes bool, reason string) verb {
		return func(ctx context.Context, a *act.Act) error {
			return casework.SecondResult(ctx, a, unsure.ID, yes, reason)
		}
	}
	refuse(t, w, "curator1@lake", fault.Clash("case.second_waits"), judge(m, casework.ResultInput{Outcome: "helped", Reason: "x"}))
	refuse(t, w, "executor@lake", fault.Clash("case.second_waits"), deliver(m, casework.Not))
	refuse(t, w, "secretary@lake", fault.Clash("case.second_self"), agree(true, ""))
	refuse(t, w, "curator1@lake", fault.Deny("fault.denied"), agree(true, ""))
	refuse(t, w, "secretary@steppe", fault.Missing(), agree(true, ""))
	fields(t, w, "chair@lake", "reason", "fault.blank", agree(false, ""))
	w.Must("chair@lake", agree(false, "ask the teacher"))
	refuse(t, w, "chair@lake", fault.Clash("case.second_done"), agree(true, ""))
	unsure.ID = id.New()
	w.Must("curator1@lake", judge(m, unsure))
	w.Must("chair@lake", agree(true, ""))
	o := now(t, w, c)
	if o.Measures[0].State != casework.Judged || len(o.Measures[0].Results) != 2 {
		t.Errorf("got %s, %d results", o.Measures[0].State, len(o.Measures[0].Results))
	}
}

func TestOneOffHelpIsJudgedAfterTheNormsDays(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	in := ordering(w, exempt(casework.OneOff))
	w.Must("curator1@lake", order(c, in))
	w.Must("curator1@lake", deliver(in.ID, casework.Full))
	used := casework.ResultInput{Outcome: "helped", Reason: "the coat is worn each day"}
	w.Pass(29 * day)
	refuse(t, w, "secretary@lake", fault.Clash("case.result_early"), judge(in.ID, used))
	w.Pass(day + time.Hour)
	w.Must("secretary@lake", judge(in.ID, used))
}
