package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"serik/internal/platform/text"
	"serik/words"
)

// A door that breaks while it is put together answers each request as broken,
// under the log of the house, and the pages go on.
func TestABrokenDoorIsTold(t *testing.T) {
	t.Parallel()
	w, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	caught := 0
	s := Service{Words: w, Logged: func(h http.Handler, broke http.HandlerFunc) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					caught++
					broke(w, r)
				}
			}()
			h.ServeHTTP(w, r)
		})
	}}
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	h := doorway(s, pages, func(Service) http.Handler { panic("two operations of one name") })
	ask := func(path string) *httptest.ResponseRecorder {
		out := httptest.NewRecorder()
		h.ServeHTTP(out, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		return out
	}
	for range 2 {
		if r := ask(base + "/children"); r.Code != http.StatusInternalServerError || !strings.Contains(r.Body.String(), "fault.internal") {
			t.Errorf("%d %s", r.Code, r.Body)
		}
	}
	if r := ask("/children"); r.Code != http.StatusNoContent || caught != 2 {
		t.Errorf("a page: %d; %d were caught", r.Code, caught)
	}
}
