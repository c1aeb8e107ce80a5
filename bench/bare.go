package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// The bare handler: what the requests of the mix sent, sent again over the same
// kind of pools, each row read and written out. No session, access, template or
// audit is thought about: only their statements are there.
type bareHandler struct {
	read, write *sql.DB
	of          map[string][][]piece
}

// piece is a statement cut at the identifiers that are made anew.
type piece struct {
	write, rows bool
	end         string // BEGIN, COMMIT, ROLLBACK
	text        []string
	fresh       []int // which identifier of the request comes after text[i]
}

// serveBare serves until it is killed: bare FOLDER sqlite|postgres ADDRESS; the
// database is named by SERIK_BARE_DB.
func serveBare(args []string) error {
	b, err := os.ReadFile(args[0] + "/traces.json")
	if err != nil {
		return err
	}
	var all traces
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	h := &bareHandler{of: map[string][][]piece{}}
	if err := h.open(db.Engine(args[1]), os.Getenv("SERIK_BARE_DB")); err != nil {
		return err
	}
	for op, ts := range all.Of {
		for _, t := range ts {
			h.of[op] = append(h.of[op], cut(t, all.From))
		}
	}
	l, err := net.Listen("tcp", args[2])
	if err != nil {
		return err
	}
	return http.Serve(l, h)
}

// open makes the pools as the product makes them.
func (h *bareHandler) open(engine db.Engine, where string) error {
	if engine == db.Postgres {
		d, err := db.Open(context.Background(), db.Config{URL: where})
		if err != nil {
			return err
		}
		h.read, h.write = d.W.DB, d.W.DB
		return nil
	}
	base := "file:" + (&url.URL{Path: where}).EscapedPath() + "?_time_format=sqlite&_timezone=UTC&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)"
	var err error
	if h.write, err = sql.Open("sqlite", base+"&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+
		"&_pragma=journal_size_limit(67108864)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)"); err != nil {
		return err
	}
	h.write.SetMaxOpenConns(1)
	h.write.SetMaxIdleConns(1)
	if h.read, err = sql.Open("sqlite", base+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	h.read.SetMaxOpenConns(4)
	h.read.SetMaxIdleConns(4)
	return nil
}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// cut makes the identifiers that the request itself had made replaceable.
func cut(t trace, from time.Time) []piece {
	numbers := map[string]int{}
	var out []piece
	for _, s := range t {
		p := piece{write: s.Write, rows: true}
		switch {
		case s.SQL == "BEGIN" || s.SQL == "COMMIT" || s.SQL == "ROLLBACK":
			p.end = s.SQL
		case strings.HasPrefix(s.SQL, "INSERT") || strings.HasPrefix(s.SQL, "UPDATE") || strings.HasPrefix(s.SQL, "DELETE"):
			p.rows = strings.Contains(s.SQL, " RETURNING ")
		}
		last := 0
		for _, at := range anID.FindAllStringIndex(s.SQL, -1) {
			key := s.SQL[at[0]:at[1]]
			u, err := uuid.Parse(key)
			if err != nil || madeAt(u).Before(from) {
				continue
			}
			if _, ok := numbers[key]; !ok {
				numbers[key] = len(numbers)
			}
			p.text, p.fresh = append(p.text, s.SQL[last:at[0]]), append(p.fresh, numbers[key])
			last = at[1]
		}
		p.text = append(p.text, s.SQL[last:])
		out = append(out, p)
	}
	return out
}

func madeAt(u uuid.UUID) time.Time {
	ms := int64(u[0])<<40 | int64(u[1])<<32 | int64(u[2])<<24 | int64(u[3])<<16 | int64(u[4])<<8 | int64(u[5])
	return time.UnixMilli(ms)
}

func (p piece) sql(made map[int]string) string {
	if len(p.fresh) == 0 {
		return p.text[0]
	}
	var b strings.Builder
	for i, n := range p.fresh {
		if made[n] == "" {
			made[n] = id.New().String()
		}
		b.WriteString(p.text[i])
		b.WriteString(made[n])
	}
	b.WriteString(p.text[len(p.text)-1])
	return b.String()
}

// ServeHTTP answers /operation/number with all the rows of its statements.
func (h *bareHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op, no, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	n, err := strconv.Atoi(no)
	all := h.of[op]
	if err != nil || len(all) == 0 {
		w.WriteHeader(http.StatusNoContent) // ready
		return
	}
	rows, err := h.play(r.Context(), all[n%len(all)])
	var out []byte
	if err == nil {
		out, err = json.Marshal(rows)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(out) // a client that is gone is counted by itself
}

type runner interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

// play sends the statements, in the transactions in which they were sent.
func (h *bareHandler) play(ctx context.Context, all []piece) ([][]any, error) {
	var tx *sql.Tx
	defer func() {
		if tx != nil {
			_ = tx.Rollback() // the first fault is told
		}
	}()
	made := map[int]string{}
	var out [][]any
	for _, p := range all {
		var err error
		switch p.end {
		case "BEGIN":
			tx, err = h.pool(p).BeginTx(ctx, nil)
		case "COMMIT":
			err, tx = tx.Commit(), nil
		case "ROLLBACK":
			err, tx = tx.Rollback(), nil
		default:
			var on runner = h.pool(p)
			if tx != nil {
				on = tx
			}
			out, err = p.send(ctx, on, made, out)
		}
		if err != nil {
			return nil, fmt.Errorf("%.60s: %w", p.text[0], err)
		}
	}
	return out, nil
}

func (h *bareHandler) pool(p piece) *sql.DB {
	if p.write {
		return h.write
	}
	return h.read
}

func (p piece) send(ctx context.Context, on runner, made map[int]string, out [][]any) ([][]any, error) {
	if !p.rows {
		_, err := on.ExecContext(ctx, p.sql(made))
		return out, err
	}
	rows, err := on.QueryContext(ctx, p.sql(made))
	if err != nil {
		return out, err
	}
	defer func() { _ = rows.Close() }() // read to the end
	names, err := rows.Columns()
	if err != nil {
		return out, err
	}
	for rows.Next() {
		row, into := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return out, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
