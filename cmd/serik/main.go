// Command serik is the whole product: the pages, the clock, the jobs and the
// operator's commands in one program.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"serik/internal/platform/db"
	"serik/internal/transport/cli"
	"serik/internal/transport/schedule"
	"serik/internal/wire"
)

func main() {
	time.Local = time.UTC // instants are read back as they were written
	os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Ways{
		Migrate: wire.Migrate, Open: open, Out: os.Stdout, Err: os.Stderr,
	}))
}

// open puts the house together for the commands.
func open(d *db.DB, clock func() time.Time, dir string, out io.Writer) (*cli.House, error) {
	log := slog.New(slog.NewJSONHandler(out, nil))
	app, err := wire.Open(d, clock)
	if err != nil {
		return nil, err
	}
	sealer, err := app.Sealer(dir)
	if err != nil {
		return nil, err
	}
	_, handler, err := app.Site(app.Sessions(false), log)
	if err != nil {
		return nil, err
	}
	var ticking *schedule.Clock
	return &cli.House{
		DB: d, Run: app.Run, Handler: handler,
		Start: func(ctx context.Context) error {
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
