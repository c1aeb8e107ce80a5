package account

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

const (
	providerURL = signInURL + "/provider"
	vouched     = "provider" // in the session: what we asked the provider
)

// vouching is what the provider has said of itself. It is asked when somebody
// first needs it, so that a provider that is down keeps nobody else out.
type vouching struct {
	mu   sync.Mutex
	said *oidc.Provider
}

// errWord: what the browser brought back from the provider does not hold.
var errWord = errors.New("a word of the provider that does not hold")

// calling is how the provider is called.
func calling(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: 10 * time.Second})
}

func (d desk) provider(ctx context.Context) (*oidc.Provider, error) {
	d.vouching.mu.Lock()
	defer d.vouching.mu.Unlock()
	if d.vouching.said == nil {
		// The keys are fetched later, by the context of the first call: it must not end with this request.
		p, err := oidc.NewProvider(calling(context.WithoutCancel(ctx)), d.site.Provider.Issuer)
		if err != nil {
			return nil, fault.Wrap(fault.Unavailable, "signin.provider_away", err)
		}
		d.vouching.said = p
	}
	return d.vouching.said, nil
}

func (d desk) client(p *oidc.Provider) oauth2.Config {
	return oauth2.Config{ClientID: d.site.Provider.Client, ClientSecret: d.site.Provider.Secret, Endpoint: p.Endpoint(),
		RedirectURL: d.site.Public() + providerURL + "/back", Scopes: []string{oidc.ScopeOpenID}}
}

// wish is what we asked the provider; only this browser may bring the answer.
type wish struct {
	State, Nonce, Verifier, Next string
	At                           time.Time
}

// toProvider leads to the provider.
func (d desk) toProvider(ctx context.Context, q *kit.Req) (kit.Next, error) {
	if d.site.Provider.Issuer == "" {
		return kit.Next{URL: signInURL}, nil
	}
	if err := d.asking.count(q, d.site.Run.Now()); err != nil {
		return kit.Next{}, err
	}
	p, err := d.provider(ctx)
	if err != nil {
		return kit.Next{}, err
	}
	w := wish{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(),
		Next: q.URL.Query().Get("next"), At: d.site.Run.Now()}
	kept, err := json.Marshal(w)
	if err != nil {
		return kit.Next{}, fmt.Errorf("ask the provider: %w", err)
	}
	d.site.Sessions.Put(ctx, vouched, string(kept))
	c := d.client(p)
	return kit.Next{URL: c.AuthCodeURL(w.State, oidc.Nonce(w.Nonce), oauth2.S256ChallengeOption(w.Verifier))}, nil
}

// fromProvider lets in whom the provider vouches for, if an administrator has
// tied that account to a person.
func (d desk) fromProvider(ctx context.Context, q *kit.Req) (kit.Next, error) {
	if d.site.Provider.Issuer == "" {
		return kit.Next{URL: signInURL}, nil
	}
	w, ok := d.wish(q)
	if !ok {
		return kit.Next{URL: signInURL + "?again=2"}, nil // not asked by this browser, or long ago
	}
	p, err := d.provider(ctx)
	if err != nil {
		return kit.Next{}, err
	}
	word, err := d.word(ctx, p, q, w)
	if err != nil {
		d.site.Log.Warn("provider refused", "route", q.Pattern, "error", err.Error())
		return kit.Next{}, fault.Deny("signin.provider_refused")
	}
	in, err := directory.SignInVouched(ctx, d.site.Run, directory.Vouched{Issuer: word.Issuer, Subject: word.Subject, Address: q.Address(), Device: q.Device()})
	if err != nil {
		return kit.Next{}, err
	}
	return d.site.SignedIn(q, in, kit.Local(w.Next))
}

// wish takes what was asked out of the session; one answer is heard.
func (d desk) wish(q *kit.Req) (wish, bool) {
	var w wish
	err := json.Unmarshal([]byte(d.site.Sessions.PopString(q.Context(), vouched)), &w)
	same := subtle.ConstantTimeCompare([]byte(w.State), []byte(q.URL.Query().Get("state"))) == 1
	return w, err == nil && same && w.State != "" && d.site.Run.Now().Sub(w.At) < askedFor
}

// word exchanges the code for the provider's word and checks it: signature,
// issuer, audience, time, and that it answers what we asked.
func (d desk) word(ctx context.Context, p *oidc.Provider, q *kit.Req, w wish) (*oidc.IDToken, error) {
	code := q.URL.Query().Get("code")
	if code == "" {
		return nil, errWord
	}
	c := d.client(p)
	token, err := c.Exchange(calling(ctx), code, oauth2.VerifierOption(w.Verifier))
	if err != nil {
		return nil, errWord // the provider's answer may quote what was sent
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errWord
	}
	word, err := p.Verifier(&oidc.Config{ClientID: d.site.Provider.Client, Now: d.site.Run.Now}).Verify(calling(ctx), raw)
	if err != nil {
		return nil, errWord
	}
	var more struct {
		For string `json:"azp"`
	}
	if err := word.Claims(&more); err != nil {
		return nil, errWord
	}
	meant := len(word.Audience) == 1 && more.For == "" || more.For == d.site.Provider.Client
	if !meant || word.Subject == "" || subtle.ConstantTimeCompare([]byte(word.Nonce), []byte(w.Nonce)) != 1 {
		return nil, errWord
	}
	return word, nil
}
