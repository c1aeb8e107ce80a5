package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Step is a migration written in Go, such as that of the job queue.
type Step struct {
	Version int64
	Run     func(ctx context.Context, tx *sql.Tx) error
}

// Migrate brings the schema forward: the files of dir, rendered for the
// engine, and the given steps, in the order of their numbers. A second run
// does nothing.
func (d *DB) Migrate(ctx context.Context, dir fs.FS, steps ...Step) error {
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	var all []*goose.Migration
	for _, n := range names {
		b, err := fs.ReadFile(dir, n)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		v, err := strconv.ParseInt(strings.SplitN(path.Base(n), "_", 2)[0], 10, 64)
		if err != nil {
			return fmt.Errorf("migrate %s: %w", n, err)
		}
		text := Render(d.Engine, string(b))
		all = append(all, goose.NewGoMigration(v, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, text)
			return err
		}}, nil))
	}
	for _, s := range steps {
		all = append(all, goose.NewGoMigration(s.Version, &goose.GoFunc{RunTx: s.Run}, nil))
	}
	opts := []goose.ProviderOption{goose.WithGoMigrations(all...), goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if d.Engine == Postgres {
		dialect = goose.DialectPostgres
		l, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(dialect, d.W.DB, nil, opts...)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

var types = map[Engine]*strings.Replacer{
	SQLite: strings.NewReplacer("{id}", "TEXT", "{instant}", "TEXT", "{date}", "TEXT", "{json}", "TEXT",
		"{path}", "TEXT", "{bool}", "INTEGER", "{int}", "INTEGER", "{key}", "TEXT"),
	Postgres: strings.NewReplacer("{id}", "uuid", "{instant}", "timestamptz", "{date}", "date", "{json}", "jsonb",
		"{path}", `text COLLATE "C"`, "{bool}", "boolean", "{int}", "bigint", "{key}", `text COLLATE "C"`),
}

// Render turns the one text of a migration into an engine's own.
func Render(e Engine, text string) string {
	var out strings.Builder
	keep := true
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "-- sqlite:":
			keep = e == SQLite
			continue
		case "-- postgres:":
			keep = e == Postgres
			continue
		case "-- both:":
			keep = true
			continue
		}
		if keep {
			out.WriteString(line)
		}
	}
	return types[e].Replace(out.String())
}
