package directory_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, migrations.FS) }}

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// world is a small invented country: the republic 1., the region 1.2. with the
// districts 1.2.3. and 1.2.4., another region 1.5.
type world struct {
	*testing.T
	*act.Runner
	clock  *atomic.Int64
	people map[string]id.ID
	body   id.ID // the commission of 1.2.3.
	school id.ID // an agency of 1.2.3.
}

const password = "Tulpar-sholpan-7" // of everybody

var operator = access.Who{Operator: "root"}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, clock: new(atomic.Int64), people: map[string]id.ID{}, body: id.New(), school: id.New()}
	w.clock.Store(time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC).UnixMicro())
	book, err := norm.NewBook(directory.NormDefaults())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	w.Runner = act.NewRunner(template.Open(t), access.NewPolicy(directory.Rules()), book, nil, keys,
		func() time.Time { return time.UnixMicro(w.clock.Load()) })
	w.do(operator, w.load)
	return w
}

func (w *world) load(ctx context.Context, a *act.Act) error {
	top, region := id.New(), id.New()
	place := func(no int, key, parent id.ID, path, level string) directory.Territory {
		return directory.Territory{ID: key, No: no, Parent: parent, Path: path, Level: level, Kind: level, NameKK: path, NameRU: path, NameEN: path}
	}
	return errors.Join(
		directory.LoadTerritories(ctx, a, []directory.Territory{
			place(1, top, "", "1.", "republic"), place(2, region, top, "1.2.", "region"), place(5, "", top, "1.5.", "region"),
			place(3, "", region, "1.2.3.", "district"), place(4, "", region, "1.2.4.", "district"),
		}),
		directory.LoadAgencies(ctx, a, []directory.Agency{{ID: w.school, Kind: "school", Territory: "1.2.3.", NameKK: "№ 1 мектеп", NameRU: "Школа № 1"}}),
		directory.LoadCommissions(ctx, a, []directory.Commission{{ID: w.body, Territory: "1.2.3.", Level: "district", NameKK: "Комиссия", NameRU: "Комиссия"}}),
		w.loadPeople(ctx, a),
	)
}

// hashed is everybody's password: hashing is dear on purpose.
var hashed = sync.OnceValues(func() (string, error) { return directory.Hash(context.Background(), password) })

func (w *world) loadPeople(ctx context.Context, a *act.Act) error {
	hash, err := hashed()
	if err != nil {
		return err
	}
	var people []directory.Newcomer
	var grants []directory.Grant
	for _, x := range []struct {
		login, family, home string
		role                access.Role
	}{
		{"admin", "Арыстанов", "1.", access.Administrator},
		{"local", "Бектасова", "1.2.", access.Administrator},
		{"secretary", "Ғабитова", "1.2.3.", access.Secretary},
		{"chair", "Ерланов", "1.2.3.", access.Chair},
		{"curator", "Жұмабекова", "1.2.3.", access.Curator},
		{"far", "Қасымов", "1.5.", access.Curator},
	} {
		w.people[x.login] = id.New()
		people = append(people, directory.Newcomer{ID: w.people[x.login], Login: x.login, Family: x.family, Given: "Айдана",
			Lang: "kk", Territory: x.home, Hash: hash})
		g := directory.Grant{Person: w.people[x.login], Role: x.role, Territory: x.home}
		if x.role == access.Secretary || x.role == access.Chair {
			g.Commission = w.body
		}
		grants = append(grants, g)
	}
	return errors.Join(directory.LoadPeople(ctx, a, people), directory.LoadGrants(ctx, a, grants))
}

func (w *world) pass(d time.Duration) { w.clock.Add(d.Microseconds()) }

func (w *world) as(login string) access.Who {
	w.Helper()
	p, ok := w.people[login]
	if !ok {
		w.Fatalf("nobody is called %s", login)
	}
	return access.Who{Person: p}
}

// try acts and gives what came of it.
func (w *world) try(who access.Who, verb func(context.Context, *act.Act) error) error {
	return w.Do(w.Context(), who, verb)
}

func (w *world) do(who access.Who, verb func(context.Context, *act.Act) error) {
	w.Helper()
	if err := w.try(who, verb); err != nil {
		w.Fatal(err)
	}
}

func (w *world) show(who access.Who, read func(context.Context, *act.View) error) {
	w.Helper()
	if err := w.Show(w.Context(), who, read); err != nil {
		w.Fatal(err)
	}
}

func (w *world) person(login string) directory.Person {
	w.Helper()
	var p directory.Person
	w.show(operator, func(ctx context.Context, v *act.View) error {
		var err error
		p, err = directory.ByID(ctx, v, w.people[login])
		return err
	})
	return p
}

// logged counts the records of a verb.
func (w *world) logged(verb string) int64 {
	w.Helper()
	n, err := w.Database().R.NewSelect().Table("audit").Where("verb = ?", verb).Count(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// refused demands a kind and, unless empty, a key.
func refused(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	if !errors.Is(err, fault.New(kind, key)) {
		t.Errorf("want %s %s, got %v", kind, key, err)
	}
}

func invalid(t *testing.T, err error, field, key string) {
	t.Helper()
	if !fault.Has(err, field, key) {
		t.Errorf("want %s: %s, got %v", field, key, err)
	}
}

// norm gives a norm another value.
func (w *world) norm(key, value string) {
	w.Helper()
	_, err := w.Database().W.NewRaw("INSERT INTO norm (id, key, value, from_day) VALUES (?, ?, ?, '2001-01-01')"+
		" ON CONFLICT (key, from_day) DO UPDATE SET value = EXCLUDED.value", id.New(), key, value).Exec(w.Context())
	if err != nil {
		w.Fatal(err)
	}
}
