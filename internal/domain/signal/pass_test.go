package signal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func pass(w *trial.World, who string, key id.ID, h signal.Handing) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.PassOn(ctx, a, key, h) })
}

func accept(w *trial.World, who string, key id.ID, version int) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.AcceptPass(ctx, a, key, version) })
}

func refuse(w *trial.World, who string, key id.ID, reason string) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.RefusePass(ctx, a, key, reason, 0) })
}

func waiting(t *testing.T, w *trial.World, who string) int {
	t.Helper()
	var n int
	err := w.Show(who, func(ctx context.Context, v *act.View) error {
		all, err := signal.Waiting(ctx, v)
		n = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The sender keeps the clock until the receiver has accepted.
func TestPassOnAndAccept(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := checked(t, w)
	to := signal.Handing{To: trial.River, Reason: "the family has moved there"}
	want(t, pass(w, "curator1@lake", s.ID, to), denied)
	want(t, pass(w, "secretary@steppe", s.ID, to), missing)
	want(t, pass(w, "secretary@lake", id.New(), to), missing)
	want(t, pass(w, "secretary@lake", s.ID, signal.Handing{To: trial.River}), invalid)
	want(t, pass(w, "secretary@lake", s.ID, signal.Handing{Reason: "moved"}), invalid)
	want(t, pass(w, "secretary@lake", s.ID, signal.Handing{To: trial.Lake, Reason: "moved"}), invalid)
	want(t, pass(w, "secretary@lake", s.ID, signal.Handing{To: trial.South, Reason: "moved"}), invalid) // nobody there
	want(t, pass(w, "secretary@lake", s.ID, signal.Handing{To: trial.River, Reason: strings.Repeat("x", 2001)}), invalid)
	want(t, pass(w, "secretary@lake", s.ID, signal.Handing{To: trial.River, Reason: "moved", Version: 9}), fault.Clash("fault.stale"))
	_, err := get(w, "secretary@river", s.ID)
	want(t, err, missing)
	if err := pass(w, "secretary@lake", s.ID, to); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Hour)
	m := see(t, w, "secretary@river", s.ID)
	if m.Sight != signal.Offered || m.What == "" || m.HowKnown != "" || m.Reporter || waiting(t, w, "secretary@river") != 1 {
		t.Errorf("the receiver sees %+v", m)
	}
	if m := see(t, w, "secretary@lake", s.ID); m.State != signal.Passed || m.Territory != trial.Lake || m.Clock.What != "pass" {
		t.Errorf("the sender keeps the clock: %+v", m)
	}
	want(t, pass(w, "secretary@lake", s.ID, to), fault.Clash("signal.waits_for_receiver"))
	want(t, accept(w, "secretary@lake", s.ID, 0), missing)
	want(t, accept(w, "duty@river", s.ID, 0), denied)
	want(t, accept(w, "secretary@steppe", s.ID, 0), missing)
	want(t, accept(w, "secretary@river", s.ID, 1), fault.Clash("fault.stale"))
	if err := accept(w, "secretary@river", s.ID, m.Version); err != nil {
		t.Fatal(err)
	}
	m = see(t, w, "secretary@river", s.ID)
	if m.Territory != trial.River || m.State != signal.SafeChecked || !m.HeldFrom.Equal(w.Now()) || !m.Reporter || len(m.Passings) != 1 {
		t.Errorf("got %+v", m)
	}
	_, err = get(w, "secretary@lake", s.ID)
	want(t, err, missing)
	want(t, accept(w, "secretary@river", s.ID, 0), missing)
	if got := notices(t, w, s.ID); got["secretary@river notice.signal_offered"] != 1 || got["secretary@lake notice.signal_accepted"] != 1 {
		t.Errorf("notices: %v", got)
	}
}

// The second refusal takes the message up; the region decides, and nobody may
// refuse what it gives.
func TestSecondRefusalGoesUp(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := checked(t, w)
	decide := func(who, to string) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			return signal.Decide(ctx, a, s.ID, signal.Handing{To: to, Reason: "the child lives there"})
		})
	}
	for i, name := range []string{"river", "steppe"} {
		want(t, decide("regional@north", trial.Steppe), missing)
		to := map[string]string{"river": trial.River, "steppe": trial.Steppe}[name]
		if err := pass(w, "secretary@lake", s.ID, signal.Handing{To: to, Reason: "lives there"}); err != nil {
			t.Fatal(err)
		}
		want(t, refuse(w, "secretary@"+name, s.ID, ""), invalid)
		want(t, refuse(w, "secretary@lake", s.ID, "no"), missing)
		w.Pass(time.Hour)
		if err := refuse(w, "secretary@"+name, s.ID, "does not live here"); err != nil {
			t.Fatal(err)
		}
		m := see(t, w, "secretary@lake", s.ID)
		if m.State != signal.SafeChecked || m.Territory != trial.Lake || m.Up != (i == 1) {
			t.Errorf("refusal %d: %+v", i+1, m.Signal)
		}
		_, err := get(w, "secretary@"+name, s.ID)
		want(t, err, missing)
	}
	if got := notices(t, w, s.ID); got["regional@north notice.signal_up"] != 1 || got["secretary@lake notice.signal_refused"] != 2 {
		t.Errorf("notices: %v", got)
	}
	want(t, pass(w, "secretary@lake", s.ID, signal.Handing{To: trial.River, Reason: "again"}), fault.Clash("signal.region_decides"))
	want(t, decide("secretary@lake", trial.Steppe), denied)
	want(t, decide("regional@south", trial.River), missing)
	want(t, decide("regional@north", trial.River), denied)
	want(t, decide("regional@north", ""), invalid)
	if err := decide("regional@north", trial.Steppe); err != nil {
		t.Fatal(err)
	}
	if m := see(t, w, "secretary@steppe", s.ID); m.Territory != trial.Steppe || m.Up {
		t.Errorf("got %+v", m.Signal)
	}
}

