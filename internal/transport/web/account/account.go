// Package account is the section of one's own account: signing in and out, the
// password, the places where one is signed in, the tokens of one's programs, the
// inbox.
package account

import (
	"net/http"

	"serik/internal/transport/web/kit"
)

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	d := desk{site: s, vouching: &vouching{}, asking: &asking{}}
	mux.Handle("GET /sign-in", s.Open(d.signInForm))
	mux.Handle("POST /sign-in", s.Try(d.signInForm, d.signIn))
	mux.Handle("GET /sign-in/code", d.halfway(s.Open(d.codeForm)))
	mux.Handle("POST /sign-in/code", d.halfway(s.Try(d.codeForm, d.code)))
	mux.Handle("GET /sign-in/passkey", d.bound(s.Open(d.passkeyForm)))
	mux.Handle("POST /sign-in/passkey", d.bound(s.Try(d.passkeyForm, d.passkey)))
	mux.Handle("GET /sign-in/provider", s.Come(d.toProvider))
	mux.Handle("GET /sign-in/provider/back", s.Come(d.fromProvider))
	mux.Handle("POST /sign-out", s.SignOut())
	mux.Handle("GET /account", s.Show(d.me))
	mux.Handle("GET /account/password", s.Show(d.passwordForm))
	mux.Handle("POST /account/password", s.Own(d.passwordForm, d.password))
	mux.Handle("GET /account/factor", s.Show(d.factor))
	mux.Handle("GET /account/factor/app", s.Recent(s.Show(d.appForm)))
	mux.Handle("POST /account/factor/app", s.Recent(s.Once(d.appForm, d.app)))
	mux.Handle("GET /account/factor/app/remove", s.Recent(s.Show(d.removeAppForm)))
	mux.Handle("POST /account/factor/app/remove", s.Recent(s.Do(d.removeAppForm, d.removeApp)))
	mux.Handle("GET /account/factor/codes", s.Recent(s.Show(d.codesForm)))
	mux.Handle("POST /account/factor/codes", s.Recent(s.Once(d.codesForm, d.codes)))
	mux.Handle("GET /account/factor/passkeys/new", s.Recent(s.Show(d.newKeyForm)))
	mux.Handle("POST /account/factor/passkeys/new", s.Recent(s.Once(d.newKeyForm, d.newKey)))
	mux.Handle("GET /account/factor/passkeys/{id}/remove", s.Recent(s.Show(d.removeKeyForm)))
	mux.Handle("POST /account/factor/passkeys/{id}/remove", s.Recent(s.Do(d.removeKeyForm, d.removeKey)))
	mux.Handle("GET "+kit.WhyURL, s.Show(d.whyForm))
	mux.Handle("POST "+kit.WhyURL, s.Do(d.whyForm, d.why))
	mux.Handle("GET /account/inbox", s.Show(d.inbox))
	mux.Handle("POST /account/inbox", s.Do(d.inbox, d.markSeen))
	mux.Handle("POST /account/sessions/{id}/end", s.Do(d.me, d.endSession))
	mux.Handle("GET /account/tokens/new", s.Recent(s.Show(tokenForm)))
	mux.Handle("POST /account/tokens/new", s.Recent(s.Once(tokenForm, createToken)))
	mux.Handle("POST /account/tokens/{id}/revoke", s.Do(d.me, revokeToken))
}

// desk is the section with the site whose sessions it opens and ends, and what
// is known of the provider of identities.
type desk struct {
	site     *kit.Site
	vouching *vouching
	asking   *asking
}

// halfway leads to the first page whoever has not done the first step, or has
// done it too long ago.
func (d desk) halfway(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key, _ := d.site.Halfway(&kit.Req{Request: r}); key == "" {
			http.Redirect(w, r, signInURL, http.StatusSeeOther)
			return
		}
		page.ServeHTTP(w, r)
	})
}

// bound leads to the first page where the site's address can hold no passkeys.
func (d desk) bound(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.site.Origin(&kit.Req{Request: r}) == "" {
			http.Redirect(w, r, signInURL, http.StatusSeeOther)
			return
		}
		page.ServeHTTP(w, r)
	})
}
