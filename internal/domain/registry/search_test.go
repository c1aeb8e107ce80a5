package registry_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func search(t testing.TB, w *trial.World, who string, q registry.Query) []registry.Line {
	t.Helper()
	var out []registry.Line
	if err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		out, err = registry.Search(ctx, v, q)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// A child is found by any usual spelling, part of the name, or with one typing
// error, and stands first.
func TestSearchSpellings(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	files := map[string]id.ID{}
	for _, n := range []string{"Жақсыбеков Әділет Қайратұлы", "Ахметова Айгүл Серікқызы", "Семёнов Пётр Ильич", "Иванова Мария Александровна",
		"Нұрғалиев Шыңғыс Бекұлы", "Ким Алина", "Тілеуов Нұрсұлтан Ерланұлы", "Оразбаева Әсел Маратқызы", "Мусаева Дана Ержанқызы", "Мусаева Диана Ержанқызы"} {
		p := append(strings.Fields(n), "")
		files[p[0]+" "+p[1]] = register(t, w, named(p[0], p[1], p[2])).ID
	}
	for typed, want := range map[string]string{
		"Жақсыбеков":         "Жақсыбеков Әділет",
		"жаксыбеков адилет":  "Жақсыбеков Әділет",
		"Джаксыбеков":        "Жақсыбеков Әділет",
		"ZHAKSYBEKOV ADILET": "Жақсыбеков Әділет",
		"Dzhaksybekov":       "Жақсыбеков Әділет",
		"Адилет Кайратович Жаксыбеков": "Жақсыбеков Әділет",
		"Жаксыб":          "Жақсыбеков Әділет",
		"Жкасыбеков":      "Жақсыбеков Әділет",
		"Жаксибеков":      "Жақсыбеков Әділет",
		"Жаксыбеко":       "Жақсыбеков Әділет",
		"айгуль":          "Ахметова Айгүл",
		"AIGUL AKHMETOVA": "Ахметова Айгүл",
		"Ахметова Айгуль Сериковна": "Ахметова Айгүл",
		"Ахмедова Айгул":            "Ахметова Айгүл",
		"ах ай":                     "Ахметова Айгүл",
		"СЕМЕНОВ ПЕТР":              "Семёнов Пётр",
		"semyonov":                  "Семёнов Пётр",
		"ивонова":                   "Иванова Мария",
		"Чингиз Нургалиев":          "Нұрғалиев Шыңғыс",
		"Шынгыс":                    "Нұрғалиев Шыңғыс",
		"nurgaliyev":                "Нұрғалиев Шыңғыс",
		"ким":                       "Ким Алина",
		"Ким Алина Сергеевна":       "Ким Алина",
		"Нурсултан":                 "Тілеуов Нұрсұлтан",
		"Асель":                     "Оразбаева Әсел",
		"ASSEL ORAZBAYEVA":          "Оразбаева Әсел",
		"Дана Мусаева":              "Мусаева Дана",
		"Диана Мусаева":             "Мусаева Диана",
		"Абракадабра":               "",
	} {
		got := search(t, w, "secretary@lake", registry.Query{Text: typed})
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("%s: found %v", typed, got)
		case want != "" && len(got) == 0:
			t.Errorf("%s: nothing found", typed)
		case want != "" && got[0].ID != files[want]:
			t.Errorf("%s: first is %v", typed, got[0])
		}
	}
}

