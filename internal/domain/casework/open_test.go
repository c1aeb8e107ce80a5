package casework_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

var born = date.New(2012, 5, 17)

// opening is a lawful opening in the Lake district.
func opening(child id.ID) casework.Opening {
	return casework.Opening{ID: id.New(), Child: child, Territory: trial.Lake, Problems: []string{"truancy"},
		Risk: casework.Medium, Reason: "missed two weeks of school"}
}

// open opens a lawful case by the Lake secretary and gives it.
func open(t *testing.T, w *trial.World, change ...func(*casework.Opening)) casework.Case {
	t.Helper()
	o := opening(w.Child(trial.Lake, born))
	for _, f := range change {
		f(&o)
	}
	var c casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, o, trial.Home)
		return err
	})
	return c
}

func withCurator(name string) func(*casework.Opening) {
	return func(o *casework.Opening) { o.Curator = trial.Person(name) }
}

func accept(t *testing.T, w *trial.World, who string, c casework.Case) {
	t.Helper()
	w.Must(who, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for name, tc := range map[string]struct {
		who    string
		change func(*casework.Opening)
		want   error
	}{
		"a curator does not open":   {"curator1@lake", nil, fault.Deny("fault.denied")},
		"another district":          {"secretary@steppe", nil, fault.Deny("fault.denied")},
		"an analyst":                {"analyst", nil, fault.Deny("fault.denied")},
		"no problem":                {"secretary@lake", func(o *casework.Opening) { o.Problems = nil }, fault.New(fault.Invalid, "")},
		"an unknown problem":        {"secretary@lake", func(o *casework.Opening) { o.Problems = []string{"x"} }, fault.New(fault.Invalid, "")},
		"an unknown risk":           {"secretary@lake", func(o *casework.Opening) { o.Risk = "none" }, fault.New(fault.Invalid, "")},
		"no reason":                 {"secretary@lake", func(o *casework.Opening) { o.Reason = " " }, fault.New(fault.Invalid, "")},
		"a curator of another land": {"secretary@lake", withCurator("curator1@river"), fault.New(fault.Invalid, "")},
		"a curator who is none":     {"secretary@lake", withCurator("chair@lake"), fault.New(fault.Invalid, "")},
	} {
		t.Run(name, func(t *testing.T) {
			o := opening(w.Child(trial.Lake, born))
			if tc.change != nil {
				tc.change(&o)
			}
			err := w.Do(tc.who, func(ctx context.Context, a *act.Act) error {
				_, err := casework.Open(ctx, a, o, trial.Home)
				return err
			})
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestOpenNumbersWithoutGap(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	if c := open(t, w); c.No != "2-2026-00001" {
		t.Errorf("got %s", c.No)
	}
	child := w.Child(trial.Lake, born)
	_ = w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { // refused: takes no number
		_, err := casework.Open(ctx, a, func() casework.Opening { o := opening(child); o.Curator = trial.Person("analyst"); return o }(), trial.Home)
		return err
	})
	if c := open(t, w); c.No != "2-2026-00002" {
		t.Errorf("got %s", c.No)
	}
}

// A child has one open case: the second is refused by the verb and, were the
// verb to forget, by the database.
func TestOneOpenCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w)
	err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, opening(c.Child), trial.Home)
		return err
	})
	if !errors.Is(err, fault.Clash("case.already_open")) {
		t.Fatalf("got %v", err)
	}
}

func TestCuratorAcceptsAndIsReplacedWithoutGap(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, withCurator("curator1@lake"))
	sees := func(who string) bool {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, c.ID); return err }) == nil
	}
	if !sees("curator1@lake") || sees("curator2@lake") {
		t.Fatal("the proposed curator sees the case, another does not")
	}
	w.Pass(time.Hour)
	accept(t, w, "curator1@lake", c)
	w.Pass(time.Hour)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake")})
		return err
	})
	if !sees("curator1@lake") {
		t.Fatal("the curator stays until the next accepts")
	}
	w.Pass(time.Hour)
	accept(t, w, "curator2@lake", c)
	if sees("curator1@lake") || !sees("curator2@lake") {
		t.Fatal("reach goes with the turn")
	}
}

func TestDeclinedTwiceTheChairAppoints(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, withCurator("curator1@lake"))
	appoint := func() error {
		return w.Do("chair@lake", func(ctx context.Context, a *act.Act) error {
			return casework.Appoint(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator1@lake")})
		})
	}
	if err := appoint(); !errors.Is(err, fault.Clash("case.appoint_early")) {
		t.Fatalf("got %v", err)
	}
	for _, who := range []string{"curator1@lake", "curator2@lake"} {
		if who != "curator1@lake" {
			w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
				_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person(who)})
				return err
			})
		}
		w.Pass(time.Minute)
		w.Must(who, func(ctx context.Context, a *act.Act) error { return casework.Decline(ctx, a, c.ID, "too far away") })
	}
	if err := appoint(); err != nil {
		t.Fatal(err)
	}
	err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Appoint(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake")})
	})
	if !errors.Is(err, fault.Deny("fault.denied")) {
		t.Fatalf("got %v", err)
	}
}
