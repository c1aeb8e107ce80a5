package procedure_test

import (
	"context"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func fresh(child id.ID) casework.Opening {
	return casework.Opening{ID: id.New(), Child: child, Problems: []string{"truancy"}, Risk: casework.Medium, Reason: "missed two weeks of school"}
}

// A case opens where the child's file is now, for whoever may find the child.
func TestOpenOnlyAtHome(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	open := func(who string, o casework.Opening) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { _, err := procedure.Open(ctx, a, o); return err })
	}
	o := fresh(child)
	o.Territory = trial.Steppe
	for _, x := range []casework.Opening{o, fresh(child), fresh(id.New()), fresh("x")} {
		if err := open("secretary@steppe", x); !fault.Has(err, "child", "fault.id") {
			t.Errorf("a child of another district: %v", err)
		}
	}
	want(t, open("secretary@lake", o), fault.Deny("fault.denied"))
	want(t, open("duty@lake", fresh(child)), fault.Deny("fault.denied"))
	if err := move(w, "secretary@lake", child, trial.Steppe, "the family has moved"); err != nil {
		t.Fatal(err)
	}
	if err := open("secretary@lake", fresh(child)); !fault.Has(err, "child", "fault.id") {
		t.Errorf("a child who has moved away: %v", err)
	}
	if err := open("secretary@steppe", fresh(child)); err != nil {
		t.Error(err)
	}
}

// An ended case is reopened by the district that has the child now, and there.
func TestReopenOnlyAtHome(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.End(ctx, a, c.ID, casework.Ending{Kind: casework.MovedAbroad, Reason: "left", Safety: "seen before they left", Born: born})
	})
	if err := move(w, "secretary@lake", child, trial.Steppe, "the family has moved"); err != nil {
		t.Fatal(err)
	}
	var again casework.Case
	reopen := func(who string) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			var err error
			again, err = procedure.Reopen(ctx, a, c.ID, fresh(""))
			return err
		})
	}
	want(t, reopen("secretary@lake"), fault.Missing())
	want(t, reopen("curator1@lake"), fault.Deny("fault.denied"))
	if err := reopen("secretary@steppe"); err != nil || again.Territory != trial.Steppe || again.ReopenedFrom != c.ID {
		t.Errorf("%+v, %v", again, err)
	}
}

// Who names a child of another district in a message gets no case of it; with a
// message that was passed on, the file has to follow first.
func TestOpenFromSignalOnlyAtHome(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := message(t, w, nil)
	if err := move(w, "secretary@lake", s.Child, trial.Steppe, "the family has moved"); err != nil {
		t.Fatal(err)
	}
	if _, err := from(w, "secretary@lake", opening(s, s.Child)); !fault.Has(err, "child", "fault.id") {
		t.Errorf("a child who has moved away: %v", err)
	}
	p := message(t, w, nil)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return signal.PassOn(ctx, a, p.ID, signal.Handing{To: trial.Steppe, Reason: "lives there"})
	})
	w.Must("secretary@steppe", func(ctx context.Context, a *act.Act) error { return signal.AcceptPass(ctx, a, p.ID, 0) })
	_, err := from(w, "secretary@steppe", opening(p, p.Child))
	want(t, err, fault.Clash("case.child_elsewhere"))
	if err := move(w, "secretary@lake", p.Child, trial.Steppe, "the family has moved"); err != nil {
		t.Fatal(err)
	}
	c, err := from(w, "secretary@steppe", opening(p, p.Child))
	if err != nil || c.Territory != trial.Steppe {
		t.Errorf("%+v, %v", c, err)
	}
}

// Practice rule 6: a message that names the only secretary goes up, the level
// above gives it to another district, and that district opens the case: the
// file follows, without asking the one who is named.
func TestRule06TheFileFollowsTheMessage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	past := w.Child(trial.Lake, born)
	var old casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		o := fresh("")
		o.Child = past
		var err error
		old, err = procedure.Open(ctx, a, o)
		return err
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.End(ctx, a, old.ID, casework.Ending{Kind: casework.MovedAbroad, Reason: "left the country", Safety: "the consulate was asked"})
	})
	s := signal.Signal{}
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = signal.Enter(ctx, a, signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "school", ReceivedAt: w.Now().Add(-time.Minute), What: "beaten after lessons",
			HowKnown: "saw it", Kind: "bullying", Child: past, Reporter: signal.Reporter{Kind: "school"},
			Named: []signal.Named{{Person: trial.Person("secretary@lake")}}}, registry.Home)
		return err
	})
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, s.ID, signal.Safety{WithWhom: "at home", FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	w.Must("regional@north", func(ctx context.Context, a *act.Act) error {
		return signal.Decide(ctx, a, s.ID, signal.Handing{To: trial.Steppe, Reason: "the nearest free commission"})
	})
	w.Must("secretary@steppe", func(ctx context.Context, a *act.Act) error { return signal.Confirm(ctx, a, s.ID, "bullying", 0) })
	c, err := from(w, "secretary@steppe", opening(s, past))
	if err != nil || c.Territory != trial.Steppe {
		t.Fatalf("%+v, %v", c, err)
	}
	for who, sees := range map[string]bool{"secretary@steppe": true, "secretary@lake": false} {
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			_, err := registry.Home(ctx, v, past)
			return err
		})
		if (err == nil) != sees {
			t.Errorf("%s and the file: %v", who, err)
		}
		err = w.Show(who, func(ctx context.Context, v *act.View) error {
			_, err := casework.Get(ctx, v, old.ID)
			return err
		})
		if (err == nil) != sees {
			t.Errorf("%s and the former case: %v", who, err)
		}
	}
}
