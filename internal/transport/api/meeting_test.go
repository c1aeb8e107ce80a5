package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// Practice rule 9: the executor learns who is unsafe by relation and given name;
// the child's family name stands nowhere in what the executor is told.
func TestAnExecutorLearnsNoFamilyName(t *testing.T) {
	t.Parallel()
	w := serve(t)
	s := stage(t, w)
	w.As("secretary@lake").Made("POST", "/children/"+s.places["child"]+"/unsafe/"+s.places["adult"], m{"ground": "suspected", "reason": "as the teacher told"})
	r := w.As("executor@lake").Call("GET", "/measures/"+s.places["measure"], nil)
	if r.Status != http.StatusOK || !strings.Contains(r.Body, "mother (Гүлнар А.)") || strings.Contains(r.Body, particulars("")["family"].(string)) || strings.Contains(r.Body, "Ахметова") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}
