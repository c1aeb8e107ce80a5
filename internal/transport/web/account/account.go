// Package account is the section of one's own account: signing in and out, the
// password, the places where one is signed in, the tokens of one's programs, the
// inbox.
package account

import (
	"serik/internal/transport/web/kit"
)

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	d := desk{s}
	mux.Handle("GET /sign-in", s.Open(d.signInForm))
	mux.Handle("POST /sign-in", s.Try(d.signInForm, d.signIn))
	mux.Handle("POST /sign-out", s.SignOut())
	mux.Handle("GET /account", s.Show(d.me))
	mux.Handle("GET /account/password", s.Show(d.passwordForm))
	mux.Handle("POST /account/password", s.Own(d.passwordForm, d.password))
	mux.Handle("GET /account/inbox", s.Show(d.inbox))
	mux.Handle("POST /account/inbox", s.Do(d.inbox, d.markSeen))
	mux.Handle("POST /account/sessions/{id}/end", s.Do(d.me, d.endSession))
	mux.Handle("GET /account/tokens/new", s.Show(tokenForm))
	mux.Handle("POST /account/tokens/new", s.Once(tokenForm, createToken))
	mux.Handle("POST /account/tokens/{id}/revoke", s.Do(d.me, revokeToken))
}

// desk is the section with the site whose sessions it opens and ends.
type desk struct{ site *kit.Site }
