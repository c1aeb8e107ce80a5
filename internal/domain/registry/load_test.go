package registry_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

var (
	roots  = []string{"Ахмет", "Жақсыбек", "Нұрғали", "Оразбай", "Тілеу", "Мұса", "Сейт", "Қасым", "Әли", "Ержан", "Бейсен", "Дәулет", "Есен", "Жұмабай", "Кенже", "Мырза", "Сапар", "Төлеген", "Шәріп", "Ысқақ", "Иван", "Петр", "Семён", "Волк", "Кузнец"}
	givens = []string{"Айгүл", "Әсел", "Дана", "Диана", "Мадина", "Аружан", "Нұрсұлтан", "Алихан", "Ерасыл", "Санжар", "Айбек", "Шыңғыс", "Әділет", "Мария", "Иван", "Алексей", "Анна", "Томирис", "Айым", "Айша", "Рамазан", "Мирас", "Жанель", "Каусар", "Арман"}
	ends   = []string{"ов", "ова", "ев", "ева", "ұлы", "енко", "баев", "беков", "ханов", ""}
)

// crowd makes registrations of n invented children over three districts.
func crowd(n int) []registry.LoadedChild {
	r := rand.New(rand.NewPCG(1, 2))
	at := trial.Start.AddDate(0, -1, 0)
	all := make([]registry.LoadedChild, n)
	for i := range all {
		p := particulars()
		p.Family = roots[r.IntN(len(roots))] + ends[r.IntN(len(ends))]
		p.Given = givens[r.IntN(len(givens))]
		p.Patronymic = roots[r.IntN(len(roots))] + "ұлы"
		p.Born = date.New(2010+r.IntN(12), 1+r.IntN(12), 1+r.IntN(28))
		all[i] = registry.LoadedChild{Loaded: registry.Loaded{At: at, By: access.Principal{Actor: "operator:test", Machine: true}},
			Registration: registry.Registration{ID: id.Derive(1, "child", i, at), Territory: []string{trial.Lake, trial.Steppe, trial.River}[r.IntN(3)], Particulars: p}}
	}
	return all
}

func load(t testing.TB, w *trial.World, all []registry.LoadedChild) {
	t.Helper()
	err := w.Run.Within(time.Minute).Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error {
		return registry.LoadChildren(ctx, a, all)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Twelve thousand children are loaded and searched in bearable time: the
// bounds are generous, for a busy machine.
func TestSearchAmongTwelveThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	w := trial.New(t)
	from := time.Now()
	load(t, w, crowd(12_000))
	loaded := time.Since(from)
	t.Logf("loaded in %v", loaded)
	if w.DB.Engine == db.Postgres { // as its autovacuum does within a minute
		if _, err := w.DB.W.ExecContext(t.Context(), "ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	if loaded > 30*time.Second {
		t.Errorf("loading took %v", loaded)
	}
	for _, q := range []registry.Query{{Text: "Ахметова Айгуль"}, {Text: "Ахмтова Айгуль Сериковна"}, {Text: "ай"}, {Text: "Жаксыбеков"}, {Text: "Нургалев"},
		{Born: date.New(2012, 5, 17)}, {Year: 2013}, {IIN: iin(t, born, "f", 1)}, {Text: "алихан", Year: 2014}} {
		for _, who := range []string{"data@north", "secretary@lake"} {
			search(t, w, who, q)
			best := time.Hour
			n := 0
			for range 3 {
				from = time.Now()
				n = len(search(t, w, who, q))
				best = min(best, time.Since(from))
			}
			t.Logf("%-14s %+v: %d in %v", who, q, n, best)
			if best > 500*time.Millisecond {
				t.Errorf("%s: %v", q.Text, best)
			}
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	w := trial.New(b)
	load(b, w, crowd(12_000))
	for name, q := range map[string]registry.Query{"full": {Text: "Ахметова Айгуль"}, "typo": {Text: "Ахмтова Айгуль"}, "prefix": {Text: "ай"}, "born": {Born: born}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				search(b, w, "data@north", q)
			}
		})
	}
}

// What is loaded is what the verb would have written.
func TestLoadEqualsRegister(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	all := crowd(20)
	for i := range all {
		all[i].Territory = trial.Lake
		all[i].IIN, all[i].IINAbsent, all[i].Sex = iin(t, all[i].Born, "f", i), "", "f"
	}
	load(t, w, all)
	loaded := table(t, w)
	v := trial.New(t)
	for _, r := range all {
		v.Pass(r.At.Sub(v.Now()))
		v.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			_, err := registry.Register(ctx, a, r.Registration)
			return err
		})
	}
	if registered := table(t, v); loaded != registered {
		t.Errorf("loaded\n%s\nregistered\n%s", loaded, registered)
	}
	again := all[:1]
	again[0].ID = id.New()
	err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error { return registry.LoadChildren(ctx, a, again) })
	if !errors.Is(err, fault.Clash("child.iin_taken")) {
		t.Errorf("the same number: %v", err)
	}
	twins := []registry.LoadedChild{crowd(30)[28], crowd(30)[29]}
	for i := range twins {
		twins[i].ID, twins[i].Born, twins[i].IIN = id.New(), born, iin(t, born, "f", 40)
	}
	err = w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error { return registry.LoadChildren(ctx, a, twins) })
	if !errors.Is(err, fault.Clash("child.iin_taken")) {
		t.Errorf("twins of one load: %v", err)
	}
	denied := crowd(31)[30:]
	denied[0].By = access.Principal{Actor: "person:x"}
	err = w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error { return registry.LoadChildren(ctx, a, denied) })
	if !errors.Is(err, fault.Deny("fault.denied")) {
		t.Errorf("the row's author counts, not the loader: %v", err)
	}
}

