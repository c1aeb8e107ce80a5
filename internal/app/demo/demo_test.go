package demo_test

import (
	"context"
	"testing"
	"time"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/wire"
)

func now() time.Time { return time.Date(2026, 11, 18, 5, 40, 0, 0, time.UTC) }

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error { return wire.Migrate(ctx, d) }}

// loaded puts a country of a scale into a fresh database.
func loaded(t *testing.T, scale world.Scale) (*wire.App, *world.Country) {
	t.Helper()
	app, err := wire.Open(template.Open(t), now)
	if err != nil {
		t.Fatal(err)
	}
	c := world.Generate(world.Config{Seed: 1, Now: now(), Scale: scale})
	sl, err := app.Sealer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var sealing time.Duration
	sealed := 0
	start := time.Now()
	last := start
	prev := 0
	err = demo.Load(t.Context(), app.Run.Within(10*time.Minute), c, "none", func(done, total int) {
		if d := time.Since(last); d > 300*time.Millisecond {
			t.Logf("%d..%d of %d: %s", prev, done, total, d)
		}
		if done > sealed+15000 {
			sealed = done
			from := time.Now()
			if _, err := sl.Seal(t.Context(), now()); err != nil {
				t.Error(err)
			}
			sealing += time.Since(from)
		}
		prev, last = done, time.Now()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s country: %s", scale, time.Since(start))
	start = time.Now()
	t.Log(sealing)
	n, err := sl.Seal(t.Context(), now())
	t.Logf("seal %d %v: %s", n, err, time.Since(start))
	return app, c
}

func TestSmall(t *testing.T) {
	loaded(t, world.Small)
}

func TestDefault(t *testing.T) {
	loaded(t, world.Default)
}
