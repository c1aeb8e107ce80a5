package signal_test

import (
	"context"
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

// Practice rule 2: for violence, sexual harm, neglect, exploitation and suicide
// risk nobody in the household is told until the secretary records safe to tell.
func TestRule02Hold(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	held := func(child id.ID) bool {
		var out bool
		err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
			var err error
			out, err = signal.Held(ctx, v, child)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, k := range signal.Kinds() {
		s := enter(t, w, "duty@lake", kind(k))
		if s.MayTell() == signal.Holds(k) || held(s.Child) != signal.Holds(k) {
			t.Errorf("%s: may tell is %v", k, s.MayTell())
		}
	}
	s := enter(t, w, "duty@lake", kind("violence_family"))
	tell := func(who string, x signal.Telling) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.Tell(ctx, a, s.ID, x) })
	}
	ok := signal.Telling{Whom: "the grandmother", How: "by a call to her work"}
	want(t, tell("secretary@lake", ok), fault.Clash("signal.safety_first"))
	if err := answer(w, "duty@lake", s.ID, calm()); err != nil {
		t.Fatal(err)
	}
	want(t, tell("chair@lake", ok), denied)
	want(t, tell("duty@lake", ok), denied)
	want(t, tell("secretary@steppe", ok), missing)
	want(t, tell("secretary@lake", signal.Telling{Whom: "the grandmother"}), invalid)
	want(t, tell("secretary@lake", signal.Telling{Whom: strings.Repeat("x", 501), How: "call"}), invalid)
	want(t, tell("secretary@lake", signal.Telling{Version: 9, Whom: "x", How: "y"}), fault.Clash("fault.stale"))
	if err := tell("secretary@lake", ok); err != nil {
		t.Fatal(err)
	}
	if m := see(t, w, "secretary@lake", s.ID); !m.MayTell() || m.ToldWhom == "" || held(s.Child) {
		t.Errorf("got %+v", m.Signal)
	}
	want(t, tell("secretary@lake", ok), fault.Clash("signal.not_held"))
}

// What triage finds holds too, and so does talk of suicide.
func TestRule02HoldGrows(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := checked(t, w)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "sexual_harm", 0) })
	if see(t, w, "secretary@lake", s.ID).MayTell() {
		t.Error("the confirmed kind holds")
	}
	s = enter(t, w, "duty@lake")
	x := calm()
	x.Suicide, x.Action = "unknown", signal.Protection{Body: "ambulance", At: w.Now(), Result: "a psychologist is on the way"}
	if err := answer(w, "duty@lake", s.ID, x); err != nil {
		t.Fatal(err)
	}
	if see(t, w, "secretary@lake", s.ID).MayTell() {
		t.Error("talk of suicide holds")
	}
}

