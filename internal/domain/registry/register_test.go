package registry_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

var born = date.New(2012, 5, 17)

// iin makes a number that keeps its checksum.
func iin(t testing.TB, born date.Date, sex string, n int) string {
	t.Helper()
	y, m, d := born.YMD()
	century := 2*(y/100-18) + 1
	if sex == "f" {
		century++
	}
	digits := []int{y / 10 % 10, y % 10, m / 10, m % 10, d / 10, d % 10, century, n / 1000 % 10, n / 100 % 10, n / 10 % 10, n % 10}
	s := ""
	for _, x := range digits {
		s += string(rune('0' + x))
	}
	for c := '0'; c <= '9'; c++ {
		if _, err := id.ParseIIN(s + string(c)); err == nil {
			return s + string(c)
		}
	}
	return iin(t, born, sex, n+1) // this one keeps no checksum
}

// particulars are lawful ones of an invented girl.
func particulars() registry.Particulars {
	return registry.Particulars{IINAbsent: "unknown", Family: "Ахметова", Given: "Айгүл", Patronymic: "Серікқызы",
		Born: born, Sex: "f", Lang: "kk", Source: "school"}
}

func registration(territory string) registry.Registration {
	return registry.Registration{ID: id.New(), Territory: territory, Particulars: particulars()}
}

func register(t testing.TB, w *trial.World, change ...func(*registry.Registration)) registry.Child {
	t.Helper()
	r := registration(trial.Lake)
	for _, f := range change {
		f(&r)
	}
	place := map[string]string{trial.Lake: "lake", trial.Steppe: "steppe", trial.River: "river"}[r.Territory]
	var c registry.Child
	w.Must("secretary@"+place, func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, r)
		return err
	})
	return c
}

func named(family, given, patronymic string) func(*registry.Registration) {
	return func(r *registry.Registration) { r.Family, r.Given, r.Patronymic = family, given, patronymic }
}

func in(territory string) func(*registry.Registration) {
	return func(r *registry.Registration) { r.Territory = territory }
}

func get(t testing.TB, w *trial.World, who string, key id.ID) registry.File {
	t.Helper()
	var f registry.File
	if err := w.Show(who, func(ctx context.Context, v *act.View) error {
		var err error
		f, err = registry.Get(ctx, v, key)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return f
}

func invalid(t *testing.T, err error, field, key string) {
	t.Helper()
	if !fault.Has(err, field, key) {
		t.Errorf("got %v, want %s at %s", err, key, field)
	}
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	try := func(who string, r registry.Registration) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { _, err := registry.Register(ctx, a, r); return err })
	}
	for who, place := range map[string]string{"curator1@lake": trial.Lake, "analyst": trial.Lake, "secretary@steppe": trial.Lake,
		"regional@north": trial.Lake, "secretary@lake": trial.Steppe} {
		if err := try(who, registration(place)); !errors.Is(err, fault.Deny("fault.denied")) {
			t.Errorf("%s: %v", who, err)
		}
	}
	tomorrow := date.Of(trial.Start).AddDays(1)
	for _, tc := range []struct {
		field, key string
		change     func(*registry.Registration)
	}{
		{"family", "fault.blank", func(r *registry.Registration) { r.Family = "  " }},
		{"given", "fault.blank", func(r *registry.Registration) { r.Given = "" }},
		{"given", "fault.too_long", func(r *registry.Registration) { r.Given = strings.Repeat("а", 81) }},
		{"family", "child.name_letters", func(r *registry.Registration) { r.Family = "12" }},
		{"born", "fault.blank", func(r *registry.Registration) { r.Born = date.Date{} }},
		{"born", "child.born_future", func(r *registry.Registration) { r.Born = tomorrow }},
		{"born", "child.born_adult", func(r *registry.Registration) { r.Born = date.New(2008, 3, 3) }},
		{"sex", "fault.choice", func(r *registry.Registration) { r.Sex = "x" }},
		{"lang", "fault.choice", func(r *registry.Registration) { r.Lang = "" }},
		{"source", "fault.choice", func(r *registry.Registration) { r.Source = "rumour" }},
		{"iin_absent", "child.iin_reason", func(r *registry.Registration) { r.IINAbsent = "" }},
		{"iin", "iin.length", func(r *registry.Registration) { r.IIN = "123" }},
		{"iin", "iin.digits", func(r *registry.Registration) { r.IIN = "1205176x0012" }},
		{"iin", "child.iin_birth", func(r *registry.Registration) { r.IIN = iin(t, born.AddDays(1), "f", 1) }},
		{"iin", "child.iin_sex", func(r *registry.Registration) { r.IIN = iin(t, born, "m", 1) }},
	} {
		r := registration(trial.Lake)
		tc.change(&r)
		invalid(t, try("secretary@lake", r), tc.field, tc.key)
	}
	last := registration(trial.Lake)
	last.Born = date.New(2008, 3, 4) // a child for one more day
	if err := try("secretary@lake", last); err != nil {
		t.Error(err)
	}
	if err := try("secretary@lake", last); !errors.Is(err, fault.Clash("fault.sent_twice")) {
		t.Errorf("sent twice: %v", err)
	}
}

