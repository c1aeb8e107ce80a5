package procedure_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

var born = date.New(2012, 5, 17)

// message enters a message, answers about safety and confirms the kind.
func message(t *testing.T, w *trial.World, change func(*signal.Input)) signal.Signal {
	t.Helper()
	in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "school", ReceivedAt: w.Now().Add(-time.Minute), What: "beaten after lessons",
		HowKnown: "saw it", Kind: "bullying", Child: w.Child(trial.Lake, born), Reporter: signal.Reporter{Kind: "school"}}
	if change != nil {
		change(&in)
	}
	var s signal.Signal
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = signal.Enter(ctx, a, in, registry.Home)
		return err
	})
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, s.ID, signal.Safety{WithWhom: "at home", FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	if s.Up { // it names who oversees the district: the level above judges whether the district may go on
		w.Must("republican", func(ctx context.Context, a *act.Act) error {
			return signal.Decide(ctx, a, s.ID, signal.Handing{To: trial.Lake, Reason: "nobody of the commission is named"})
		})
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "bullying", 0) })
	return s
}

func opening(s signal.Signal, child id.ID) procedure.FromSignal {
	return procedure.FromSignal{Signal: s.ID, Opening: casework.Opening{Child: child, Risk: casework.High, Reason: "beaten twice this month"}}
}

func from(w *trial.World, who string, f procedure.FromSignal) (casework.Case, error) {
	var c casework.Case
	err := w.Do(who, func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = procedure.OpenFromSignal(ctx, a, f)
		return err
	})
	return c, err
}

func get(t *testing.T, w *trial.World, key id.ID) signal.Message {
	t.Helper()
	var m signal.Message
	err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		var err error
		m, err = signal.Get(ctx, v, key)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func want(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// One act opens the case, asks the curator and ends the message.
func TestOpenFromSignal(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := message(t, w, nil)
	f := opening(s, s.Child)
	f.Opening.Curator = trial.Person("curator1@lake")
	c, err := from(w, "secretary@lake", f)
	if err != nil {
		t.Fatal(err)
	}
	m := get(t, w, s.ID)
	if m.Outcome != signal.BecameCase || m.CaseID != c.ID || c.Signal != s.ID || c.Problems != "bullying" || c.Territory != trial.Lake {
		t.Errorf("case %+v, message %+v", c, m.Signal)
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	_, err = from(w, "secretary@lake", opening(s, s.Child))
	want(t, err, fault.Clash("signal.ended"))
}

func TestOpenFromSignalRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := message(t, w, nil)
	for name, tc := range map[string]struct {
		who    string
		change func(*procedure.FromSignal)
		want   error
	}{
		"the duty officer":        {"duty@lake", nil, fault.Deny("fault.denied")},
		"another district":        {"secretary@steppe", nil, fault.Missing()},
		"an unknown message":      {"secretary@lake", func(f *procedure.FromSignal) { f.Signal = id.New() }, fault.Missing()},
		"an old form":             {"secretary@lake", func(f *procedure.FromSignal) { f.Version = 1 }, fault.Clash("fault.stale")},
		"another child":           {"secretary@lake", func(f *procedure.FromSignal) { f.Opening.Child = w.Child(trial.Lake, born) }, fault.New(fault.Invalid, "")},
		"no child":                {"secretary@lake", func(f *procedure.FromSignal) { f.Opening.Child = "" }, fault.New(fault.Invalid, "")},
		"no reason":               {"secretary@lake", func(f *procedure.FromSignal) { f.Opening.Reason = "" }, fault.New(fault.Invalid, "")},
		"a case elsewhere":        {"secretary@lake", func(f *procedure.FromSignal) { f.Opening.Territory = trial.Steppe }, fault.Deny("fault.denied")},
		"a curator of other land": {"secretary@lake", func(f *procedure.FromSignal) { f.Opening.Curator = trial.Person("curator1@river") }, fault.New(fault.Invalid, "")},
	} {
		t.Run(name, func(t *testing.T) {
			f := opening(s, s.Child)
			if tc.change != nil {
				tc.change(&f)
			}
			_, err := from(w, tc.who, f)
			want(t, err, tc.want)
		})
	}
	if m := get(t, w, s.ID); m.State != signal.SafeChecked {
		t.Errorf("the message has moved: %+v", m.Signal)
	}
}

// Without the confirmed kind, and before the answer about safety, no case opens.
func TestOpenFromSignalOrder(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "phone", ReceivedAt: w.Now(), What: "x", HowKnown: "y", Kind: "other",
		Whom: "a boy in a blue hat", Reporter: signal.Reporter{Kind: "anonymous"}}
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		_, err := signal.Enter(ctx, a, in, registry.Home)
		return err
	})
	child := w.Child(trial.Lake, born)
	f := opening(signal.Signal{ID: in.ID}, child)
	_, err := from(w, "secretary@lake", f)
	want(t, err, fault.Clash("signal.safety_first"))
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, in.ID, signal.Safety{WithWhom: "at home", FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	_, err = from(w, "secretary@lake", f)
	want(t, err, fault.Clash("signal.kind_first"))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, in.ID, "truancy", 0) })
	c, err := from(w, "secretary@lake", f)
	if err != nil || c.Problems != "truancy" {
		t.Fatalf("%+v %v", c, err)
	}
	if m := get(t, w, in.ID); m.Child != child {
		t.Errorf("the message knows its child: %+v", m.Signal)
	}
}

