package timeline_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"serik/internal/app/timeline"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func looks(t *testing.T, w *trial.World, who string, child id.ID, after *timeline.Cursor) timeline.Looks {
	t.Helper()
	var out timeline.Looks
	if err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		out, err = timeline.OfChild(ctx, v, child, after)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhoLookedAtTheChild(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	get := func(who string) error {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, child); return err })
	}
	if err := get("secretary@lake"); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Minute)
	w.Must("regional@north", func(ctx context.Context, a *act.Act) error {
		return registry.OpenFile(ctx, a, child, "a complaint about this file", nil)
	})
	w.Pass(time.Minute)
	if err := get("regional@north"); err != nil {
		t.Fatal(err)
	}
	got := looks(t, w, "chair@lake", child, nil)
	if got.Name != "Child I." || len(got.Rows) != 3 || got.Next != nil {
		t.Fatalf("%+v", got)
	}
	first, second := got.Rows[2], got.Rows[1]
	if first.Person != trial.Person("secretary@lake") || first.Family != "secretary@lake" || first.Why != "file" || !slices.Equal(first.Roles, []access.Role{access.Secretary}) {
		t.Errorf("%+v", first)
	}
	if second.Verb != "child.open_file" || second.Why != "a complaint about this file" || second.Person != trial.Person("regional@north") {
		t.Errorf("%+v", second)
	}
	if got := looks(t, w, "protection", child, nil); got.Name == "Child I." || got.Name == "" || len(got.Rows) != 4 {
		t.Errorf("the officer for data protection sees %q and %d rows", got.Name, len(got.Rows))
	}
}

func TestLooksPages(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	for range 60 {
		w.Pass(time.Minute)
		if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, child); return err }); err != nil {
			t.Fatal(err)
		}
	}
	first := looks(t, w, "secretary@lake", child, nil)
	second := looks(t, w, "secretary@lake", child, first.Next)
	if len(first.Rows) != 50 || len(second.Rows) != 10 || second.Next != nil || !second.Rows[0].At.Before(first.Rows[49].At) {
		t.Errorf("%d and %d", len(first.Rows), len(second.Rows))
	}
}

func TestLooksRefuse(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	try := func(who string, key id.ID) error {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := timeline.OfChild(ctx, v, key, nil); return err })
	}
	for who, want := range map[string]error{"curator1@lake": fault.Deny("fault.denied"), "administrator": fault.Deny("fault.denied"), "secretary@steppe": fault.Missing()} {
		if err := try(who, child); !errors.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	for _, key := range []id.ID{"", "x", id.New()} {
		if err := try("secretary@lake", key); !errors.Is(err, fault.Missing()) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

// A worker whom a message names does not learn of it by who has read it.
func TestLooksAtWhatIsClosedAreNotTold(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child, message := w.Child(trial.Lake, date.New(2012, 5, 17)), id.New()
	if err := w.Show("chair@lake", func(_ context.Context, v *act.View) error {
		v.Look(act.On{Noun: "signal", ID: message, Child: child, Territory: trial.Lake}, "")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), trial.Person("secretary@lake"), "", message, "named", a.Now())
	})
	about := func(l timeline.Look) bool { return l.Noun == "signal" }
	if got := looks(t, w, "secretary@lake", child, nil); slices.ContainsFunc(got.Rows, about) {
		t.Errorf("the named worker is told: %+v", got.Rows)
	}
	if got := looks(t, w, "chair@lake", child, nil); !slices.ContainsFunc(got.Rows, about) {
		t.Errorf("the chair is not told: %+v", got.Rows)
	}
}

// A file tells of the closed message it hangs on by who has looked at it, and so
// does one of which only the looks are left; other files are shown.
func TestLooksAtFilesOfAClosedMessageAreNotTold(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child, message, free := w.Child(trial.Lake, date.New(2012, 5, 17)), id.New(), id.New()
	shown, hidden, gone := id.New(), id.New(), id.New()
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		for key, on := range map[id.ID]id.ID{shown: free, hidden: message} {
			f := file.File{ID: key, Noun: "signal", Subject: on, Blob: key.String(), Kind: file.PDF, Size: 1, Digest: key.String(), At: a.Now(), By: a.Actor().Person, State: file.Kept}
			if err := file.Add(ctx, a.DB(), f); err != nil {
				return err
			}
		}
		return access.Close(ctx, a.DB(), trial.Person("secretary@lake"), "", message, "named", a.Now())
	})
	if err := w.Show("chair@lake", func(_ context.Context, v *act.View) error {
		for _, key := range []id.ID{shown, hidden, gone} {
			v.Look(act.On{Noun: "file", ID: key, Child: child, Territory: trial.Lake}, "")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]int{"secretary@lake": 1, "chair@lake": 3, "secretary2@lake": 3} {
		n := 0
		for _, l := range looks(t, w, who, child, nil).Rows {
			if l.Noun == "file" {
				n++
			}
		}
		if n != want {
			t.Errorf("%s sees %d looks at files", who, n)
		}
	}
}