func TestSearchByNumberAndBirth(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	number := iin(t, born, "f", 5)
	c := register(t, w, func(r *registry.Registration) { r.IIN = number })
	other := register(t, w, named("Ахметов", "Айбек", ""), func(r *registry.Registration) { r.Born, r.Sex = born.AddDays(40), "m" })
	for name, tc := range map[string]struct {
		q    registry.Query
		want []id.ID
	}{
		"number":               {registry.Query{IIN: " " + number}, []id.ID{c.ID}},
		"another number":       {registry.Query{IIN: iin(t, born, "f", 6)}, nil},
		"day":                  {registry.Query{Born: born}, []id.ID{c.ID}},
		"year":                 {registry.Query{Year: 2012}, []id.ID{other.ID, c.ID}},
		"name and day":         {registry.Query{Text: "ахметов", Born: born.AddDays(40)}, []id.ID{other.ID}},
		"name and year":        {registry.Query{Text: "айгуль", Year: 2012}, []id.ID{c.ID}},
		"name, another year":   {registry.Query{Text: "айгуль", Year: 2013}, nil},
		"name, another number": {registry.Query{Text: "айбек", IIN: number}, nil},
	} {
		got := search(t, w, "secretary@lake", tc.q)
		if len(got) != len(tc.want) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i, x := range got {
			if x.ID != tc.want[i] {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	try := func(who string, q registry.Query) error {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Search(ctx, v, q); return err })
	}
	for _, who := range []string{"analyst", "regional@north", "executor@lake", "administrator"} {
		if err := try(who, registry.Query{Text: "айгуль"}); !errors.Is(err, fault.Deny("fault.denied")) {
			t.Errorf("%s: %v", who, err)
		}
	}
	for _, tc := range []struct {
		q          registry.Query
		field, key string
	}{
		{registry.Query{}, "text", "child.search_empty"},
		{registry.Query{Text: "  "}, "text", "child.search_empty"},
		{registry.Query{Text: "а"}, "text", "child.search_short"},
		{registry.Query{Text: "12 %_"}, "text", "child.search_short"},
		{registry.Query{Text: strings.Repeat("ав", 101)}, "text", "fault.too_long"},
		{registry.Query{IIN: "12"}, "iin", "iin.length"},
		{registry.Query{Year: 12}, "year", "child.year"},
	} {
		invalid(t, try("secretary@lake", tc.q), tc.field, tc.key)
	}
}

// Another district's child is not found, by name, number or day.
func TestSearchStaysInScope(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	number := iin(t, born, "f", 5)
	register(t, w, in(trial.Steppe), func(r *registry.Registration) { r.IIN = number })
	for _, q := range []registry.Query{{Text: "Ахметова Айгүл"}, {Text: "Ахметва"}, {IIN: number}, {Born: born}, {Year: 2012}} {
		for who, n := range map[string]int{"secretary@lake": 0, "duty@lake": 0, "curator1@steppe": 0, "secretary@steppe": 1, "duty@steppe": 1, "data@north": 1} {
			if got := search(t, w, who, q); len(got) != n {
				t.Errorf("%s finds %d by %+v", who, len(got), q)
			}
		}
	}
}

// By a typing error a child is found where it lives, after a move as well.
func TestSearchMovesWithTheChild(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w, named("Ахметова", "Айгүл", ""), in(trial.Lake))
	found := func(who string, n int) {
		t.Helper()
		if got := search(t, w, who, registry.Query{Text: "Ахметва"}); len(got) != n {
			t.Errorf("%s finds %d", who, len(got))
		}
	}
	found("secretary@lake", 1)
	found("secretary@steppe", 0)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := registry.MoveChild(ctx, a, c.ID, trial.Steppe, "the family has moved")
		return err
	})
	found("secretary@lake", 0)
	found("secretary@steppe", 1)
}

// A search writes who was shown, never what was typed.
func TestSearchIsALook(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w)
	search(t, w, "secretary@lake", registry.Query{Text: "Айгуль"})
	n, err := w.DB.R.NewSelect().Table("audit").Where("verb = 'look'").Where("noun = 'child'").Where("child = ?", c.ID).Count(t.Context())
	if err != nil || n != 1 {
		t.Errorf("%d looks, %v", n, err)
	}
}

func TestSimilar(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	number := iin(t, born, "f", 5)
	c := register(t, w, func(r *registry.Registration) { r.IIN = number })
	register(t, w, func(r *registry.Registration) { r.Born = born.AddDays(800) })
	similar := func(p registry.Particulars) []registry.Line {
		var out []registry.Line
		if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
			var err error
			out, err = registry.Similar(ctx, v, p)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, tc := range map[string]struct {
		p    registry.Particulars
		want int
	}{
		"by number":        {registry.Particulars{IIN: number, Family: "Ли", Given: "Яна"}, 1},
		"by name and day":  {registry.Particulars{Family: "Ахметова", Given: "Айгуль", Born: born.AddDays(2)}, 1},
		"with an error":    {registry.Particulars{Family: "Ахмтова", Given: "Айгуль", Born: born}, 1},
		"without a day":    {registry.Particulars{Family: "Ахметова", Given: "Айгуль"}, 2},
		"of another year":  {registry.Particulars{Family: "Ахметова", Given: "Айгуль", Born: born.AddDays(-700)}, 0},
		"half typed":       {registry.Particulars{IIN: "12", Family: "Ах"}, 2},
		"nothing typed":    {registry.Particulars{}, 0},
		"of another child": {registry.Particulars{Family: "Ким", Given: "Алина", Born: born}, 0},
	} {
		got := similar(tc.p)
		if len(got) != tc.want || tc.want == 1 && got[0].ID != c.ID {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, n := range []string{"Әбіш", "Абай", "Бекова", "Ғалиева", "Гали"} {
		register(t, w, named(n, "Айым", ""))
	}
	register(t, w, in(trial.Steppe))
	var names []string
	if err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		var after *registry.Cursor
		for {
			p, err := registry.List(ctx, v, registry.Filter{}, after, 2)
			if err != nil {
				return err
			}
			for _, l := range p.Lines {
				names = append(names, l.Name)
			}
			if after = p.Next; after == nil {
				break
			}
		}
		n, err := registry.Count(ctx, v, registry.Filter{Territory: trial.North, BornFrom: born, BornTo: born})
		if n != 5 {
			t.Errorf("counted %d", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names, ", "); got != "Айым А., Айым Ә., Айым Б., Айым Г., Айым Ғ." {
		t.Error(got)
	}
	err := w.Show("duty@lake", func(ctx context.Context, v *act.View) error {
		_, err := registry.List(ctx, v, registry.Filter{}, nil, 10)
		return err
	})
	if !errors.Is(err, fault.Deny("fault.denied")) {
		t.Errorf("duty: %v", err)
	}
}