// A message is not passed to a commission that it names.
func TestPassNotToTheNamed(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := checked(t, w, naming(signal.Named{Person: trial.Person("chair@steppe")}))
	err := pass(w, "secretary@lake", s.ID, signal.Handing{To: trial.Steppe, Reason: "lives there"})
	if !fault.Has(err, "to", "signal.named_there") {
		t.Errorf("got %v", err)
	}
}

func TestConfirmAndIdentifyRefuse(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := checked(t, w, func(in *signal.Input) { in.Child, in.Whom = "", "a girl in a red coat" })
	confirm := func(who, k string, version int) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, k, version) })
	}
	identify := func(who string, child id.ID) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.Identify(ctx, a, s.ID, child, 0) })
	}
	want(t, confirm("duty@lake", "neglect", 0), denied)
	want(t, confirm("secretary@river", "neglect", 0), missing)
	want(t, confirm("secretary@lake", "x", 0), invalid)
	want(t, confirm("secretary@lake", "neglect", 1), fault.Clash("fault.stale"))
	want(t, identify("duty@lake", id.New()), denied)
	want(t, identify("secretary@lake", ""), invalid)
	want(t, identify("secretary@lake", id.New()), invalid)
	child := w.Child(trial.Lake, born)
	if err := identify("secretary@lake", child); err != nil {
		t.Fatal(err)
	}
	want(t, identify("secretary@lake", child), fault.Clash("signal.child_known"))
	if err := confirm("secretary@lake", "neglect", 0); err != nil {
		t.Fatal(err)
	}
	if m := see(t, w, "secretary@lake", s.ID); m.Child != child || m.Kind() != "neglect" {
		t.Errorf("got %+v", m.Signal)
	}
}

func TestAddOther(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := enter(t, w, "duty@lake")
	other := w.Child(trial.Lake, born)
	add := func(who string, child id.ID, part string, version int) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			return signal.AddOther(ctx, a, s.ID, signal.Party{Child: child, Part: part}, version)
		})
	}
	want(t, add("secretary@lake", other, "harming", 0), fault.Clash("signal.safety_first"))
	if err := answer(w, "duty@lake", s.ID, calm()); err != nil {
		t.Fatal(err)
	}
	want(t, add("duty@lake", other, "harming", 0), denied)
	want(t, add("secretary@steppe", other, "harming", 0), missing)
	want(t, add("secretary@lake", other, "x", 0), invalid)
	want(t, add("secretary@lake", s.Child, "hurt", 0), invalid)
	want(t, add("secretary@lake", id.New(), "hurt", 0), invalid)
	want(t, add("secretary@lake", "", "hurt", 0), invalid)
	want(t, add("secretary@lake", other, "harming", 1), fault.Clash("fault.stale"))
	if err := add("secretary@lake", other, "harming", 0); err != nil {
		t.Fatal(err)
	}
	want(t, add("secretary@lake", other, "harming", 0), invalid)
	if m := see(t, w, "secretary@lake", s.ID); len(m.Others) != 1 {
		t.Errorf("got %+v", m.Others)
	}
}

