// Package cases is the section of a child's case: the list, the case with what
// is missing next, and one form for each thing that can be done.
package cases

import (
	"net/http"

	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/cases"

// Mount puts the section's addresses on the router.
func Mount(mux *http.ServeMux, s *kit.Site) {
	mux.Handle("GET /cases", s.Show(list))
	mux.Handle("GET /cases/{id}/curator", s.Show(proposeForm))
	mux.Handle("POST /cases/{id}/curator", s.Do(proposeForm, propose))
	mux.Handle("POST /cases/{id}/accept", s.Do(nil, accept))
	mux.Handle("GET /cases/{id}/decline", s.Show(declineForm))
	mux.Handle("GET /cases/{id}/open", s.Show(openForm))
	mux.Handle("POST /cases/{id}/open", s.Do(openForm, openFile))
	mux.Handle("POST /cases/{id}/decline", s.Do(declineForm, decline))
}
