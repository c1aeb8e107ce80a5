package registry_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

var since = date.New(2020, 1, 1)

// kin puts an adult into a child's file and gives its identifier.
func kin(t testing.TB, w *trial.World, child id.ID, kind string, change ...func(*registry.Relation)) id.ID {
	t.Helper()
	r := registry.Relation{Kind: kind, Legal: true, LivesWith: true, FromDay: since}
	for _, f := range change {
		f(&r)
	}
	var p registry.Adult
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		p, err = registry.AddAdult(ctx, a, child, registry.Adult{ID: id.New(), Family: "Ахметова", Given: "Жанар"}, r)
		return err
	})
	return p.ID
}

func apart(r *registry.Relation)   { r.LivesWith = false }
func noLegal(r *registry.Relation) { r.Legal = false }

// told gives whom the child's affairs may be told to.
func told(t testing.TB, w *trial.World, child id.ID) []id.ID {
	t.Helper()
	var out []id.ID
	if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		all, err := registry.Contactable(ctx, v, child)
		for _, p := range all {
			out = append(out, p.ID)
			if ok, err := registry.MayTell(ctx, v, child, p.ID); err != nil || !ok {
				t.Errorf("contactable, but not to be told: %v", err)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func mayTell(t testing.TB, w *trial.World, child, adult id.ID) bool {
	t.Helper()
	var ok bool
	if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		var err error
		ok, err = registry.MayTell(ctx, v, child, adult)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ok
}

func markUnsafe(w *trial.World, who string, child id.ID, u registry.Unsafe) error {
	return w.Do(who, func(ctx context.Context, a *act.Act) error { return registry.MarkUnsafe(ctx, a, child, u) })
}

func TestRule02UnsafePersonIsNeverTold(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w).ID
	mother, father := kin(t, w, c, "mother"), kin(t, w, c, "father", apart)
	aunt := kin(t, w, c, "aunt_uncle", apart, noLegal)
	if got := told(t, w, c); !slices.Equal(got, []id.ID{mother, father}) && !slices.Equal(got, []id.ID{father, mother}) {
		t.Fatalf("before: %v", got)
	}
	if !mayTell(t, w, c, aunt) || mayTell(t, w, c, id.New()) {
		t.Error("the aunt may be told, a stranger not")
	}
	if err := markUnsafe(w, "secretary@lake", c, registry.Unsafe{Adult: father, Ground: "protective_order", Reason: "order of the police"}); err != nil {
		t.Fatal(err)
	}
	if got := told(t, w, c); !slices.Equal(got, []id.ID{mother}) || mayTell(t, w, c, father) {
		t.Errorf("with the mark: %v", got)
	}
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		return registry.LiftUnsafe(ctx, a, c, father, "the order has lapsed")
	})
	if got := told(t, w, c); len(got) != 2 || !mayTell(t, w, c, father) {
		t.Errorf("lifted: %v", got)
	}
	if f := get(t, w, "secretary@lake", c); len(f.Unsafe) != 1 || f.Unsafe[0].LiftedReason == "" || f.Kin[0].Unsafe != nil {
		t.Error("the history of the mark stays")
	}
}

// Who shares the child's home with an unsafe person is not told either, until
// the unsafe person has moved out.
func TestRule02UnsafePersonInTheHousehold(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w).ID
	mother, stepfather := kin(t, w, c, "mother"), kin(t, w, c, "stepfather", noLegal)
	grandmother := kin(t, w, c, "grandparent", apart)
	if err := markUnsafe(w, "secretary@lake", c, registry.Unsafe{Adult: stepfather, Ground: "suspected", Reason: "the child's words"}); err != nil {
		t.Fatal(err)
	}
	if got := told(t, w, c); !slices.Equal(got, []id.ID{grandmother}) || mayTell(t, w, c, mother) || mayTell(t, w, c, stepfather) {
		t.Errorf("at home: %v", got)
	}
	for _, k := range get(t, w, "secretary@lake", c).Kin {
		if k.ID != stepfather {
			continue
		}
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			return registry.EndRelation(ctx, a, c, k.Relation.ID, date.Of(w.Now()))
		})
	}
	if got := told(t, w, c); !slices.Contains(got, mother) || mayTell(t, w, c, stepfather) {
		t.Errorf("moved out: %v", got)
	}
	if err := markUnsafe(w, "secretary@lake", c, registry.Unsafe{Adult: mother, Ground: "lives_with_unsafe", Reason: "has followed him"}); err != nil {
		t.Fatal(err)
	}
	if got := told(t, w, c); !slices.Equal(got, []id.ID{grandmother}) {
		t.Errorf("the mother lives with him: %v", got)
	}
}

func TestMarkUnsafeRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, other := register(t, w).ID, register(t, w).ID
	father := kin(t, w, c, "father")
	good := registry.Unsafe{ID: id.New(), Adult: father, Ground: "suspected", Reason: "the child's words"}
	for who, want := range map[string]error{"secretary@steppe": fault.Missing(), "curator1@lake": fault.Missing(), "duty@lake": fault.Deny("fault.denied")} {
		if err := markUnsafe(w, who, c, good); !errors.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	bad := good
	bad.Ground, bad.Reason = "dislike", strings.Repeat("x", 1001)
	err := markUnsafe(w, "secretary@lake", c, bad)
	invalid(t, err, "ground", "fault.choice")
	invalid(t, err, "reason", "fault.too_long")
	for _, child := range []id.ID{other, id.New(), "x"} {
		if err := markUnsafe(w, "secretary@lake", child, good); !errors.Is(err, fault.Missing()) {
			t.Errorf("not of this child: %v", err)
		}
	}
	if err := markUnsafe(w, "secretary@lake", c, good); err != nil {
		t.Fatal(err)
	}
	again := good
	again.ID = id.New()
	if err := markUnsafe(w, "secretary@lake", c, again); !errors.Is(err, fault.Clash("child.unsafe_already")) {
		t.Errorf("twice: %v", err)
	}
	lift := func(adult id.ID, reason string) error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { return registry.LiftUnsafe(ctx, a, c, adult, reason) })
	}
	invalid(t, lift(father, ""), "reason", "fault.blank")
	if err := lift(id.New(), "no mark stands"); !errors.Is(err, fault.Missing()) {
		t.Errorf("no mark: %v", err)
	}
}

func TestRelateRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, brother, far := register(t, w).ID, register(t, w).ID, register(t, w, in(trial.River)).ID
	mother := kin(t, w, brother, "mother")
	var foreign registry.Adult
	w.Must("secretary@river", func(ctx context.Context, a *act.Act) error {
		var err error
		foreign, err = registry.AddAdult(ctx, a, far, registry.Adult{Family: "Ким", Given: "Анна"}, registry.Relation{Kind: "mother", FromDay: since})
		return err
	})
	relate := func(who string, child id.ID, r registry.Relation) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return registry.Relate(ctx, a, child, r) })
	}
	good := registry.Relation{ID: id.New(), Adult: mother, Kind: "mother", Legal: true, FromDay: since}
	if err := relate("secretary@lake", c, good); err != nil {
		t.Fatal(err)
	}
	if err := relate("secretary@lake", c, good); !errors.Is(err, fault.Clash("fault.sent_twice")) && !errors.Is(err, fault.Clash("child.related_already")) {
		t.Errorf("twice: %v", err)
	}
	good.ID = id.New()
	if err := relate("secretary@lake", c, good); !errors.Is(err, fault.Clash("child.related_already")) {
		t.Errorf("the same again: %v", err)
	}
	for name, r := range map[string]registry.Relation{
		"of a child elsewhere": {Adult: foreign.ID, Kind: "aunt_uncle", FromDay: since},
		"nobody":               {Adult: id.New(), Kind: "aunt_uncle", FromDay: since},
		"nonsense":             {Adult: "x", Kind: "aunt_uncle", FromDay: since},
	} {
		if err := relate("secretary@lake", c, r); !errors.Is(err, fault.Missing()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	invalid(t, relate("secretary@lake", c, registry.Relation{Adult: mother, Kind: "friend", FromDay: since}), "kind", "fault.choice")
	invalid(t, relate("secretary@lake", c, registry.Relation{Adult: mother, Kind: "other"}), "from_day", "fault.blank")
	invalid(t, relate("secretary@lake", c, registry.Relation{Adult: mother, Kind: "other", FromDay: date.New(2030, 1, 1)}), "from_day", "child.day_future")
	err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := registry.AddAdult(ctx, a, c, registry.Adult{Phone: strings.Repeat("1", 41), Born: date.New(2030, 1, 1)}, registry.Relation{})
		return err
	})
	for field, key := range map[string]string{"family": "fault.blank", "given": "fault.blank", "phone": "fault.too_long", "born": "child.born_future", "kind": "fault.choice", "from_day": "fault.blank"} {
		invalid(t, err, field, key)
	}
	end := func(day date.Date) error {
		key := get(t, w, "secretary@lake", c).Kin[0].Relation.ID
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { return registry.EndRelation(ctx, a, c, key, day) })
	}
	invalid(t, end(since.AddDays(-1)), "to_day", "child.day_before")
	invalid(t, end(date.New(2030, 1, 1)), "to_day", "child.day_future")
	if err := end(date.Of(w.Now())); err != nil {
		t.Error(err)
	}
	if err := end(date.Of(w.Now())); !errors.Is(err, fault.Missing()) {
		t.Errorf("ended twice: %v", err)
	}
}

