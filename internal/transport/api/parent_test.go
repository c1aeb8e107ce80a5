package api_test

import (
	"net/http"
	"testing"

	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// An address whose person is not that of the absence or of the case is nowhere.
func TestTheParentOfAnAddressCounts(t *testing.T) {
	t.Parallel()
	w := serve(t)
	s := stage(t, w)
	p := w.As("secretary@lake")
	for person, end := range map[string]string{"curator3@lake": "/absences/" + s.places["absence"] + "/end", "curator2@lake": "/deputies/" + s.places["case"] + "/end"} {
		r := p.Call("POST", "/curators/"+trial.Person(person).String()+end, nil)
		nowhere := p.Call("POST", "/curators/"+id.New().String()+end, nil)
		if r.Status != http.StatusNotFound || r.Body != nowhere.Body {
			t.Errorf("%s: %d %s, nowhere %s", end, r.Status, r.Body, nowhere.Body)
		}
	}
	at := "/cases/" + s.places["case"]
	lower := p.Made("POST", at+"/risks", m{"level": "low", "reason": "she sleeps at home now"}, "If-Match", p.ETag(at))
	chair, body := w.As("chair@lake"), m{"agree": false, "reason": "too early to say"}
	if r := chair.Call("POST", "/cases/"+id.New().String()+"/risks/"+lower+"/second", body); r.Status != http.StatusNotFound {
		t.Errorf("a change of another case: %d %s", r.Status, r.Body)
	}
	if r := chair.Call("POST", at+"/risks/"+lower+"/second", body); r.Status == http.StatusNotFound {
		t.Errorf("a change of the case: %d %s", r.Status, r.Body)
	}
	if r := p.Call("POST", "/curators/"+trial.Person("curator2@lake").String()+"/absences/"+s.places["absence"]+"/end", nil); r.Status != http.StatusOK {
		t.Errorf("their own: %d %s", r.Status, r.Body)
	}
}

// An address that knows other methods names them, whether or not its row is
// there; one that knows none is nowhere.
func TestAnotherMethodIsNamed(t *testing.T) {
	t.Parallel()
	w := serve(t)
	s := stage(t, w)
	p := w.As("secretary@lake")
	for _, tc := range []struct {
		method, path, allow string
		status              int
	}{
		{"DELETE", "/cases/" + s.places["case"], "GET", http.StatusMethodNotAllowed},
		{"DELETE", "/cases/" + id.New().String(), "GET", http.StatusMethodNotAllowed},
		{"PATCH", "/signals", "GET, POST", http.StatusMethodNotAllowed},
		{"GET", "/cases/" + s.places["case"] + "/plan", "PUT", http.StatusMethodNotAllowed},
		{"DELETE", "/houses", "", http.StatusNotFound},
	} {
		r := p.Call(tc.method, tc.path, nil)
		if r.Status != tc.status || r.Head.Get("Allow") != tc.allow {
			t.Errorf("%s %s: %d, Allow %q, %s", tc.method, tc.path, r.Status, r.Head.Get("Allow"), r.Body)
		}
	}
}