// A number belongs to one child in the country; the refusal tells nothing of
// the other file.
func TestNumberIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	number := iin(t, born, "f", 17)
	first := register(t, w, in(trial.River), func(r *registry.Registration) { r.IIN = number })
	if first.IIN != id.IIN(number) || first.IINAbsent != "" {
		t.Fatalf("kept %q with %q", first.IIN.Masked(), first.IINAbsent)
	}
	r := registration(trial.Lake)
	r.IIN = " " + number
	err := w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { _, err := registry.Register(ctx, a, r); return err })
	if !errors.Is(err, fault.Clash("child.iin_taken")) {
		t.Fatalf("got %v", err)
	}
	if f, _ := fault.Of(err); len(f.Args) > 0 || strings.Contains(err.Error(), first.ID.String()) || strings.Contains(err.Error(), number) {
		t.Errorf("the refusal tells of the other file: %v", err)
	}
	c := register(t, w)
	p := particulars()
	p.IIN = number
	err = w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error { _, err := registry.Amend(ctx, a, c.ID, 0, p); return err })
	if !errors.Is(err, fault.Clash("child.iin_taken")) {
		t.Errorf("amend: %v", err)
	}
}

func TestDutyRegistersAtNight(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	var c registry.Child
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, registration(trial.Lake))
		return err
	})
	if got := get(t, w, "secretary@lake", c.ID).Child; got.Family != "Ахметова" || got.Latin != "AKHMETOVA AIGUL" || got.Born != born || got.IIN != "" {
		t.Errorf("%+v", got)
	}
}

func TestGetRefuses(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w)
	for who, want := range map[string]error{
		"secretary@steppe": fault.Missing(), "curator1@lake": fault.Missing(), "regional@north": fault.Missing(),
		"duty@lake": fault.Deny("fault.denied"), "analyst": fault.Deny("fault.denied"),
	} {
		err := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, c.ID); return err })
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	for _, key := range []id.ID{"", "nonsense", id.New()} {
		err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, key); return err })
		if !errors.Is(err, fault.Missing()) {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func TestAmend(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w)
	p := c.Particulars()
	p.Family = "Ержанова"
	amend := func(who string, version int) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			_, err := registry.Amend(ctx, a, c.ID, version, p)
			return err
		})
	}
	if err := amend("secretary@steppe", 1); !errors.Is(err, fault.Missing()) {
		t.Errorf("foreign: %v", err)
	}
	if err := amend("chair@lake", 1); !errors.Is(err, fault.Deny("fault.denied")) {
		t.Errorf("chair: %v", err)
	}
	if err := amend("secretary@lake", 1); err != nil {
		t.Fatal(err)
	}
	if err := amend("secretary2@lake", 1); !errors.Is(err, fault.Clash("fault.stale")) {
		t.Errorf("stale: %v", err)
	}
	if got := get(t, w, "secretary@lake", c.ID).Child; got.Family != "Ержанова" || got.Version != 2 {
		t.Errorf("%s, version %d", got.Family, got.Version)
	}
	if got := search(t, w, "secretary@lake", registry.Query{Text: "ержанова"}); len(got) != 1 {
		t.Error("not found by the new name")
	}
	if got := search(t, w, "secretary@lake", registry.Query{Text: "ахметова"}); len(got) != 0 {
		t.Error("still found by the former name")
	}
	p.Sex = "x"
	invalid(t, amend("secretary@lake", 0), "sex", "fault.choice")
}

