package kit

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/journal"
	"serik/internal/platform/name"
	"serik/internal/platform/notify"
	"serik/internal/platform/text"
)

// render draws a whole page into memory.
func (s *Site) render(ctx context.Context, v *act.View, q *Req, sc Screen) ([]byte, error) {
	f := s.frame(q, sc)
	who := v.Actor()
	if !who.Machine {
		if err := s.header(ctx, v, q, &f); err != nil {
			return nil, err
		}
		for _, x := range s.Sections {
			if s.Run.Policy().May(who, x.Action) {
				f.Sections = append(f.Sections, Link{Text: q.T.T(x.Key), URL: x.URL, Current: x.URL == sc.Section})
			}
		}
		if !q.lost { // what was done is said on a page of its own
			f.Banner = s.banner(q)
		}
	}
	return draw(ctx, f, sc.Body)
}

// banner is what the last deed left to say, said once.
func (s *Site) banner(q *Req) *Banner {
	why, done := s.toldHere(q), s.Sessions.PopString(q.Context(), "done")
	warned, said := s.Sessions.PopString(q.Context(), "warned"), s.Sessions.PopString(q.Context(), "said")
	switch {
	case said != "":
		return &Banner{Success: true, Text: said}
	case warned != "":
		return &Banner{Danger: true, Text: q.T.T(warned)}
	case done != "":
		return &Banner{Success: true, Text: q.T.T(done)}
	case why != "":
		return &Banner{Text: why}
	}
	return nil
}

