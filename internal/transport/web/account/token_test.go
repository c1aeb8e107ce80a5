package account_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// A token is made on the account page, shown once, listed by its beginning and
// revoked there; another's is not found.
func TestTokens(t *testing.T) {
	t.Parallel()
	shown := regexp.MustCompile(`srk_[0-9a-f]{64}`)
	revoke := regexp.MustCompile(`/account/tokens/[0-9a-f-]{36}/revoke`)
	for _, lang := range text.Langs() {
		w := trial.New(t)
		b := w.Browse("curator1@lake", lang)
		if a := b.Get("/account/tokens/new"); a.Status != http.StatusOK || a.Fields() != 3 {
			t.Fatalf("%s: form: %d, %d fields", lang, a.Status, a.Fields())
		}
		form := url.Values{"id": {id.New().String()}, "name": {"exchange"}, "days": {"1000"}, "reads": {"yes"}}
		if a := b.Post("/account/tokens/new", form); a.Status != http.StatusUnprocessableEntity || !a.Has("days-error") || !a.Has("365") {
			t.Fatalf("%s: too long: %d", lang, a.Status)
		}
		form.Set("days", "90")
		a := b.Post("/account/tokens/new", form)
		secret := shown.FindString(a.Body)
		if a.Status != http.StatusOK || secret == "" {
			t.Fatalf("%s: made: %d\n%s", lang, a.Status, a.Body)
		}
		if a := b.Post("/account/tokens/new", form); shown.MatchString(a.Body) {
			t.Errorf("%s: pressed twice: %d", lang, a.Status)
		}
		me := b.Get("/account")
		if !me.Has(secret[:12]) || me.Has(secret) || !me.Has("exchange") {
			t.Errorf("%s: listed: %d", lang, me.Status)
		}
		if _, err := directory.Bearer(t.Context(), w.Run, secret); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
		address := revoke.FindString(me.Body)
		if other := w.Browse("curator2@lake", lang); other.Post(address, nil).Status != http.StatusNotFound {
			t.Errorf("%s: another's token is found", lang)
		}
		if a := b.Post(address, nil); a.Status != http.StatusOK || revoke.MatchString(a.Body) {
			t.Errorf("%s: revoked: %d", lang, a.Status)
		}
		if _, err := directory.Bearer(t.Context(), w.Run, secret); err == nil {
			t.Errorf("%s: a revoked token opens", lang)
		}
	}
}
