package wire_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"serik/internal/platform/db"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

var wildcard = regexp.MustCompile(`\{([a-z]+)\}`)

// ids are what may stand for a wildcard of a pattern, by the section and the
// wildcard's name.
func (s stand) ids(pattern string) map[string][]string {
	section, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
	if strings.HasPrefix(pattern, "/admin/") {
		section = strings.Split(pattern, "/")[2]
	}
	first := map[string][]string{
		"cases": str(s.walked, s.offered), "uncovered": str(s.walked, s.offered), "messages": str(s.fresh, s.checked), "children": str(s.child, s.sibling),
		"measures": str(s.measure), "people": str(trial.Person(s.who("curator1"))), "account": str(id.Derive(1, "session", 0, trial.Start)), "agencies": str(trial.Agency("school@" + s.place)),
		"webhooks": str(s.hook), "erasures": str(s.child),
	}
	return map[string][]string{
		"id": first[section], "child": str(s.sibling), "adult": str(s.adult), "relation": str(s.relation),
		"grant": str(id.Derive(1, "grant."+s.who("curator1"), 0, trial.Start)), "key": {"case.plan_days"}, "case": str(s.walked),
		"noun": {"case"}, "subject": str(s.walked), "file": str(s.file), "measure": str(s.measure), "person": str(trial.Person(s.who("curator1"))),
	}
}

func str(all ...id.ID) []string {
	var out []string
	for _, x := range all {
		out = append(out, x.String())
	}
	return out
}

// addresses fills a pattern with the ids of a stand.
func (s stand) addresses(t *testing.T, pattern string) []string {
	t.Helper()
	out := []string{pattern}
	for _, w := range wildcard.FindAllStringSubmatch(pattern, -1) {
		values := s.ids(pattern)[w[1]]
		if len(values) == 0 && w[1] == "id" {
			t.Errorf("%s: say what may stand for %s", pattern, w[0])
			return nil
		}
		if len(values) == 0 {
			values = str(id.New())
		}
		var next []string
		for _, o := range out {
			for _, v := range values {
				next = append(next, strings.Replace(o, w[0], v, 1))
			}
		}
		out = next
	}
	return out
}

// filled replaces each wildcard by one value.
func filled(pattern, value string) string {
	return wildcard.ReplaceAllString(strings.ReplaceAll(pattern, "{noun}", "case"), value)
}

// callers are who knock at the doors: each role, and of the other districts
// those who might see too much. A short run has a few of them.
func callers() []string {
	if testing.Short() {
		return []string{"secretary@lake", "curator2@lake", "executor@lake", "secretary@steppe", "regional@south", "analyst"}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(trial.Cast())), func(name string) bool {
		role, place, _ := strings.Cut(name, "@")
		return role == "secretary2" || place == "steppe" || place == "river" && !slices.Contains([]string{"secretary", "curator1"}, role)
	})
}

// Unknown and forbidden look alike, byte by byte; a role without the action is
// refused; nothing breaks: each page and each person, with a row of their own,
// of another district, of nobody, and with nonsense.
func TestRowsThroughTheDoors(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	stands := []stand{furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)}
	all := routes(t, w)
	plain, rows := under(all, "GET")
	for _, name := range callers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := w.Browse(name, text.RU)
			for _, p := range plain {
				if a := b.Get(p); a.Status >= 500 {
					t.Errorf("%s: %d", p, a.Status)
				}
			}
			for _, p := range rows {
				rowsOf(t, b, name, p, stands)
			}
		})
	}
}

// rowsOf opens one page with rows of both stands and compares what is refused
// with what was never there.
func rowsOf(t *testing.T, b *trial.Browser, name, pattern string, stands []stand) {
	t.Helper()
	if public(pattern) {
		return
	}
	none, odd := b.Get(filled(pattern, id.New().String())), b.Get(filled(pattern, "x"))
	if none.Status != http.StatusNotFound && none.Status != http.StatusForbidden {
		t.Errorf("%s: of nobody: %d", pattern, none.Status)
	}
	if odd.Status != http.StatusNotFound && odd.Status != http.StatusForbidden {
		t.Errorf("%s: nonsense: %d", pattern, odd.Status)
	}
	for _, s := range stands {
		for _, path := range s.addresses(t, pattern) {
			a := b.Get(path)
			shown := a.Status != http.StatusNotFound && a.Status != http.StatusForbidden
			switch {
			case a.Status >= 500:
				t.Errorf("%s: %d", pattern, a.Status)
			case shown && !s.knows(name):
				t.Errorf("%s: %s opens a row of %s: %d", pattern, name, s.place, a.Status)
			case shown && outsider(name):
				t.Errorf("%s: %s, to whom nothing was entrusted, opens a row: %d", pattern, name, a.Status)
			case !shown && (a.Status != none.Status || a.Body != none.Body) && b.Get(front(path)).Status != http.StatusOK:
				t.Errorf("%s: forbidden %d and unknown %d differ", pattern, a.Status, none.Status)
			}
		}
	}
}