// Each number equals the list it opens, for each viewer and each filter.
func TestCountsEqualLists(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for i, k := range signal.Kinds() {
		change := []func(*signal.Input){kind(k)}
		if i%3 == 0 {
			change = append(change, urgent)
		}
		switch s := enter(t, w, "duty@lake", append(change, naming(signal.Named{Person: trial.Person([]string{"curator1@lake", "chair@lake"}[i%2])}))...); i % 4 {
		case 0, 1:
			if err := answer(w, "duty@lake", s.ID, calm()); err != nil {
				t.Fatal(err)
			}
		}
		checked(t, w, change...)
	}
	for _, who := range []string{"duty@lake", "secretary@lake", "chair@lake", "regional@north", "republican", "secretary@steppe"} {
		for g, n := range counts(t, w, who) {
			rows := list(t, w, who, signal.Filter{Group: g})
			if len(rows) != n {
				t.Errorf("%s %s: counted %d, listed %d", who, g, n, len(rows))
			}
			for _, s := range rows {
				see(t, w, who, s.ID)
			}
		}
	}
	err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
		_, _, err := signal.List(ctx, v, signal.Filter{}, signal.Page{})
		return err
	})
	want(t, err, denied)
	err = w.Show("duty@lake", func(ctx context.Context, v *act.View) error {
		_, _, err := signal.List(ctx, v, signal.Filter{Group: "x", Kind: "y"}, signal.Page{})
		return err
	})
	want(t, err, invalid)
}

// The pages of a list follow one another without gap or double.
func TestListPages(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	when := w.Now().Add(-time.Hour)
	for i := range 7 { // three of one instant
		enter(t, w, "duty@lake", func(in *signal.Input) { in.ReceivedAt = when.Add(time.Duration(i/3) * time.Minute) })
	}
	var seen []string
	err := w.Show("duty@lake", func(ctx context.Context, v *act.View) error {
		next := &signal.Page{Size: 3}
		for next != nil {
			rows, p, err := signal.List(ctx, v, signal.Filter{}, *next)
			if err != nil {
				return err
			}
			for _, s := range rows {
				seen = append(seen, fmt.Sprint(s.ReceivedAt.Unix(), s.ID))
			}
			next = p
		}
		return nil
	})
	if err != nil || len(seen) != 7 {
		t.Fatalf("%v: %v", err, seen)
	}
	for i := 1; i < len(seen); i++ {
		if seen[i] >= seen[i-1] {
			t.Errorf("out of order at %d: %v", i, seen)
		}
	}
}

func TestLinesDangerFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	ordinary := enter(t, w, "duty@lake")
	alarm := enter(t, w, "duty@lake", urgent)
	triage := checked(t, w)
	second := checked(t, w, kind("violence_other"))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := signal.NotConfirm(ctx, a, second.ID, "calm", 0)
		return err
	})
	lines := func(who string) string {
		var out []string
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			all, err := signal.Lines(ctx, v)
			for _, l := range all {
				out = append(out, fmt.Sprintf("%s:%s:%v", l.What, map[id.ID]string{ordinary.ID: "ordinary", alarm.ID: "alarm", triage.ID: "triage", second.ID: "second"}[l.Signal.ID], l.Late))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(out, " ")
	}
	if got := lines("secretary@lake"); got != "safety:alarm:false safety:ordinary:false triage:triage:false" {
		t.Error(got)
	}
	if got := lines("chair@lake"); got != "safety:alarm:false safety:ordinary:false second:second:false" {
		t.Error(got)
	}
	w.Pass(2 * time.Hour)
	if got := lines("duty@lake"); got != "safety:alarm:true safety:ordinary:false" {
		t.Error(got)
	}
}