// A child without a file is registered in the act that opens the case, and by
// no act that is refused.
func TestOpenFromSignalRegisters(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := message(t, w, func(in *signal.Input) { in.Child, in.Whom = "", "a girl of thirteen, lately come from the village" })
	f := opening(s, "")
	f.New = &registry.Registration{ID: id.New(), Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "no_documents",
		Family: "Invented", Given: "Aigul", Born: born, Sex: "f", Lang: "kk", Source: "own_words"}}
	bad := f
	bad.Opening.Reason = ""
	_, err := from(w, "secretary@lake", bad)
	want(t, err, fault.New(fault.Invalid, ""))
	_, err = from(w, "secretary@steppe", f)
	want(t, err, fault.Deny("fault.denied"))
	c, err := from(w, "secretary@lake", f)
	if err != nil || c.Child != f.New.ID {
		t.Fatalf("%+v %v", c, err)
	}
	if m := get(t, w, s.ID); m.Child != f.New.ID || m.CaseID != c.ID {
		t.Errorf("got %+v", m.Signal)
	}
}

// A child said to have harmed gets a case only after the facts were checked and
// a need was found, and another curator than the hurt child.
func TestOpenForHarmingChild(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	other := w.Child(trial.Lake, born)
	s := message(t, w, func(in *signal.Input) { in.Others = []signal.Party{{Child: other, Part: "harming"}} })
	hurt := opening(s, s.Child)
	hurt.Opening.Curator = trial.Person("curator1@lake")
	if _, err := from(w, "secretary@lake", hurt); err != nil {
		t.Fatal(err)
	}
	f := opening(s, other)
	f.Opening.Curator = trial.Person("curator2@lake")
	try := func(change func(*procedure.FromSignal)) error {
		g := f
		change(&g)
		_, err := from(w, "secretary@lake", g)
		return err
	}
	ok := func(g *procedure.FromSignal) { g.Checked, g.Need = "three witnesses were heard", "help with anger" }
	want(t, try(func(*procedure.FromSignal) {}), fault.New(fault.Invalid, ""))
	want(t, try(func(g *procedure.FromSignal) { g.Checked = "three witnesses were heard" }), fault.New(fault.Invalid, ""))
	want(t, try(func(g *procedure.FromSignal) { g.Checked, g.Need = "heard", strings.Repeat("x", 2001) }), fault.New(fault.Invalid, ""))
	err := try(func(g *procedure.FromSignal) { ok(g); g.Opening.Curator = trial.Person("curator1@lake") })
	if !fault.Has(err, "curator", "signal.one_curator") {
		t.Errorf("got %v", err)
	}
	if err := try(ok); err != nil {
		t.Fatal(err)
	}
	want(t, try(ok), fault.Clash("signal.other_has_case"))
	if m := get(t, w, s.ID); len(m.Others) != 1 || m.Others[0].CaseID == "" || m.Others[0].Need == "" {
		t.Errorf("got %+v", m.Others)
	}
	// The curator of the one child does not see the message about the other.
	err = w.Show("curator2@lake", func(ctx context.Context, v *act.View) error { _, err := signal.Get(ctx, v, s.ID); return err })
	want(t, err, fault.Missing())
}

func TestAddSignal(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	first := message(t, w, nil)
	f := opening(first, first.Child)
	f.Opening.Curator = trial.Person("curator1@lake")
	c, err := from(w, "secretary@lake", f)
	if err != nil {
		t.Fatal(err)
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	s := message(t, w, func(in *signal.Input) { in.Child = first.Child })
	stranger := message(t, w, nil)
	add := func(who string, message, key id.ID, version int) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, message, key, version) })
	}
	want(t, add("curator1@lake", s.ID, c.ID, 0), fault.Deny("fault.denied"))
	want(t, add("secretary@steppe", s.ID, c.ID, 0), fault.Missing())
	want(t, add("secretary@lake", s.ID, id.New(), 0), fault.Missing())
	want(t, add("secretary@lake", id.New(), c.ID, 0), fault.Missing())
	want(t, add("secretary@lake", stranger.ID, c.ID, 0), fault.New(fault.Invalid, ""))
	want(t, add("secretary@lake", s.ID, c.ID, 1), fault.Clash("fault.stale"))
	if err := add("secretary@lake", s.ID, c.ID, 0); err != nil {
		t.Fatal(err)
	}
	if m := get(t, w, s.ID); m.Outcome != signal.AddedToCase || m.CaseID != c.ID {
		t.Errorf("got %+v", m.Signal)
	}
	want(t, add("secretary@lake", s.ID, c.ID, 0), fault.Clash("signal.ended"))
}
