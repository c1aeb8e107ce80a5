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
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// file puts a girl on file in a district by its secretary.
func file(t *testing.T, w *trial.World, place string, change func(*registry.Registration)) id.ID {
	t.Helper()
	r := registry.Registration{ID: id.New(), Territory: map[string]string{"lake": trial.Lake, "steppe": trial.Steppe}[place],
		Particulars: registry.Particulars{IINAbsent: "unknown", Family: "Ахметова", Given: "Айгүл", Born: born, Sex: "f", Lang: "kk", Source: "school"}}
	if change != nil {
		change(&r)
	}
	w.Must("secretary@"+place, func(ctx context.Context, a *act.Act) error { _, err := registry.Register(ctx, a, r); return err })
	return r.ID
}

// running opens a case of a child whose curator has accepted.
func running(t *testing.T, w *trial.World, place string, child id.ID) casework.Case {
	t.Helper()
	var c casework.Case
	w.Must("secretary@"+place, func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: map[string]string{"lake": trial.Lake, "steppe": trial.Steppe}[place],
			Problems: []string{"truancy"}, Risk: casework.Medium, Reason: "missed two weeks of school", Curator: trial.Person("curator1@" + place)}, registry.Home)
		return err
	})
	w.Must("curator1@"+place, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	return c
}

func move(w *trial.World, who string, child id.ID, to, reason string) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return procedure.Move(ctx, a, child, to, reason) })
}

func sees(w *trial.World, who string, child, key id.ID) bool {
	return w.Show(who, func(ctx context.Context, v *act.View) error {
		_, err := registry.Get(ctx, v, child)
		_, other := casework.Get(ctx, v, key)
		return errors.Join(err, other)
	}) == nil
}

func uncovered(t *testing.T, w *trial.World, who string) int {
	t.Helper()
	n := 0
	if err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		n, err = casework.CountUncovered(ctx, v, "")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// A child moves: from this instant the new district has the file and the case,
// shown as without a curator; the former curator walks on until the next one
// has accepted; the former office has lost both.
func TestMoveWithoutGap(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	if uncovered(t, w, "secretary@lake") != 0 {
		t.Fatal("covered before")
	}
	w.Pass(time.Hour)
	if err := move(w, "secretary@lake", child, trial.Steppe, "the family has moved"); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]bool{"secretary@lake": false, "chair@lake": false, "secretary@steppe": true, "chair@steppe": true, "curator1@lake": true, "curator1@steppe": false} {
		if sees(w, who, child, c.ID) != want {
			t.Errorf("%s sees: %v", who, !want)
		}
	}
	if uncovered(t, w, "secretary@steppe") != 1 || uncovered(t, w, "secretary@lake") != 0 {
		t.Error("the case stands in the new district as without a curator")
	}
	told, err := w.DB.R.NewSelect().Table("notice").Where("person = ?", trial.Person("secretary@steppe")).Where("key = 'notice.child_moved'").Count(t.Context())
	if err != nil || told != 1 {
		t.Errorf("told %d times, %v", told, err)
	}
	w.Must("secretary@steppe", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator1@steppe")})
		return err
	})
	w.Pass(time.Hour)
	w.Must("curator1@steppe", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	if sees(w, "curator1@lake", child, c.ID) || !sees(w, "curator1@steppe", child, c.ID) || uncovered(t, w, "secretary@steppe") != 0 {
		t.Error("the new curator has taken over")
	}
}

// Past cases go with the child: the new district reads them, the former does not.
func TestMoveTakesEndedCases(t *testing.T) {
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
	for who, want := range map[string]bool{"secretary@lake": false, "chair@lake": false, "secretary@steppe": true, "chair@steppe": true} {
		err := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, c.ID); return err })
		if (err == nil) != want {
			t.Errorf("%s: %v", who, err)
		}
	}
	if n := uncovered(t, w, "secretary@steppe"); n != 0 {
		t.Errorf("an ended case wants no curator: %d", n)
	}
}

func TestMoveRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := file(t, w, "lake", nil)
	for who, want := range map[string]error{"secretary@steppe": fault.Missing(), "chair@lake": fault.Deny("fault.denied"), "data@north": fault.Deny("fault.denied")} {
		if err := move(w, who, child, trial.Steppe, "the family has moved"); !errors.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	for _, to := range []string{"", trial.Lake, trial.North, "1.9.9.", "x"} {
		if err := move(w, "secretary@lake", child, to, "the family has moved"); !fault.Has(err, "to", "child.move_to") {
			t.Errorf("to %q: %v", to, err)
		}
	}
	if err := move(w, "secretary@lake", child, trial.Steppe, " "); !fault.Has(err, "reason", "fault.blank") {
		t.Errorf("no reason: %v", err)
	}
	if err := move(w, "secretary@lake", child, trial.Steppe, strings.Repeat("x", 1001)); !fault.Has(err, "reason", "fault.too_long") {
		t.Errorf("long reason: %v", err)
	}
	if err := move(w, "secretary@lake", id.New(), trial.Steppe, "the family has moved"); !errors.Is(err, fault.Missing()) {
		t.Errorf("unknown: %v", err)
	}
}

