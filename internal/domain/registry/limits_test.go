package registry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func rows(t *testing.T, w *trial.World, table, where string, args ...any) int {
	t.Helper()
	n, err := w.DB.R.NewSelect().Table(table).Where(where, args...).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// A number is not found by trying: so many an hour, by search and by the
// doubles of a registration together, each person for themselves.
func TestNumbersAreNotTried(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	search := func(who string, q registry.Query) error {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Search(ctx, v, q); return err })
	}
	similar := func(who string) error {
		return w.Show(who, func(ctx context.Context, v *act.View) error {
			_, err := registry.Similar(ctx, v, registry.Particulars{IIN: "120517600014"})
			return err
		})
	}
	number := registry.Query{IIN: "120517600014"}
	for range 59 {
		if err := search("secretary@lake", number); err != nil {
			t.Fatal(err)
		}
	}
	if err := similar("secretary@lake"); err != nil {
		t.Error(err)
	}
	limited := fault.New(fault.Limited, "child.numbers_asked")
	for name, err := range map[string]error{"search": search("secretary@lake", number), "doubles": similar("secretary@lake")} {
		if !errors.Is(err, limited) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := rows(t, w, "audit", "verb = 'look' AND noun = 'child_number_refused'"); n != 2 {
		t.Errorf("%d refusals in the log", n)
	}
	if err := errors.Join(search("secretary@lake", registry.Query{Text: "Invented"}), search("secretary2@lake", number)); err != nil {
		t.Errorf("by name, and another person: %v", err)
	}
	w.Pass(time.Hour)
	if err := search("secretary@lake", number); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// "Sent already" and "the number is taken" tell that something is there: only
// so often.
func TestAnswersThatTellAreCounted(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w)
	again := func(who string) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			_, err := registry.Register(ctx, a, registry.Registration{ID: c.ID, Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "unknown",
				Family: "Invented", Given: "Twin", Born: c.Born, Sex: "f", Lang: "kk", Source: "school"}})
			return err
		})
	}
	for i := range 30 {
		if err := again("secretary@lake"); !errors.Is(err, fault.Clash("fault.sent_twice")) {
			t.Fatalf("%d: %v", i, err)
		}
	}
	if err := again("secretary@lake"); !errors.Is(err, fault.New(fault.Limited, "fault.too_telling")) {
		t.Errorf("too often: %v", err)
	}
	if told, limited := rows(t, w, "audit", "verb = 'refusal.told'"), rows(t, w, "audit", "verb = 'refusal.limited'"); told != 30 || limited != 1 {
		t.Errorf("in the log: %d and %d", told, limited)
	}
	if err := again("secretary2@lake"); !errors.Is(err, fault.Clash("fault.sent_twice")) {
		t.Errorf("another person: %v", err)
	}
	w.Pass(time.Hour)
	if err := again("secretary@lake"); !errors.Is(err, fault.Clash("fault.sent_twice")) {
		t.Errorf("an hour later: %v", err)
	}
}

// Past the limit a free number is refused like a taken one, at registration and
// at correction, or what passes would tell; a file without a number is not.
func TestAFreeNumberTellsNoMoreThanATakenOne(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	number := func(n int) func(*registry.Registration) {
		return func(r *registry.Registration) { r.IIN, r.IINAbsent = iin(t, born, "f", n), "" }
	}
	try := func(n int) error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
			r := registration(trial.Lake)
			number(n)(&r)
			_, err := registry.Register(ctx, a, r)
			return err
		})
	}
	register(t, w, number(100))
	c := register(t, w)
	for i := range 30 {
		if err := try(100); !errors.Is(err, fault.Clash("child.iin_taken")) {
			t.Fatalf("%d: %v", i, err)
		}
	}
	limited := fault.New(fault.Limited, "fault.too_telling")
	if err := errors.Join(try(100), try(2000)); !errors.Is(try(2000), limited) || !errors.Is(try(100), limited) {
		t.Errorf("got %v", err)
	}
	err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		p := c.Particulars()
		p.IIN, p.IINAbsent = iin(t, born, "f", 3000), ""
		_, err := registry.Amend(ctx, a, c.ID, c.Version, p)
		return err
	})
	if !errors.Is(err, limited) {
		t.Errorf("a correction: %v", err)
	}
	register(t, w)
	w.Pass(time.Hour)
	if err := try(2000); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// A number whose file lies beyond reach is refused in the words of one within
