package worklist_test

import (
	"context"
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
