package demo_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

func now() time.Time { return time.Date(2026, 11, 18, 5, 40, 0, 0, time.UTC) }

var template = trial.Template()

// loaded puts a country into a fresh database.
func loaded(t testing.TB, seed int64, scale world.Scale, progress func(done, total int) error) (*wire.App, *world.Country) {
	t.Helper()
	app := trial.Open(t, template.Open(t), now)
	c := world.Generate(world.Config{Seed: seed, Now: now(), Scale: scale})
	if err := demo.Load(t.Context(), app.Run.Within(10*time.Minute), c, "none", progress); err != nil {
		t.Fatal(err)
	}
	return app, c
}

func quiet(int, int) error { return nil }

func TestSmallCountryStandsInTheRegister(t *testing.T) {
	t.Parallel()
	last := 0
	app, c := loaded(t, 1, world.Small, func(done, total int) error {
		if done < last || done > total {
			t.Errorf("progress went from %d to %d of %d", last, done, total)
		}
		last = done
		return nil
	})
	counts(t, app, c)
	present(t, app, c)
	lawful(t, app)
	sealed(t, app)
}

// counts: every row of the country is in its table, and no other.
func counts(t *testing.T, app *wire.App, c *world.Country) {
	t.Helper()
	for table, want := range map[string]int{
		"agency": len(c.Agencies), "person": len(c.Persons), "access_grant": len(c.Grants), "absence": len(c.Absences), "adult": len(c.Adults),
		"child": len(c.Children), "relation": len(c.Relations), "unsafe": len(c.Unsafe), "address": len(c.Addresses), "schooling": len(c.Schoolings),
		"signal": len(c.Signals), "signal_reporter": len(c.Reporters), "signal_child": len(c.SignalChildren), "signal_pass": len(c.Passes),
		"access_closed": len(c.Closed), "case_file": len(c.Cases), "case_number": len(c.Numbers), "assignment": len(c.Assignments),
		"risk_change": len(c.RiskChanges), "assessment": len(c.Assessments), "plan": len(c.Plans), "measure": len(c.Measures),
		"reading": len(c.Readings), "reading_for": len(c.Readings), "result": len(c.Results), "contact": len(c.Contacts), "end_check": len(c.EndChecks),
	} {
		n, err := app.DB.R.NewSelect().Table(table).Count(t.Context())
		if err != nil || int(n) != want {
			t.Errorf("%s: %d rows, want %d: %v", table, n, want, err)
		}
	}
}

// present: what the rooms made of the history is what the country says is so.
func present(t *testing.T, app *wire.App, c *world.Country) {
	t.Helper()
	same := func(table, columns string, want map[id.ID]string) {
		t.Helper()
		var rows []struct {
			ID    id.ID
			State string
		}
		if err := app.DB.R.NewRaw("SELECT id, "+columns+" AS state FROM "+table).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if want[r.ID] != r.State {
				t.Errorf("%s %s: %q, want %q", table, r.ID, r.State, want[r.ID])
			}
		}
	}
	reasons := map[id.ID]string{}
	cases, measures, signals, turns, people := map[id.ID]string{}, map[id.ID]string{}, map[id.ID]string{}, map[id.ID]string{}, map[id.ID]string{}
	for _, x := range c.Cases {
		cases[x.ID] = fmt.Sprint(x.No, " ", x.State, " ", x.Risk, " ", x.EndKind)
	}
	for _, x := range c.Measures {
		measures[x.ID] = x.State
	}
	for _, x := range c.Signals {
		signals[x.ID] = fmt.Sprint(x.State, " ", x.Outcome, " ", x.Territory)
		reasons[x.ID] = x.Reason
	}
	for _, x := range c.Assignments {
		turns[x.ID] = x.State
	}
	for _, x := range c.Persons {
		people[x.ID] = x.State
	}
	same("case_file", "no || ' ' || state || ' ' || risk || ' ' || end_kind", cases)
	same("measure", "state", measures)
	same("signal", "state || ' ' || outcome || ' ' || territory", signals)
	opened(t, app, reasons)
	same("assignment", "state", turns)
	same("person", "state", people)
}

