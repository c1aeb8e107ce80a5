package wire

import (
	"context"
	"io"
	"log/slog"
	"time"

	"serik/internal/platform/db"
	"serik/internal/platform/secret"
	"serik/internal/transport/cli"
	"serik/internal/transport/schedule"
	"serik/internal/transport/web/kit"
)

// House puts the house together for the commands, with keys and checkpoints in
// the folder dir, which only a house that is started needs.
func House(d *db.DB, keys *secret.Ring, clock func() time.Time, dir string, out io.Writer) (*cli.House, error) {
	log := slog.New(slog.NewJSONHandler(out, nil))
	app, err := Open(d, keys, clock)
	if err != nil {
		return nil, err
	}
	site, handler, err := app.Site(app.Sessions(), log)
	if err != nil {
		return nil, err
	}
	var ticking *schedule.Clock
	return &cli.House{
		Run: app.Run, Handler: handler, Sealed: Sealed(), Complain: kit.ServerLog(log),
		Face:   func(f cli.Front) error { return site.Face(kit.Front(f)) },
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
