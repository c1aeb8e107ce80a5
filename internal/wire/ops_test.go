package wire_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/cli/ops"
	"serik/internal/wire/trial"
)

// ask asks the address of operations.
func ask(d *ops.Door, path string) (int, string) {
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

var (
	identifiers = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	labelled    = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

// measured: after everything that was driven, the measures name nobody, hold no
// identifier, and their labels are the few that the house knows.
func measured(t *testing.T, d *trial.Door, s stand) {
	t.Helper()
	code, all := ask(d.Ops, "/metrics")
	if code != http.StatusOK {
		t.Fatalf("/metrics: %d %.200s", code, all)
	}
	unplanted(t, "the measures", all, s.iin)
	if m := identifiers.FindString(all); m != "" {
		t.Errorf("the measures hold the identifier %s", m)
	}
	patterns := map[string]bool{"none": true, "/static/": true, "/children/{id}/{step}": true} // the last stands behind Mux.Instead
	for _, p := range routes(t, d.World) {
		_, path, ok := strings.Cut(p, " ")
		if !ok {
			path = p
		}
		patterns[path] = true
	}
	seen := map[string]map[string]bool{}
	for line := range strings.Lines(all) {
		if !strings.HasPrefix(line, "serik_") {
			continue
		}
		name, _, _ := strings.Cut(line, "{")
		name, _, _ = strings.Cut(name, " ")
		seen[name] = map[string]bool{}
		for _, l := range labelled.FindAllStringSubmatch(line, -1) {
			if l[1] == "route" && !patterns[l[2]] {
				t.Errorf("the route %q is no pattern", l[2])
			}
			if !slices.Contains([]string{"route", "method", "status", "sort", "outcome", "kind", "state", "le"}, l[1]) {
				t.Errorf("the label %s is not known", l[1])
			}
			seen[name][l[2]] = true
		}
	}
	for _, want := range []string{"serik_http_requests_total", "serik_http_request_seconds_count", "serik_deed_seconds_count", "serik_db_retries_total",
		"serik_jobs", "serik_audit_unsealed", "serik_audit_unsealed_seconds", "serik_db_up"} {
		if seen[want] == nil {
			t.Errorf("%s is not measured; there are %v", want, slices.Sorted(maps.Keys(seen)))
		}
	}
	for _, want := range []string{"go_goroutines", `go_sql_open_connections{db_name="write"}`} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not measured", want)
		}
	}
}

// logged: a line for each request, of the allowed keys alone, its route a
// pattern, its person an identifier.
func logged(t *testing.T, d *trial.Door) {
	t.Helper()
	keys := []string{"time", "level", "msg", "request", "method", "route", "status", "ms", "person", "error", "at", "what", "task", "kind", "job"}
	requests, people := 0, 0
	for line := range strings.Lines(d.Log.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for k := range l {
			if !slices.Contains(keys, k) {
				t.Errorf("the key %s in %s", k, line)
			}
		}
		if l["msg"] != "request" {
			continue
		}
		requests++
		if _, err := id.Parse(l["request"].(string)); err != nil {
			t.Errorf("the request's own identifier: %s", line)
		}
		if p, ok := l["person"]; ok {
			people++
			if _, err := id.Parse(p.(string)); err != nil {
				t.Errorf("the person: %s", line)
			}
		}
		if route := l["route"].(string); identifiers.MatchString(route) {
			t.Errorf("the route: %s", line)
		}
	}
	if asked := strings.Count(d.Trail.String(), "GET ") + strings.Count(d.Trail.String(), "POST "); requests < 100 || people < 50 || requests > asked {
		t.Errorf("%d lines, %d of people, for %d requests", requests, people, asked)
	}
}

// A request says its identifier in the answer, and the log the same; what a
// client sends instead of a method becomes a word of ours.
func TestRequestLine(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	b := d.SignIn("secretary@lake", text.RU)
	r, err := http.NewRequest(plantedGiven[:3], d.URL+"/cases/"+id.New().String(), nil)
	if err == nil {
		_, _ = b.Send(r)
	}
	r, err = http.NewRequest(http.MethodGet, d.URL+"/cases/"+id.New().String()+"?name="+plantedFamily, nil)
	must(t, err)
	a, head := b.Send(r)
	if a.Status != http.StatusNotFound {
		t.Errorf("%d", a.Status)
	}
	var last map[string]any
	lines := strings.Split(strings.TrimSpace(d.Log.String()), "\n")
	must(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
	if last["request"] != head.Get("X-Request-Id") || last["route"] != "/cases/{id}" || last["status"] != float64(404) || last["person"] != trial.Person("secretary@lake").String() {
		t.Errorf("%v for %s", last, head.Get("X-Request-Id"))
	}
	unplanted(t, "the log", d.Log.String())
}

// A house is ready when all is well, and says which thing is not.
func TestReadiness(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	wrong := func() map[string]string {
		t.Helper()
		code, body := ask(d.Ops, "/readyz")
		var r ops.Readiness
		must(t, json.Unmarshal([]byte(body), &r))
		if r.Ready != (code == http.StatusOK) {
			t.Errorf("%d and %v", code, r.Ready)
		}
		maps.DeleteFunc(r.Checks, func(_, v string) bool { return v == "ok" })
		return r.Checks
	}
	if x := wrong(); len(x) != 1 || x["queue"] == "" {
		t.Errorf("before the start: %v", x)
	}
	must(t, w.Queue.Start(t.Context()))
	if x := wrong(); len(x) != 0 {
		t.Errorf("started: %v", x)
	}
	w.Set(trial.Start.Add(time.Hour))
	w.Must("secretary@lake", func(_ context.Context, a *act.Act) error {
		a.Record("test", act.On{Noun: "test"}, nil)
		return nil
	})
	w.Pass(61 * time.Second)
	if x := wrong(); len(x) != 1 || x["unsealed"] == "" {
		t.Errorf("unsealed for 61 s: %v", x)
	}
	sealer, err := w.Sealer(t.TempDir())
	must(t, err)
	_, err = sealer.Seal(t.Context(), w.Now())
	must(t, err)
	if x := wrong(); len(x) != 0 {
		t.Errorf("sealed: %v", x)
	}
	must(t, w.Queue.Stop(t.Context()))
	_, err = w.DB.W.ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id = 6")
	must(t, err)
	if x := wrong(); len(x) != 2 || x["migrations"] == "" {
		t.Errorf("a migration is missing: %v", x)
	}
	must(t, w.DB.Close())
	if x := wrong(); x["database"] == "" {
		t.Errorf("the database is gone: %v", x)
	}
	if code, _ := ask(d.Ops, "/healthz"); code != http.StatusOK {
		t.Errorf("the process lives: %d", code)
	}
	if code, body := ask(d.Ops, "/metrics"); code != http.StatusOK || !strings.Contains(body, "serik_db_up 0") {
		t.Errorf("measures without a database: %d", code)
	}
	d.Ops.Leave()
	if x := wrong(); x["serving"] == "" {
		t.Errorf("about to end: %v", x)
	}
}
