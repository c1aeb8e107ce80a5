package wire_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// led is the address that the door led to last.
func led(d *trial.Door) string {
	_, to, _ := strings.Cut(d.Trail.String()[strings.LastIndex(d.Trail.String(), "-> "):], "-> ")
	return strings.SplitN(to, "\n", 2)[0]
}

// A refused form leads to its page by GET: reloading it and coming back to it
// show what was typed and why it was refused, each window its own.
func TestRefusedFormsStand(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake", "duty@lake")
	for _, lang := range []text.Lang{text.KK, text.RU} {
		b := d.SignIn("duty@lake", lang)
		typed := func(what string) url.Values { return url.Values{"id": {id.New().String()}, "what": {what}} }
		pages := map[string]string{}
		for _, what := range []string{"the first window", "the second window"} {
			a := b.Post("/messages/new", typed(what))
			if a.Status != http.StatusUnprocessableEntity || a.Path != "/messages/new" || !a.Has(what) || !a.Has("how_known-error") {
				t.Fatalf("%s: refused: %d %s", lang, a.Status, a.Path)
			}
			pages[what] = led(d)
		}
		for range 2 {
			for what, page := range pages {
				a := b.Get(page)
				if a.Status != http.StatusUnprocessableEntity || !a.Has(what) || !a.Has("how_known-error") || strings.Contains(page, "window") {
					t.Errorf("%s: %s again: %d", lang, what, a.Status)
				}
				if a := d.SignIn("secretary@lake", lang).Get(page); a.Has(what) {
					t.Errorf("%s: another person reads %s", lang, what)
				}
				// The page in another language says the same.
				if !a.Has(`name="back" value="` + strings.ReplaceAll(page, "&", "&amp;") + `"`) {
					t.Errorf("%s: the language leads away from what was typed", lang)
				}
			}
		}
		// What is corrected and saved is not brought back.
		form := typed("the third window")
		b.Post("/messages/new", form)
		page := led(d)
		for k, v := range map[string]string{"how_known": "the teacher saw it", "kind": "bullying", "reporter_kind": "school", "whom": "a boy", "urgent": "no", "channel": "phone"} {
			form.Set(k, v)
		}
		if a := b.Post("/messages/new", form); a.Status != http.StatusOK || a.Path == "/messages/new" {
			t.Fatalf("%s: saved: %d %s, %v", lang, a.Status, a.Path, errorsOf(a.Body))
		}
		if a := b.Get(page); a.Status != http.StatusOK || a.Has("the third window") {
			t.Errorf("%s: back after saving: %d", lang, a.Status)
		}
	}
}

// Two windows of one session that are refused at the same instant: both show
// what was typed in them.
func TestRefusedAtOnce(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("duty@lake")
	b := d.SignIn("duty@lake", text.RU)
	c := http.Client{Jar: b.Jar(), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 3 {
		pages, all := make([]string, 4), sync.WaitGroup{}
		for i := range pages {
			all.Go(func() {
				res, err := c.PostForm(b.URL+"/messages/new", url.Values{"id": {id.New().String()}, "what": {"window " + strconv.Itoa(i)}})
				if err != nil {
					t.Error(err)
					return
				}
				pages[i] = res.Header.Get("Location")
				_ = res.Body.Close()
			})
		}
		all.Wait()
		for i, page := range pages {
			if a := b.Get(page); a.Status != http.StatusUnprocessableEntity || !a.Has("window "+strconv.Itoa(i)) {
				t.Errorf("window %d at %s: %d", i, page, a.Status)
			}
		}
	}
}

// What was refused at signing in is shown in the browser that sent it, whoever
// learns of the address.
func TestRefusedSignInIsTheBrowsers(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("duty@lake")
	b, other := d.Visit(text.RU), d.Visit(text.RU)
	a := b.Try("some.login", "wrong wrong wrong")
	page := led(d)
	if a.Status != http.StatusForbidden || !a.Has("some.login") || !strings.Contains(page, "kept=") {
		t.Fatalf("refused: %d at %s", a.Status, page)
	}
	if a := b.Get(page); !a.Has("some.login") {
		t.Errorf("reloaded: %d", a.Status)
	}
	if a := other.Get(page); a.Status != http.StatusOK || a.Has("some.login") {
		t.Errorf("another browser with the address: %d", a.Status)
	}
	other.Try("other.login", "wrong wrong wrong") // has a cookie of its own now
	if a := other.Get(page); a.Status != http.StatusOK || a.Has("some.login") {
		t.Errorf("another browser with the address and a cookie: %d", a.Status)
	}
}

// A page that only a POST had, such as a search's, has an address for coming
// back as well.
func TestFoundPagesStand(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	d := w.Serve()
	d.Passwords("secretary@lake")
	b := d.SignIn("secretary@lake", text.RU)
	at := "/messages/" + s.checked.String() + "/child"
	if a := b.Post(at+"/find", url.Values{"text": {"Nobody"}}); a.Status != http.StatusOK || !a.Has(`value="Nobody"`) {
		t.Fatalf("found: %d", a.Status)
	}
	page := led(d)
	if a := b.Get(page); a.Status != http.StatusOK || !a.Has(`value="Nobody"`) || strings.Contains(page, "Nobody") {
		t.Errorf("again: %d at %s", a.Status, page)
	}
	if a := b.Get(at + "/find"); a.Status != http.StatusOK || a.Has("Nobody") {
		t.Errorf("without what was typed: %d", a.Status)
	}
}

// Of a refused sign-in the name stays and the password is kept nowhere.
func TestRefusedSignInStands(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	b := d.Visit(text.RU)
	a := b.Try("secretary@lake", "not the password")
	again := b.Get(led(d))
	for _, a := range []trial.Answer{a, again} {
		if a.Status != http.StatusForbidden || !a.Has(`value="secretary@lake"`) || a.Has("not the password") || !a.Has("govuk-error-summary") {
			t.Errorf("refused: %d", a.Status)
		}
	}
	in := d.SignIn("secretary@lake", text.RU)
	if a := in.Post("/account/password", url.Values{"old": {"not the password"}, "new": {"short"}, "again": {"other"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("the password: %d", a.Status)
	}
	if a := in.Get(led(d)); a.Status != http.StatusUnprocessableEntity || a.Has("not the password") || !a.Has("again-error") && !a.Has("new-error") {
		t.Errorf("the password again: %d", a.Status)
	}
}
