package kit

import (
	"net/http"
	"net/url"
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
// one planted before is worth nothing. Before a second step the session is
// nobody's yet. It gives the page to go on with.
func (s *Site) SignedIn(q *Req, in directory.Entry, next string) (Next, error) {
	ctx := q.Context()
	if err := s.Sessions.Clear(ctx); err != nil {
		return Next{}, err
	}
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return Next{}, err
	}
	s.Sessions.Put(ctx, directory.SessionAgent, q.UserAgent())
	s.Sessions.Put(ctx, directory.SessionAddress, q.Address())
	if in.Half != "" {
		s.Sessions.Put(ctx, halfway, in.Half.String())
		s.Sessions.Put(ctx, "next", next)
		return Next{URL: "/sign-in/code"}, nil
	}
	s.Sessions.Put(ctx, directory.SessionPerson, in.Person.String())
	s.Sessions.Put(ctx, signedAt, s.Run.Now().Format(time.RFC3339))
	if in.MustChange {
		s.Sessions.Put(ctx, "must_change", true)
	}
	if in.MustEnrol {
		s.Sessions.Put(ctx, directory.SessionMustEnrol, true)
	}
	return Next{URL: next, Device: in.Device}, nil
}

const (
	halfway  = "half"
	signedAt = "signed_at"
)

// Halfway is the first step that this browser has done, and the page that was
// asked for; none when there is nothing to go on with.
func (s *Site) Halfway(q *Req) (id.ID, string) {
	return id.ID(s.Sessions.GetString(q.Context(), halfway)), local(s.Sessions.GetString(q.Context(), "next"))
}

// recent is how long after signing in a person may change the ways of signing
// in, or make a token: an unattended screen is no place to add a key of one's
// own.
const recent = 10 * time.Minute

// Recent asks who has been signed in for a while to sign in again before the
// page.
func (s *Site) Recent(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		at, err := time.Parse(time.RFC3339, s.Sessions.GetString(ctx, signedAt))
		if s.Sessions.GetString(ctx, directory.SessionPerson) == "" || err == nil && s.Run.Now().Sub(at) < recent {
			page.ServeHTTP(w, r)
			return
		}
		// Each of these addresses is a form's own: what is sent there is also shown there.
		http.Redirect(w, r, "/sign-in?again=1&next="+url.QueryEscape(r.URL.Path), http.StatusSeeOther)
	})
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

// Enrolled takes the duty to have a second factor off the session.
func (s *Site) Enrolled(q *Req) { s.Sessions.Remove(q.Context(), directory.SessionMustEnrol) }

const deviceCookie = "device"

// Device is what the browser's cookie of known devices holds.
func (q *Req) Device() string { return q.own(deviceCookie) }

// keepDevice lets the browser remember that somebody has signed in on it.
func keepDevice(w http.ResponseWriter, r *http.Request, value string) {
	if value != "" {
		setOwn(w, r, deviceCookie, value, directory.DeviceFor)
	}
}

// own is what a cookie of setOwn holds, or nothing.
func (q *Req) own(name string) string {
	if encrypted(q.Request) {
		name = ownHost + name
	}
	c, err := q.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// setOwn lets the browser keep a value for this host alone: so long, or until it
// is closed.
func setOwn(w http.ResponseWriter, r *http.Request, name, value string, long time.Duration) {
	c := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(long.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if encrypted(r) {
		c.Name, c.Secure = ownHost+c.Name, true
	}
	http.SetCookie(w, &c)
}
