//go:build e2e

package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/uptrace/bun"

	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// An officer sends a message when the network is unplugged, and again when only
// the gateway answers: the page stays with what was typed and says so in its
// language, at the foot of a long form too. With the connection back the same
// button saves the message, once.
func TestUnplugged(t *testing.T) {
	t.Parallel()
	s := newStage(t, trial.New(t))
	const typed = "A boy is beaten behind the garages every day"
	said := map[text.Lang]string{text.KK: "Байланыс жоқ", text.RU: "Нет связи"}
	saved := 0
	for _, at := range screens {
		b := s.signIn("duty@lake", at.lang, at.width)
		b.open("/messages/new")
		b.fill("what", typed)
		b.fill("how_known", "The class teacher saw it from the window")
		b.fill("whom", "A boy of eleven, class 5b")
		b.fill("kind", "bullying")
		b.fill("reporter_kind", "school")
		if eval[bool](b, seen) {
			t.Errorf("%s: says there is no connection before it is lost", b.name)
		}
		b.unplug(true)
		for range 2 { // the button works again
			b.refusedBy("no network", said[at.lang], typed)
		}
		b.shoot("unplugged")
		b.unplug(false)
		s.down.Store(true)
		b.refusedBy("a gateway alone", said[at.lang], typed)
		s.down.Store(false)

		b.follow(`(() => { const x = document.querySelector(` + quote(sender) + `); x.click(); x.click() })()`)
		if !strings.HasPrefix(b.path(), "/messages/") || b.path() == "/messages/new" {
			t.Fatalf("%s: not saved: %s", b.name, b.text())
		}
		saved++
		if n := s.messages(); n != saved {
			t.Fatalf("%s: %d messages are saved, want %d", b.name, n, saved)
		}
		b.press(map[text.Lang]string{text.KK: "РУС", text.RU: "ҚАЗ"}[at.lang]) // a button's own value goes along
		if got, want := eval[string](b, `document.documentElement.lang`), map[text.Lang]string{text.KK: "ru", text.RU: "kk"}[at.lang]; got != want {
			t.Errorf("%s: the language is %s, want %s", b.name, got, want)
		}
	}
}

const (
	sender = `main form button[type=submit]`
	// seen says whether the word of a lost connection stands before the eyes.
	seen = `(() => { const x = document.querySelector('[data-away]').getBoundingClientRect(); return x.height > 0 && x.top >= 0 && x.bottom <= innerHeight })()`
)

// unplug takes the network from a window, or gives it back.
func (b *tab) unplug(off bool) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}}})
	b.must(err)
}

// refusedBy sends the form in vain: the page stays, says why and keeps the text.
func (b *tab) refusedBy(step, why, typed string) {
	b.t.Helper()
	ctx, cancel := b.limit()
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(done => {
		const form = document.querySelector('main form'), x = document.querySelector(`+quote(sender)+`);
		new MutationObserver((_, o) => { if (!form.dataset.sent) { o.disconnect(); done(true) } }).observe(form, {attributes: true, attributeFilter: ['data-sent']});
		x.scrollIntoView({block: 'end'}); x.focus(); x.click();
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %s: the form was not held: %v", b.name, step, err)
	}
	if !eval[bool](b, seen) || eval[string](b, `document.activeElement.type`) != "submit" {
		b.t.Errorf("%s: %s: nothing said before the eyes, or the focus lost", b.name, step)
	}
	b.sees(why)
	if got := eval[string](b, `document.querySelector('main [name=what]').value`); got != typed || b.path() != "/messages/new" {
		b.t.Errorf("%s: %s: %q stands on %s", b.name, step, got, b.path())
	}
	b.check()
}

// messages counts what is saved.
func (s *stage) messages() int {
	s.t.Helper()
	n := 0
	err := s.w.App.DB.Write(s.t.Context(), func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw("SELECT count(*) FROM signal").Scan(ctx, &n)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// gateway answers in place of the house while it is down.
func (s *stage) gateway(house http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		house.ServeHTTP(w, r)
	})
}