func merge(w *trial.World, who string, keep, drop id.ID) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error {
		return procedure.Merge(ctx, a, keep, drop, "the same girl, entered twice")
	})
}

// Two files of one child become one: the case, its curator's reach, the
// messages, the family and whom it was closed to go over; the dropped file is
// shown nowhere.
func TestMerge(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	keep := file(t, w, "lake", nil)
	drop := file(t, w, "steppe", func(r *registry.Registration) { r.IIN = "120517600014" })
	c := running(t, w, "steppe", drop)
	var mother registry.Adult
	w.Must("secretary@steppe", func(ctx context.Context, a *act.Act) error {
		var err error
		mother, err = registry.AddAdult(ctx, a, drop, registry.Adult{Family: "Ахметова", Given: "Жанар"}, registry.Relation{Kind: "mother", Legal: true, FromDay: born})
		return errors.Join(err, registry.SetAddress(ctx, a, drop, registry.Address{Text: "Invented street 1", FromDay: born}),
			access.Close(ctx, a.DB(), trial.Person("secretary2@lake"), "", drop, "kin", a.Now()))
	})
	w.Must("data@north", func(ctx context.Context, a *act.Act) error {
		return errors.Join(registry.SetAddress(ctx, a, keep, registry.Address{Text: "Invented street 2", FromDay: born}),
			registry.Relate(ctx, a, keep, registry.Relation{Adult: mother.ID, Kind: "mother", FromDay: born}))
	})
	w.Must("duty@steppe", func(ctx context.Context, a *act.Act) error {
		_, err := signal.Enter(ctx, a, signal.Input{ID: id.New(), Territory: trial.Steppe, Channel: "school", ReceivedAt: a.Now().Add(-time.Minute),
			What: "beaten after lessons", HowKnown: "saw it", Kind: "bullying", Child: drop, Reporter: signal.Reporter{Kind: "school"}}, registry.Home)
		return err
	})
	w.Pass(time.Hour)
	if err := merge(w, "data@north", keep, drop); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]bool{"secretary@lake": true, "curator1@steppe": true, "secretary@steppe": false, "secretary2@lake": false} {
		if sees(w, who, keep, c.ID) != want {
			t.Errorf("%s sees: %v", who, !want)
		}
	}
	if err := w.Show("data@north", func(ctx context.Context, v *act.View) error {
		if _, err := registry.Get(ctx, v, drop); !errors.Is(err, fault.Missing()) {
			t.Errorf("the dropped file: %v", err)
		}
		if n, err := registry.Count(ctx, v, registry.Filter{}); n != 1 || err != nil {
			t.Errorf("%d files, %v", n, err)
		}
		found, err := registry.Search(ctx, v, registry.Query{Text: "Ахметова"})
		if len(found) != 1 || found[0].ID != keep {
			t.Errorf("found %v", found)
		}
		f, again := registry.Get(ctx, v, keep)
		if len(f.Kin) != 1 || len(f.Addresses) != 2 || f.Child.IIN != "120517600014" {
			t.Errorf("%+v", f)
		}
		return errors.Join(err, again)
	}); err != nil {
		t.Fatal(err)
	}
	n, err := w.DB.R.NewSelect().Table("signal").Where("child = ?", keep).Count(t.Context())
	if n != 1 || err != nil {
		t.Errorf("%d messages, %v", n, err)
	}
	if err := merge(w, "data@north", keep, drop); !errors.Is(err, fault.Missing()) {
		t.Errorf("merged again: %v", err)
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	keep := file(t, w, "lake", func(r *registry.Registration) { r.IIN = "120517600014" })
	drop, plain := file(t, w, "steppe", func(r *registry.Registration) { r.IIN = "120517600024" }), file(t, w, "steppe", nil)
	boy := file(t, w, "lake", func(r *registry.Registration) { r.Sex = "m" })
	for who, want := range map[string]error{"secretary@lake": fault.Deny("fault.denied"), "regional@north": fault.Deny("fault.denied")} {
		if err := merge(w, who, keep, plain); !errors.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if err := merge(w, "data@north", keep, drop); !errors.Is(err, fault.Clash("child.different_iin")) {
		t.Errorf("two numbers: %v", err)
	}
	if err := merge(w, "data@north", keep, keep); !fault.Has(err, "drop", "child.merge_same") {
		t.Errorf("itself: %v", err)
	}
	if err := merge(w, "data@north", boy, keep); !fault.Has(err, "iin", "child.iin_sex") {
		t.Errorf("a girl's number for a boy: %v", err)
	}
	for _, key := range []id.ID{"", "x", id.New()} {
		if err := merge(w, "data@north", keep, key); !errors.Is(err, fault.Missing()) {
			t.Errorf("%q: %v", key, err)
		}
	}
	running(t, w, "lake", keep)
	running(t, w, "steppe", plain)
	if err := merge(w, "data@north", keep, plain); !errors.Is(err, fault.Clash("child.two_open_cases")) {
		t.Errorf("two open cases: %v", err)
	}
	if err := w.Show("secretary@steppe", func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, plain); return err }); err != nil {
		t.Errorf("a refused merge has changed something: %v", err)
	}
}
