package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/uptrace/bun"
)

// Step is a migration written in Go, such as that of the job queue. A step with
// the number of a file is the second half of that file's migration.
type Step struct {
	Version int64
	Run     func(ctx context.Context, tx *sql.Tx) error
}

// Within runs raw queries inside the transaction of a step.
type Within struct {
	d  *bun.DB
	tx *sql.Tx
}

// Step makes a step that runs raw queries only.
func (d *DB) Step(version int64, run func(context.Context, Within) error) Step {
	return Step{Version: version, Run: func(ctx context.Context, tx *sql.Tx) error { return run(ctx, Within{d.W, tx}) }}
}

// NewRaw makes a query of plain SQL.
func (w Within) NewRaw(query string, args ...any) *bun.RawQuery {
	return w.d.NewRaw(query, args...).Conn(w.tx)
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
	taken := map[int64]bool{}
	for _, n := range names {
		b, err := fs.ReadFile(dir, n)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		v, err := versionOf(n)
		if err != nil {
			return err
		}
		text := Render(d.Engine, string(b))
		second := slices.IndexFunc(steps, func(s Step) bool { return s.Version == v })
		all = append(all, goose.NewGoMigration(v, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, text)
			if err == nil && second >= 0 {
				err = steps[second].Run(ctx, tx)
			}
			return err
		}}, nil))
		taken[v] = true
	}
	for _, s := range steps {
		if !taken[s.Version] {
			all = append(all, goose.NewGoMigration(s.Version, &goose.GoFunc{RunTx: s.Run}, nil))
		}
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
	pending, err := p.HasPending(ctx)
	if err == nil && pending {
		err = d.loose(ctx, func() error { _, err := p.Up(ctx); return err })
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// loose runs migrations. SQLite changes a table by making it anew, which its
// foreign keys would not let happen; they are off on the one writing
// connection meanwhile, and looked over afterwards.
func (d *DB) loose(ctx context.Context, up func() error) error {
	if d.Engine != SQLite {
		return up()
	}
	if _, err := d.W.ExecContext(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
		return err
	}
	err := up()
	if _, e := d.W.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys = ON"); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	var broken []struct {
		Table, Parent string
		Rowid, Fkid   *int64
	}
	if err := d.W.NewRaw("PRAGMA foreign_key_check").Scan(ctx, &broken); err != nil {
		return err
	}
	if len(broken) > 0 {
		return fmt.Errorf("a row of %s points at no row of %s", broken[0].Table, broken[0].Parent)
	}
	return nil
}

// Rewrite writes tables anew, so that no bytes of what they held before are
// left in the database: on PostgreSQL each of them, on SQLite the whole file.
// It runs outside of any transaction.
func (d *DB) Rewrite(ctx context.Context, tables ...string) error {
	if d.Engine == SQLite {
		for _, q := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
			if _, err := d.W.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("rewrite: %w", err)
			}
		}
		return nil
	}
	for _, t := range tables {
		if _, err := d.W.NewRaw("VACUUM FULL ?", bun.Ident(t)).Exec(ctx); err != nil {
			return fmt.Errorf("rewrite %s: %w", t, err)
		}
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
