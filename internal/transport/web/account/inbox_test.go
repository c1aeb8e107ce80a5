package account_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func TestInbox(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		w := trial.New(t)
		on := act.On{Noun: "case", ID: id.New()}
		w.Must("secretary@lake", func(_ context.Context, a *act.Act) error {
			a.Notify(trial.Person("curator1@lake"), "notice.curator_proposed", on)
			return nil
		})
		b := w.Browse("curator1@lake", lang)
		a := b.Get("/account/inbox")
		if a.Status != http.StatusOK || !a.Has(`href="/cases/`+on.ID.String()) || !a.Has("(1)") {
			t.Fatalf("%s: %d\n%s", lang, a.Status, a.Body)
		}
		_, after, _ := strings.Cut(a.Body, `name="notice" value="`)
		line, _, _ := strings.Cut(after, `"`)
		if other := w.Browse("curator2@lake", lang); other.Post("/account/inbox", url.Values{"notice": {line}}).Status != http.StatusNotFound {
			t.Error("another's line is found")
		}
		if a := b.Post("/account/inbox", url.Values{"notice": {line}}); a.Status != http.StatusOK || a.Has("(1)") || a.Has(`name="notice"`) {
			t.Errorf("%s: marked: %d", lang, a.Status)
		}
		if a := w.Browse("curator3@lake", lang).Get("/account/inbox"); a.Status != http.StatusOK || !a.Has("sk-empty") {
			t.Errorf("%s: empty: %d", lang, a.Status)
		}
	}
}

// A person who guesses an old password waits, and what was typed new is not
// shown again.
func TestPasswordIsNotGuessed(t *testing.T) {
	t.Parallel()
	b := trial.New(t).Browse("curator1@lake", text.RU)
	form := url.Values{"old": {"guess"}, "new": {"Zhuldyz-kerek-44"}, "again": {"Zhuldyz-kerek-44"}}
	for range 5 {
		if a := b.Post("/account/password", form); a.Status != http.StatusUnprocessableEntity || !a.Has("old-error") || a.Has("Zhuldyz") {
			t.Fatalf("a wrong one: %d", a.Status)
		}
	}
	if a := b.Post("/account/password", form); a.Status != http.StatusTooManyRequests {
		t.Errorf("the sixth: %d", a.Status)
	}
}
