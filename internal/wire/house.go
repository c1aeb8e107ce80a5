package wire

import (
	"context"
	"io"
	"time"

	"serik/internal/platform/db"
	"serik/internal/platform/health"
	"serik/internal/platform/job"
	"serik/internal/platform/journal"
	"serik/internal/platform/secret"
	"serik/internal/transport/cli"
	"serik/internal/transport/cli/ops"
	"serik/internal/transport/schedule"
	"serik/internal/transport/web/kit"
	"serik/migrations"
)

// House puts the house together for the commands, with keys and checkpoints in
// the folder dir, which only a house that is started needs.
func House(d *db.DB, keys *secret.Ring, clock func() time.Time, dir string, out io.Writer) (*cli.House, error) {
	log := journal.New(out)
	app, err := Open(d, keys, clock)
	if err != nil {
		return nil, err
	}
	site, handler, err := app.Site(app.Sessions(), log)
	if err != nil {
		return nil, err
	}
	door := app.Watch(site, dir)
	door.Fresh = time.Second
	var ticking *schedule.Clock
	return &cli.House{
		Ops: door.Handler(),
		Run: app.Run, Gate: app.Gate, Handler: handler, Sealed: Sealed(), Complain: kit.ServerLog(log),
		Face:   func(f cli.Front) error { return site.Face(kit.Front(f)) },
		Keep:   app.Keep,
		Vouch:  func(p cli.Provider) { site.Provider = kit.Provider(p) },
		Notice: func(say func() (string, map[string]any)) { site.Notice = say },
		Guests: func(all []cli.Guest) {
			for _, g := range all {
				site.Guests = append(site.Guests, kit.Guest(g))
			}
		},
		Seal: func(ctx context.Context) error {
			sealer, err := app.Sealer(dir)
			if err != nil {
				return err
			}
			_, err = sealer.Seal(ctx, app.Run.Now())
			return err
		},
		Start: func(ctx context.Context) error {
			sealer, err := app.Sealer(dir)
			if err != nil {
				return err
			}
			context.AfterFunc(ctx, door.Leave)
			ticking = schedule.Start(log, app.Tasks(sealer)...)
			return app.Queue.Start(context.WithoutCancel(ctx))
		},
		Stop: func(ctx context.Context) error {
			err := app.Queue.Stop(ctx)
			ticking.Stop()
			return err
		},
	}, nil
}

// Watch measures the house from now on, and answers for its health.
func (a *App) Watch(site *kit.Site, dir string) *ops.Door {
	meter := ops.NewMeter(a.DB, a.Queue, a.Run.Now)
	a.Run.Watch(meter.Deed)
	site.Meter = func(s kit.Served) { meter.Request(s.Route, s.Method, s.Status, s.Took) }
	return &ops.Door{Meter: meter, Queue: a.Queue, Place: func() health.Place {
		p := Place(a.DB, dir, a.Run.Now())
		p.Serving = true
		return p
	}}
}

// Place is what the questions about the machine look at.
func Place(d *db.DB, dir string, now time.Time) health.Place {
	return health.Place{DB: d, Dir: dir, Now: now, Schema: func(ctx context.Context) (db.Schema, error) { return Schema(ctx, d) }}
}

// Schema tells how far a database is.
func Schema(ctx context.Context, d *db.DB) (db.Schema, error) {
	return d.Schema(ctx, migrations.FS, job.Steps(d)...)
}

// Head is the last migration that this program knows.
func Head() (int64, error) { return db.Head(migrations.FS, job.Steps(&db.DB{})...) }

// Ways are how the commands reach a house.
func Ways(out, err io.Writer) cli.Ways {
	return cli.Ways{Migrate: Migrate, Open: House, Place: Place, Schema: Schema, Head: Head, Out: out, Err: err}
}
