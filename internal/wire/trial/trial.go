// Package trial is a small invented country for tests: two regions, three
// districts, the people of each role, on a fresh database of the engine under
// test. Only tests import it.
package trial

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/internal/transport/api"
	"serik/internal/wire"
)

// Start is the instant at which a trial begins: Tuesday 3 March 2026, 10:00 in
// Kazakhstan.
var Start = time.Date(2026, 3, 3, 5, 0, 0, 0, time.UTC)

// The places.
const (
	Republic = "1."
	North    = "1.2."
	South    = "1.3."
	Lake     = "1.2.4." // district of North
	Steppe   = "1.2.5." // district of North
	River    = "1.3.6." // district of South
)

// World is the invented country of one test.
type World struct {
	*wire.App
	T   testing.TB
	mu  sync.Mutex // the clock is also read by requests
	now time.Time

	pages sync.Once // the one server of all browsers
	url   string
}

// Keys are the keys of all trials of a process.
var Keys = sync.OnceValues(secret.New)

// Template is an empty house, sealed with the keys of trials.
func Template() *dbtest.Template {
	return &dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error {
		keys, err := Keys()
		if err != nil {
			return err
		}
		return wire.Migrate(ctx, d, keys)
	}}
}

// Open puts a house together on a database, with the keys of trials.
func Open(t testing.TB, d *db.DB, clock func() time.Time) *wire.App {
	t.Helper()
	keys, err := Keys()
	if err != nil {
		t.Fatal(err)
	}
	app, err := wire.Open(d, keys, clock)
	if err == nil {
		err = app.Keep(t.Context(), t.TempDir())
	}
	if err != nil {
		t.Fatal(err)
	}
	return app
}

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error {
	if err := Template().Migrate(ctx, d); err != nil {
		return err
	}
	return d.Write(ctx, people)
}}

// New makes a world at Start.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{T: t, now: Start}
	w.App = Open(t, template.Open(t), w.Now)
	many := api.Rate{PerSecond: 1e6, Burst: 1e6} // the clock of a trial stands
	w.Limits = api.Limits{Token: many, Address: many, Wrong: many}
	t.Cleanup(w.shut)
	return w
}

// Now is the world's clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Set puts the clock to an instant.
func (w *World) Set(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = t
}

// Pass lets time pass.
func (w *World) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Do runs an act by a person named as in People: "secretary@lake".
func (w *World) Do(name string, fn func(context.Context, *act.Act) error) error {
	w.T.Helper()
	return w.Run.Do(w.T.Context(), access.Who{Person: Person(name)}, fn)
}

// Must is Do that has to succeed.
func (w *World) Must(name string, fn func(context.Context, *act.Act) error) {
	w.T.Helper()
	if err := w.Do(name, fn); err != nil {
		w.T.Fatalf("%s: %v", name, err)
	}
}

// Show runs a view by a person.
func (w *World) Show(name string, fn func(context.Context, *act.View) error) error {
	w.T.Helper()
	return w.Run.Show(w.T.Context(), access.Who{Person: Person(name)}, fn)
}

// Person is the identifier of a person named "role@place".
func Person(name string) id.ID { return id.Derive(1, "person."+name, 0, Start) }

// Agency is the identifier of a body named "kind@place".
func Agency(name string) id.ID { return id.Derive(1, "agency."+name, 0, Start) }

// Cast lists the people: their names are "role@place", numbered where a place
// has several.
func Cast() map[string]access.Grant {
	in := func(r access.Role, path string) access.Grant { return access.Grant{Role: r, Territory: path} }
	out := map[string]access.Grant{
		"regional@north": in(access.Regional, North), "regional@south": in(access.Regional, South),
		"republican": in(access.Republican, Republic), "administrator": in(access.Administrator, Republic),
		"analyst": in(access.Analyst, Republic), "protection": in(access.Protection, Republic),
		"prosecutor@north": in(access.Prosecutor, North), "data@north": in(access.DataOfficer, North),
	}
	for place, path := range map[string]string{"lake": Lake, "steppe": Steppe, "river": River} {
		for i := 1; i <= 3; i++ {
			out[fmt.Sprintf("curator%d@%s", i, place)] = in(access.Curator, path)
		}
		out["secretary@"+place] = in(access.Secretary, path)
		out["secretary2@"+place] = in(access.Secretary, path)
		out["chair@"+place] = in(access.Chair, path)
		out["duty@"+place] = in(access.Duty, path)
		out["executor@"+place] = in(access.Executor, path)
		out["head@"+place] = in(access.AgencyHead, path)
	}
	return out
}

