package api_test

import (
	"net/http"
	"strings"
	"testing"

	"serik/internal/wire/trial"
)

// What is past its years is listed, asked for by one person and agreed to by
// another; then its content is gone.
func TestErasureByTwoPrograms(t *testing.T) {
	t.Parallel()
	w := serve(t)
	office := w.As("secretary@lake")
	child := office.Made("POST", "/children", m{"territory": trial.Lake, "particulars": particulars("Айгүл")})
	file := office.Made("POST", "/children/"+child+"/cases", m{"problems": []string{"neglect"}, "risk": "medium", "reason": "she is alone at night"})
	office.Made("POST", "/cases/"+file+"/end", m{"kind": "moved_abroad", "reason": "the family left", "safety": "the embassy was asked"}, "If-Match", office.ETag("/cases/"+file))
	w.Set(trial.Start.AddDate(20, 0, 0))
	data, chair := w.As("data@north"), w.As("chair@lake")
	if r := data.Call("GET", "/erasures/due?limit=10", nil); !strings.Contains(r.Body, file) {
		t.Fatalf("not due: %d %s", r.Status, r.Body)
	}
	asked := data.Made("POST", "/erasures", m{"noun": "case", "subject": file, "reason": "the years are over"})
	for who, want := range map[string]int{"data@north": http.StatusConflict, "secretary@lake": http.StatusForbidden} {
		if r := w.As(who).Call("POST", "/erasures/"+asked+"/answer", m{"agree": true, "reason": "looked at it"}); r.Status != want {
			t.Errorf("%s answers: %d %s", who, r.Status, r.Body)
		}
	}
	chair.Made("POST", "/erasures/"+asked+"/answer", m{"agree": true, "reason": "looked at it"})
	var one struct{ State string }
	chair.Call("GET", "/erasures/"+asked, nil).Into(t, &one)
	if one.State != "done" || !strings.Contains(data.Call("GET", "/erasures", nil).Body, asked) {
		t.Errorf("state %q", one.State)
	}
	if r := w.As("secretary@lake").Call("GET", "/cases/"+file, nil); r.Status != http.StatusNotFound {
		t.Errorf("erased and still seen: %d", r.Status)
	}
}
