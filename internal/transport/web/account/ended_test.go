package account_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// A session that ended over a typed form leads back to that form: the sign-in
// page says what happened, and that a text waits only where the browser holds
// one. A place in a list is not carried along.
func TestBackToTheFormAfterSigningIn(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	for _, tc := range []struct{ method, path, next string }{
		{"POST", "/messages/new", "/messages/new"},
		{"POST", "/erasures/ask/case/0197?kept=x", "/erasures/ask/case/0197"},
		{"GET", "/cases?need=unseen&after=eHg", "/cases?need=unseen"},
		{"POST", "/people/0197/absence/0198/end", ""},
	} {
		b := d.Visit(text.RU)
		var a trial.Answer
		if tc.method == "GET" {
			a = b.Get(tc.path)
		} else {
			a = b.Post(tc.path, url.Values{"words": {"typed"}})
		}
		ended := a.Has("Сеанс закончился") && a.Has("data-waits hidden>Набранный текст сохранён")
		if a.Status != http.StatusOK || a.Path != "/sign-in" || ended != (tc.method == "POST") {
			t.Errorf("%s %s: %d %s", tc.method, tc.path, a.Status, a.Path)
		}
		if tc.next != "" && !a.Has(`value="`+strings.ReplaceAll(tc.next, "&", "&amp;")+`"`) {
			t.Errorf("%s %s does not come back", tc.method, tc.path)
		}
	}
	b := d.Visit(text.RU)
	b.Post("/messages/new", url.Values{"words": {"typed"}})
	if a := b.Post("/sign-in", url.Values{"login": {"secretary@lake"}, "password": {trial.Password}, "next": {"/messages/new"}}); a.Path != "/messages/new" {
		t.Errorf("after signing in: %s", a.Path)
	}
}

// Boxes left empty are asked for, and are no failed attempt.
func TestAnEmptySignInAsksForBoth(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	b := d.Visit(text.RU)
	for range 10 {
		for _, form := range []url.Values{{"login": {"secretary@lake"}}, {"password": {trial.Password}}, {"login": {" "}, "password": {""}}} {
			if a := b.Post("/sign-in", form); !a.Has("Введите логин и пароль") || a.Has("Неверный логин") {
				t.Fatalf("%v: %d", form, a.Status)
			}
		}
	}
	if a := b.Post("/sign-in", url.Values{"login": {"secretary@lake"}, "password": {trial.Password}}); a.Path == "/sign-in" {
		t.Errorf("after empty boxes: %d", a.Status)
	}
}
