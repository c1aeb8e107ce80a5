package kit

import (
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
)

// NewSessions makes the sessions of the site over the database. Whether their
// cookie is for encrypted ways only follows from the way of each request.
func NewSessions(r *act.Runner) *scs.SessionManager {
	m := scs.New()
	m.Store = directory.NewStore(r)
	m.Codec = directory.Codec{}
	m.Lifetime = 7 * 24 * time.Hour // longer than any norm: the store ends sessions itself
	m.Cookie.Name = "serik"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	return m
}

// overTLS are the same sessions with a cookie that travels encrypted only and
// that no other host of the domain can set.
func overTLS(m *scs.SessionManager) *scs.SessionManager {
	sealed := *m
	sealed.Cookie.Name = ownHost + m.Cookie.Name
	sealed.Cookie.Secure = true
	sealed.Cookie.Path = "/"
	sealed.Cookie.Domain = ""
	return &sealed
}

// ownHost begins the name of a cookie that browsers take only encrypted, from
// the very host and for all of it.
const ownHost = "__Host-"

// SignedIn starts a fresh session for a person: nothing that the browser's
// former person sought or was told stays in it, and the token changes, so that
// one planted before is worth nothing.
func (s *Site) SignedIn(q *Req, person id.ID, mustChange bool) error {
	ctx := q.Context()
	if err := s.Sessions.Clear(ctx); err != nil {
		return err
	}
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.Sessions.Put(ctx, directory.SessionPerson, person.String())
	s.Sessions.Put(ctx, directory.SessionAgent, q.UserAgent())
	s.Sessions.Put(ctx, directory.SessionAddress, q.Address())
	if mustChange {
		s.Sessions.Put(ctx, "must_change", true)
	}
	return nil
}

// SignOut ends the session.
func (s *Site) SignOut() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.Sessions.Destroy(r.Context()); err != nil {
			s.fail(w, s.stranger(r), err)
			return
		}
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	})
}

// SessionID is the identifier of the request's own session.
func (s *Site) SessionID(q *Req) id.ID {
	return directory.SessionID(s.Sessions.Token(q.Context()))
}

// Changed takes the duty to change the password off the session.
func (s *Site) Changed(q *Req) { s.Sessions.Remove(q.Context(), "must_change") }

const deviceCookie = "device"

// Device is what the browser's cookie of known devices holds.
func (q *Req) Device() string {
	name := deviceCookie
	if encrypted(q.Request) {
		name = ownHost + name
	}
	c, err := q.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// keepDevice lets the browser remember that somebody has signed in on it.
func keepDevice(w http.ResponseWriter, r *http.Request, value string) {
	if value == "" {
		return
	}
	c := http.Cookie{Name: deviceCookie, Value: value, Path: "/", MaxAge: int(directory.DeviceFor.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if encrypted(r) {
		c.Name, c.Secure = ownHost+c.Name, true
	}
	http.SetCookie(w, &c)
}
