package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/journal"
	"serik/internal/platform/secret"
	"serik/internal/transport/cli"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

var keep = flag.Bool("keep", false, "keep a demonstration of this version under testdata/upgrade")

const kept = "../../testdata/upgrade"

func upgradeNow() time.Time { return time.Date(2026, 11, 18, 5, 40, 0, 0, time.UTC) }

// TestKeepForUpgrades makes, when told to, the small demonstration that later
// versions must be able to open.
func TestKeepForUpgrades(t *testing.T) {
	if !*keep {
		t.Skip("make upgrade-db")
	}
	dir, to := t.TempDir(), filepath.Join(kept, cli.Version)
	path := filepath.Join(dir, "serik.db")
	d, err := db.Open(t.Context(), db.Config{Path: path})
	must(t, err)
	keys, err := trial.Keys()
	must(t, err)
	must(t, wire.Migrate(t.Context(), d, keys))
	app, err := wire.Open(d, keys, upgradeNow)
	must(t, err)
	c := world.Generate(world.Config{Seed: 1, Now: upgradeNow(), Scale: world.Small})
	must(t, demo.Load(t.Context(), app.Run.Within(time.Minute), c, "", func(int, int) error { return nil }))
	s, err := app.Sealer(dir)
	must(t, err)
	_, err = s.Seal(t.Context(), upgradeNow())
	must(t, err)
	_, err = d.W.ExecContext(t.Context(), "VACUUM")
	must(t, err)
	must(t, d.Close())
	must(t, os.MkdirAll(to, 0o755))
	for _, f := range []string{"checkpoints.log", "checkpoint.pub"} {
		b, err := os.ReadFile(filepath.Join(dir, f))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(to, f), b, 0o644))
	}
	b, err := os.ReadFile(path)
	must(t, err)
	f, err := os.Create(filepath.Join(to, "serik.db.gz"))
	must(t, err)
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	must(t, err)
	_, err = z.Write(b)
	must(t, err)
	must(t, z.Close())
	must(t, f.Close())
}

// A database of each former version opens, its log is whole and its people are
// there.
func TestFormerVersionsOpen(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob(kept + "/*/serik.db.gz")
	must(t, err)
	for _, packed := range all {
		version := filepath.Base(filepath.Dir(packed))
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "serik.db")
			unpack(t, packed, path)
			open := inTheOpen(t, path)
			defer hidden(t, path, open) // after the database is closed
			d, err := db.Open(t.Context(), db.Config{Path: path, Trial: true})
			must(t, err)
			defer func() { must(t, d.Close()) }()
			keys, err := secret.New()
			must(t, err)
			must(t, wire.Migrate(t.Context(), d, keys))
			pub, err := os.ReadFile(filepath.Join(filepath.Dir(packed), "checkpoint.pub"))
			must(t, err)
			r, err := audit.Verify(t.Context(), d.R, audit.Check{Dir: filepath.Dir(packed), Key: string(pub), Now: upgradeNow(), Keys: keys})
			if err != nil || !r.OK || r.Sealed == 0 {
				t.Errorf("the log: %+v, %v", r, err)
			}
			datedRows(t, d)
			marked(t, d)
			upgraded(t, d, keys, filepath.Dir(packed))
			searched(t, d, keys, open["child"])
			for _, table := range []string{"person", "child", "case_file", "contact"} {
				if n, err := count(t.Context(), d.R, table); err != nil || n < 100 {
					t.Errorf("%s: %d, %v", table, n, err)
				}
			}
		})
	}
}

// datedRows: what an upgrade writes of the past agrees with the present and with the
// log. Each case is somewhere now and has been since it opened, each cut account
// is cut now, and each record of a suspension or a move has its interval.
func datedRows(t *testing.T, d *db.DB) {
	t.Helper()
	for what, q := range map[string]string{
		"a case is elsewhere": "SELECT count(*) FROM case_file AS c WHERE NOT EXISTS (SELECT 1 FROM case_place AS p WHERE p.case_id = c.id" +
			" AND p.to_at IS NULL AND p.territory = c.territory)",
		"a case began elsewhere": "SELECT count(*) FROM case_file AS c WHERE NOT EXISTS (SELECT 1 FROM case_place AS p WHERE p.case_id = c.id" +
			" AND p.n = 1 AND p.from_at = c.opened_at)",
		"a case was nowhere for a while": "SELECT count(*) FROM case_place AS p WHERE p.to_at IS NOT NULL AND NOT EXISTS" +
			" (SELECT 1 FROM case_place AS x WHERE x.case_id = p.case_id AND x.n = p.n + 1 AND x.from_at = p.to_at)",
		"an account is cut wrongly": "SELECT count(*) FROM person AS p WHERE (p.state <> 'active') <> EXISTS (SELECT 1 FROM person_cut AS k" +
			" WHERE k.person = p.id AND k.to_at IS NULL AND k.state = p.state)",
		"a suspension is forgotten": "SELECT count(*) FROM audit AS a WHERE a.verb = 'person.suspend' AND NOT EXISTS (SELECT 1 FROM person_cut AS k" +
			" WHERE k.person = a.subject AND k.from_at = a.at AND k.state = 'suspended')",
	} {
		var n int
		must(t, d.R.NewRaw(q).Scan(t.Context(), &n))
		if n != 0 {
			t.Errorf("%s: %d times", what, n)
		}
	}
	var cuts int
	must(t, d.R.NewRaw("SELECT count(*) FROM person_cut").Scan(t.Context(), &cuts))
	if cuts == 0 {
		t.Error("nobody was ever cut: nothing was proved")
	}
}

