// Package uncovered is the section "Without a curator": the open cases that
// nobody covers now, since when and why, and the chair's appointment.
//
// Serves promise 1: each open case has a curator or stands here.
package uncovered

import (
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/uncovered"

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	mux.Handle("GET /uncovered", s.Show(list))
	mux.Handle("GET /uncovered/{id}/appoint", s.Show(appointForm))
	mux.Handle("POST /uncovered/{id}/appoint", s.Do(appointForm, appoint))
}
