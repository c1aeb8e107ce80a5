package signal_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

var (
	born    = date.New(2012, 5, 17)
	denied  = fault.Deny("fault.denied")
	missing = fault.Missing()
	invalid = fault.New(fault.Invalid, "")
)

// input is a lawful message in the Lake district.
func input(w *trial.World, child id.ID) signal.Input {
	return signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "phone", ReceivedAt: w.Now().Add(-time.Minute),
		What: "shouting behind the wall", HowKnown: "I live next door", Kind: "conflict", Child: child,
		Reporter: signal.Reporter{Kind: "neighbour", Name: "Invented Neighbour", Contact: "8 700 000 00 00"}}
}

// enter enters a lawful message by a person.
func enter(t *testing.T, w *trial.World, who string, change ...func(*signal.Input)) signal.Signal {
	t.Helper()
	in := input(w, w.Child(trial.Lake, born))
	for _, f := range change {
		f(&in)
	}
	var s signal.Signal
	w.Must(who, func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = signal.Enter(ctx, a, in, trial.Home)
		return err
	})
	return s
}

func kind(k string) func(*signal.Input) { return func(in *signal.Input) { in.Kind = k } }
func urgent(in *signal.Input)           { in.Urgent = true }
func naming(n ...signal.Named) func(*signal.Input) {
	return func(in *signal.Input) { in.Named = n }
}

// calm is an answer without danger.
func calm() signal.Safety {
	return signal.Safety{WithWhom: "with the grandmother", FearedNear: "no", Injured: "no", Suicide: "no"}
}

func answer(w *trial.World, who string, key id.ID, x signal.Safety) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.AnswerSafety(ctx, a, key, x) })
}

// checked enters a message and answers about safety.
func checked(t *testing.T, w *trial.World, change ...func(*signal.Input)) signal.Signal {
	t.Helper()
	s := enter(t, w, "duty@lake", change...)
	if err := answer(w, "duty@lake", s.ID, calm()); err != nil {
		t.Fatal(err)
	}
	return s
}

func get(w *trial.World, who string, key id.ID) (signal.Message, error) {
	var m signal.Message
	err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		m, err = signal.Get(ctx, v, key)
		return err
	})
	return m, err
}

func see(t *testing.T, w *trial.World, who string, key id.ID) signal.Message {
	t.Helper()
	m, err := get(w, who, key)
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return m
}

func list(t *testing.T, w *trial.World, who string, f signal.Filter) []signal.Signal {
	t.Helper()
	var out []signal.Signal
	err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		out, _, err = signal.List(ctx, v, f, signal.Page{Size: 50})
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return out
}

func counts(t *testing.T, w *trial.World, who string) map[string]int {
	t.Helper()
	var out map[string]int
	err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		out, err = signal.Counts(ctx, v, signal.Filter{})
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return out
}

func want(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEnterRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, born)
	for name, tc := range map[string]struct {
		who    string
		change func(*signal.Input)
		want   error
		field  string
	}{
		"an executor does not enter":     {"executor@lake", nil, denied, ""},
		"an analyst":                     {"analyst", nil, denied, ""},
		"a regional coordinator":         {"regional@north", nil, denied, ""},
		"another district":               {"duty@steppe", nil, denied, ""},
		"nothing happened":               {"duty@lake", func(in *signal.Input) { in.What = "  " }, invalid, "what"},
		"not known how":                  {"duty@lake", func(in *signal.Input) { in.HowKnown = "" }, invalid, "how_known"},
		"too long":                       {"duty@lake", func(in *signal.Input) { in.What = strings.Repeat("x", 4001) }, invalid, "what"},
		"an unknown kind":                {"duty@lake", kind("x"), invalid, "kind"},
		"an unknown channel":             {"duty@lake", func(in *signal.Input) { in.Channel = "x" }, invalid, "channel"},
		"received in the future":         {"duty@lake", func(in *signal.Input) { in.ReceivedAt = w.Now().Add(time.Minute) }, invalid, "received_at"},
		"received over a year ago":       {"duty@lake", func(in *signal.Input) { in.ReceivedAt = w.Now().AddDate(-1, 0, -1) }, invalid, "received_at"},
		"received never":                 {"duty@lake", func(in *signal.Input) { in.ReceivedAt = time.Time{} }, invalid, "received_at"},
		"about nobody":                   {"duty@lake", func(in *signal.Input) { in.Child = "" }, invalid, "whom"},
		"an unknown child":               {"duty@lake", func(in *signal.Input) { in.Child = id.New() }, invalid, "child"},
		"an unknown other child":         {"duty@lake", func(in *signal.Input) { in.Others = []signal.Party{{Child: id.New(), Part: "hurt"}} }, invalid, "child"},
		"the same child twice":           {"duty@lake", func(in *signal.Input) { in.Others = []signal.Party{{Child: child, Part: "hurt"}} }, invalid, "others"},
		"another child without part":     {"duty@lake", func(in *signal.Input) { in.Others = []signal.Party{{Child: id.New()}} }, invalid, "others"},
		"an unknown reporter":            {"duty@lake", func(in *signal.Input) { in.Reporter.Kind = "x" }, invalid, "reporter_kind"},
		"an anonymous one with a name":   {"duty@lake", func(in *signal.Input) { in.Reporter.Kind = "anonymous" }, invalid, "reporter_name"},
		"a person nobody knows":          {"duty@lake", naming(signal.Named{Person: id.New()}), invalid, "named"},
		"neither a worker nor a body":    {"duty@lake", naming(signal.Named{}), invalid, "named"},
		"a district that does not exist": {"curator1@lake", func(in *signal.Input) { in.Territory = trial.Lake + "99." }, invalid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(w, child)
			if tc.change != nil {
				tc.change(&in)
			}
			err := w.Do(tc.who, func(ctx context.Context, a *act.Act) error {
				_, err := signal.Enter(ctx, a, in, trial.Home)
				return err
			})
			want(t, err, tc.want)
			if f, ok := fault.Of(err); ok && tc.field != "" && (len(f.Fields) == 0 || f.Fields[0].Name != tc.field) {
				t.Errorf("got %v, want a message at %s", err, tc.field)
			}
		})
	}
	if n := len(list(t, w, "secretary@lake", signal.Filter{})); n != 0 {
		t.Errorf("%d messages were entered all the same", n)
	}
}