// A child on file who has come of age since can still be corrected.
func TestAmendAfterComingOfAge(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w, func(r *registry.Registration) { r.Born = date.New(2008, 3, 20) })
	w.Set(w.Now().AddDate(0, 6, 0))
	p := c.Particulars()
	p.Born = date.New(2008, 3, 21)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := registry.Amend(ctx, a, c.ID, 1, p)
		return err
	})
}

func TestSetContactCard(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w)
	set := func(who string, version int, k registry.Card) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error {
			return registry.SetContactCard(ctx, a, c.ID, version, k)
		})
	}
	card := registry.Card{Who: "the school psychologist", How: "at school, in person", Hours: "10 to 12", Lang: "kk", Not: "the stepfather"}
	if err := set("secretary@lake", 1, card); err != nil {
		t.Fatal(err)
	}
	if got := get(t, w, "secretary@lake", c.ID).Child.Card(); got != card {
		t.Errorf("%+v", got)
	}
	if err := set("secretary@lake", 1, card); !errors.Is(err, fault.Clash("fault.stale")) {
		t.Errorf("stale: %v", err)
	}
	invalid(t, set("secretary@lake", 0, registry.Card{How: "by phone"}), "contact_who", "fault.blank")
	invalid(t, set("secretary@lake", 0, registry.Card{Who: "x", How: "y", Not: strings.Repeat("a", 501)}), "contact_not", "fault.too_long")
	invalid(t, set("secretary@lake", 0, registry.Card{Who: "x", How: "y", Lang: "de"}), "contact_lang", "fault.choice")
	if err := set("secretary@steppe", 0, card); !errors.Is(err, fault.Missing()) {
		t.Errorf("foreign: %v", err)
	}
}

func TestOpenFile(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := register(t, w)
	open := func(who, reason string) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return registry.OpenFile(ctx, a, c.ID, reason, nil) })
	}
	sees := func(who string) bool {
		return w.Show(who, func(ctx context.Context, v *act.View) error { _, err := registry.Get(ctx, v, c.ID); return err }) == nil
	}
	invalid(t, open("regional@north", " "), "reason", "fault.blank")
	for _, short := range []string{"need it", "..........", "a . . . . . . . . b", "complaints", "complaint Complaint complaint"} {
		invalid(t, open("regional@north", short), "reason", "child.reason_short")
	}
	for who, want := range map[string]error{"regional@south": fault.Missing(), "secretary@lake": fault.Deny("fault.denied")} {
		if err := open(who, "a complaint about this file"); !errors.Is(err, want) {
			t.Errorf("%s: %v", who, err)
		}
	}
	for _, who := range []string{"regional@north", "republican", "prosecutor@north"} {
		if err := open(who, "a complaint about this file"); err != nil || !sees(who) {
			t.Errorf("%s: %v", who, err)
		}
	}
	n, err := w.DB.R.NewSelect().Table("notice").Where("key = 'notice.file_opened'").Where("person = ?", trial.Person("secretary@lake")).
		Where("subject = ?", c.ID).Count(t.Context())
	if err != nil || n == 0 {
		t.Errorf("the secretary is told %d times, %v", n, err)
	}
	w.Pass(8*time.Hour - time.Second)
	if !sees("regional@north") {
		t.Error("closed too early")
	}
	w.Pass(time.Second)
	if sees("regional@north") {
		t.Error("still open after the hours of the norm")
	}
}

func whoIs(name string) access.Who { return access.Who{Person: trial.Person(name)} }