func draw(ctx context.Context, f Frame, body templ.Component) ([]byte, error) {
	if body == nil {
		body = templ.NopComponent
	}
	if len(f.Errors) > 1 { // their order is that of the fields as they are drawn
		var inner bytes.Buffer
		if err := Part(f.Labels, body).Render(ctx, &inner); err != nil {
			return nil, err
		}
		f.Errors, body = inOrder(f.Errors, inner.String()), templ.Raw(inner.String())
	}
	var b bytes.Buffer
	if err := Page(f).Render(templ.WithChildren(ctx, body), &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// inOrder puts the lines of the error summary in the order in which their fields
// stand on the drawn page; a line without a field there comes last.
func inOrder(all []FieldError, page string) []FieldError {
	at := func(e FieldError) int {
		if i := strings.Index(page, ` id="`+templ.EscapeString(e.ID)+`"`); i >= 0 && e.ID != "" {
			return i
		}
		return len(page)
	}
	slices.SortStableFunc(all, func(a, b FieldError) int { return at(a) - at(b) })
	return all
}

// frame is everything around a page that does not depend on who looks.
func (s *Site) frame(q *Req, sc Screen) Frame {
	t := q.T
	f := Frame{Lang: string(t.Lang()), Labels: labelsOf(t), Document: t.T("kit.document"), Title: sc.Title,
		Back: sc.Back, Crumbs: sc.Crumbs, Wide: sc.Wide,
		Header: Header{Home: "/", LangURL: "/lang", Here: q.URL.Path},
		Footer: Footer{Lines: []string{t.T("kit.footer_unverified")}}}
	for _, l := range text.Langs() {
		in := s.Words.In(l)
		f.Header.Tongues = append(f.Header.Tongues, Tongue{Code: string(l), Text: in.T("kit.tongue"), Name: in.T("kit.tongue_name"), Current: l == t.Lang()})
	}
	switch {
	case q.Method != http.MethodGet, q.lost:
		f.Header.Here = "/"
	case q.kept != "":
		f.Header.Here += "?" + url.Values{keptIn: {q.kept}}.Encode()
	}
	if s.Notice != nil {
		if key, args := s.Notice(); key != "" {
			f.Notice = &Notice{Text: t.T(key, args), Level: Wait}
		}
	}
	if sc.Tab {
		f.Document = sc.Title.Text
	}
	if q.Fault != nil {
		f.Errors = q.wrongs()
		if len(f.Errors) == 0 {
			f.Errors = append(f.Errors, FieldError{Text: t.Fault(q.Fault)})
		}
	}
	return f
}

// header names the person, the place and the role.
func (s *Site) header(ctx context.Context, v *act.View, q *Req, f *Frame) error {
	who := v.Actor()
	var p struct {
		Family, Given, Place string
		Unread               int
	}
	ask := v.DB().NewSelect().TableExpr("person AS p").ColumnExpr("p.family, p.given, (?) AS unread", notify.CountUnread(v)).Where("p.id = ?", who.Person)
	if len(who.Grants) > 0 {
		ask = ask.ColumnExpr("(SELECT ? FROM territory AS t WHERE t.path = ?) AS place", bun.Ident("t.name_"+string(q.T.Lang())), who.Grants[0].Territory)
	}
	if err := ask.Scan(ctx, &p); err != nil {
		return err
	}
	f.Header.Me, f.Header.Place = name.Official(p.Family, p.Given), p.Place
	f.Header.SignOut = "/sign-out"
	inbox := Link{Text: q.T.T("kit.inbox"), URL: "/account/inbox"}
	if p.Unread > 0 {
		inbox.Text = q.T.N("kit.inbox_count", p.Unread)
	}
	f.Header.MeLinks = []Link{inbox, {Text: q.T.T("kit.account"), URL: "/account"}}
	if s.Run.Policy().May(who, registry.SearchAll) {
		f.Header.SearchURL = "/children/search"
	}
	if len(who.Grants) > 0 {
		f.Header.Role = q.T.T("role." + string(who.Grants[0].Role))
	}
	return nil
}

// refuse leads to the form with what was typed, or to an error page.
func (s *Site) refuse(w http.ResponseWriter, q *Req, form Reads, err error) {
	f, ok := fault.Of(err)
	if !ok || f.Kind == fault.Unavailable || ended(f) {
		s.fail(w, q, err)
		return
	}
	if to := s.keep(w, q, f); to != "" {
		http.Redirect(w, q.Request, to, http.StatusSeeOther)
		return
	}
	q.Fault = f
	s.shown(w, q, form)
}

// shown draws the form again with what was typed and the refusal, or an error
// page.
func (s *Site) shown(w http.ResponseWriter, q *Req, form Reads) {
	f := q.Fault
	stays := f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.Limited ||
		f.Kind == fault.Denied && q.Who.Person == "" // a wrong password is typed anew
	if form == nil || !stays {
		s.fail(w, q, f)
		return
	}
	if n, ok := f.Args["Retry"].(int); ok {
		w.Header().Set("Retry-After", strconv.Itoa(n))
	}
	s.show(w, q, func(ctx context.Context, v *act.View, q *Req) (Screen, error) {
		sc, err := form(ctx, v, q)
		sc.Status = f.Kind.Status()
		return sc, err
	})
}

// ended tells that the person may not be here any more.
func ended(f *fault.Fault) bool { return f.Key == "access.suspended" || f.Key == "access.no_person" }

// fail answers with an error page that says nothing about what was asked for.
func (s *Site) fail(w http.ResponseWriter, q *Req, err error) {
	f, ok := fault.Of(err)
	if !ok {
		s.Log.Error("page failed", "request", noteOf(q.Request).id.String(), "method", q.Method, "route", q.Pattern, "error", journal.Unquoted(err.Error()))
		f = fault.New("", "fault.internal")
	} else if f.Kind == fault.Unavailable {
		s.Log.Error("machine failed", "request", noteOf(q.Request).id.String(), "method", q.Method, "route", q.Pattern, "error", journal.Unquoted(err.Error()))
	}
	if ended(f) {
		_ = s.Sessions.Destroy(q.Context()) // the person is refused either way
		http.Redirect(w, q.Request, "/sign-in", http.StatusSeeOther)
		return
	}
	q.Fault = nil
	sc := Screen{Tab: true, Title: Title{Text: q.T.Fault(f)}, Back: &Link{Text: q.T.T("kit.home"), URL: "/"}}
	frame := s.frame(q, sc)
	frame.Header.Here = "/" // the same bytes for every missing row
	page, derr := draw(q.Context(), frame, nil)
	if whole := s.lost(q, f, sc); whole != nil {
		page, derr = whole, nil
	}
	if derr != nil {
		http.Error(w, http.StatusText(f.Kind.Status()), f.Kind.Status())
		return
	}
	send(w, q.Request, f.Kind.Status(), page)
}

// lost is the page of an error for who is signed in: with the menu, a plain
// explanation and where to go on; none where even that cannot be drawn.
func (s *Site) lost(q *Req, f *fault.Fault, sc Screen) []byte {
	if f.Kind != fault.NotFound && f.Kind != fault.Denied {
		return nil // nor is there a session to ask when the database is closed
	}
	who := q.Who
	if p := s.Sessions.GetString(q.Context(), directory.SessionPerson); who.Person == "" && p != "" {
		who = access.Who{Person: id.ID(p)}
	}
	if who.Person == "" {
		return nil
	}
	q.lost = true
	var page []byte
	err := s.Run.Show(q.Context(), who, func(ctx context.Context, v *act.View) error {
		say := Empty{Why: q.T.T("kit.lost")}
		if f.Kind == fault.Denied {
			say.Why = q.T.T("kit.lost_denied")
		}
		if s.Run.Policy().May(v.Actor(), registry.SearchAll) {
			say.Do = q.T.T("kit.lost_do")
		}
		sc.Body = say
		var err error
		page, err = s.render(ctx, v, q, sc)
		return err
	})
	if err != nil {
		return nil
	}
	return page
}

// takesGzip tells whether the browser says that it unpacks.
func takesGzip(r *http.Request) bool {
	for _, x := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(x, " ", ""), ";")
		if name == "gzip" && strings.TrimRight(weight, "0.") != "q=" {
			return true
		}
	}
	return false
}

// send writes a page that no cache may keep.
func send(w http.ResponseWriter, r *http.Request, code int, page []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Encoding, Cookie")
	if len(page) > 1024 && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		page = pack(page)
	}
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(page) // the reader may have gone
	}
}