func TestEnterTwice(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := enter(t, w, "duty@lake")
	in := input(w, s.Child)
	in.ID = s.ID
	err := w.Do("duty@lake", func(ctx context.Context, a *act.Act) error {
		_, err := signal.Enter(ctx, a, in, trial.Home)
		return err
	})
	want(t, err, fault.Clash("fault.sent_twice"))
}

// A curator who enters a message sees what happened, and no more of it.
func TestEnterByCurator(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, born)
	w.Reach("curator1@lake", child)
	s := enter(t, w, "curator1@lake", func(in *signal.Input) { in.Child = child })
	m := see(t, w, "curator1@lake", s.ID)
	if m.Sight != signal.Narrowed || m.What == "" || m.HowKnown != "" || m.Child != "" {
		t.Errorf("got %+v", m)
	}
	_, err := get(w, "curator2@lake", s.ID)
	want(t, err, missing)
}

// Practice rule 1: triage begins with the answer about safety, which cannot be
// skipped, and whose danger calls for an action with body, hour and result.
func TestRule01SafetyFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := enter(t, w, "duty@lake", urgent)
	first := fault.Clash("signal.safety_first")
	for name, verb := range map[string]func(context.Context, *act.Act) error{
		"confirm":  func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "neglect", 0) },
		"identify": func(ctx context.Context, a *act.Act) error { return signal.Identify(ctx, a, s.ID, s.Child, 0) },
		"not confirm": func(ctx context.Context, a *act.Act) error {
			_, err := signal.NotConfirm(ctx, a, s.ID, "calm", 0)
			return err
		},
		"pass on": func(ctx context.Context, a *act.Act) error {
			return signal.PassOn(ctx, a, s.ID, signal.Handing{To: trial.Steppe, Reason: "lives there"})
		},
		"end": func(ctx context.Context, a *act.Act) error {
			_, err := signal.EndInCase(ctx, a, s.ID, signal.Ending{Outcome: signal.BecameCase, Case: id.New(), Child: s.Child})
			return err
		},
		"other child": func(ctx context.Context, a *act.Act) error {
			_, err := signal.CaseForOther(ctx, a, s.ID, signal.Basis{Child: s.Child, Case: id.New()})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { want(t, w.Do("secretary@lake", verb), first) })
	}
	done := signal.Protection{Body: "police_102", At: w.Now(), Result: "a patrol took the child to the grandmother"}
	for name, tc := range map[string]struct {
		who    string
		change func(*signal.Safety)
		want   error
	}{
		"yes without action":          {"duty@lake", func(x *signal.Safety) { x.Injured = "yes" }, invalid},
		"unknown without action":      {"duty@lake", func(x *signal.Safety) { x.FearedNear = "unknown" }, invalid},
		"suicide without action":      {"duty@lake", func(x *signal.Safety) { x.Suicide = "yes" }, invalid},
		"an unknown body":             {"duty@lake", func(x *signal.Safety) { x.Suicide, x.Action = "yes", done; x.Action.Body = "x" }, invalid},
		"no result":                   {"duty@lake", func(x *signal.Safety) { x.Suicide, x.Action = "yes", done; x.Action.Result = " " }, invalid},
		"in the future":               {"duty@lake", func(x *signal.Safety) { x.Suicide, x.Action = "yes", done; x.Action.At = w.Now().Add(time.Hour) }, invalid},
		"long before":                 {"duty@lake", func(x *signal.Safety) { x.Suicide, x.Action = "yes", done; x.Action.At = w.Now().AddDate(0, 0, -3) }, invalid},
		"without hour":                {"duty@lake", func(x *signal.Safety) { x.Suicide, x.Action = "yes", done; x.Action.At = time.Time{} }, invalid},
		"no answer":                   {"duty@lake", func(x *signal.Safety) { x.Suicide = "" }, invalid},
		"with whom is left blank":     {"duty@lake", func(x *signal.Safety) { x.WithWhom = "" }, invalid},
		"too long":                    {"duty@lake", func(x *signal.Safety) { x.WithWhom = strings.Repeat("x", 501) }, invalid},
		"a curator":                   {"curator1@lake", nil, denied},
		"an officer of another place": {"duty@steppe", nil, missing},
		"an old form":                 {"duty@lake", func(x *signal.Safety) { x.Version = 7 }, fault.Clash("fault.stale")},
	} {
		t.Run(name, func(t *testing.T) {
			x := calm()
			if tc.change != nil {
				tc.change(&x)
			}
			want(t, answer(w, tc.who, s.ID, x), tc.want)
		})
	}
	want(t, answer(w, "duty@lake", id.New(), calm()), missing)
	x := calm()
	x.Injured, x.Action = "yes", done
	if err := answer(w, "duty@lake", s.ID, x); err != nil {
		t.Fatal(err)
	}
	if m := see(t, w, "secretary@lake", s.ID); m.State != signal.SafeChecked || m.ActionBody != "police_102" || m.ActionAt == nil {
		t.Errorf("got %+v", m.Signal)
	}
	want(t, answer(w, "secretary@lake", s.ID, calm()), fault.Clash("signal.safety_answered"))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "neglect", 0) })
}

