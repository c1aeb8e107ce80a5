package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"modernc.org/sqlite"
)

// ErrNested: a transaction was asked for inside another. On SQLite's single
// writer this would wait for itself for ever, so it is named at once.
var ErrNested = errors.New("transaction inside a transaction: use the act's own")

type inTx struct{}

// Write runs fn in a transaction and commits. It tries again while the engine
// says that another try may succeed (busy, serialisation, deadlock), until the
// context's deadline. fn must have no effect outside the transaction.
func (d *DB) Write(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
	if ctx.Value(inTx{}) != nil {
		return ErrNested
	}
	for {
		err := d.once(ctx, fn)
		if err == nil || !retryable(err) || ctx.Err() != nil {
			return err
		}
		d.retries.Add(1)
		pause := time.NewTimer(time.Duration(1+rand.IntN(64)) * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return fmt.Errorf("gave up: %w", err)
		case <-pause.C:
		}
	}
}

func (d *DB) once(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
	if d.gate != nil { // acts queue in order; database/sql would wake a random one
		if err := d.gate.Acquire(ctx, 1); err != nil {
			return fmt.Errorf("wait for the writer: %w", err)
		}
		defer d.gate.Release(1)
	}
	tx, err := d.W.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it says ErrTxDone
	if err := fn(context.WithValue(ctx, inTx{}, true), tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// SQLite primary result codes.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteFull       = 13
	sqliteConstraint = 19
	sqliteIOErr      = 10
	sqliteReadOnly   = 8
	sqliteCantOpen   = 14
)

func retryable(err error) bool {
	var s *sqlite.Error
	if errors.As(err, &s) {
		c := s.Code() & 0xff
		return c == sqliteBusy || c == sqliteLocked
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code == "40001" || p.Code == "40P01"
	}
	return false
}

// IsNone tells that a query for one row found none.
func IsNone(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Violates gives the name of the broken constraint, or "": on PostgreSQL the
// constraint's or index's name, on SQLite "table.column" of a unique index or
// the name of a check. A room maps both names to one fault.
func Violates(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) && strings.HasPrefix(p.Code, "23") {
		if p.ConstraintName != "" {
			return p.ConstraintName
		}
		return "unnamed"
	}
	var s *sqlite.Error
	if errors.As(err, &s) && s.Code()&0xff == sqliteConstraint {
		m := s.Error()
		if i := strings.LastIndex(m, "failed: "); i >= 0 {
			m = m[i+len("failed: "):]
		}
		if i := strings.LastIndex(m, " ("); i >= 0 {
			m = m[:i]
		}
		return m
	}
	return ""
}

// NoID tells that PostgreSQL was asked for what is no identifier.
func NoID(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == "22P02" && strings.Contains(p.Message, " uuid:")
}

// Mute takes the words out of an error in which PostgreSQL quotes the value it
// could not read: it may be what somebody typed about a child.
func Mute(err error) error {
	var p *pgconn.PgError
	if errors.As(err, &p) && strings.HasPrefix(p.Code, "22") {
		return muted{p.Code, err}
	}
	return err
}

type muted struct {
	code  string
	cause error
}

func (m muted) Error() string {
	return "a value that the database cannot read (SQLSTATE " + m.code + ")"
}
func (m muted) Unwrap() error { return m.cause }

// Broken tells that the machine, not the request, is at fault: disk full,
// input or output failed, database closed or gone, or no longer the primary.
// Whether a commit that broke was made, nobody can tell: ask again with the
// same key.
func Broken(err error) bool {
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqliteFull, sqliteIOErr, sqliteReadOnly, sqliteCantOpen, sqliteBusy, sqliteLocked:
			return true
		}
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return strings.HasPrefix(p.Code, "53") || strings.HasPrefix(p.Code, "57") || strings.HasPrefix(p.Code, "08") || p.Code == "25006"
	}
	var c *pgconn.ConnectError
	var n *net.OpError
	return errors.As(err, &c) || errors.As(err, &n) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		(err != nil && strings.Contains(err.Error(), "database is closed"))
}

// Analyse lets the engine count its rows anew. A load ends with it: a planner
// that knows nothing of a hundred thousand new rows walks all of them.
func (d *DB) Analyse(ctx context.Context) error {
	if _, err := d.W.ExecContext(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("analyse: %w", err)
	}
	return nil
}
