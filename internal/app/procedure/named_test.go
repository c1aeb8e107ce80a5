package procedure_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func naming(child id.ID, names ...string) func(*signal.Input) {
	return func(in *signal.Input) {
		in.Child = child
		for _, n := range names {
			in.Named = append(in.Named, signal.Named{Person: trial.Person(n)})
		}
	}
}

func notices(t *testing.T, w *trial.World, who, key string) int {
	t.Helper()
	n, err := w.DB.R.NewSelect().Table("notice").Where("person = ?", trial.Person(who)).Where("key = ?", key).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// Practice rule 6: a curator whom a later message names loses the case with the
// message, unasked and untold, and is not asked again; nor is another of those
// named.
func TestRule06NamedInAddedMessage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	s := message(t, w, naming(child, "curator1@lake", "curator2@lake"))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, s.ID, c.ID, 0) })
	if sees(w, "curator1@lake", child, c.ID) || sees(w, "curator2@lake", child, c.ID) || !sees(w, "secretary@lake", child, c.ID) {
		t.Error("the named see the case, or the secretary does not")
	}
	if n := uncovered(t, w, "secretary@lake"); n != 1 {
		t.Errorf("%d cases without a curator", n)
	}
	for who, want := range map[string]int{"chair@lake": 1, "curator1@lake": 0, "curator2@lake": 0} {
		if n := notices(t, w, who, "notice.curator_left"); n != want {
			t.Errorf("%s is told %d times", who, n)
		}
	}
	if n := notices(t, w, "curator1@lake", "notice.signal_added"); n != 0 {
		t.Error("the named curator is told of the message")
	}
	closedToNamed(t, w, c)
}

// closedToNamed tries to bring the two curators of the lake back into a case.
func closedToNamed(t *testing.T, w *trial.World, c casework.Case) {
	t.Helper()
	for _, who := range []string{"curator1@lake", "curator2@lake"} {
		err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
			_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person(who)})
			return err
		})
		if !fault.Has(err, "curator", "case.curator_closed") {
			t.Errorf("%s is asked: %v", who, err)
		}
		err = w.Do(who, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
		if !errors.Is(err, fault.Missing()) {
			t.Errorf("%s accepts: %v", who, err)
		}
	}
}

// The closing holds for a case opened from the message too, and a proposal that
// waits is withdrawn by the next message.
func TestRule06NamedInOpenedCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	s := message(t, w, naming(child, "curator1@lake"))
	f := opening(s, child)
	f.Opening.Curator = trial.Person("curator1@lake")
	if _, err := from(w, "secretary@lake", f); !fault.Has(err, "curator", "case.curator_closed") {
		t.Errorf("the named is asked: %v", err)
	}
	f.Opening.Curator = trial.Person("curator2@lake")
	c, err := from(w, "secretary@lake", f)
	if err != nil {
		t.Fatal(err)
	}
	next := message(t, w, naming(child, "curator2@lake"))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, next.ID, c.ID, 0) })
	if sees(w, "curator2@lake", child, c.ID) {
		t.Error("who was asked still sees the case")
	}
	closedToNamed(t, w, c)
}

// Where the child is kept safe stands in the file: it closes, with the case, to
// the worker whom the message names, and to nobody else.
func TestRule06TheFileClosesWithTheCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	finds := func(step string, sees map[string]bool) {
		t.Helper()
		for who, want := range sees {
			err := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Home(ctx, v, child); return err })
			if (err == nil) != want {
				t.Errorf("%s: %s and the file: %v", step, who, err)
			}
		}
	}
	in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "school", ReceivedAt: w.Now().Add(-time.Minute), What: "beaten after lessons",
		HowKnown: "saw it", Kind: "bullying", Reporter: signal.Reporter{Kind: "school"}}
	naming(child, "duty@lake")(&in)
	var s signal.Signal
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = signal.Enter(ctx, a, in, registry.Home)
		return err
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, s.ID, signal.Safety{WithWhom: "at home", FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "bullying", 0) })
	finds("a message that nobody has triaged", map[string]bool{"duty@lake": true, "secretary@lake": true, "chair@lake": true})
	if _, err := from(w, "secretary@lake", opening(s, child)); err != nil {
		t.Fatal(err)
	}
	finds("the case stands", map[string]bool{"duty@lake": false, "secretary@lake": true, "chair@lake": true})
}