// Practice rule 5: who told is for the triaging secretary alone, and so is how
// they know; the look is recorded.
func TestRule05Reporter(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := checked(t, w)
	ask := func(who string) (signal.Reporter, error) {
		var r signal.Reporter
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			var err error
			r, err = signal.TellReporter(ctx, v, s.ID)
			return err
		})
		return r, err
	}
	for who, refused := range map[string]error{"duty@lake": denied, "chair@lake": denied, "curator1@lake": denied, "regional@north": denied,
		"republican": denied, "executor@lake": denied, "prosecutor@north": denied, "data@north": denied, "secretary@steppe": missing} {
		_, err := ask(who)
		want(t, err, refused)
	}
	r, err := ask("secretary@lake")
	if err != nil || r.Name != "Invented Neighbour" {
		t.Fatalf("got %+v, %v", r, err)
	}
	n, err := w.DB.R.NewSelect().Table("audit").Where("verb = 'look'").Where("noun = 'signal_reporter'").Where("subject = ?", s.ID).Count(t.Context())
	if err != nil || n != 1 {
		t.Errorf("%d looks, %v", n, err)
	}
	for _, who := range []string{"duty@lake", "chair@lake"} {
		if m := see(t, w, who, s.ID); m.HowKnown != "" || m.Reporter {
			t.Errorf("%s reads how the reporter knows", who)
		}
	}
	if m := see(t, w, "secretary@lake", s.ID); m.HowKnown == "" || !m.Reporter {
		t.Error("the secretary does not")
	}
	for _, row := range list(t, w, "secretary@lake", signal.Filter{}) {
		if row.HowKnown != "" {
			t.Error("a list tells how the reporter knows")
		}
	}
	// The child's curator reads what happened, and nothing else.
	reach(t, w, "curator1@lake", s.Child, access.AsCurator)
	if m := see(t, w, "curator1@lake", s.ID); m.What == "" || m.HowKnown != "" || m.WithWhom != "" || m.EnteredBy != "" || len(m.Others) > 0 {
		t.Errorf("got %+v", m)
	}
	err = w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
		all, err := signal.OfChild(ctx, v, s.Child)
		if len(all) != 1 || all[0].What == "" {
			t.Errorf("got %+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func reach(t *testing.T, w *trial.World, who string, subject id.ID, g access.Ground) {
	t.Helper()
	w.Must("secretary@lake", func(_ context.Context, a *act.Act) error {
		a.Reach(act.Reach{Person: trial.Person(who), Subject: subject, Ground: g, Source: id.New(), From: a.Now()})
		return nil
	})
}

// Practice rule 6: a message that names a worker or a body is invisible to them
// whatever their grants.
func TestRule06NamedWorker(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := enter(t, w, "secretary@lake", naming(signal.Named{Person: trial.Person("duty@lake")}, signal.Named{Person: trial.Person("curator1@lake")},
		signal.Named{Agency: trial.Agency("school@lake")}))
	reach(t, w, "curator1@lake", s.Child, access.AsCurator)
	reach(t, w, "curator2@lake", s.Child, access.AsCurator)
	for _, who := range []string{"duty@lake", "curator1@lake"} {
		_, err := get(w, who, s.ID)
		want(t, err, missing)
	}
	want(t, answer(w, "duty@lake", s.ID, calm()), missing)
	if n := len(list(t, w, "duty@lake", signal.Filter{})); n != 0 {
		t.Errorf("listed %d", n)
	}
	for g, n := range counts(t, w, "duty@lake") {
		if n != 0 {
			t.Errorf("counted %d in %s", n, g)
		}
	}
	err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
		all, err := signal.OfChild(ctx, v, s.Child)
		if len(all) != 0 {
			t.Errorf("the child's file shows it: %+v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if m := see(t, w, "secretary@lake", s.ID); m.Up {
		t.Error("it stays with the commission")
	}
	see(t, w, "curator2@lake", s.ID)
	if got := notices(t, w, s.ID); got["duty@lake notice.signal_new"] != 0 || got["secretary2@lake notice.signal_new"] != 1 {
		t.Errorf("notices: %v", got)
	}
}

// Rule 6, further: neither the hold of such a message nor the flag of a repeat
// tells the one it names that there is a message.
func TestRule06TheNamedIsNotTippedOff(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	first := enter(t, w, "secretary@lake", kind("violence_family"), naming(signal.Named{Person: trial.Person("duty@lake")}))
	held := func(who string) bool {
		var out bool
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			var err error
			out, err = signal.Held(ctx, v, first.Child)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if held("duty@lake") || !held("secretary@lake") {
		t.Error("the hold is for all but the named")
	}
	w.Pass(time.Hour)
	next := enter(t, w, "secretary@lake", func(in *signal.Input) { in.Child = first.Child })
	flag := func(who string) bool { return see(t, w, who, next.ID).Repeat }
	if flag("duty@lake") || !flag("secretary@lake") {
		t.Error("the flag is for all but the named")
	}
	all := list(t, w, "duty@lake", signal.Filter{})
	if len(all) != 1 || all[0].Repeat || counts(t, w, "duty@lake")["repeat"] != 0 || len(list(t, w, "duty@lake", signal.Filter{Group: "repeat"})) != 0 {
		t.Errorf("listed %+v", all)
	}
	if counts(t, w, "secretary@lake")["repeat"] != 1 {
		t.Error("the secretary counts it")
	}
	w.Pass(time.Hour)
	third := enter(t, w, "secretary@lake", func(in *signal.Input) { in.Child = first.Child })
	if !see(t, w, "duty@lake", third.ID).Repeat {
		t.Error("it repeats what the named may see")
	}
}

// Naming the secretary, a member or the chair takes the message a level up: the
// district's commission does not see it, the coordinator does and decides.
func TestRule06NamedCommission(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, named := range []string{"secretary@lake", "chair@lake"} {
		s := enter(t, w, "duty@lake", urgent, naming(signal.Named{Person: trial.Person(named)}))
		if !s.Up || s.Territory != trial.North || s.Place != trial.Lake {
			t.Fatalf("naming %s: %+v", named, s)
		}
		for _, who := range []string{"secretary@lake", "chair@lake", "secretary@steppe", "regional@south"} {
			_, err := get(w, who, s.ID)
			want(t, err, missing)
		}
		if got := notices(t, w, s.ID); got["regional@north notice.signal_up"] != 1 || got[named+" notice.signal_new"] != 0 {
			t.Errorf("notices: %v", got)
		}
		see(t, w, "duty@lake", s.ID) // who received it still brings the child to safety
		if err := answer(w, "duty@lake", s.ID, calm()); err != nil {
			t.Error(err)
		}
		if m := see(t, w, "regional@north", s.ID); m.HowKnown != "" || m.Sight != signal.Whole {
			t.Errorf("got %+v", m)
		}
		decide := func(to string) error {
			return w.Do("regional@north", func(ctx context.Context, a *act.Act) error {
				return signal.Decide(ctx, a, s.ID, signal.Handing{To: to, Reason: "nearest free commission"})
			})
		}
		want(t, decide(trial.Lake), fault.New(fault.Invalid, ""))
		want(t, decide(trial.River), denied)
		if err := decide(trial.Steppe); err != nil {
			t.Fatal(err)
		}
		if m := see(t, w, "secretary@steppe", s.ID); m.Up || m.Territory != trial.Steppe || m.State != signal.SafeChecked {
			t.Errorf("got %+v", m.Signal)
		}
		_, err := get(w, "regional@north", s.ID)
		want(t, err, missing)
		_, err = get(w, named, s.ID)
		want(t, err, missing)
	}
	ordinary := enter(t, w, "duty@lake")
	_, err := get(w, "regional@north", ordinary.ID)
	want(t, err, missing)
	if n := len(list(t, w, "regional@north", signal.Filter{})); n != 0 {
		t.Errorf("the coordinator lists %d", n)
	}
}

// No district closes a child to those who oversee it by its own hand: naming one
// of them takes the message to the next level whose office it does not name, and
// at the top to a coordinator whom it does not.
func TestRule06NamedOverseer(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	person := func(names ...string) []signal.Named {
		var out []signal.Named
		for _, n := range names {
			out = append(out, signal.Named{Person: trial.Person(n)})
		}
		return out
	}
	w.Employ("prosecutor@north", "police@lake")
	for name, tc := range map[string]struct {
		named  []signal.Named
		to     string
		reader string
	}{
		"a prosecutor":                {person("prosecutor@north"), trial.North, "regional@north"},
		"a data officer":              {person("data@north"), trial.North, "regional@north"},
		"the protection officer":      {person("protection"), trial.North, "regional@north"},
		"an administrator":            {person("administrator"), trial.North, "regional@north"},
		"who serves above, any role":  {person("analyst"), trial.North, "regional@north"},
		"the republic":                {person("republican"), trial.North, "regional@north"},
		"a coordinator elsewhere":     {person("regional@south"), trial.North, "regional@north"},
		"a body of whom one oversees": {[]signal.Named{{Agency: trial.Agency("police@lake")}}, trial.North, "regional@north"},
		"the receiving level too":     {person("data@north", "regional@north"), trial.Republic, "republican"},
		"all who oversee the place": {person("prosecutor@north", "regional@north", "republican", "protection", "data@north"),
			trial.South, "regional@south"},
		"a curator": {person("curator1@lake"), trial.Lake, "secretary@lake"},
	} {
		s := enter(t, w, "secretary@lake", naming(tc.named...))
		up := tc.to != trial.Lake
		if s.Up != up || s.Territory != tc.to || s.Place != trial.Lake {
			t.Errorf("%s: %+v", name, s)
		}
		if m := see(t, w, tc.reader, s.ID); m.Sight != signal.Whole {
			t.Errorf("%s: %s sees %v", name, tc.reader, m.Sight)
		}
		if got := notices(t, w, s.ID); up && got[tc.reader+" notice.signal_up"] != 1 {
			t.Errorf("%s: notices: %v", name, got)
		}
		if !up {
			continue
		}
		_, err := get(w, "secretary@lake", s.ID)
		want(t, err, missing)
		want(t, w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "bullying", 0) }), missing)
		if err := answer(w, tc.reader, s.ID, calm()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	everybody := enter(t, w, "secretary@lake", naming(person("regional@north", "regional@south", "republican")...))
	if !everybody.Up || everybody.Territory != trial.Republic {
		t.Errorf("it waits at the top: %+v", everybody)
	}
}

// Practice rule 27: "not confirmed" for violence, sexual harm and suicide needs
// a second person.
func TestRule27SecondPerson(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	refute := func(who string, s signal.Signal, reason string, version int) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			_, err := signal.NotConfirm(ctx, a, s.ID, reason, version)
			return err
		})
	}
	second := func(who string, s signal.Signal, o signal.Opinion) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return signal.Second(ctx, a, s.ID, o) })
	}
	for _, k := range signal.Kinds() {
		s := checked(t, w, kind(k))
		if err := refute("secretary@lake", s, "the family was visited: all calm", 0); err != nil {
			t.Fatal(err)
		}
		m := see(t, w, "secretary@lake", s.ID)
		if (m.State == signal.SecondWanted) != signal.WantsSecond(k) || (m.State == signal.Ended) == signal.WantsSecond(k) {
			t.Errorf("%s: %s", k, m.State)
		}
	}
	s := checked(t, w, kind("violence_family"))
	want(t, refute("duty@lake", s, "calm", 0), denied)
	want(t, refute("secretary@steppe", s, "calm", 0), missing)
	want(t, refute("secretary@lake", s, " ", 0), invalid)
	want(t, refute("secretary@lake", s, strings.Repeat("x", 2001), 0), invalid)
	want(t, refute("secretary@lake", s, "calm", 9), fault.Clash("fault.stale"))
	yes := signal.Opinion{Agree: true, Reason: "read the visit's record"}
	want(t, second("chair@lake", s, yes), fault.Clash("signal.no_second_wanted"))
	if err := refute("secretary@lake", s, "calm", 0); err != nil {
		t.Fatal(err)
	}
	want(t, refute("secretary@lake", s, "calm", 0), fault.Clash("signal.waits_for_second"))
	want(t, second("secretary@lake", s, yes), fault.Deny("signal.same_person"))
	want(t, second("duty@lake", s, yes), denied)
	want(t, second("chair@steppe", s, yes), missing)
	want(t, second("chair@lake", s, signal.Opinion{Agree: true}), invalid)
	want(t, second("chair@lake", s, signal.Opinion{Version: 1, Agree: true, Reason: "x"}), fault.Clash("fault.stale"))
	if err := second("chair@lake", s, signal.Opinion{Reason: "nobody spoke with the child"}); err != nil {
		t.Fatal(err)
	}
	if m := see(t, w, "secretary@lake", s.ID); m.State != signal.SafeChecked || m.Reason != "" {
		t.Errorf("against: %+v", m.Signal)
	}
	if got := notices(t, w, s.ID); got["secretary@lake notice.signal_second_against"] != 1 {
		t.Errorf("notices: %v", got)
	}
	if err := refute("secretary@lake", s, "the child was seen alone and is calm", 0); err != nil {
		t.Fatal(err)
	}
	if err := second("secretary2@lake", s, yes); err != nil {
		t.Fatal(err)
	}
	if m := see(t, w, "secretary@lake", s.ID); m.Outcome != signal.NotConfirmedEnd || m.Reason == "" || m.SecondBy == m.TriagedBy {
		t.Errorf("got %+v", m.Signal)
	}
	want(t, refute("secretary@lake", s, "calm", 0), fault.Clash("signal.ended"))
}

