package db

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/uptrace/bun"
)

// Schema says how far the schema of a database is.
type Schema struct {
	At      int64 // the last migration that was made
	Head    int64 // the last one that this program knows
	Pending int   // how many are still to be made
}

// Newer tells that a later program has been at the database.
func (s Schema) Newer() bool { return s.At > s.Head }

// Schema compares what was made with what this program knows; it only reads.
func (d *DB) Schema(ctx context.Context, dir fs.FS, steps ...Step) (Schema, error) {
	var s Schema
	known, err := versions(dir, steps)
	if err != nil {
		return s, err
	}
	var made []int64
	err = d.R.NewRaw("SELECT version_id FROM goose_db_version WHERE is_applied ORDER BY version_id").Scan(ctx, &made)
	if err != nil {
		return s, fmt.Errorf("schema: %w", err)
	}
	s.At, s.Head = slices.Max(append(made, 0)), slices.Max(append(known, 0))
	for _, v := range known {
		if !slices.Contains(made, v) {
			s.Pending++
		}
	}
	return s, nil
}

// Head is the last migration that this program knows.
func Head(dir fs.FS, steps ...Step) (int64, error) {
	known, err := versions(dir, steps)
	return slices.Max(append(known, 0)), err
}

func versions(dir fs.FS, steps []Step) ([]int64, error) {
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	var all []int64
	for _, n := range names {
		v, err := versionOf(n)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	for _, s := range steps {
		all = append(all, s.Version)
	}
	return all, nil
}

// versionOf reads the number of NNNN_room.sql.
func versionOf(name string) (int64, error) {
	v, err := strconv.ParseInt(strings.SplitN(path.Base(name), "_", 2)[0], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("migrate %s: %w", name, err)
	}
	return v, nil
}

// Touch proves that the database can be reached and written, by one small
// commit.
func (d *DB) Touch(ctx context.Context, word string) error {
	return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO setting (key, value) VALUES ('ops.touch', ?) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value", word).Exec(ctx)
		return err
	})
}

// Retries tells how often a transaction was tried again since the start.
func (d *DB) Retries() uint64 { return d.retries.Load() }

// Free gives the bytes that are free, for us, on the disk of a folder, and all
// it has.
func Free(dir string) (free, all uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, fmt.Errorf("disk space: %w", err)
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}

// Whole asks the engine whether its own pages are sound: SQLite's quick check,
// or whether PostgreSQL keeps checksums. It gives what is wrong, or "".
func (d *DB) Whole(ctx context.Context) (string, error) {
	if d.Engine == Postgres {
		var on string
		if err := d.R.NewRaw("SHOW data_checksums").Scan(ctx, &on); err != nil {
			return "", fmt.Errorf("check the database: %w", err)
		}
		if on != "on" {
			return "PostgreSQL keeps no checksums of its pages", nil
		}
		return "", nil
	}
	var said []string
	if err := d.R.NewRaw("PRAGMA quick_check(1)").Scan(ctx, &said); err != nil {
		return "", fmt.Errorf("check the database: %w", err)
	}
	if len(said) != 1 || said[0] != "ok" {
		return "SQLite finds its pages damaged", nil // its own words may quote a value
	}
	return "", nil
}

// Copy writes a whole, settled copy of a SQLite database into a new file,
// beside the process that owns it: one read transaction, so that writers go on
// meanwhile and none of what they commit is in it.
func Copy(ctx context.Context, from, to string) error {
	r, err := readOnly(ctx, from)
	if err != nil {
		return err
	}
	_, err = r.ExecContext(ctx, "VACUUM INTO ?", to)
	if e := r.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	return nil
}

// Tables counts the rows of each table of a SQLite database, those of its
// search index and the engine's own left out.
func (d *DB) Tables(ctx context.Context) (map[string]int64, error) {
	var names []string
	err := d.R.NewRaw("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name").Scan(ctx, &names)
	if err != nil {
		return nil, fmt.Errorf("count tables: %w", err)
	}
	out := map[string]int64{}
	for _, n := range names {
		var c int64
		if err := d.R.NewRaw("SELECT count(*) FROM ?", bun.Ident(n)).Scan(ctx, &c); err != nil {
			return nil, fmt.Errorf("count tables: %w", err)
		}
		out[n] = c
	}
	return out, nil
}
