package registry_test

import (
	"context"
	"testing"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// unsure is a boy without papers of whom so much is known.
func unsure(b date.Birth) registry.Registration {
	return registry.Registration{ID: id.New(), Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "no_documents",
		Family: "Жақсыбаев", Given: "Темір", Born: b.Day, BornKnown: b.Known, Sex: "m", Lang: "kk", Source: "own_words"}}
}

func put(w *trial.World, r registry.Registration) (registry.Child, error) {
	var c registry.Child
	err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, r)
		return err
	})
	return c, err
}

// A file opens with what is known of the birth date; nobody counts as older than
// is certain, and what is certainly wrong is refused.
func TestBornAsFarAsItIsKnown(t *testing.T) {
	t.Parallel()
	w := trial.New(t) // 3 March 2026
	for _, tc := range []struct {
		told, kept date.Birth
		refused    string
	}{
		{told: date.Birth{Day: date.New(2014, 1, 1), Known: date.ToYear}, kept: date.Birth{Day: date.New(2014, 12, 31), Known: date.ToYear}},
		{told: date.Birth{Day: date.New(2014, 2, 9), Known: date.ToMonth}, kept: date.Birth{Day: date.New(2014, 2, 28), Known: date.ToMonth}},
		{told: date.Birth{Day: date.New(2014, 6, 1), Known: date.Guessed}, kept: date.Birth{Day: date.New(2014, 12, 31), Known: date.Guessed}},
		{told: date.Birth{Day: date.New(2026, 1, 1), Known: date.ToYear}, kept: date.Birth{Day: date.New(2026, 3, 3), Known: date.ToYear}},
		{told: date.Birth{Day: date.New(2008, 1, 1), Known: date.ToYear}, kept: date.Birth{Day: date.New(2008, 12, 31), Known: date.ToYear}},
		{told: date.Birth{Day: date.New(2007, 1, 1), Known: date.ToYear}, refused: "child.born_adult"},
		{told: date.Birth{Day: date.New(2007, 1, 1), Known: date.Guessed}, kept: date.Birth{Day: date.New(2007, 12, 31), Known: date.Guessed}},
		{told: date.Birth{Day: date.New(2006, 1, 1), Known: date.Guessed}, refused: "child.born_adult"},
		{told: date.Birth{Day: date.New(2008, 2, 1), Known: date.ToMonth}, refused: "child.born_adult"},
		{told: date.Birth{Day: date.New(2008, 3, 1), Known: date.ToMonth}, kept: date.Birth{Day: date.New(2008, 3, 31), Known: date.ToMonth}},
		{told: date.Birth{Day: date.New(2026, 4, 1), Known: date.ToMonth}, refused: "child.born_future"},
		{told: date.Birth{Day: date.New(2027, 1, 1), Known: date.ToYear}, refused: "child.born_future"},
		{told: date.Birth{Day: date.New(2027, 1, 1), Known: date.Guessed}, refused: "child.born_future"},
		{told: date.Birth{Known: date.ToYear}, refused: "fault.blank"},
	} {
		c, err := put(w, unsure(tc.told))
		if tc.refused != "" {
			if !fault.Has(err, "born", tc.refused) {
				t.Errorf("%v: %v, want %s", tc.told, err, tc.refused)
			}
			continue
		}
		if err != nil || c.Birth() != tc.kept {
			t.Errorf("%v: kept %v, %v", tc.told, c.Birth(), err)
		}
	}
	if _, err := put(w, unsure(date.Birth{Day: date.New(2014, 1, 1), Known: "roughly"})); !fault.Has(err, "born_known", "fault.choice") {
		t.Errorf("an unknown degree: %v", err)
	}
}

// The number says the day: it must lie in what was known, and takes its place.
func TestTheNumberSaysTheDay(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, tc := range []struct {
		known date.Birth
		ok    bool
	}{
		{date.Birth{Day: date.New(2012, 1, 1), Known: date.ToYear}, true}, {date.Birth{Day: date.New(2013, 1, 1), Known: date.ToYear}, false},
		{date.Birth{Day: date.New(2012, 5, 1), Known: date.ToMonth}, true}, {date.Birth{Day: date.New(2012, 6, 1), Known: date.ToMonth}, false},
		{date.Birth{Day: date.New(2013, 1, 1), Known: date.Guessed}, true}, {date.Birth{Day: date.New(2014, 1, 1), Known: date.Guessed}, false},
	} {
		r := unsure(tc.known)
		r.IINAbsent, r.Sex, r.IIN = "", "m", iin(t, date.New(2012, 5, 17), "m", 1)
		c, err := put(w, r)
		if tc.ok {
			if err != nil || c.Birth() != (date.Birth{Day: date.New(2012, 5, 17)}) {
				t.Errorf("%v: %v, %v", tc.known, c.Birth(), err)
			}
			w = trial.New(t) // a number belongs to one child
		} else if !fault.Has(err, "iin", "child.iin_birth") {
			t.Errorf("%v: %v", tc.known, err)
		}
	}
}

// A search by a date finds also whom it may be; a double is looked for likewise;
// the exact date may be entered later, and the log says what was known before.
func TestUnsureIsFoundAndMadeExact(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, err := put(w, unsure(date.Birth{Day: date.New(2014, 1, 1), Known: date.ToYear}))
	if err != nil {
		t.Fatal(err)
	}
	guess, err := put(w, unsure(date.Birth{Day: date.New(2011, 1, 1), Known: date.Guessed}))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		q    registry.Query
		want int
	}{
		{registry.Query{Born: date.New(2014, 5, 17)}, 1}, {registry.Query{Born: date.New(2015, 1, 1)}, 0}, {registry.Query{Born: date.New(2012, 5, 17)}, 1},
		{registry.Query{Year: 2014}, 1}, {registry.Query{Year: 2010}, 1}, {registry.Query{Year: 2009}, 0}, {registry.Query{Text: "Темир Жаксыбаев", Year: 2012}, 1},
	} {
		if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
			l, err := registry.Search(ctx, v, tc.q)
			if len(l) != tc.want {
				t.Errorf("%+v finds %d", tc.q, len(l))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for day, want := range map[date.Date]int{date.New(2014, 2, 1): 1, date.New(2013, 2, 1): 2, date.New(2017, 5, 1): 0} {
		if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
			l, err := registry.Similar(ctx, v, unsure(date.Birth{Day: day}).Particulars)
			if len(l) != want {
				t.Errorf("born %v is like %d", day, len(l))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	exact := c.Particulars()
	exact.Born, exact.BornKnown = date.New(2014, 5, 17), date.ToDay
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := registry.Amend(ctx, a, c.ID, c.Version, exact)
		return err
	})
	if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		f, err := registry.Get(ctx, v, c.ID)
		if f.Child.Birth() != (date.Birth{Day: date.New(2014, 5, 17)}) || f.Child.Version != c.Version+1 {
			t.Errorf("%v, version %d", f.Child.Birth(), f.Child.Version)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { // nothing changes
		again, err := registry.Amend(ctx, a, guess.ID, guess.Version, guess.Particulars())
		if again.Version != guess.Version {
			t.Errorf("the same guess is a change: %d", again.Version)
		}
		return err
	})
}
