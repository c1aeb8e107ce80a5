package kit

import (
	"cmp"
	"net/http"
	"strings"

	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// told is the session's line for one page: why a form was not shown.
const told = "told"

// Possible is asked by a form's page with the check that its deed makes: a form
// is not shown where it would be refused whatever is written, and the reader is
// led to the record, which says why. What was already typed is always shown.
func (q *Req) Possible(err error) error {
	if q.Form != nil && fault.KindOf(err) == fault.Conflict {
		return nil
	}
	return err
}

// Of names the record that a form's page is about, where its address does not;
// before anything is refused.
func (q *Req) Of(record string) { q.record, _, _ = strings.Cut(record, "#") }

// home is the page of the record that a form's page is about: the address as
// far as its first identifier, or none.
func home(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if _, err := id.Parse(p); err == nil && i+1 < len(parts) {
			return strings.Join(parts[:i+1], "/")
		}
	}
	return ""
}

// instead leads from a form that has no sense now, or is not the reader's, to
// its record with the reason. Whether there is such a record is said there.
func (s *Site) instead(w http.ResponseWriter, q *Req, err error) bool {
	f, ok := fault.Of(err)
	if !ok || q.Method == http.MethodPost || q.Form != nil || f.Kind != fault.Conflict && f.Kind != fault.Denied || ended(f) {
		return false
	}
	to := cmp.Or(q.record, home(q.URL.Path))
	if to == "" {
		return false
	}
	s.Sessions.Put(q.Context(), told, to+"\n"+q.T.Fault(f))
	http.Redirect(w, q.Request, to, http.StatusSeeOther)
	return true
}

// toldHere is what the page was to say, if it is this one.
func (s *Site) toldHere(q *Req) string {
	to, text, _ := strings.Cut(s.Sessions.PopString(q.Context(), told), "\n")
	if to != q.URL.Path {
		return ""
	}
	return text
}