// public tells that the rows of a pattern are for everybody: norms.
func public(pattern string) bool { return strings.Contains(pattern, "{key}") }

// front is the page of the row itself, without the step: who may open it may
// be told that a step is not theirs.
func front(path string) string {
	parts := strings.Split(path, "/")
	i := slices.IndexFunc(parts, func(x string) bool { return len(x) == len(id.New()) })
	return strings.Join(parts[:i+1], "/")
}

// outsider tells that the person's role shows single rows only of what was
// entrusted, and that nothing was.
func outsider(name string) bool {
	role, _, _ := strings.Cut(name, "@")
	return slices.Contains([]string{"curator3", "analyst"}, role)
}

// Signed out, each page leads to the page of signing in.
func TestSignedOutSeesTheSignInPage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	d := w.Serve()
	b := d.Visit(text.KK)
	all := routes(t, w)
	for _, method := range []string{"GET", "POST"} {
		plain, rows := under(all, method)
		for _, p := range rows {
			plain = append(plain, s.addresses(t, p)...)
		}
		for _, p := range plain {
			if p == "/sign-in" || p == "/lang" || p == "/admin" {
				continue
			}
			r, err := http.NewRequestWithContext(t.Context(), method, d.URL+p, nil)
			if err != nil {
				t.Fatal(err)
			}
			a, head := b.Send(r)
			to, _, _ := strings.Cut(head.Get("Location"), "?")
			if a.Status != http.StatusSeeOther || to != "/sign-in" {
				t.Errorf("%s %s: %d to %q", method, p, a.Status, head.Get("Location"))
			}
		}
	}
}

// An empty form breaks nothing, and whoever may not changes nothing.
func TestEmptyForms(t *testing.T) {
	long(t)
	t.Parallel()
	w := trial.New(t)
	stands := []stand{furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)}
	all := routes(t, w)
	_, rows := under(all, "POST")
	for _, name := range callers() {
		t.Run(name, func(t *testing.T) {
			b := w.Browse(name, text.KK)
			before := digest(t, w)
			for _, p := range rows {
				if !emptyForms(t, b, name, p, stands) {
					before = digest(t, w)
				}
			}
			if digest(t, w) != before {
				t.Error("all was refused, yet something has changed")
			}
		})
	}
}

// emptyForms sends empty forms to one address with every row; it tells whether
// all were refused.
func emptyForms(t *testing.T, b *trial.Browser, name, pattern string, stands []stand) bool {
	t.Helper()
	refused := true
	post := func(path string) trial.Answer {
		a, _ := b.Push(path, url.Values{})
		if a.Status >= 500 {
			t.Errorf("%s: %d", pattern, a.Status)
		}
		sound(t, pattern, a.Body)
		refused = refused && a.Status >= 400
		return a
	}
	none := post(filled(pattern, id.New().String()))
	post(filled(pattern, "x"))
	for _, s := range stands {
		for _, path := range s.addresses(t, pattern) {
			a := post(path)
			done := a.Status < 400
			if done && !public(pattern) && (!s.knows(name) || outsider(name)) {
				t.Errorf("%s: %s does something in %s: %d", pattern, name, s.place, a.Status)
			}
			if !public(pattern) && (!s.knows(name) || outsider(name)) && (a.Status != none.Status || a.Body != none.Body) {
				t.Errorf("%s: forbidden %d and unknown %d differ", pattern, a.Status, none.Status)
			}
		}
	}
	return refused
}

// digest is a fingerprint of everything that is kept, looks aside.
func digest(t *testing.T, w *trial.World) string {
	t.Helper()
	h := sha256.New()
	for _, table := range tables(t, w) {
		q := "SELECT * FROM " + table
		switch table {
		case "audit":
			q += " WHERE verb <> 'look'"
		case "audit_detail":
			q = "SELECT d.* FROM audit_detail AS d JOIN audit AS a ON a.id = d.audit WHERE a.verb <> 'look'"
		}
		for _, line := range dump(t, w, q) {
			fmt.Fprintln(h, table, line)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// tables lists the tables of the world.
func tables(t *testing.T, w *trial.World) []string {
	t.Helper()
	q := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if w.DB.Engine == db.Postgres {
		q = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
	}
	return dump(t, w, q)
}

// dump gives the rows of a query as text, sorted.
func dump(t *testing.T, w *trial.World, query string) []string {
	t.Helper()
	var rows []map[string]any
	if err := w.DB.R.NewRaw(query).Scan(context.WithoutCancel(t.Context()), &rows); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		var line []string
		for _, k := range slices.Sorted(maps.Keys(r)) {
			if len(r) == 1 {
				line = append(line, fmt.Sprintf("%s", r[k]))
				continue
			}
			line = append(line, fmt.Sprintf("%s=%s", k, r[k]))
		}
		out = append(out, strings.Join(line, " "))
	}
	slices.Sort(out)
	return out
}
