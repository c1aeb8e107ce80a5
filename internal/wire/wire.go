// Package wire is the roof: the sole list of everything. It gathers what the
// rooms export (rules, norms, workers) and puts an application together; it
// holds no logic.
package wire

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/job"
	"serik/internal/platform/norm"
	"serik/internal/platform/text"
	"serik/internal/transport/web"
	"serik/internal/transport/web/kit"
	"serik/migrations"
	"serik/words"
)

// Policy is the one policy of the house.
func Policy() *access.Policy {
	return access.NewPolicy(registry.Rules(), signal.Rules(), casework.Rules())
}

// Norms is the book of norms of the house.
func Norms() (*norm.Book, error) {
	return norm.NewBook(registry.Norms(), signal.Norms(), casework.Norms())
}

// Migrate brings the schema of all rooms forward.
func Migrate(ctx context.Context, d *db.DB) error {
	if err := d.Migrate(ctx, migrations.FS, job.Steps(d)...); err != nil {
		return err
	}
	book, err := Norms()
	if err != nil {
		return err
	}
	return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return book.Seed(ctx, tx) })
}

// App is a running house: one database, one policy, one queue of jobs.
type App struct {
	DB    *db.DB
	Run   *act.Runner
	Queue *job.Queue
}

// Open puts the house together on an open, migrated database.
func Open(d *db.DB, clock func() time.Time) (*App, error) {
	book, err := Norms()
	if err != nil {
		return nil, err
	}
	jobs := job.NewRegistry()
	queue, err := job.Open(d, jobs, job.Options{})
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	run := act.NewRunner(d, Policy(), book, queue, clock)
	job.Register(jobs, act.Work(run, casework.Await))
	return &App{DB: d, Run: run, Queue: queue}, nil
}

// Site puts the pages over the house; the sessions are the caller's.
func (a *App) Site(sessions *scs.SessionManager, log *slog.Logger) (*kit.Site, web.Handler, error) {
	w, err := text.Load(words.FS)
	if err != nil {
		return nil, nil, fmt.Errorf("load words: %w", err)
	}
	s := &kit.Site{Run: a.Run, Words: w, Sessions: sessions, Sections: web.Sections(), Log: log}
	return s, web.New(s), nil
}
