//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Somebody sets up an application, signs in with a code, adds a passkey to a
// device that recognises its owner, and signs in with that alone.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	s := newStage(t, trial.New(t))
	s.url = strings.Replace(s.url, "127.0.0.1", "localhost", 1) // a machine's own name may hold passkeys
	for who, at := range map[string]struct {
		lang  text.Lang
		width int64
	}{"secretary@lake": {text.KK, 360}, "secretary@steppe": {text.KK, 1280}, "secretary@river": {text.RU, 360}, "chair@lake": {text.RU, 1280}} {
		b := s.signIn(who, at.lang, at.width)
		b.open("/account/factor")
		b.shoot("factor-none")
		secret := enrolled(s, b)
		b.out()
		b.fill("login", who)
		b.fill("password", password)
		b.submit()
		if b.path() != "/sign-in/code" {
			t.Fatalf("%s: after the password at %s", who, b.path())
		}
		b.shoot("code")
		b.fill("code", "000000")
		b.submit()
		b.shoot("code-wrong")
		b.fill("code", b.code(s, secret))
		b.submit()
		if b.path() != "/my-day" {
			t.Fatalf("%s: after the code at %s", who, b.path())
		}
		b.device()
		b.open("/account/factor/passkeys/new")
		b.shoot("passkey-new")
		b.fill("name", "ThinkPad")
		b.submit()
		b.open("/account/factor")
		b.sees("ThinkPad")
		b.shoot("factor")
		b.open("/account/inbox")
		b.shoot("factor-inbox")
		b.out()
		b.shoot("sign-in")
		b.open("/sign-in/passkey")
		b.shoot("passkey")
		b.submit()
		if b.path() != "/my-day" {
			t.Fatalf("%s: after the passkey at %s", who, b.path())
		}
		s.w.Pass(11 * time.Minute)
		b.open("/account/factor/app")
		if b.path() != "/sign-in" {
			t.Errorf("%s: a while later at %s", who, b.path())
		}
		b.shoot("sign-in-again")
	}
}

// enrolled sets the application up and gives its secret.
func enrolled(s *stage, b *tab) string {
	b.t.Helper()
	b.open("/account/factor/app")
	b.shoot("app")
	secret := strings.ReplaceAll(eval[string](b, `document.querySelector('main code').innerText`), " ", "")
	b.fill("code", b.code(s, secret))
	b.submit()
	b.shoot("codes")
	if n := eval[int](b, `document.querySelectorAll('main li code').length`); n != 10 {
		b.t.Errorf("%d recovery codes", n)
	}
	return secret
}

// code is what the application shows, of a step that has not been used.
func (b *tab) code(s *stage, secret string) string {
	b.t.Helper()
	s.w.Pass(time.Minute)
	c, err := totp.GenerateCode(secret, s.w.Now())
	b.must(err)
	return c
}

// out signs out.
func (b *tab) out() {
	b.t.Helper()
	b.follow(`document.querySelector('form[action="/sign-out"] button').click()`)
}

// device gives the browser an authenticator that recognises its owner.
func (b *tab) device() {
	b.t.Helper()
	ctx, cancel := b.limit()
	defer cancel()
	_, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{})
	b.must(err)
	_, err = chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	b.must(err)
}
