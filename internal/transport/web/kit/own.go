package kit

import (
	"context"
	"net/http"

	"serik/internal/platform/act"
)

// Own makes the handler of a POST by a person that runs its own acts, such as
// changing the password, where a refused try must stay counted.
func (s *Site) Own(form Reads, do func(ctx context.Context, q *Req) (Next, error)) http.Handler {
	return s.deed(form, func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if !ok || !q.read(w) {
			return
		}
		q.private = true
		next, err := do(r.Context(), q)
		if err != nil {
			s.refuse(w, q, form, err)
			return
		}
		s.Sessions.Put(r.Context(), "done", next.Done)
		http.Redirect(w, r, next.URL, http.StatusSeeOther)
	})
}

// Once makes the handler of a POST whose answer is shown this one time and
// kept nowhere, such as a first password: the act gives the page.
func (s *Site) Once(form Reads, do func(ctx context.Context, a *act.Act, q *Req) (Reads, error)) http.Handler {
	return s.deed(form, func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if !ok || !q.read(w) {
			return
		}
		q.private = true
		var page Reads
		err := s.Run.Do(r.Context(), q.Who, func(ctx context.Context, a *act.Act) error {
			q.bad = nil
			var err error
			page, err = do(ctx, a, q)
			return q.refusal(err)
		})
		if err != nil {
			if !s.repeated(w, q, form, pressOf(q), err) {
				s.refuse(w, q, form, err)
			}
			return
		}
		s.show(w, q, page)
	})
}
