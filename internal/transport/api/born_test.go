package api_test

import (
	"net/http"
	"strings"
	"testing"

	"serik/internal/wire/trial"
)

// By the API too a file opens with the year alone and says so; a degree that is
// none is refused. A case bears what was answered about the child's safety.
func TestBornAndSafetyTravel(t *testing.T) {
	t.Parallel()
	w := serve(t)
	office := w.As("secretary@lake")
	p := particulars("Айгүл")
	p["born"], p["born_known"] = "2014-01-01", "year"
	child := office.Made("POST", "/children", m{"territory": trial.Lake, "particulars": p, "distinct": true})
	if r := office.Call("GET", "/children/"+child, nil); !strings.Contains(string(r.Body), `"born":"2014-12-31","born_known":"year"`) {
		t.Errorf("the file: %s", r.Body)
	}
	p["born_known"] = "roughly"
	if r := office.Call("POST", "/children", m{"territory": trial.Lake, "particulars": p}); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown degree: %d", r.Status)
	}
	message := office.Made("POST", "/signals", m{"territory": trial.Lake, "channel": "phone", "received_at": "2026-03-03T04:00:00Z", "what": "what was heard",
		"how_known": "the teacher saw it", "kind": "neglect", "child": child, "reporter_kind": "school"})
	at := safe(office, message)
	office.Made("POST", at+"/kind", m{"kind": "neglect"}, "If-Match", office.ETag(at))
	file := office.Made("POST", at+"/case", m{"child": child, "problems": []string{"neglect"}, "risk": "low", "reason": "she is alone"}, "If-Match", office.ETag(at))
	r := office.Call("GET", "/cases/"+file, nil)
	for _, want := range []string{`"with_whom":"with the teacher"`, `"feared_near":"no"`, `"role":"secretary"`, message} {
		if !strings.Contains(string(r.Body), want) {
			t.Errorf("the case lacks %s: %s", want, r.Body)
		}
	}
}
