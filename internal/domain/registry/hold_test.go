package registry_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func place(w *trial.World, who string, child id.ID, reason string) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return registry.PlaceHold(ctx, a, child, "", reason) })
}

func lift(w *trial.World, who string, child id.ID, reason string) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return registry.LiftHold(ctx, a, child, reason) })
}

func standing(t *testing.T, w *trial.World, child id.ID) *registry.Hold {
	t.Helper()
	var h *registry.Hold
	err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		var err error
		h, err = registry.HoldOf(ctx, v, child)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A legal hold is the office's: it needs a reason, stands once, is lifted with a
// reason, and stays on record.
func TestHold(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w)
	for _, who := range []string{"secretary@steppe", "curator1@lake", "duty@lake", "analyst"} {
		if err := place(w, who, c.ID, "a court asks"); fault.KindOf(err) != fault.Denied && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", who, err)
		}
	}
	invalid(t, place(w, "secretary@lake", c.ID, " "), "reason", "fault.blank")
	if err := lift(w, "secretary@lake", c.ID, "none stands"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("lifted though none stands: %v", err)
	}
	if err := place(w, "secretary@lake", c.ID, "a court asks"); err != nil {
		t.Fatal(err)
	}
	if err := place(w, "chair@lake", c.ID, "an inquiry"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("twice: %v", err)
	}
	if h := standing(t, w, c.ID); h == nil || h.Reason != "a court asks" || h.PlacedBy != trial.Person("secretary@lake") || !h.PlacedAt.Equal(w.Now()) {
		t.Errorf("%+v", h)
	}
	invalid(t, lift(w, "chair@lake", c.ID, ""), "reason", "fault.blank")
	if err := lift(w, "chair@lake", c.ID, "the court has decided"); err != nil {
		t.Fatal(err)
	}
	if h := standing(t, w, c.ID); h != nil {
		t.Errorf("it still stands: %+v", h)
	}
	var verbs []string
	err := w.DB.R.NewRaw("SELECT verb FROM audit WHERE noun = 'child_hold' AND child = ? ORDER BY at, id", c.ID).Scan(t.Context(), &verbs)
	if err != nil || len(verbs) != 2 || verbs[0] != "child.hold" || verbs[1] != "child.hold_lift" {
		t.Errorf("on record: %v, %v", verbs, err)
	}
}

// Two files made one: what stood on either stands on the kept one, and one
// lifting ends both.
func TestHoldSurvivesAMerge(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	keep, drop := register(t, w), register(t, w, named("Other", "Name", ""))
	for _, c := range []id.ID{keep.ID, drop.ID} {
		if err := place(w, "secretary@lake", c, "a court asks"); err != nil {
			t.Fatal(err)
		}
	}
	w.Must("data@north", func(ctx context.Context, a *act.Act) error {
		_, _, err := registry.MergeChild(ctx, a, keep.ID, drop.ID, "one certificate")
		return err
	})
	if h := standing(t, w, keep.ID); h == nil {
		t.Error("the hold is gone")
	}
	if err := lift(w, "secretary@lake", keep.ID, "decided"); err != nil {
		t.Fatal(err)
	}
	if h := standing(t, w, keep.ID); h != nil {
		t.Errorf("one is left: %+v", h)
	}
}

// Who a hold may be about does not read why it stands, nor lifts it: a district
// lifts none of the region's or of a data officer; that one stands all may know.
func TestHoldIsItsPlacersToKnowAndToLift(t *testing.T) {
	t.Parallel()
	for placer, tc := range map[string]struct{ knows, lifts []string }{
		"data@north":     {[]string{"data@north"}, []string{"data@north"}},
		"secretary@lake": {[]string{"secretary@lake", "secretary2@lake", "chair@lake", "data@north"}, []string{"secretary2@lake", "chair@lake", "data@north"}},
	} {
		w := trial.New(t)
		for _, who := range []string{"secretary@lake", "secretary2@lake", "chair@lake", "data@north"} {
			c := register(t, w)
			if err := place(w, placer, c.ID, "an inquiry into the office"); err != nil {
				t.Fatal(err)
			}
			var h *registry.Hold
			if err := w.Show(who, func(ctx context.Context, v *act.View) error {
				var err error
				h, err = registry.HoldOf(ctx, v, c.ID)
				return err
			}); err != nil || h == nil {
				t.Fatalf("%s: %+v, %v", who, h, err)
			}
			knows := h.Known && h.Reason != "" && h.PlacedBy == trial.Person(placer)
			if h.Known != knows || knows != slices.Contains(tc.knows, who) || !knows && (h.Reason != "" || h.PlacedBy != "") {
				t.Errorf("placed by %s, %s reads %+v", placer, who, h)
			}
			lifts := slices.Contains(tc.lifts, who) || who == placer
			if h.Liftable != lifts {
				t.Errorf("placed by %s, %s is offered the lifting: %v", placer, who, h.Liftable)
			}
			if err := lift(w, who, c.ID, "decided"); (err == nil) != lifts || err != nil && !errors.Is(err, fault.Clash("child.hold_above")) {
				t.Errorf("placed by %s, %s lifts: %v", placer, who, err)
			}
		}
	}
}