// A second message about the same child within twelve months goes to the chair.
func TestRule27RepeatGoesToChair(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, born)
	about := func(in *signal.Input) { in.Child = child }
	if enter(t, w, "duty@lake", about).Repeat {
		t.Error("the first is no repeat")
	}
	w.Pass(11 * 30 * 24 * time.Hour)
	s := enter(t, w, "duty@lake", about)
	if got := notices(t, w, s.ID); !s.Repeat || got["chair@lake notice.signal_repeat"] != 1 {
		t.Errorf("second: %v %v", s.Repeat, got)
	}
	if n := counts(t, w, "chair@lake")["repeat"]; n != 1 || len(list(t, w, "chair@lake", signal.Filter{Group: "repeat"})) != n {
		t.Errorf("counted %d", n)
	}
	w.Pass(13 * 31 * 24 * time.Hour)
	if enter(t, w, "duty@lake", about).Repeat {
		t.Error("a year later it is no repeat")
	}
	// Known by words first: the repeat is found when the child is.
	s = checked(t, w, func(in *signal.Input) { in.Child, in.Whom = "", "a boy of ten from the corner house" })
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Identify(ctx, a, s.ID, child, 0) })
	if !see(t, w, "chair@lake", s.ID).Repeat {
		t.Error("identified: a repeat")
	}
}