// A message that names a body closes the case and the child's file to all who
// work for the body, and its curator leaves; nobody else loses them.
func TestRule06NamedBodyLosesTheFile(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	w.Employ("curator1@lake", "school@lake")
	w.Employ("data@north", "school@lake")
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	finds := func(step string, sees map[string]bool) {
		t.Helper()
		for who, want := range sees {
			err := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Home(ctx, v, child); return err })
			if (err == nil) != want {
				t.Errorf("%s: %s and the file: %v", step, who, err)
			}
		}
	}
	finds("before", map[string]bool{"data@north": true, "curator1@lake": true, "secretary@lake": true})
	s := message(t, w, func(in *signal.Input) {
		in.Child, in.Named = child, []signal.Named{{Agency: trial.Agency("school@lake")}}
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, s.ID, c.ID, 0) })
	finds("added", map[string]bool{"data@north": false, "curator1@lake": false, "secretary@lake": true, "chair@lake": true})
	if sees(w, "curator1@lake", child, c.ID) || !sees(w, "secretary@lake", child, c.ID) || uncovered(t, w, "secretary@lake") != 1 {
		t.Error("the curator of the named body sees the case, or keeps the turn")
	}
	if notices(t, w, "chair@lake", "notice.curator_left") != 1 || notices(t, w, "curator1@lake", "notice.signal_added") != 0 {
		t.Error("the chair is not told, or the curator is")
	}
}

// A message is closed to whom it names from its entry on; the case it may belong
// to closes when triage adds it, and not before: a name in an unread message
// alone takes no child's curator away.
func TestRule06NamedAtEachStep(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	s := message(t, w, func(in *signal.Input) {
		naming("", "curator1@lake")(in)
		in.Whom = "a girl of the fifth form"
	})
	step := func(name string, want int) {
		t.Helper()
		err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error { _, err := signal.Get(ctx, v, s.ID); return err })
		if err == nil {
			t.Errorf("%s: the named curator sees the message", name)
		}
		if n := uncovered(t, w, "secretary@lake"); n != want {
			t.Errorf("%s: %d cases without a curator", name, n)
		}
	}
	step("entry", 0)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.Identify(ctx, a, s.ID, child, 0) })
	step("triage", 0)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, s.ID, c.ID, 0) })
	step("added", 1)
	if sees(w, "curator1@lake", child, c.ID) || notices(t, w, "chair@lake", "notice.curator_left") != 1 {
		t.Error("the curator sees the case, or the chair is not told")
	}
}

// Of two files of one child the kept one closes to whom the dropped one was
// closed, and the curator among them leaves the case.
func TestRule06ClosedByMerging(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	keep, drop := file(t, w, "lake", nil), file(t, w, "lake", nil)
	c := running(t, w, "lake", keep)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), trial.Person("curator1@lake"), "", drop, "kin", a.Now())
	})
	if n := uncovered(t, w, "secretary@lake"); n != 0 {
		t.Fatalf("%d cases without a curator", n)
	}
	if err := merge(w, "data@north", keep, drop); err != nil {
		t.Fatal(err)
	}
	if n := uncovered(t, w, "secretary@lake"); n != 1 || sees(w, "curator1@lake", keep, c.ID) {
		t.Errorf("%d cases without a curator, or the curator sees it", n)
	}
	if n := notices(t, w, "chair@lake", "notice.curator_left"); n != 1 {
		t.Errorf("the chair is told %d times", n)
	}
}

// A secretary who names all who oversee the district cannot add the message to
// the case and so close the file to them: it is in other hands at once, and
// those who are not named know of it.
func TestRule06NoSecretaryBlindsTheOverseers(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	above := []string{"prosecutor@north", "regional@north", "republican", "protection", "data@north"}
	in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "school", ReceivedAt: w.Now().Add(-time.Minute), What: "they looked away",
		HowKnown: "saw it", Kind: "bullying", Reporter: signal.Reporter{Kind: "school"}}
	naming(child, above...)(&in)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := signal.Enter(ctx, a, in, registry.Home)
		return err
	})
	for _, step := range []func(context.Context, *act.Act) error{
		func(ctx context.Context, a *act.Act) error {
			return signal.AnswerSafety(ctx, a, in.ID, signal.Safety{WithWhom: "at home", FearedNear: "no", Injured: "no", Suicide: "no"})
		},
		func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, in.ID, "bullying", 0) },
		func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, in.ID, c.ID, 0) },
	} {
		if err := w.Do("secretary@lake", step); !errors.Is(err, fault.Missing()) {
			t.Errorf("the secretary goes on: %v", err)
		}
	}
	for _, who := range []string{"regional@north", "republican", "prosecutor@north"} {
		w.Must(who, func(ctx context.Context, a *act.Act) error {
			return procedure.OpenFile(ctx, a, child, "how the district works")
		})
		if err := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, child); return err }); err != nil {
			t.Errorf("%s and the file: %v", who, err)
		}
	}
	if n := notices(t, w, "regional@south", "notice.signal_up"); n != 1 {
		t.Errorf("the coordinator who is not named is told %d times", n)
	}
}