// it; but few times a day, and who answers for that file learns of each. Past
// them a free number is refused like a taken one.
func TestAFarFileIsNotFoundByItsNumber(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	numbered := func(n int) func(*registry.Registration) {
		return func(r *registry.Registration) { r.IIN, r.IINAbsent = iin(t, born, "f", n), "" }
	}
	for n := range 6 {
		register(t, w, in(trial.Steppe), numbered(100*n))
	}
	near := register(t, w, numbered(1000))
	try := func(n int) error {
		return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
			r := registration(trial.Lake)
			numbered(n)(&r)
			_, err := registry.Register(ctx, a, r)
			return err
		})
	}
	taken, limited := fault.Clash("child.iin_taken"), fault.New(fault.Limited, "fault.too_telling_far")
	for range 10 {
		if err := try(1000); !errors.Is(err, taken) { // whom a search finds
			t.Fatalf("near: %v", err)
		}
	}
	if n := rows(t, w, "notice", "key = 'notice.number_wanted'"); n != 0 {
		t.Errorf("of a file within reach %d are told", n)
	}
	for n := range 5 {
		err := try(100 * n)
		if !errors.Is(err, taken) {
			t.Fatalf("%d: %v", n, err)
		}
		if f, _ := fault.Of(err); len(f.Args) > 0 {
			t.Errorf("the answer tells more: %v", f.Args)
		}
	}
	if n := rows(t, w, "notice", "key = 'notice.number_wanted' AND person = ? AND subject <> ?", trial.Person("data@north"), near.ID); n != 5 {
		t.Errorf("the data officer is told %d times", n)
	}
	for what, n := range map[string]int{"taken far": 500, "taken near": 1000, "free": 5000} {
		if err := try(n); !errors.Is(err, limited) {
			t.Errorf("%s: %v", what, err)
		}
	}
	c := register(t, w)
	amend := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		p := c.Particulars()
		p.IIN, p.IINAbsent = iin(t, born, "f", 6000), ""
		_, err := registry.Amend(ctx, a, c.ID, c.Version, p)
		return err
	})
	if !errors.Is(amend, limited) {
		t.Errorf("a correction: %v", amend)
	}
	if err := w.Do("secretary2@lake", func(ctx context.Context, a *act.Act) error {
		r := registration(trial.Lake)
		numbered(5000)(&r)
		_, err := registry.Register(ctx, a, r)
		return err
	}); err != nil {
		t.Errorf("another person: %v", err)
	}
	w.Pass(25 * time.Hour)
	if err := try(500); !errors.Is(err, taken) {
		t.Errorf("a day later: %v", err)
	}
}

// A typed reason opens so many files a day; who wants more is refused, and
// those who watch over the data are told once.
func TestOpenFilesOfADay(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	var all []id.ID
	for range 32 {
		all = append(all, w.Child(trial.Lake, born))
	}
	open := func(who string, child id.ID) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			return registry.OpenFile(ctx, a, child, "a complaint about this file", nil)
		})
	}
	for i, c := range all[:30] {
		if err := open("regional@north", c); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	if err := open("regional@north", all[0]); err != nil {
		t.Errorf("again: %v", err)
	}
	for _, c := range all[30:] {
		if err := open("regional@north", c); !errors.Is(err, fault.New(fault.Limited, "child.opens_today")) {
			t.Errorf("more: %v", err)
		}
		if err := w.Show("regional@north", func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, c); return err }); err == nil {
			t.Error("refused, yet open")
		}
	}
	if n := rows(t, w, "audit", "verb = 'child.open_file_refused'"); n != 2 {
		t.Errorf("%d refusals in the log", n)
	}
	for _, who := range []string{"data@north", "protection"} {
		if n := rows(t, w, "notice", "key = 'notice.opens_capped' AND person = ?", trial.Person(who)); n != 1 {
			t.Errorf("%s is told %d times", who, n)
		}
	}
	if err := open("republican", all[30]); err != nil {
		t.Errorf("another person: %v", err)
	}
	w.Pass(24 * time.Hour)
	if err := open("regional@north", all[30]); err != nil {
		t.Errorf("the next day: %v", err)
	}
}
