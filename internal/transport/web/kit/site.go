package kit

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/alexedwards/scs/v2"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/gate"
	"serik/internal/platform/text"
)

// Section is one of the at most six entries of the main navigation: shown to
// whom the policy gives its action anywhere.
type Section struct {
	Key    string // words key
	URL    string
	Action access.Action
}

// Site is what all pages share.
type Site struct {
	Run      *act.Runner
	Gate     *gate.Gate // the way out, for webhooks
	Words    *text.Words
	Sessions *scs.SessionManager
	Sections []Section
	Log      *slog.Logger
	Meter    func(Served) // told of each request when it is over, or nil
	// Notice is a line over each page (a demo, a country still being built);
	// nil or an empty key shows none.
	Notice func() (key string, args map[string]any)
	// Front is set before the first page is served, by Face.
	front Front
	cross *http.CrossOriginProtection
	// Provider is set before the first page is served.
	Provider Provider
	// Guests may sign in to a demonstration; elsewhere there are none.
	Guests []Guest

	// Files is the store of files, which is opened after the pages; nil or none
	// takes and gives none.
	Files func() *file.Store

	presses presses
	shelf   shelf
}

// Guest is one of the invented people of a demonstration, shown on its sign-in
// page with the one password.
type Guest struct {
	Login, Password, Role string            // Role is a words key
	Place                 map[string]string // by language
}

// Screen is what a page shows; the site puts its frame around it.
type Screen struct {
	Title   Title
	Tab     bool // the title stands in the browser's tab: it never names a child
	Back    *Link
	Crumbs  []Link
	Wide    bool
	Body    templ.Component
	Status  int    // 200 unless given
	Section string // the URL of the section it belongs to
}

// Reads reads in a view and gives the screen. A form's page is asked again with
// what was typed when its deed was refused.
type Reads func(ctx context.Context, v *act.View, q *Req) (Screen, error)

// Writes writes in an act and says where to go next.
type Writes func(ctx context.Context, a *act.Act, q *Req) (Next, error)

// Next is the page after a deed, and the words key of what was done.
type Next struct {
	URL    string
	Done   string
	Warn   bool   // what was saved calls for action at once: said in red
	Device string // for the cookie of known devices, after signing in
}

// Show makes the handler of a page for people who are signed in.
func (s *Site) Show(p Reads) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if ok {
			s.again(w, q, p)
		}
	})
}

// again shows a page: with what was typed on it and refused, if the address
// names such.
func (s *Site) again(w http.ResponseWriter, q *Req, p Reads) {
	s.recall(q)
	switch {
	case q.Fault != nil:
		s.shown(w, q, p)
	case p == nil:
		s.fail(w, q, fault.Missing())
	default:
		s.show(w, q, p)
	}
}

// Do makes the handler of a POST. When the deed is refused, it leads to the
// form's page with the refusal at its fields and everything typed. A form that
// was saved before leads to what it saved.
func (s *Site) Do(form Reads, d Writes) http.Handler {
	return s.deed(form, func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if !ok || !q.read(w) {
			return
		}
		p := pressOf(q)
		defer s.presses.wait(r.Context(), p)()
		if s.saved(w, q, form, p) {
			return
		}
		if err := s.act(w, q, p, d); err != nil && !s.repeated(w, q, form, p, err) {
			s.refuse(w, q, form, err)
		}
	})
}

// act does the deed and goes on to the next page, which says what was done.
func (s *Site) act(w http.ResponseWriter, q *Req, p press, d Writes) error {
	var next Next
	err := s.Run.Do(q.Context(), q.Who, func(ctx context.Context, a *act.Act) error {
		q.bad = nil
		var err error
		next, err = d(ctx, a, q)
		return q.refusal(err)
	})
	if err != nil {
		return err
	}
	s.drop(q)
	s.keepPress(q, p, next.URL)
	said := "done"
	if next.Warn {
		said = "warned"
	}
	s.Sessions.Put(q.Context(), said, next.Done)
	http.Redirect(w, q.Request, next.URL, http.StatusSeeOther)
	return nil
}

// deed makes the handler of a POST by a person who is signed in, together with
// the page that it leads to when it is refused. Whose session has ended comes
// back to that page after signing in: what was typed there the browser keeps.
func (s *Site) deed(form Reads, post http.HandlerFunc) http.Handler {
	return deed{post: func(w http.ResponseWriter, r *http.Request) {
		if s.Sessions.GetString(r.Context(), directory.SessionPerson) == "" {
			to := "/sign-in?again=3"
			if form != nil {
				to += "&next=" + url.QueryEscape(here(r))
			}
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		post(w, r)
	}, page: func(w http.ResponseWriter, r *http.Request) {
		if q, ok := s.enter(w, r); ok {
			s.again(w, q, form)
		}
	}}
}

// Find makes the handler of a POST that changes nothing but must not put what
// was typed into an address, such as a search.
func (s *Site) Find(p Reads) http.Handler {
	return s.deed(p, func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if !ok || !q.read(w) {
			return
		}
		if to := s.keep(w, q, nil); to != "" {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return
		}
		s.show(w, q, p)
	})
}

// Keep makes the handler of a search whose answer has an address of its own:
// what was typed must not stand in it, so keep puts that into the session and
// gives the address.
func (s *Site) Keep(keep func(q *Req) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if ok && q.read(w) {
			http.Redirect(w, r, keep(q), http.StatusSeeOther)
		}
	})
}

// Open makes the handler of a page for anybody.
func (s *Site) Open(p Reads) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.again(w, s.stranger(r), p)
	})
}

func (s *Site) show(w http.ResponseWriter, q *Req, p Reads) {
	var page []byte
	status := http.StatusOK
	err := s.Run.Show(q.Context(), q.Who, func(ctx context.Context, v *act.View) error {
		sc, err := p(ctx, v, q)
		if err != nil {
			return err
		}
		if err := weigh(ctx, v, q); err != nil {
			return err
		}
		if sc.Status != 0 {
			status = sc.Status
		}
		page, err = s.render(ctx, v, q, sc)
		return err
	})
	if err != nil {
		if !s.asks(w, q, err) && !s.instead(w, q, err) {
			s.fail(w, q, err)
		}
		return
	}
	send(w, q.Request, status, page)
}

// Come makes the handler of a page for anybody that is no page: it looks at
// what was brought, such as a provider's word, and leads on; a refusal is shown
// in the place of a page.
func (s *Site) Come(do func(ctx context.Context, q *Req) (Next, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := s.stranger(r)
		next, err := do(r.Context(), q)
		if err != nil {
			s.fail(w, q, err)
			return
		}
		keepDevice(w, r, next.Device)
		http.Redirect(w, r, next.URL, http.StatusSeeOther)
	})
}

// Try makes the handler of a POST by anybody that runs its own acts, such as
// signing in.
func (s *Site) Try(form Reads, do func(ctx context.Context, q *Req) (Next, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := s.stranger(r)
		q.private = true
		if !q.read(w) {
			return
		}
		next, err := do(r.Context(), q)
		if err == nil {
			keepDevice(w, r, next.Device)
			http.Redirect(w, r, next.URL, http.StatusSeeOther)
			return
		}
		s.refuse(w, q, form, err)
	})
}
