// Package wire is the roof: the sole list of everything. It gathers what the
// rooms export (rules, norms, workers, tasks) and puts an application
// together; it holds no logic.
package wire

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/uptrace/bun"

	"serik/internal/app/procedure"
	"serik/internal/app/retention"
	"serik/internal/app/webhook"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/file"
	"serik/internal/platform/gate"
	"serik/internal/platform/job"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
	"serik/internal/platform/settings"
	"serik/internal/platform/text"
	"serik/internal/transport/api"
	"serik/internal/transport/schedule"
	"serik/internal/transport/web"
	"serik/internal/transport/web/kit"
	"serik/migrations"
	"serik/words"
)

// Policy is the one policy of the house.
func Policy() *access.Policy {
	return access.NewPolicy(registry.Rules(), signal.Rules(), casework.Rules(), file.Rules(), retention.Rules(), directory.Rules(), settings.Rules(), webhook.Rules())
}

// Norms is the book of norms of the house.
func Norms() (*norm.Book, error) {
	return norm.NewBook(registry.Norms(), signal.Norms(), casework.Norms(), file.Norms(), directory.NormDefaults(), webhook.Norms())
}

// Sealed are the sealed columns of the house.
func Sealed() []secret.Sealed {
	return slices.Concat(registry.Sealed(), signal.Sealed(), casework.Sealed(), retention.Sealed(), directory.Sealed(), audit.Sealed(), file.Sealed(), webhook.Sealed())
}

// workers registers who does which kind of job.
func workers(r *job.Registry, run *act.Runner, g *gate.Gate, files func() *file.Store) {
	job.Register(r, act.Work(run, settings.Resealer(Sealed())))
	job.Register(r, act.Work(run, casework.Await))
	job.Register(r, act.Work(run, signal.Await))
	job.Register(r, webhook.Sender(run, g))
	job.Register(r, act.Work(run, webhook.Call))
	job.Register(r, act.Work(run, procedure.Destroyer(files)))
}

// Migrate brings the schema of all rooms forward, seals what a former version
// wrote in the open, and seeds the norms. Wrong keys are refused before
// anything is written.
//
// Faults: secret.ErrWrong.
func Migrate(ctx context.Context, d *db.DB, keys *secret.Ring) error {
	used, err := secret.Used(ctx, d)
	if err == nil && used {
		_, err = keys.Check(ctx, d.R)
	}
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, migrations.FS, append(job.Steps(d), secret.Upgrade(d, keys, Sealed())...)...); err != nil {
		return err
	}
	if err := secret.Settle(ctx, d); err != nil {
		return err
	}
	book, err := Norms()
	if err != nil {
		return err
	}
	return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return book.Seed(ctx, tx) })
}

// App is a house put together: one database, one policy, one queue of jobs.
type App struct {
	DB    *db.DB
	Run   *act.Runner
	Queue *job.Queue
	Gate  *gate.Gate // the way out, for webhooks
	// Limits are how often programs may ask; the usual ones unless set.
	Limits api.Limits
	// Files is where the bytes of files lie; without it none are taken or given.
	Files *file.Store
	part  int // of the files, whose turn is next
}

// Open puts the house together on an open, migrated database and its keys.
func Open(d *db.DB, keys *secret.Ring, clock func() time.Time) (*App, error) {
	book, err := Norms()
	if err != nil {
		return nil, err
	}
	jobs := job.NewRegistry()
	queue, err := job.Open(d, jobs, job.Options{})
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	run := act.NewRunner(d, Policy(), book, queue, keys, clock)
	run.Heed(webhook.Heed)
	out := gate.New()
	app := &App{DB: d, Run: run, Queue: queue, Gate: out}
	workers(jobs, run, out, app.files)
	return app, nil
}

// files is the store as it is by now: it is opened after the house.
func (a *App) files() *file.Store { return a.Files }

// Keep opens the store of files.
func (a *App) Keep(ctx context.Context, where string) error {
	s, err := file.Open(ctx, where)
	if err != nil {
		return err
	}
	a.Files = s
	return nil
}

// Sessions are the sessions of people, kept in the database.
func (a *App) Sessions() *scs.SessionManager { return kit.NewSessions(a.Run) }

// allWords are read once: nobody changes them.
var allWords = sync.OnceValues(func() (*text.Words, error) { return text.Load(words.FS) })

// Site puts the pages and, beside them, the API over the house.
func (a *App) Site(sessions *scs.SessionManager, log *slog.Logger) (*kit.Site, web.Handler, error) {
	w, err := allWords()
	if err != nil {
		return nil, nil, fmt.Errorf("load words: %w", err)
	}
	s := &kit.Site{Run: a.Run, Words: w, Sessions: sessions, Sections: web.Sections(), Log: log, Files: a.files, Gate: a.Gate}
	h := api.New(api.Service{Run: a.Run, Gate: a.Gate, Words: w, Log: log, Files: a.files, Limits: a.Limits, From: s.Address,
		Logged: s.Logged, Note: s.Note}, web.New(s))
	return s, h, nil
}

// Sealer seals the log, with its key and checkpoints in the folder dir.
func (a *App) Sealer(dir string) (*audit.Sealer, error) {
	key, err := audit.Key(filepath.Join(dir, "checkpoint.key"))
	if err != nil {
		return nil, err
	}
	return audit.NewSealer(a.DB, dir, key), nil
}

// Tasks are what the clock does. Each process asks its own keys and signs its
// own checkpoints, and the database lets one seal at a time; what is swept, the
// process that leads sweeps.
func (a *App) Tasks(s *audit.Sealer) []schedule.Task {
	system := access.Who{System: "clock"}
	return []schedule.Task{
		{Name: "seal", Every: 10 * time.Second, Last: true, Do: func(ctx context.Context) error {
			_, err := s.Seal(ctx, a.Run.Now())
			return err
		}},
		{Name: "keys", Every: 30 * time.Second, Do: a.vouch},
		{Name: "sweep files", Every: 5 * time.Minute, Leads: a.Queue.Leads, Do: a.sweep},
		{Name: "sweep sessions", Every: time.Hour, Leads: a.Queue.Leads, Do: func(ctx context.Context) error {
			return a.Run.Do(ctx, system, directory.Sweep)
		}},
		{Name: "webhooks", Every: time.Minute, Leads: a.Queue.Leads, Do: func(ctx context.Context) error {
			return a.Run.Do(ctx, system, webhook.Sweep)
		}},
	}
}

// sweep looks the next part of the files over: bytes without a row go, rows
// without bytes are told.
func (a *App) sweep(ctx context.Context) error {
	if a.Files == nil {
		return nil
	}
	found, err := a.Files.Sweep(ctx, a.DB, a.Run.Now(), a.part, true)
	a.part = (a.part + 1) % file.Parts
	if err == nil && found.Missing > 0 {
		err = fmt.Errorf("the bytes of %d files are lost: serik doctor names them", found.Missing)
	}
	return err
}

// vouch asks the canaries once more: another process may have changed the keys.
func (a *App) vouch(ctx context.Context) error {
	missing, err := a.Run.Keys().Check(ctx, a.DB.R)
	if err != nil || !missing {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return a.Run.Keys().Vouch(ctx, tx, a.Run.Now()) })
}
