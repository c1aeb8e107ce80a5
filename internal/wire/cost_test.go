package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/journal"
	"serik/internal/wire/trial"
)

// cost is what one request takes, by the two figures that do not depend on how
// busy the machine is.
type cost struct {
	Allocations int `json:"allocations"`
	Queries     int `json:"queries"`
}

// The four operations may not become dearer by more than three tenths of what
// is kept in testdata/cost.json; -update keeps what they cost now, for the
// engine under test. Nothing runs beside this test: it is not parallel.
func TestCostOfARequest(t *testing.T) {
	path := filepath.Join("testdata", "cost.json")
	kept := map[string]map[string]cost{}
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, &kept)
	}
	if err != nil && !(*update && errors.Is(err, fs.ErrNotExist)) {
		t.Fatal(err)
	}
	w := trial.New(t)
	now := costs(t, w)
	engine := string(w.DB.Engine)
	if *update {
		kept[engine] = now
		raw, err := json.MarshalIndent(kept, "", "\t")
		if err == nil {
			err = os.WriteFile(path, append(raw, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	for op, c := range now {
		was := kept[engine][op]
		t.Logf("%s: %d allocations (%d), %d queries (%d)", op, c.Allocations, was.Allocations, c.Queries, was.Queries)
		if 10*c.Allocations > 13*was.Allocations || 10*c.Queries > 13*was.Queries {
			t.Errorf("%s costs %+v, kept is %+v: spend less, or say why in the commit that renews the figures (go test ./internal/wire -run TestCostOfARequest -update)", op, c, was)
		}
	}
}

// costs measures the operations in a district with enough rows that a query
// for each of them would show.
func costs(t *testing.T, w *trial.World) map[string]cost {
	t.Helper()
	s := furnish(t, w, "lake", trial.Lake, 1)
	for range 24 {
		s.open(t, w, register(t, w, s, ""), "curator1")
	}
	for i := range 12 {
		w.Must(s.who("curator1"), func(ctx context.Context, a *act.Act) error {
			_, err := casework.WriteContact(ctx, a, s.walked, casework.ContactInput{Kind: "visit", Seen: "alone",
				Happened: w.Now().Add(-time.Duration(i+2) * time.Minute), Words: plantedView})
			return err
		})
	}
	d := desk{t: t, w: w}
	d.open(s.who("secretary"))
	out := map[string]cost{}
	out["list"] = d.measure(http.StatusOK, func() *http.Request { return d.get("/cases") })
	found := d.send(d.post("/children/search", url.Values{"q": {plantedFamily}})).Header().Get("Location")
	out["search"] = d.measure(http.StatusOK, func() *http.Request { return d.get(found) })
	d.open(s.who("curator1"))
	out["open"] = d.measure(http.StatusOK, func() *http.Request { return d.get("/cases/" + s.walked.String()) })
	w.Pass(20 * time.Hour) // so that there are minutes enough for meetings of their own
	d.open(s.who("curator1"))
	at := w.Now()
	out["write"] = d.measure(http.StatusSeeOther, func() *http.Request {
		at = at.Add(-time.Minute)
		return d.post("/cases/"+s.walked.String()+"/contact", url.Values{"id": {id.New().String()}, "kind": {"visit"}, "seen": {"alone"},
			"happened": {at.Add(5 * time.Hour).Format("02.01.2006 15:04")}, "words": {plantedView}})
	})
	return out
}

// desk is a person's browser before the site itself, without a network between.
type desk struct {
	t      *testing.T
	w      *trial.World
	h      http.Handler
	cookie string
}

// open starts the site anew and signs a person in.
func (d *desk) open(who string) {
	d.t.Helper()
	(&trial.Door{World: d.w}).Passwords(who)
	_, h, err := d.w.Site(d.w.Sessions(), journal.New(&trial.Tape{}))
	if err != nil {
		d.t.Fatal(err)
	}
	d.h, d.cookie = h, ""
	res := d.send(d.post("/sign-in", url.Values{"login": {who}, "password": {trial.Password}}))
	var all []string
	for _, c := range res.Result().Cookies() {
		all = append(all, c.Name+"="+c.Value)
	}
	d.cookie = strings.Join(all, "; ")
	if res.Code != http.StatusSeeOther || d.cookie == "" {
		d.t.Fatalf("%s cannot sign in: %d", who, res.Code)
	}
}

func (d *desk) get(path string) *http.Request { return d.request(http.MethodGet, path, "") }

func (d *desk) post(path string, form url.Values) *http.Request {
	return d.request(http.MethodPost, path, form.Encode())
}

func (d *desk) request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Cookie", d.cookie)
	r.Header.Set("Accept-Language", "ru")
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (d *desk) send(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	d.h.ServeHTTP(rec, r)
	return rec
}

// measure counts what a request takes once all that is kept in memory is there.
func (d *desk) measure(status int, next func() *http.Request) cost {
	d.t.Helper()
	ask := func() {
		if res := d.send(next()); res.Code != status {
			d.t.Fatalf("%d to %s: %.300s", res.Code, res.Header().Get("Location"), res.Body)
		}
	}
	ask()
	return cost{Queries: d.queries(ask), Allocations: int(testing.AllocsPerRun(20, ask))}
}

// queries counts the statements that a deed sends, the ends of transactions
// among them.
func (d *desk) queries(deed func()) int {
	var n counter
	r, w := d.w.DB.R, d.w.DB.W
	defer func() { d.w.DB.R, d.w.DB.W = r, w }()
	d.w.DB.R = r.WithQueryHook(&n)
	d.w.DB.W = d.w.DB.R
	if r != w {
		d.w.DB.W = w.WithQueryHook(&n)
	}
	deed()
	return int(n.n.Load())
}

type counter struct{ n atomic.Int64 }

// BeforeQuery counts.
func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	c.n.Add(1)
	return ctx
}

// AfterQuery has nothing to do.
func (c *counter) AfterQuery(context.Context, *bun.QueryEvent) {}
