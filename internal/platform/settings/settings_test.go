package settings_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
	"serik/internal/platform/settings"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, migrations.FS) }}

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// world has an administrator of the country, one of a region, and a curator.
type world struct {
	*testing.T
	*act.Runner
	clock                 *atomic.Int64
	admin, local, curator access.Who
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	book, err := norm.NewBook([]norm.Default{
		{Key: "case.plan_days", Value: "10", Unit: norm.Workdays},
		{Key: "case.repeat", Value: "0", Unit: norm.Count},
		{Key: "case.strict", Value: "yes", Unit: norm.YesNo},
		{Key: "people.hands_days", Value: "30", Unit: norm.Days, Looser: norm.Smaller},
		{Key: "access.export_free", Value: "50", Unit: norm.Count, Looser: norm.Greater},
		{Key: "factor.chair", Value: "no", Unit: norm.YesNo, Looser: norm.Smaller},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, clock: new(atomic.Int64)}
	w.clock.Store(time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC).UnixMicro())
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	w.Runner = act.NewRunner(template.Open(t), access.NewPolicy(settings.Rules()), book, nil, keys,
		func() time.Time { return time.UnixMicro(w.clock.Load()) })
	err = w.Database().Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		top := id.New()
		for i, path := range []string{"1.", "1.2."} {
			var parent id.ID
			if i > 0 {
				parent = top
			}
			_, err := tx.NewRaw("INSERT INTO territory (id, no, parent, path, level, kind, name_kk, name_ru, name_en) VALUES (?, ?, ?, ?, 'region', 'x', 'x', 'x', 'x')",
				map[int]id.ID{0: top, 1: id.New()}[i], i, parent, path).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return errors.Join(person(ctx, tx, &w.admin, access.Administrator, "1."), person(ctx, tx, &w.local, access.Administrator, "1.2."),
			person(ctx, tx, &w.curator, access.Curator, "1.2."), book.Seed(ctx, tx))
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func person(ctx context.Context, tx bun.Tx, who *access.Who, role access.Role, path string) error {
	who.Person = id.New()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := tx.NewRaw("INSERT INTO person (id, login, family, given, territory, created_at) VALUES (?, ?, 'a', 'b', ?, ?)", who.Person, who.Person, path, at).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("INSERT INTO access_grant (id, person, role, territory, from_at) VALUES (?, ?, ?, ?, ?)", id.New(), who.Person, role, path, at).Exec(ctx)
	return err
}

func day(s string) date.Date {
	d, err := date.Parse(s)
	if err != nil {
		return date.Date{}
	}
	return d
}

func (w *world) set(who access.Who, c settings.Change) error {
	return w.Do(w.Context(), who, func(ctx context.Context, a *act.Act) error {
		_, err := settings.Set(ctx, a, w.Book(), c)
		return err
	})
}

func (w *world) row(key string) settings.Row {
	w.Helper()
	var found settings.Row
	err := w.Show(w.Context(), w.curator, func(ctx context.Context, v *act.View) error {
		all, err := settings.List(ctx, v, w.Book())
		for _, r := range all {
			if r.Key == key {
				found = r
			}
		}
		if err == nil && v.Norm(key).Value != found.Now.Value {
			w.Errorf("the list says %s, the act sees %s", found.Now.Value, v.Norm(key).Value)
		}
		return err
	})
	if err != nil || found.Key == "" {
		w.Fatalf("no row of %s: %v", key, err)
	}
	return found
}

func TestNormChangesFromADay(t *testing.T) {
	w := newWorld(t)
	c := settings.Change{Key: "case.plan_days", Value: "15", Act: "Invented act", Article: "5", From: day("2026-04-01"), Version: 1}
	if err := w.set(w.admin, c); err != nil {
		t.Fatal(err)
	}
	r := w.row(c.Key)
	if r.Now.Value != "10" || r.Now.To != day("2026-03-31") || r.Now.Verified() || len(r.Planned) != 1 || r.Last().Value != "15" {
		t.Errorf("before the day: %+v", r)
	}
	w.clock.Store(day("2026-04-01").Start().UnixMicro())
	r = w.row(c.Key)
	if r.Now.Value != "15" || r.Now.Act != "Invented act" || len(r.History) != 1 || len(r.Planned) != 0 {
		t.Errorf("on the day: %+v", r)
	}
	c.Value, c.From, c.VerifiedBy, c.Version = "20", day("2026-03-15"), "Lawyer", r.Last().Version
	err := w.set(w.admin, c)
	if !fault.Has(err, "from", "norm.from_before") {
		t.Errorf("before the former's day: %v", err)
	}
	c.From = day("2026-04-20")
	w.clock.Store(day("2026-05-01").Start().UnixMicro())
	if err := w.set(w.admin, c); err != nil {
		t.Errorf("a day gone by, after the former's: %v", err)
	}
	if r = w.row(c.Key); r.Now.VerifiedOn != day("2026-05-01") || len(r.History) != 2 || r.History[0].Value != "15" {
		t.Errorf("got %+v", r)
	}
}

func TestNormIsRefused(t *testing.T) {
	w := newWorld(t)
	good := settings.Change{Key: "case.plan_days", Value: "15", Act: "Invented act", From: day("2026-04-01"), Version: 1}
	for name, who := range map[string]access.Who{"a region's administrator": w.local, "a curator": w.curator} {
		if err := w.set(who, good); !errors.Is(err, fault.Deny("fault.denied")) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		field, key string
		change     func(*settings.Change)
	}{
		"no number":         {"value", "norm.number", func(c *settings.Change) { c.Value = "ten" }},
		"half a number":     {"value", "norm.number", func(c *settings.Change) { c.Value = "1.5" }},
		"another writing":   {"value", "norm.number", func(c *settings.Change) { c.Value = "+5" }},
		"nothing":           {"value", "norm.number", func(c *settings.Change) { c.Value = "" }},
		"zero days":         {"value", "norm.number", func(c *settings.Change) { c.Value = "0" }},
		"too many":          {"value", "norm.number", func(c *settings.Change) { c.Value = "100001" }},
		"not a switch":      {"value", "norm.yes_or_no", func(c *settings.Change) { c.Key, c.Value = "case.strict", "1" }},
		"no day":            {"from", "fault.blank", func(c *settings.Change) { c.From = date.Date{} }},
		"the former's day":  {"from", "norm.from_before", func(c *settings.Change) { c.From = day("2001-01-01") }},
		"long act":          {"act", "fault.too_long", func(c *settings.Change) { c.Act = strings.Repeat("a", 301) }},
		"verified by what":  {"act", "norm.act_needed", func(c *settings.Change) { c.Act, c.VerifiedBy = "", "Lawyer" }},
		"long verification": {"verified_by", "fault.too_long", func(c *settings.Change) { c.VerifiedBy = strings.Repeat("a", 201) }},
	} {
		x := good
		c.change(&x)
		if err := w.set(w.admin, x); !fault.Has(err, c.field, c.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	x := good
	x.Key = "no.such"
	if err := w.set(w.admin, x); fault.KindOf(err) != fault.NotFound {
		t.Errorf("unknown key: %v", err)
	}
	zero := settings.Change{Key: "case.repeat", Value: "0", From: day("2026-04-01"), Version: 1}
	if err := w.set(w.admin, zero); err != nil {
		t.Errorf("a count may be nothing: %v", err)
	}
}

func TestTwoSetOneNorm(t *testing.T) {
	w := newWorld(t)
	c := settings.Change{Key: "case.plan_days", Value: "15", From: day("2026-04-01"), Version: 1}
	if err := w.set(w.admin, c); err != nil {
		t.Fatal(err)
	}
	c.Value, c.From = "20", day("2026-05-01")
	if err := w.set(w.admin, c); !errors.Is(err, fault.Clash("fault.stale")) {
		t.Errorf("got %v", err)
	}
}

func TestVerify(t *testing.T) {
	w := newWorld(t)
	x := settings.Verification{Norm: w.row("case.plan_days").Now.ID, By: "Lawyer, text of 02.03.2026", Version: 1}
	verify := func(who access.Who) error {
		return w.Do(t.Context(), who, func(ctx context.Context, a *act.Act) error { return settings.Verify(ctx, a, x) })
	}
	if err := verify(w.local); !errors.Is(err, fault.Deny("fault.denied")) {
		t.Errorf("got %v", err)
	}
	if err := verify(w.admin); !fault.Has(err, "act", "norm.act_needed") {
		t.Errorf("got %v", err)
	}
	x.Act, x.Article, x.Version = "Invented act", "5", 2
	if err := verify(w.admin); !errors.Is(err, fault.Clash("fault.stale")) {
		t.Errorf("got %v", err)
	}
	x.Version = 1
	if err := verify(w.admin); err != nil {
		t.Fatal(err)
	}
	if r := w.row("case.plan_days"); !r.Now.Verified() || r.Now.Article != "5" || r.Now.VerifiedOn != day("2026-03-02") {
		t.Errorf("got %+v", r)
	}
	if err := verify(w.admin); !errors.Is(err, fault.Clash("norm.verified")) {
		t.Errorf("got %v", err)
	}
	x.Norm = id.New()
	if err := verify(w.admin); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
}

// A switch is loosened as a number is, and by what would be in force on that day:
// demanded from tomorrow, given up the day after, is loosening.
func TestASwitchThatGuardsIsLoosened(t *testing.T) {
	w := newWorld(t)
	today := date.Of(w.Now())
	c := settings.Change{Key: "factor.chair", Value: "yes", From: today.AddDays(1), Version: 1}
	w.must(w.set(w.admin, c))
	c = settings.Change{Key: "factor.chair", Value: "no", From: today.AddDays(2), Version: 2}
	if err := w.set(w.admin, c); !fault.Has(err, "from", "norm.guard_waits") {
		t.Errorf("the day after: %v", err)
	}
	c.From = today.AddDays(30)
	if err := w.set(w.admin, c); err != nil {
		t.Errorf("in a month: %v", err)
	}
}

// Decision 22: whom a norm holds does not let go of themselves: a looser value of
// a guard waits a month and the protection officer learns of it at once; a
// tighter one binds at once, and the operator asks nobody.
func TestAGuardIsNotLoosenedByWhomItHolds(t *testing.T) {
	w := newWorld(t)
	var officer access.Who
	w.in(nil)
	w.must(w.Database().Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return person(ctx, tx, &officer, access.Protection, "1.")
	}))
	today := date.Of(w.Now())
	set := func(who access.Who, key, value string, from date.Date, version int) error {
		return w.Do(t.Context(), who, func(ctx context.Context, a *act.Act) error {
			_, err := settings.Set(ctx, a, w.Book(), settings.Change{Key: key, Value: value, From: from, Version: version})
			return err
		})
	}
	told := func(want int64, when string) {
		t.Helper()
		n, err := w.Database().R.NewSelect().Table("notice").Where("person = ? AND key = 'notice.guard_loosened'", officer.Person).Count(t.Context())
		if err != nil || n != want {
			t.Errorf("%s: told %d times, %v", when, n, err)
		}
	}
	for key, value := range map[string]string{"people.hands_days": "1", "access.export_free": "100000"} {
		for _, from := range []date.Date{today.AddDays(-400), today, today.AddDays(29)} {
			if err := set(w.admin, key, value, from, 1); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s from %s: %v", key, from, err)
			}
		}
	}
	told(0, "after refusals")
	w.must(w.Database().Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { // whom it would warn is not silenced
		_, err := tx.NewRaw("UPDATE person SET state = 'suspended' WHERE id = ?", officer.Person).Exec(ctx)
		return err
	}))
	w.must(set(w.admin, "people.hands_days", "1", today.AddDays(30), 1))
	told(1, "in a month")
	w.must(set(w.admin, "access.export_free", "10", today, 1)) // tighter
	told(1, "tighter")
	if err := set(w.admin, "access.export_free", "50", today.AddDays(1), 2); fault.KindOf(err) != fault.Invalid {
		t.Errorf("back again: %v", err)
	}
	w.must(set(access.Who{Operator: "root"}, "access.export_free", "50", today.AddDays(1), 2))
	told(2, "by the operator")
}
