package wire_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
	"serik/internal/platform/secret"
	"serik/internal/wire"
	"serik/migrations"
)

// before are the migrations up to a name, as a former version had them.
func before(t *testing.T, name string) fs.FS {
	t.Helper()
	all, err := fs.Glob(migrations.FS, "*.sql")
	must(t, err)
	out := fstest.MapFS{}
	for _, n := range all {
		if n < name {
			b, err := fs.ReadFile(migrations.FS, n)
			must(t, err)
			out[n] = &fstest.MapFile{Data: b}
		}
	}
	return out
}

// An upgrade reads from the log when access was cut and where cases were; what
// the log does not tell begins with the last change known.
func TestUpgradeTellsThePast(t *testing.T) {
	t.Parallel()
	c := dbtest.Empty(t)
	c.Trial = true
	d, err := db.Open(t.Context(), c)
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	must(t, d.Migrate(t.Context(), before(t, "0009"), job.Steps(d)...))
	at := func(h int) time.Time { return upgradeNow().Add(time.Duration(h) * time.Hour) }
	people := map[string]id.ID{"back": id.New(), "gone": id.New(), "unlogged": id.New(), "steady": id.New()}
	moved, still, child, other := id.New(), id.New(), id.New(), id.New()
	must(t, d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		exec := func(q string, args ...any) { _, err := tx.NewRaw(q, args...).Exec(ctx); must(t, err) }
		log := func(verb, noun string, on id.ID, place any, when time.Time) {
			exec("INSERT INTO audit (id, at, actor, verb, noun, subject, territory, digest) VALUES (?, ?, 'operator:test', ?, ?, ?, ?, '')", id.New(), when, verb, noun, on, place)
		}
		for i, p := range []string{"1.", "1.1.", "1.2."} {
			exec("INSERT INTO territory (id, no, path, level, kind, name_kk, name_ru, name_en) VALUES (?, ?, ?, 'district', 'invented', 'x', 'x', 'x')", id.New(), i+1, p)
		}
		for name, state := range map[string]string{"back": "active", "gone": "deactivated", "unlogged": "suspended", "steady": "active"} {
			exec("INSERT INTO person (id, login, family, given, territory, state, state_at, created_at) VALUES (?, ?, 'x', 'x', '1.', ?, ?, ?)", people[name], name, state, at(5), at(0))
		}
		log("person.suspend", "person", people["back"], nil, at(1))
		log("person.restore", "person", people["back"], nil, at(2))
		log("person.suspend", "person", people["gone"], nil, at(3))
		log("person.deactivate", "person", people["gone"], nil, at(5))
		for k, child := range map[id.ID]id.ID{moved: child, still: other} {
			exec("INSERT INTO child (id, territory, iin_absent, family, given, sort_key, born, sex, lang, source, created_at) VALUES (?, '1.', 'unknown', 'x', 'x', 'x', '2012-05-17', 'f', 'kk', 'test', ?)", child, at(0))
			exec("INSERT INTO case_file (id, no, territory, child, state, risk, problems, opened_at) VALUES (?, ?, '1.1.', ?, 'opened', 'low', 'truancy', ?)", k, k, child, at(0))
		}
		log("case.move", "case", moved, "1.1.", at(1))
		log("case.move", "case", moved, "1.2.", at(4))
		return nil
	}))
	keys, err := secret.New()
	must(t, err)
	must(t, wire.Migrate(t.Context(), d, keys))
	var cuts, places []struct {
		Of, What string
		N        int
		FromAt   time.Time
		ToAt     *time.Time
	}
	must(t, d.R.NewRaw("SELECT p.login AS of, k.state AS what, k.n, k.from_at, k.to_at FROM person_cut AS k JOIN person AS p ON p.id = k.person ORDER BY p.login, k.n").Scan(t.Context(), &cuts))
	must(t, d.R.NewRaw("SELECT CASE WHEN case_id = ? THEN 'moved' ELSE 'still' END AS of, territory AS what, n, from_at, to_at FROM case_place ORDER BY 1, n", moved).Scan(t.Context(), &places))
	hour := func(at *time.Time) string {
		if at == nil {
			return "now"
		}
		return fmt.Sprint(at.Sub(upgradeNow()).Hours())
	}
	got := ""
	for _, r := range append(cuts, places...) {
		got += fmt.Sprintln(r.Of, r.What, hour(&r.FromAt), hour(r.ToAt))
	}
	want := "back suspended 1 2\ngone suspended 3 5\ngone deactivated 5 now\nunlogged suspended 5 now\n" +
		"moved 1.1. 0 1\nmoved 1.2. 1 4\nmoved 1.1. 4 now\nstill 1.1. 0 now\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