// marked: the norms that were there have their one mark, and a change gives another.
func marked(t *testing.T, d *db.DB) {
	t.Helper()
	var was, is []string
	must(t, d.R.NewRaw("SELECT mark FROM norm_edition").Scan(t.Context(), &was))
	_, err := d.W.NewRaw("UPDATE norm SET version = version + 1").Exec(t.Context())
	must(t, err)
	must(t, d.R.NewRaw("SELECT mark FROM norm_edition").Scan(t.Context(), &is))
	if len(was) != 1 || len(is) != 1 || was[0] == "" || was[0] == is[0] {
		t.Errorf("the mark of the norms: %v, then %v", was, is)
	}
}

// inTheOpen is what a former version wrote unsealed: numbers, telephones,
// addresses, what was told, the child's words.
func inTheOpen(t *testing.T, path string) map[string][]string {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{Path: path, Trial: true})
	must(t, err)
	defer func() { must(t, d.Close()) }()
	has, err := d.Has(t.Context(), "secret_key")
	must(t, err)
	out := map[string][]string{}
	if has {
		return out
	}
	for table, q := range map[string]string{"child": "SELECT iin FROM child WHERE iin IS NOT NULL", "adult": "SELECT phone FROM adult WHERE phone <> ''",
		"address": "SELECT text FROM address", "signal": "SELECT what FROM signal", "contact": "SELECT child_words FROM contact WHERE child_words <> ''",
		"risk_change": "SELECT reason FROM risk_change WHERE length(reason) > 12", "plan": "SELECT goals FROM plan", "measure": "SELECT ground_note FROM measure WHERE length(ground_note) > 12",
		"assignment":      "SELECT reason FROM assignment WHERE length(reason) > 12",
		"signal_reporter": "SELECT contact FROM signal_reporter WHERE contact <> ''", "audit_detail": "SELECT salt FROM audit_detail"} {
		var all []string
		must(t, d.R.NewRaw(q).Scan(t.Context(), &all))
		if len(all) == 0 {
			t.Errorf("%s holds nothing to seal", table)
		}
		out[table] = all
	}
	return out
}

// hidden looks through the bytes of a closed database.
func hidden(t *testing.T, path string, open map[string][]string) {
	t.Helper()
	for _, file := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		must(t, err)
		for table, values := range open {
			for _, v := range values[:min(len(values), 25)] {
				if bytes.Contains(b, []byte(v)) {
					t.Fatalf("%s still holds what stood in %s", filepath.Base(file), table)
				}
			}
		}
	}
}

// searched finds each number of before, and refuses to register one again.
func searched(t *testing.T, d *db.DB, keys *secret.Ring, numbers []string) {
	t.Helper()
	app, err := wire.Open(d, keys, upgradeNow)
	must(t, err)
	for _, n := range numbers[:min(len(numbers), 50)] {
		must(t, app.Run.Show(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, v *act.View) error {
			found, err := registry.Search(ctx, v, registry.Query{IIN: n})
			if err == nil && len(found) != 1 {
				t.Errorf("a number of before is found %d times", len(found))
			}
			return err
		}))
	}
}

// upgraded: a house on what was brought forward is ready, writes, and its log
// stays whole with what it writes.
func upgraded(t *testing.T, d *db.DB, keys *secret.Ring, checkpoints string) {
	t.Helper()
	app, err := wire.Open(d, keys, upgradeNow)
	must(t, err)
	site, _, err := app.Site(app.Sessions(), journal.New(io.Discard))
	must(t, err)
	door := app.Watch(site, t.TempDir())
	must(t, app.Queue.Start(t.Context()))
	ready := func() {
		t.Helper()
		if r := door.Ready(t.Context()); !r.Ready {
			t.Errorf("not ready: %v", r.Checks)
		}
	}
	ready()
	must(t, app.Run.Do(t.Context(), access.Who{Operator: "test"}, func(_ context.Context, a *act.Act) error {
		a.Record("test.upgrade", act.On{Noun: "test"}, map[string]string{"of": "0.1.0"})
		return nil
	}))
	ready()
	must(t, app.Queue.Stop(t.Context()))
	pub, err := os.ReadFile(filepath.Join(checkpoints, "checkpoint.pub"))
	must(t, err)
	r, err := audit.Verify(t.Context(), d.R, audit.Check{Dir: checkpoints, Key: string(pub), Now: upgradeNow(), Serving: true, Keys: keys})
	if err != nil || !r.OK || r.Unsealed != 1 {
		t.Errorf("the log after the first act: %+v, %v", r, err)
	}
	s, err := wire.Schema(t.Context(), d)
	if err != nil || s.Pending != 0 || s.Newer() {
		t.Errorf("the schema: %+v, %v", s, err)
	}
}

func count(ctx context.Context, d bun.IDB, table string) (int64, error) {
	return d.NewSelect().Table(table).Count(ctx)
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	must(t, err)
	b, err := io.ReadAll(z)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