// Loading history leaves the same rows and records as the verbs.
func TestLoadSignalsAsVerbs(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, born)
	in := input(w, child)
	in.Kind = "violence_other"
	duty, secretary := trial.Person("duty@lake"), trial.Person("secretary@lake")
	x := calm()
	s := enter(t, w, "duty@lake", func(i *signal.Input) { *i = in })
	steps := []time.Time{w.Now()}
	tick := func() { w.Pass(time.Minute); steps = append(steps, w.Now()) }
	tick()
	if err := answer(w, "duty@lake", s.ID, x); err != nil {
		t.Fatal(err)
	}
	tick()
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "conflict", 0) })
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := signal.NotConfirm(ctx, a, s.ID, "calm", 0)
		return err
	})
	tick()
	agree := signal.Opinion{Agree: true, Reason: "read it"}
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error { return signal.Second(ctx, a, s.ID, agree) })

	again := in
	again.ID, again.Child = id.New(), w.Child(trial.Lake, born)
	load := func(who access.Who, p ...signal.Past) error {
		return w.Run.Do(t.Context(), who, func(ctx context.Context, a *act.Act) error { return signal.LoadSignals(ctx, a, p) })
	}
	past := signal.Past{Input: again, Entered: signal.Step{At: steps[0], By: duty}, Safety: &x, Answered: signal.Step{At: steps[1], By: duty},
		Kind: "conflict", Outcome: signal.NotConfirmedEnd, Reason: "calm", Triaged: signal.Step{At: steps[2], By: secretary},
		Second: &agree, Seconded: signal.Step{At: steps[3], By: trial.Person("chair@lake")}}
	want(t, load(access.Who{Person: secretary}, past), denied)
	for name, change := range map[string]func(*signal.Past){
		"no safety answer":      func(p *signal.Past) { p.Safety = nil },
		"a case without a kind": func(p *signal.Past) { p.Kind, p.Outcome, p.Case = "", signal.BecameCase, id.New() },
		"no reason":             func(p *signal.Past) { p.Reason = "" },
		"the same person":       func(p *signal.Past) { p.Seconded.By = secretary },
		"in the future":         func(p *signal.Past) { p.Input.ReceivedAt = steps[0].Add(time.Hour) },
		"an unknown outcome":    func(p *signal.Past) { p.Outcome = "x" },
	} {
		p := past
		change(&p)
		if err := load(access.Who{System: "demo"}, p); fault.KindOf(err) == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := load(access.Who{System: "demo"}, past); err != nil {
		t.Fatal(err)
	}
	a, b := see(t, w, "secretary@lake", s.ID), see(t, w, "secretary@lake", again.ID)
	b.ID, b.Child = a.ID, a.Child
	if ga, gb := fmt.Sprintf("%+v", view(a.Signal)), fmt.Sprintf("%+v", view(b.Signal)); ga != gb {
		t.Errorf("verbs  %s\nloaded %s", ga, gb)
	}
	if ra, rb := records(t, w, s.ID), records(t, w, again.ID); ra != rb {
		t.Errorf("verbs  %s\nloaded %s", ra, rb)
	}
}

// view is the message without pointers, to compare.
func view(s signal.Signal) []any {
	return []any{s.Territory, s.Place, s.State, s.Outcome, s.Reason, s.KindReported, s.KindConfirmed, s.Urgent, s.Repeat, s.Up, s.Hold,
		s.ReceivedAt, s.EnteredAt, s.EnteredBy, *s.AnsweredAt, s.AnsweredBy, s.TriagedBy, *s.TriagedAt, s.SecondBy, *s.EndedAt, s.HeldFrom, s.Version,
		s.What, s.HowKnown, s.WithWhom}
}

func records(t *testing.T, w *trial.World, key id.ID) string {
	t.Helper()
	var rows []string
	err := w.DB.R.NewSelect().Table("audit").ColumnExpr("verb || ' ' || actor || ' ' || noun").Where("subject = ?", key).
		Where("verb <> 'look'").OrderExpr("at, id").Scan(t.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "; ")
}