func people(ctx context.Context, tx bun.Tx) error {
	exec := func(q string, args ...any) error {
		_, err := tx.NewRaw(q, args...).Exec(ctx)
		return err
	}
	places := []struct {
		no           int
		path, parent string
		level, name  string
	}{{1, Republic, "", "republic", "Republic"}, {2, North, Republic, "region", "North"}, {3, South, Republic, "region", "South"},
		{4, Lake, North, "district", "Lake"}, {5, Steppe, North, "district", "Steppe"}, {6, River, South, "district", "River"}}
	place := func(path string) id.ID { return id.Derive(1, "place."+path, 0, Start) }
	for _, p := range places {
		var parent id.ID
		if p.parent != "" {
			parent = place(p.parent)
		}
		err := exec("INSERT INTO territory (id, no, parent, path, level, kind, name_kk, name_ru, name_en) VALUES (?, ?, ?, ?, ?, 'invented', ?, ?, ?)",
			place(p.path), p.no, parent, p.path, p.level, p.name, p.name, p.name)
		if err != nil {
			return err
		}
		err = exec("INSERT INTO commission (id, territory, level, name_kk, name_ru) VALUES (?, ?, ?, ?, ?)",
			id.Derive(1, "commission."+p.path, 0, Start), p.path, p.level, p.name, p.name)
		if err != nil {
			return err
		}
	}
	for name, path := range map[string]string{"lake": Lake, "steppe": Steppe, "river": River} {
		for _, kind := range []string{"school", "police", "clinic", "guardianship"} {
			err := exec("INSERT INTO agency (id, kind, territory, name_kk, name_ru) VALUES (?, ?, ?, ?, ?)",
				Agency(kind+"@"+name), kind, path, kind+" of "+name, kind+" of "+name)
			if err != nil {
				return err
			}
		}
	}
	from := Start.AddDate(-1, 0, 0)
	for name, g := range Cast() {
		var agency id.ID
		if g.Role == access.Executor || g.Role == access.AgencyHead {
			agency = Agency("school@" + name[len(string(roleName(g.Role)))+1:])
		}
		err := exec("INSERT INTO person (id, login, family, given, agency, territory, created_at) VALUES (?, ?, ?, 'Invented', ?, ?, ?)",
			Person(name), name, name, agency, g.Territory, from)
		if err != nil {
			return err
		}
		err = exec("INSERT INTO access_grant (id, person, role, territory, agency, from_at) VALUES (?, ?, ?, ?, ?, ?)",
			id.Derive(1, "grant."+name, 0, Start), Person(name), g.Role, g.Territory, agency, from)
		if err != nil {
			return err
		}
	}
	return nil
}

func roleName(r access.Role) string {
	if r == access.AgencyHead {
		return "head"
	}
	return string(r)
}

// Child puts an invented child on file in a territory, by plain SQL: the verbs
// of registry have tests of their own.
func (w *World) Child(territory string, born date.Date) id.ID {
	w.T.Helper()
	key := id.New()
	err := w.DB.Write(w.T.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO child (id, territory, iin_absent, family, given, sort_key, born, sex, lang, source, created_at) "+
			"VALUES (?, ?, 'unknown', 'Invented', 'Child', 'invented', ?, 'f', 'kk', 'test', ?)", key, territory, born, w.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return key
}

// Employ makes a person a worker of a body, by plain SQL.
func (w *World) Employ(name, agency string) {
	w.T.Helper()
	err := w.DB.Write(w.T.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE person SET agency = ? WHERE id = ?", Agency(agency), Person(name)).Exec(ctx)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
}
