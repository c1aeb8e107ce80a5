// Package db opens the one database behind Serik, SQLite or PostgreSQL, and
// runs transactions on it. The same bun queries and plain SQL serve both
// engines; what differs stays in this room: pools, the queue before SQLite's
// single writer, which errors are worth another try, how a constraint is
// named, and the rendering of migrations.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"golang.org/x/sync/semaphore"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Engine names the database engine.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says which database to open.
type Config struct {
	Path string // SQLite file; or
	URL  string // postgres://…
	// Full makes an acknowledged act survive a power cut on SQLite
	// (synchronous=FULL); without it only the kill of the process.
	Full bool
	// Trial gives up durability for speed; for tests alone.
	Trial bool
}

// DB is an open database: a pool that writes, a pool that reads.
type DB struct {
	Engine Engine
	W, R   *bun.DB
	Jobs   *sql.DB // the pool of the job queue: on SQLite the writing pool itself
	gate   *semaphore.Weighted
	lock   *os.File

	retries atomic.Uint64
}

// Open opens the database. On SQLite it takes the lock of the file, so that
// one process owns it; ErrLocked tells that another does.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.URL != "" {
		return openPostgres(ctx, c)
	}
	return openSQLite(ctx, c)
}

func openSQLite(ctx context.Context, c Config) (*DB, error) {
	lock, err := takeLock(c.Path + ".lock")
	if err != nil {
		return nil, err
	}
	if err := ownFile(c.Path); err != nil {
		_ = lock.Close()
		return nil, err
	}
	sync := "NORMAL"
	if c.Full {
		sync = "FULL"
	}
	if c.Trial {
		sync = "OFF"
	}
	common := "&_time_format=sqlite&_timezone=UTC&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)"
	base := "file:" + (&url.URL{Path: c.Path}).EscapedPath()
	w, err := sql.Open("sqlite", base+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous("+sync+
		")&_pragma=journal_size_limit(67108864)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)"+common)
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	w.SetMaxOpenConns(1)
	w.SetMaxIdleConns(1)
	if err := w.PingContext(ctx); err != nil {
		_ = w.Close()
		_ = lock.Close()
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	r, err := sql.Open("sqlite", base+"?_pragma=query_only(1)"+common)
	if err != nil {
		_ = w.Close()
		_ = lock.Close()
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	r.SetMaxOpenConns(4)
	r.SetMaxIdleConns(4)
	return &DB{
		Engine: SQLite, Jobs: w, gate: semaphore.NewWeighted(1), lock: lock,
		W: bun.NewDB(w, sqlitedialect.New()), R: bun.NewDB(r, sqlitedialect.New()),
	}, nil
}

// ownFile makes the file, where there is none, for its owner alone: SQLite gives
// the journal beside it the same rights.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	return nil
}

// readOnly opens a SQLite file that is there already; the file itself cannot be
// written by it.
func readOnly(ctx context.Context, path string, more ...string) (*sql.DB, error) {
	r, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?mode=ro&_time_format=sqlite&_timezone=UTC&_pragma=busy_timeout(10000)"+strings.Join(more, ""))
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	if err := r.PingContext(ctx); err != nil {
		_ = r.Close()
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	return r, nil
}

// OpenReader opens a SQLite file for reading beside the process that owns it.
func OpenReader(ctx context.Context, c Config) (*DB, error) {
	r, err := readOnly(ctx, c.Path, "&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	b := bun.NewDB(r, sqlitedialect.New())
	return &DB{Engine: SQLite, W: b, R: b, Jobs: r}, nil
}

const execMode = "default_query_exec_mode"

func openPostgres(ctx context.Context, c Config) (*DB, error) {
	pool := func(mode pgx.QueryExecMode, n int) (*sql.DB, error) {
		cfg, err := pgx.ParseConfig(c.URL)
		if err != nil {
			return nil, fmt.Errorf("open postgres: %w", err)
		}
		if !strings.Contains(c.URL, execMode+"=") { // behind pgbouncer the address says one that prepares nothing
			cfg.DefaultQueryExecMode = mode
		}
		if cfg.RuntimeParams == nil {
			cfg.RuntimeParams = map[string]string{}
		}
		cfg.RuntimeParams["timezone"] = "UTC"
		d := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(_ context.Context, conn *pgx.Conn) error {
			conn.TypeMap().RegisterType(&pgtype.Type{
				Name: "timestamptz", OID: pgtype.TimestamptzOID,
				Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
			})
			return nil
		}))
		d.SetMaxOpenConns(n)
		d.SetMaxIdleConns(n)
		return d, nil
	}
	n := 16
	if c.Trial {
		n = 6
	}
	w, err := pool(pgx.QueryExecModeExec, n)
	if err != nil {
		return nil, err
	}
	j, err := pool(pgx.QueryExecModeCacheStatement, max(4, n/2))
	if err != nil {
		return nil, err
	}
	if err := w.PingContext(ctx); err != nil {
		_ = w.Close()
		_ = j.Close()
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	b := bun.NewDB(w, pgdialect.New())
	return &DB{Engine: Postgres, W: b, R: b, Jobs: j}, nil
}

// Close writes SQLite's journal back and closes all pools.
func (d *DB) Close() error {
	if d.Engine == SQLite && d.lock != nil {
		_, _ = d.W.Exec("PRAGMA wal_checkpoint(TRUNCATE)") // best effort: the journal is safe as it stands
	}
	err := d.R.Close()
	if d.W != d.R {
		if e := d.W.Close(); err == nil {
			err = e
		}
	}
	if d.Engine == Postgres {
		if e := d.Jobs.Close(); err == nil {
			err = e
		}
	}
	if d.lock != nil {
		if e := dropLock(d.lock); err == nil {
			err = e
		}
	}
	if err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Under gives the half-open range of paths below p, for scopes and filters:
// path >= lo AND path < hi. Paths end with their separator.
func Under(p string) (string, string) {
	return p, strings.TrimSuffix(p, ".") + "/" // '/' follows '.' in byte order
}
