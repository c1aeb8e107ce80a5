package kit

import (
	"errors"
	"net/http"
	"runtime/debug"
	"strings"

	"serik/internal/platform/fault"
)

// policy allows nothing from elsewhere and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// errPanic: a page panicked; the log has the place.
var errPanic = errors.New("panic")

// Guard puts the headers of safety on each answer, refuses posts from other
// sites and longer ones than a form or a file, loads and saves the session, and answers
// for a page that panicked.
func (s *Site) Guard(next http.Handler) http.Handler {
	s.cross = http.NewCrossOriginProtection()
	s.Sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { s.fail(w, s.stranger(r), err) }
	page := s.caught("page panicked", s.routed(next), func(w http.ResponseWriter, r *http.Request) { s.fail(w, s.stranger(r), errPanic) })
	open := s.cross.Handler(s.Sessions.LoadAndSave(page))
	sealed := s.cross.Handler(overTLS(s.Sessions).LoadAndSave(page))
	return s.logged(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = s.front.meet(r)
		inner := open
		h := w.Header()
		if encrypted(r) {
			inner = sealed
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if strings.HasPrefix(r.URL.Path, "/static/") {
			noteOf(r).routed("/static/")
			Assets().ServeHTTP(w, r)
			return
		}
		most := int64(maxForm)
		if isUpload(r) {
			most = maxUpload
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		inner.ServeHTTP(w, r)
	}))
}

// Face says how the site stands towards the network; it is called before the
// first page is served. A form from the site's own public address is our own,
// whatever name the proxy asks us by.
func (s *Site) Face(f Front) error {
	if f.Public != "" {
		if err := s.cross.AddTrustedOrigin(f.Public); err != nil {
			return err
		}
	}
	s.front = f
	return nil
}

// routed notes the pattern that answers a page, panic or none.
func (s *Site) routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { noteOf(r).routed(r.Pattern) }()
		next.ServeHTTP(w, r)
	})
}

// caught lets broke answer for a handler that panicked. What was panicked with
// may quote a person and is written nowhere; the place is. ErrAbortHandler is
// no fault of a handler's but its way to have the server break the connection
// off, and goes on up to it.
func (s *Site) caught(said string, next http.Handler, broke http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				s.Log.Error(said, "request", noteOf(r).id.String(), "route", noteOf(r).route, "at", string(debug.Stack()))
				broke(w, r)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// NotFound is the page of an unknown address.
func (s *Site) NotFound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, s.stranger(r), fault.Missing())
	})
}