// opened: a sealed reason opens as what the country says.
func opened(t *testing.T, app *wire.App, want map[id.ID]string) {
	t.Helper()
	var rows []signal.Signal
	if err := app.DB.R.NewSelect().Model(&rows).Scan(secret.With(t.Context(), app.Run.Keys())); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if want[r.ID] != r.Reason {
			t.Errorf("signal %s: %q, want %q", r.ID, r.Reason, want[r.ID])
		}
	}
}

// lawful: what no register may hold.
func lawful(t *testing.T, app *wire.App) {
	t.Helper()
	for what, q := range map[string]string{
		"two curators":            "SELECT count(*) FROM (SELECT case_id FROM assignment WHERE role = 'curator' AND state = 'active' GROUP BY case_id HAVING count(*) > 1) AS x",
		"a curator after the end": "SELECT count(*) FROM assignment AS g JOIN case_file AS c ON c.id = g.case_id WHERE c.state = 'ended' AND g.state IN ('active', 'proposed')",
		"two open cases":          "SELECT count(*) FROM (SELECT child FROM case_file WHERE state <> 'ended' GROUP BY child HAVING count(*) > 1) AS x",
		"a good end with a gap":   "SELECT count(*) FROM measure AS m JOIN case_file AS c ON c.id = m.case_id WHERE c.end_kind = 'goals_met' AND m.state IN ('ordered', 'delivered', 'interrupted')",
		"a record of tomorrow":    "SELECT count(*) FROM audit WHERE at > '2026-11-18 05:40:00+00:00'",
	} {
		var n int
		if err := app.DB.R.NewRaw(q).Scan(t.Context(), &n); err != nil || n != 0 {
			t.Errorf("%s: %d, %v", what, n, err)
		}
	}
}

// sealed: the log of the load is whole.
func sealed(t *testing.T, app *wire.App) {
	t.Helper()
	dir := t.TempDir()
	s, err := app.Sealer(dir)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Seal(t.Context(), now()); err != nil || n < 10_000 {
		t.Fatalf("sealed %d: %v", n, err)
	}
	pub, err := os.ReadFile(filepath.Join(dir, "checkpoint.pub"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := audit.Verify(t.Context(), app.DB.R, audit.Check{Dir: dir, Key: string(pub), Now: now(), Keys: app.Run.Keys()})
	if err != nil || !r.OK || r.Unsealed != 0 {
		t.Errorf("verify: %+v, %v", r, err)
	}
}

func TestSameSeedSameDump(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the country three times")
	}
	t.Parallel()
	dump := func(seed int64) []byte {
		app, _ := loaded(t, seed, world.Small, quiet)
		var out bytes.Buffer
		err := app.Run.Within(time.Minute).Show(t.Context(), access.Who{System: "test"}, func(ctx context.Context, v *act.View) error {
			return demo.Dump(ctx, v, &out)
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	one := dump(1)
	if !bytes.Equal(one, dump(1)) {
		t.Error("the same seed gave another dump")
	}
	if bytes.Equal(one, dump(31)) {
		t.Error("another seed gave the same dump")
	}
	for _, secret := range []string{"argon2", `"salt"`, `"password"`, `"leaf"`, `"digest"`, `"hash"`} {
		if bytes.Contains(one, []byte(secret)) {
			t.Errorf("the dump holds %s", secret)
		}
	}
}

func TestLoadEndsWhenToldTo(t *testing.T) {
	t.Parallel()
	app := trial.Open(t, template.Open(t), now)
	ctx, stop := context.WithCancel(t.Context())
	c := world.Generate(world.Config{Seed: 1, Now: now(), Scale: world.Small})
	err := demo.Load(ctx, app.Run, c, "none", func(done, total int) error {
		if done > total/2 {
			stop()
		}
		return nil
	})
	if err == nil {
		t.Error("a load goes on after its end")
	}
}

// BenchmarkDefaultCountry loads and seals the whole country.
func BenchmarkDefaultCountry(b *testing.B) {
	for b.Loop() {
		app, _ := loaded(b, 1, world.Default, quiet)
		s, err := app.Sealer(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Seal(b.Context(), now()); err != nil {
			b.Fatal(err)
		}
	}
}
