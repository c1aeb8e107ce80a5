package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"serik/internal/app/demo"
	"serik/internal/app/demo/world"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/secret"
	"serik/internal/wire"
)

const password = "serik-bench-2026"

func engines(server string) []db.Engine {
	if server == "" {
		fmt.Fprintln(os.Stderr, "bench: SERIK_TEST_PG is not set: SQLite alone")
		return []db.Engine{db.SQLite}
	}
	return []db.Engine{db.SQLite, db.Postgres}
}

// furnish fills a database of an engine with the country, by the loader of the
// demonstration, and records what the operations send.
func (p plan) furnish(ctx context.Context, engine db.Engine) (*house, error) {
	h := &house{engine: engine, dir: filepath.Join(p.dir, string(engine)), scale: p.scale}
	if err := os.MkdirAll(h.dir, 0o700); err != nil {
		return nil, err
	}
	var err error
	if h.config, err = h.database(ctx, p.server); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, h.config)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }() // told below when all went well
	keys, err := secret.Load(ctx, secret.Source{File: h.keys()})
	if errors.Is(err, secret.ErrNoKeys) {
		keys, err = secret.Create(ctx, secret.Source{File: h.keys()})
	}
	if err != nil {
		return nil, err
	}
	if err := wire.Migrate(ctx, d, keys); err != nil {
		return nil, err
	}
	app, err := wire.Open(d, keys, time.Now)
	if err != nil {
		return nil, err
	}
	if err := h.fill(ctx, app); err != nil {
		return nil, err
	}
	if err := h.record(ctx, app); err != nil {
		return nil, err
	}
	if err := h.explain(ctx, d); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return h, h.copied(ctx, p.server)
}

// copied gives the bare handler a database of its own with the same rows: what
// it writes is sealed for other rows, and no page of the product would open it.
func (h *house) copied(ctx context.Context, server string) error {
	if h.engine == db.SQLite {
		h.bareDB = filepath.Join(h.dir, "bare.db")
		return command(ctx, "cp", h.config.Path, h.bareDB).Run()
	}
	d, err := db.Open(ctx, db.Config{URL: server})
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // nothing is written after the one statement
	h.bareDB = strings.Replace(h.config.URL, "/serik_bench", "/serik_bare", 1)
	_, err = d.W.ExecContext(ctx, "CREATE DATABASE serik_bare TEMPLATE serik_bench")
	return err
}

func (h *house) keys() string { return filepath.Join(h.dir, "keys.json") }

// database names the database of a house, a new one on PostgreSQL.
func (h *house) database(ctx context.Context, server string) (db.Config, error) {
	if h.engine == db.SQLite {
		return db.Config{Path: filepath.Join(h.dir, "serik.db"), Full: true}, nil // as serve opens it
	}
	d, err := db.Open(ctx, db.Config{URL: server})
	if err != nil {
		return db.Config{}, err
	}
	defer func() { _ = d.Close() }() // nothing is written after the one statement
	if _, err := d.W.ExecContext(ctx, "CREATE DATABASE serik_bench TEMPLATE template0"); err != nil {
		return db.Config{}, err
	}
	u, err := url.Parse(server)
	if err != nil {
		return db.Config{}, err
	}
	u.Path = "/serik_bench"
	return db.Config{URL: u.String()}, nil
}

// fill loads the country, unless the folder has it from a former run.
func (h *house) fill(ctx context.Context, app *wire.App) error {
	began := time.Now()
	ask := func(q string) (int, error) {
		n := 0
		err := app.DB.R.NewRaw(q).Scan(ctx, &n)
		return n, err
	}
	n, err := ask("SELECT count(*) FROM case_file")
	if err == nil && n == 0 {
		var hash string
		if hash, err = directory.Hash(ctx, password); err != nil {
			return err
		}
		c := world.Generate(world.Config{Seed: 1, Now: time.Now(), Scale: h.scale})
		said := 0
		err = demo.Load(ctx, app.Run.Within(10*time.Minute), c, hash, func(done, total int) error {
			if 10*done/total > said {
				said = 10 * done / total
				fmt.Fprintf(os.Stderr, "bench: %s: %d0 %%, %.0f s\n", h.engine, said, time.Since(began).Seconds())
			}
			return nil
		})
		h.loaded = time.Since(began)
	}
	if err != nil {
		return err
	}
	for _, t := range []string{"child", "case_file", "measure", "contact", "audit"} {
		n, err := ask("SELECT count(*) FROM " + t)
		if err != nil {
			return err
		}
		h.rows = append(h.rows, fmt.Sprintf("%s %d", t, n))
	}
	return nil
}
