package wire_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// throughTheAPI asks the same as compare by a program of the person: what is
// listed, found, opened and counted is what the oracle says, and nothing more.
func (o *oracle) throughTheAPI(t *testing.T, w *trial.Programs, n int, p id.ID, children, cases []id.ID) {
	t.Helper()
	if o.people[p].State != directory.Active {
		return // has no token that opens anything: see the API's own tests
	}
	if testing.Short() && n >= 15 {
		return
	}
	_, secret := w.Token(p, true)
	c := &trial.Program{T: t, URL: w.URL, Secret: secret, Lang: "en"}
	for name, x := range map[string]struct {
		action access.Action
		rows   []oracleRow
		got    map[id.ID]bool
	}{
		"children listed": {registry.ListAll, o.child, walked(t, c, "/children?limit=7")},
		"children found":  {registry.SearchAll, o.child, found(t, c)},
		"children opened": {registry.See, o.child, opened(t, c, "/children/", children)},
		"cases listed":    {casework.List, o.cases, walked(t, c, "/cases?limit=7")},
		"cases opened":    {casework.See, o.cases, opened(t, c, "/cases/", cases)},
	} {
		if expect := o.set(p, x.action, x.rows); !maps.Equal(x.got, expect) {
			t.Errorf("user %d, %s by a program: %d, by the oracle %d", n, name, len(x.got), len(expect))
		}
	}
	for path, x := range map[string]struct {
		action access.Action
		rows   []oracleRow
	}{"/children/count": {registry.ListAll, o.child}, "/cases/count": {casework.List, o.cases}} {
		var got struct{ Count int }
		if r := c.Call("GET", path, nil); r.Status == http.StatusOK {
			r.Into(t, &got)
		}
		if want := len(o.set(p, x.action, x.rows)); got.Count != want {
			t.Errorf("user %d: a program counts %d at %s, the oracle %d", n, got.Count, path, want)
		}
	}
}

// walked goes through all pages of a list.
func walked(t *testing.T, c *trial.Program, path string) map[id.ID]bool {
	t.Helper()
	out := map[id.ID]bool{}
	for at := path; at != ""; {
		var page struct {
			Items []struct{ ID id.ID }
			Next  string
		}
		r := c.Call("GET", at, nil, "Serik-Ground", "a property is proved")
		if r.Status == http.StatusForbidden {
			return out
		}
		if r.Status != http.StatusOK {
			t.Fatalf("%s: %d %s", at, r.Status, r.Body)
		}
		r.Into(t, &page)
		for _, x := range page.Items {
			if out[x.ID] {
				t.Errorf("%s twice: %s", path, x.ID)
			}
			out[x.ID] = true
		}
		if at = ""; page.Next != "" {
			at = path + "&after=" + page.Next
		}
	}
	return out
}

func found(t *testing.T, c *trial.Program) map[id.ID]bool {
	t.Helper()
	out := map[id.ID]bool{}
	for year := 2010; year < 2016; year++ {
		var page struct{ Items []struct{ ID id.ID } }
		r := c.Call("POST", "/children/search", map[string]any{"text": "Ахмтова", "year": year})
		if r.Status == http.StatusForbidden {
			return out
		}
		r.Into(t, &page)
		for _, x := range page.Items {
			out[x.ID] = true
		}
	}
	return out
}

func opened(t *testing.T, c *trial.Program, front string, keys []id.ID) map[id.ID]bool {
	t.Helper()
	out := map[id.ID]bool{}
	for _, k := range keys {
		switch r := c.Call("GET", front+k.String(), nil); r.Status {
		case http.StatusOK:
			out[k] = true
		case http.StatusForbidden:
			return out
		case http.StatusNotFound:
		default:
			t.Errorf("%s: %d %s", strings.TrimSuffix(front, "/"), r.Status, r.Body)
		}
	}
	return out
}
