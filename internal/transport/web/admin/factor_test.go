package admin_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// enrol gives a person an authenticator application.
func enrol(t *testing.T, w *trial.World, name string) {
	t.Helper()
	secret := directory.NewAppSecret()
	code, err := totp.GenerateCode(secret, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.Must(name, func(ctx context.Context, a *act.Act) error {
		_, err := directory.ConfirmApp(ctx, a, secret, code, "")
		return err
	})
}

// Who has lost the telephone is helped by an administrator, with a reason; the
// person's sessions end and the person learns of it.
func TestLostDevice(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		w := trial.New(t)
		d := w.Serve()
		d.Passwords("secretary@lake")
		lost := d.SignIn("secretary@lake", lang)
		b := w.Browse("administrator", lang)
		if a := b.Get(at("secretary@lake", "")); a.Has(at("secretary@lake", "/factor")) {
			t.Errorf("%s: offered with nothing to take off", lang)
		}
		enrol(t, w, "secretary@lake") // ends the sessions opened without it
		if a := lost.Get("/account"); a.Path != "/sign-in" {
			t.Errorf("%s: a session without the second step goes on", lang)
		}
		if a := b.Get(at("secretary@lake", "")); !a.Has(at("secretary@lake", "/factor")) {
			t.Errorf("%s: not offered", lang)
		}
		if a := b.Get(at("secretary@lake", "/factor")); a.Status != http.StatusOK || a.Fields() != 1 {
			t.Errorf("%s: %d", lang, a.Status)
		}
		if a := b.Post(at("secretary@lake", "/factor"), url.Values{"reason": {" "}}); a.Status != http.StatusUnprocessableEntity || !a.Has("reason-error") {
			t.Errorf("%s: without a reason: %d", lang, a.Status)
		}
		if a := w.Browse("chair@lake", lang).Post(at("secretary@lake", "/factor"), url.Values{"reason": {"x"}}); a.Status != http.StatusForbidden {
			t.Errorf("%s: by a chair: %d", lang, a.Status)
		}
		if a := b.Post(at("secretary@lake", "/factor"), url.Values{"reason": {"телефон потерян"}}); a.Status != http.StatusOK || a.Path != at("secretary@lake", "") {
			t.Fatalf("%s: %d at %s", lang, a.Status, a.Path)
		}
		if a := b.Post(at("secretary@lake", "/password"), nil); a.Status != http.StatusConflict {
			t.Errorf("%s: the other half by the same hand: %d", lang, a.Status)
		}
		w.Pass(time.Minute)
		s := d.SignIn("secretary@lake", lang) // by the password alone
		if a := s.Get("/account/inbox"); !a.Has(`href="/account/factor"`) {
			t.Errorf("%s: nobody told the person", lang)
		}
	}
}
