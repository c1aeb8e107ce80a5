package wire_test

import (
	"compress/gzip"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/transport/cli"
	"serik/internal/wire"
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
	must(t, wire.Migrate(t.Context(), d))
	app, err := wire.Open(d, upgradeNow)
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
			d, err := db.Open(t.Context(), db.Config{Path: path, Trial: true})
			must(t, err)
			defer func() { must(t, d.Close()) }()
			must(t, wire.Migrate(t.Context(), d))
			pub, err := os.ReadFile(filepath.Join(filepath.Dir(packed), "checkpoint.pub"))
			must(t, err)
			r, err := audit.Verify(t.Context(), d.R, audit.Check{Dir: filepath.Dir(packed), Key: string(pub), Now: upgradeNow()})
			if err != nil || !r.OK || r.Sealed == 0 {
				t.Errorf("the log: %+v, %v", r, err)
			}
			for _, table := range []string{"person", "child", "case_file", "contact"} {
				if n, err := count(t.Context(), d.R, table); err != nil || n < 100 {
					t.Errorf("%s: %d, %v", table, n, err)
				}
			}
		})
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