// The clock runs in hours from receipt, at night too.
func TestRule01Clock(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	at := func(hour, minute int) time.Time {
		return time.Date(2026, 3, 7, hour, minute, 0, 0, time.FixedZone("", 5*3600))
	}
	for name, tc := range map[string]struct {
		received time.Time
		urgent   bool
		hours    int
	}{
		"by day, urgent":       {at(12, 0), true, 1},
		"at 21:59, urgent":     {at(21, 59), true, 1},
		"at 22:00, urgent":     {at(22, 0), true, 2},
		"at 05:59, urgent":     {at(5, 59), true, 2},
		"at 06:00, urgent":     {at(6, 0), true, 1},
		"at night, not urgent": {at(23, 0), false, 24},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.Show("duty@lake", func(_ context.Context, v *act.View) error {
				c := signal.Due(signal.Signal{State: signal.New, ReceivedAt: tc.received, Urgent: tc.urgent}, v.Norm)
				if got := c.At.Sub(tc.received); c.What != "safety" || got != time.Duration(tc.hours)*time.Hour {
					t.Errorf("got %v %v", c.What, got)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// When the hours have passed without an answer, the chair is told too.
func TestRule01LateGoesToChair(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := enter(t, w, "duty@lake", urgent)
	if got := notices(t, w, s.ID); got["secretary@lake notice.signal_new"] != 1 || got["chair@lake notice.signal_new"] != 0 {
		t.Errorf("at entry: %v", got)
	}
	await := func() {
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			return signal.Await(ctx, a, signal.AwaitSafety{Signal: s.ID})
		})
	}
	await()
	if got := notices(t, w, s.ID); got["chair@lake notice.signal_late"] != 0 {
		t.Errorf("too early: %v", got)
	}
	w.Pass(time.Hour)
	await()
	if got := notices(t, w, s.ID); got["chair@lake notice.signal_late"] != 1 || got["duty@lake notice.signal_late"] != 1 {
		t.Errorf("late: %v", got)
	}
	if err := answer(w, "duty@lake", s.ID, calm()); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Hour)
	await()
	if got := notices(t, w, s.ID); got["chair@lake notice.signal_late"] != 1 {
		t.Errorf("after the answer: %v", got)
	}
}

// notices counts the notices about a message by "person key".
func notices(t *testing.T, w *trial.World, key id.ID) map[string]int {
	t.Helper()
	names := map[id.ID]string{}
	for n := range trial.Cast() {
		names[trial.Person(n)] = n
	}
	var rows []struct {
		Person id.ID
		Key    string
	}
	err := w.DB.R.NewSelect().Table("notice").Column("person", "key").Where("subject = ?", key).Scan(t.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, r := range rows {
		out[names[r.Person]+" "+r.Key]++
	}
	return out
}