func TestAddressAndSchooling(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w).ID
	live := func(who string, x registry.Address) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return registry.SetAddress(ctx, a, c, x) })
	}
	learn := func(x registry.Schooling) error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { return registry.SetSchooling(ctx, a, c, x) })
	}
	first := registry.Address{ID: id.New(), Text: "Invented street 1", FromDay: since}
	if err := live("secretary@lake", first); err != nil {
		t.Fatal(err)
	}
	if err := live("secretary@lake", first); !errors.Is(err, fault.Clash("fault.sent_twice")) {
		t.Errorf("twice: %v", err)
	}
	if err := live("secretary@lake", registry.Address{Text: "Invented street 2", FromDay: since.AddDays(30)}); err != nil {
		t.Fatal(err)
	}
	invalid(t, live("secretary@lake", registry.Address{Text: "Invented street 3", FromDay: since}), "from_day", "child.day_before")
	invalid(t, live("secretary@lake", registry.Address{Text: strings.Repeat("x", 301), FromDay: date.New(2030, 1, 1)}), "address", "fault.too_long")
	if err := live("secretary@steppe", first); !errors.Is(err, fault.Missing()) {
		t.Errorf("foreign: %v", err)
	}
	if err := learn(registry.Schooling{School: trial.Agency("school@lake"), Grade: "5", FromDay: since}); err != nil {
		t.Fatal(err)
	}
	if err := learn(registry.Schooling{None: "not_enrolled", FromDay: since.AddDays(90)}); err != nil {
		t.Fatal(err)
	}
	invalid(t, learn(registry.Schooling{School: id.New(), FromDay: since.AddDays(91)}), "school", "fault.id")
	invalid(t, learn(registry.Schooling{FromDay: since.AddDays(91)}), "school", "child.school_reason")
	invalid(t, learn(registry.Schooling{None: "unknown", School: id.New(), FromDay: since.AddDays(91)}), "school", "child.school_both")
	invalid(t, learn(registry.Schooling{None: "lazy", FromDay: since.AddDays(91)}), "none", "fault.choice")
	f := get(t, w, "secretary@lake", c)
	if len(f.Addresses) != 2 || !f.Addresses[0].ToDay.IsZero() || f.Addresses[1].ToDay != since.AddDays(30) {
		t.Errorf("addresses: %+v", f.Addresses)
	}
	if len(f.Schooling) != 2 || f.Schooling[0].None != "not_enrolled" || f.Schooling[1].ToDay != since.AddDays(90) {
		t.Errorf("schooling: %+v", f.Schooling)
	}
}