// table is all that registry keeps, as text.
func table(t testing.TB, w *trial.World) string {
	t.Helper()
	var out string
	for _, q := range []string{"SELECT * FROM child ORDER BY id", "SELECT * FROM child_spelling ORDER BY child, word", "SELECT * FROM child_gram ORDER BY child, gram",
		"SELECT verb, noun, subject, child, territory FROM audit ORDER BY subject"} {
		table := strings.Fields(q)[slices.Index(strings.Fields(q), "FROM")+1]
		out += strings.Join(w.Rows(table, q), "\n") + "\n"
	}
	return out
}

func TestLoadFamilies(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	all := crowd(2)
	load(t, w, all)
	how := all[0].Loaded
	c, d := all[0].ID, all[1].ID
	mother := registry.Adult{ID: id.New(), Family: "Ахметова", Given: "Жанар"}
	do := func(fn func(context.Context, *act.Act) error) error {
		return w.Run.Do(t.Context(), access.Who{Operator: "test"}, fn)
	}
	adults := []registry.LoadedAdult{{Loaded: how, Adult: mother, Relations: []registry.Relation{
		{Child: c, Kind: "mother", Legal: true, LivesWith: true, FromDay: since}, {Child: d, Kind: "aunt_uncle", FromDay: since}}}}
	homes := []registry.LoadedHome{{how, registry.Address{Child: c, Text: "first", FromDay: since}}, {how, registry.Address{Child: d, Text: "other", FromDay: since}},
		{how, registry.Address{Child: c, Text: "second", FromDay: since.AddDays(10)}}}
	schools := []registry.LoadedSchooling{{how, registry.Schooling{Child: c, None: "preschool", FromDay: since}},
		{how, registry.Schooling{Child: c, School: trial.Agency("school@lake"), FromDay: since.AddDays(10)}}}
	marks := []registry.LoadedUnsafe{{how, registry.Unsafe{Child: c, Adult: mother.ID, Ground: "suspected", Reason: "the child's words"}}}
	err := do(func(ctx context.Context, a *act.Act) error {
		return errors.Join(registry.LoadAdults(ctx, a, adults), registry.LoadAddresses(ctx, a, homes), registry.LoadSchooling(ctx, a, schools), registry.LoadUnsafe(ctx, a, marks))
	})
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]string{trial.Lake: "secretary@lake", trial.Steppe: "secretary@steppe", trial.River: "secretary@river"}[all[0].Territory]
	f := get(t, w, who, c)
	if len(f.Kin) != 1 || f.Kin[0].Unsafe == nil || len(f.Addresses) != 2 || f.Addresses[1].ToDay != since.AddDays(10) || len(f.Schooling) != 2 || f.Schooling[1].ToDay.IsZero() {
		t.Errorf("%+v", f)
	}
	for name, fn := range map[string]func(context.Context, *act.Act) error{
		"adult": func(ctx context.Context, a *act.Act) error {
			return registry.LoadAdults(ctx, a, []registry.LoadedAdult{{Loaded: how}})
		},
		"relation": func(ctx context.Context, a *act.Act) error {
			return registry.LoadAdults(ctx, a, []registry.LoadedAdult{{Loaded: how, Adult: mother, Relations: []registry.Relation{{Kind: "friend"}}}})
		},
		"address": func(ctx context.Context, a *act.Act) error {
			return registry.LoadAddresses(ctx, a, []registry.LoadedHome{homes[2], homes[0]})
		},
		"schooling": func(ctx context.Context, a *act.Act) error {
			return registry.LoadSchooling(ctx, a, []registry.LoadedSchooling{schools[1], schools[0]})
		},
		"unsafe": func(ctx context.Context, a *act.Act) error {
			return registry.LoadUnsafe(ctx, a, []registry.LoadedUnsafe{{how, registry.Unsafe{Child: c, Adult: mother.ID}}})
		},
	} {
		if err := do(fn); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
