package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
	"serik/internal/wire"
)

// The operations.
const (
	opList   = "list"
	opSearch = "search"
	opOpen   = "open"
	opWrite  = "write"
)

func operations() []string { return []string{opList, opSearch, opOpen, opWrite} }

// statement is one statement of a request, as it went to the database.
type statement struct {
	Write bool   // through the pool that writes
	SQL   string // its arguments are in it
}

// trace is all that one request sent, in its order.
type trace []statement

// traces are what the bare handler sends: by operation, one for each request
// that was recorded; identifiers made since From are made anew each time.
type traces struct {
	From time.Time
	Of   map[string][]trace
}

// tape records statements while a request runs. Requests are recorded one at a
// time.
type tape struct {
	mu sync.Mutex
	t  trace
}

type head struct {
	t     *tape
	write bool
}

// BeforeQuery records.
func (h head) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	h.t.mu.Lock()
	defer h.t.mu.Unlock()
	if e.Query == "ROLLBACK" && len(h.t.t) > 0 && h.t.t[len(h.t.t)-1].SQL == "COMMIT" {
		return ctx // bun's own, after the end: nothing is sent
	}
	h.t.t = append(h.t.t, statement{h.write, e.Query})
	return ctx
}

// AfterQuery has nothing to do.
func (head) AfterQuery(context.Context, *bun.QueryEvent) {}

// record signs the people of the mix in and keeps what their requests send.
func (h *house) record(ctx context.Context, app *wire.App) error {
	if err := h.people(ctx, app); err != nil {
		return err
	}
	rec := &tape{}
	r, w := app.DB.R, app.DB.W
	single := r == w
	app.DB.R = app.DB.R.WithQueryHook(head{rec, single})
	app.DB.W = app.DB.W.WithQueryHook(head{rec, true})
	_, site, err := app.Site(app.Sessions(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return err
	}
	all := traces{From: time.Now().Add(-time.Second), Of: map[string][]trace{}}
	for _, who := range h.seats {
		if err := who.enter(site); err != nil {
			return err
		}
		for _, op := range operations() {
			for range max(1, min(4, who.kinds(op))) {
				rec.t = nil
				if err := who.request(op).served(site); err != nil {
					return fmt.Errorf("%s: %w", op, err)
				}
				all.Of[op] = append(all.Of[op], rec.t)
			}
		}
	}
	app.DB.R, app.DB.W = r, w
	h.last = map[string]trace{}
	h.traces = map[string]int{}
	for _, op := range operations() {
		ts := all.Of[op]
		h.traces[op], h.last[op] = len(ts), ts[len(ts)-1]
		h.sent = append(h.sent, fmt.Sprintf("%s %d", op, len(ts[len(ts)-1])))
	}
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(h.dir, "traces.json"), b, 0o600)
}

// people chooses who works: the curators with most open cases, one of a place,
// each with the secretary of that place.
func (h *house) people(ctx context.Context, app *wire.App) error {
	var rows []struct {
		Login, Place string
		Person       id.ID
		N            int
	}
	err := app.DB.R.NewRaw("SELECT p.login, c.territory AS place, p.id AS person, count(*) AS n FROM assignment AS a "+
		"JOIN case_file AS c ON c.id = a.case_id JOIN person AS p ON p.id = a.person "+
		"WHERE a.role = 'curator' AND a.state = 'active' AND c.state <> 'ended' AND p.state = 'active' AND c.opened_at < ? "+
		"GROUP BY p.login, c.territory, p.id ORDER BY n DESC, p.login", time.Now().AddDate(0, 0, -12)).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, r := range rows {
		_, slug, _ := strings.Cut(r.Login, ".")
		if taken[slug] || len(h.seats) == 32 {
			continue
		}
		taken[slug] = true
		s := &seat{curator: browser{login: r.Login}, secretary: browser{login: "secretary." + slug}}
		err := app.DB.R.NewRaw("SELECT c.id FROM case_file AS c JOIN assignment AS a ON a.case_id = c.id WHERE a.person = ? AND a.role = 'curator' "+
			"AND a.state = 'active' AND c.state <> 'ended' AND c.opened_at < ? ORDER BY c.id LIMIT 12", r.Person, time.Now().AddDate(0, 0, -12)).Scan(ctx, &s.cases)
		if err != nil {
			return err
		}
		err = app.DB.R.NewRaw("SELECT family FROM child WHERE territory = ? ORDER BY id LIMIT 4", r.Place).Scan(ctx, &s.names)
		if err != nil {
			return err
		}
		h.seats = append(h.seats, s)
	}
	if len(h.seats) == 0 {
		return errors.New("nobody has an open case")
	}
	return nil
}

// served hands a request to a handler without a network between.
func (q ask) served(site http.Handler) error {
	r := httptest.NewRequest(q.method, q.path, bytes.NewBufferString(q.body))
	q.dress(r)
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, r)
	return q.right(rec.Code, rec.Header().Get("Location"))
}

// enter signs both people of a seat in and keeps their cookies; the secretary
// seeks the names.
func (s *seat) enter(site http.Handler) error {
	send := func(b *browser, path string, form url.Values) (string, error) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
		ask{cookie: b.cookie, body: "x"}.dress(r)
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, r)
		for _, c := range rec.Result().Cookies() {
			b.cookie = strings.TrimPrefix(b.cookie+"; "+c.Name+"="+c.Value, "; ")
		}
		if rec.Code != http.StatusSeeOther {
			return "", fmt.Errorf("%s at %s: %d", b.login, path, rec.Code)
		}
		return rec.Header().Get("Location"), nil
	}
	for _, b := range []*browser{&s.curator, &s.secretary} {
		to, err := send(b, "/sign-in", url.Values{"login": {b.login}, "password": {password}})
		if err != nil || strings.HasPrefix(to, "/sign-in") {
			return fmt.Errorf("%s cannot sign in: %s, %w", b.login, to, err)
		}
	}
	for _, n := range s.names {
		to, err := send(&s.secretary, "/children/search", url.Values{"q": {n}})
		if err != nil {
			return err
		}
		s.found = append(s.found, to)
	}
	return nil
}
