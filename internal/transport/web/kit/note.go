package kit

import (
	"context"
	"net/http"
	"strings"
	"time"

	"serik/internal/platform/id"
)

// Served is what is told of a request for measuring: the pattern of its page,
// never its address.
type Served struct {
	Route  string // such as "/cases/{id}"; "" for one that reached no page
	Method string
	Status int
	Took   time.Duration
}

// note is what the line of a request is made of, filled while it is served.
type note struct {
	id     id.ID
	route  string
	person string // the opaque identifier of who is signed in
}

type noteKey struct{}

// noteOf is the note of a request; one that no guard has begun has an empty one.
func noteOf(r *http.Request) *note {
	if n, ok := r.Context().Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

// routed notes the pattern that answered, without its method.
func (n *note) routed(pattern string) {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = path
	}
	n.route = pattern
}

// Logged is a door beside the pages under the same log and the same measures;
// broke answers for it when it panics.
func (s *Site) Logged(next http.Handler, broke http.HandlerFunc) http.Handler {
	return s.logged(s.caught("api panicked", next, broke))
}

// Note says which pattern answers such a door's request and who asks; what is
// empty is not known yet.
func (s *Site) Note(r *http.Request, pattern, person string) {
	n := noteOf(r)
	if pattern != "" {
		n.routed(pattern)
	}
	if person != "" {
		n.person = person
	}
}

// logged writes one line a request into the log, and tells the meter. The
// request's own identifier stands in the line, in the answer's X-Request-Id and
// in the line of an error; what the client calls itself is not taken over.
func (s *Site) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		n := &note{id: id.New()}
		w.Header().Set("X-Request-Id", n.id.String())
		a := &answered{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			took := time.Since(began)
			args := []any{"request", n.id.String(), "method", Method(r.Method), "route", n.route, "status", a.status, "ms", took.Milliseconds()}
			if n.person != "" {
				args = append(args, "person", n.person)
			}
			s.Log.Info("request", args...)
			if s.Meter != nil {
				s.Meter(Served{Route: n.route, Method: Method(r.Method), Status: a.status, Took: took})
			}
		}()
		next.ServeHTTP(a, r.WithContext(context.WithValue(r.Context(), noteKey{}, n)))
	})
}

// Method is a method that pages know, or "other": a client may send any word.
func Method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// answered remembers the status.
type answered struct {
	http.ResponseWriter
	status int
	begun  bool
}

// WriteHeader notes the first status that is final.
func (a *answered) WriteHeader(code int) {
	if !a.begun && code >= 200 {
		a.status, a.begun = code, true
	}
	a.ResponseWriter.WriteHeader(code)
}

// Write begins the answer.
func (a *answered) Write(p []byte) (int, error) {
	a.begun = true
	return a.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }
