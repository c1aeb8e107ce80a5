package account_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func code(t *testing.T, secret string, now time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	shownSecret = regexp.MustCompile(`<code>((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})</code>`)
	shownCode   = regexp.MustCompile(`<code>([0-9a-z]{4}(?:-[0-9a-z]{4}){3})</code>`)
)

// enrol sets an application up on the pages; it gives the secret and the codes.
func enrol(t *testing.T, w *trial.World, b *trial.Browser) (string, []string) {
	t.Helper()
	a := b.Get("/account/factor/app")
	m := shownSecret.FindStringSubmatch(a.Body)
	if m == nil || !a.Has(`<path d="M`) || !a.Has("one-time-code") {
		t.Fatalf("%s: %d\n%s", a.Path, a.Status, a.Body)
	}
	secret := strings.ReplaceAll(m[1], " ", "")
	if a := b.Post("/account/factor/app", url.Values{"code": {"000000"}}); a.Status != http.StatusUnprocessableEntity || !a.Has(m[1]) {
		t.Fatalf("a wrong code: %d", a.Status)
	}
	a = b.Post("/account/factor/app", url.Values{"code": {code(t, secret, w.Now())}})
	var codes []string
	for _, c := range shownCode.FindAllStringSubmatch(a.Body, -1) {
		codes = append(codes, c[1])
	}
	if a.Status != http.StatusOK || len(codes) != 10 {
		t.Fatalf("confirmed: %d, %d codes\n%s", a.Status, len(codes), a.Body)
	}
	w.Pass(time.Minute)
	return secret, codes
}

// door is the world served, with an account that has an application.
func door(t *testing.T, name string) (*trial.World, *trial.Door, string, []string) {
	t.Helper()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords(name)
	secret, codes := enrol(t, w, d.SignIn(name, text.RU))
	return w, d, secret, codes
}

func TestTwoSteps(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			w, d, secret, codes := door(t, "secretary@lake")
			b := d.Visit(lang)
			form := url.Values{"login": {"secretary@lake"}, "password": {trial.Password}, "next": {"/cases"}}
			if a := b.Post("/sign-in", form); a.Path != "/sign-in/code" || a.Status != http.StatusOK || a.Has("/sign-out") {
				t.Fatalf("first step: %d at %s", a.Status, a.Path)
			}
			if a := b.Post("/sign-in/code", url.Values{"code": {"000000"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("code-error") || a.Has("000000") {
				t.Errorf("a wrong code: %d", a.Status)
			}
			if a := b.Post("/sign-in/code", url.Values{"code": {code(t, secret, w.Now())}}); a.Path != "/cases" || a.Status != http.StatusOK {
				t.Fatalf("in: %d at %s", a.Status, a.Path)
			}
			if a := b.Get("/account"); !a.Has("/account/factor") {
				t.Error("no way to the second factor")
			}
			b = d.Visit(lang)
			b.Post("/sign-in", form)
			if a := b.Post("/sign-in/code", url.Values{"code": {codes[0]}}); a.Path != "/cases" {
				t.Errorf("by a recovery code: %d at %s", a.Status, a.Path)
			}
			if a := b.Get("/account/inbox"); strings.Count(a.Body, "/account/factor") < 1 {
				t.Error("nobody told of the recovery code")
			}
			b = d.Visit(lang)
			b.Post("/sign-in", form)
			if a := b.Post("/sign-in/code", url.Values{"code": {codes[0]}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("the same recovery code: %d at %s", a.Status, a.Path)
			}
		})
	}
}

// Between the steps nobody is in, wherever they go; the token changes at each.
func TestSecondStepIsNotSkipped(t *testing.T) {
	t.Parallel()
	w, d, secret, _ := door(t, "secretary@lake")
	b := d.Visit(text.RU)
	token := func() string {
		u, err := url.Parse(d.URL)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range b.Jar().Cookies(u) {
			if c.Name == "serik" {
				return c.Value
			}
		}
		return ""
	}
	if a := b.Get("/sign-in/code"); a.Path != "/sign-in" {
		t.Errorf("without a first step: %s", a.Path)
	}
	b.Try("secretary@lake", trial.Password)
	half := token()
	for _, path := range []string{"/", "/account", "/account/factor", "/account/factor/app", "/account/password", "/cases", "/children"} {
		if a := b.Get(path); a.Path != "/sign-in" {
			t.Errorf("%s: led to %s", path, a.Path)
		}
	}
	for _, path := range []string{"/account/factor/app", "/account/factor/app/remove", "/account/factor/codes", "/account/password", "/account/inbox"} {
		if a, head := b.Push(path, url.Values{"code": {"000000"}}); a.Status != http.StatusSeeOther || !strings.HasPrefix(head.Get("Location"), "/sign-in") {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
	// An address of a half sign-in of somebody else is nowhere to be put.
	if a := d.Visit(text.RU).Post("/sign-in/code", url.Values{"half": {"x"}, "code": {code(t, secret, w.Now())}}); a.Path != "/sign-in" {
		t.Errorf("another browser: %s", a.Path)
	}
	if a := b.Post("/sign-in/code", url.Values{"code": {code(t, secret, w.Now())}}); a.Path == "/sign-in/code" {
		t.Fatalf("%d", a.Status)
	}
	if full := token(); half == "" || full == half {
		t.Error("the token of the first step is the token of the session")
	}
	thief := d.Visit(text.RU)
	r, err := http.NewRequest(http.MethodGet, d.URL+"/account", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", "serik="+half)
	if a, _ := thief.Send(r); a.Status != http.StatusSeeOther {
		t.Errorf("a token planted or seen between the steps opens: %d", a.Status)
	}
	late := d.Visit(text.RU)
	late.Try("secretary@lake", trial.Password)
	w.Pass(11 * time.Minute)
	if a := late.Get("/sign-in/code"); a.Has(`name="code"`) {
		t.Error("a first step of long ago is asked for a code")
	}
	if a := late.Post("/sign-in/code", url.Values{"code": {code(t, secret, w.Now())}}); a.Path != "/sign-in" {
		t.Errorf("a first step of long ago: %s", a.Path)
	}
}

// Six digits are no million tries.
func TestCodesOverHTTP(t *testing.T) {
	t.Parallel()
	w, d, secret, _ := door(t, "secretary@lake")
	b := d.Visit(text.RU)
	b.Try("secretary@lake", trial.Password)
	statuses := map[int]int{}
	for range 12 {
		statuses[b.Post("/sign-in/code", url.Values{"code": {"000000"}}).Status]++
	}
	if statuses[http.StatusUnprocessableEntity] != 5 || statuses[http.StatusTooManyRequests] != 7 {
		t.Errorf("%v", statuses)
	}
	if a := b.Post("/sign-in/code", url.Values{"code": {code(t, secret, w.Now())}}); a.Status != http.StatusTooManyRequests {
		t.Errorf("the right one too: %d", a.Status)
	}
	// A first step anew forgives nothing.
	b.Try("secretary@lake", trial.Password)
	if a := b.Post("/sign-in/code", url.Values{"code": {"000000"}}); a.Status != http.StatusTooManyRequests {
		t.Errorf("after another first step: %d", a.Status)
	}
}

// A role that demands a factor leads there, and nowhere else.
func TestFactorBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		w := trial.New(t)
		d := w.Serve()
		d.Passwords("regional@north")
		b := d.Visit(lang)
		if a := b.Try("regional@north", trial.Password); a.Path != "/account/factor" || !a.Has("govuk-warning-text") {
			t.Fatalf("%s: led to %s", lang, a.Path)
		}
		for _, path := range []string{"/", "/account", "/cases", "/uncovered", "/account/inbox"} {
			if a := b.Get(path); a.Path != "/account/factor" {
				t.Errorf("%s: %s leads to %s", lang, path, a.Path)
			}
		}
		if a := b.Post("/account/inbox", url.Values{}); a.Path != "/account/factor" {
			t.Errorf("%s: a form leads to %s", lang, a.Path)
		}
		enrol(t, w, b)
		if a := b.Get("/cases"); a.Path != "/cases" {
			t.Errorf("%s: still led to %s", lang, a.Path)
		}
		if a := b.Get("/account/factor/app/remove"); a.Status != http.StatusOK {
			t.Errorf("%s: %d", lang, a.Status)
		}
		if a := b.Post("/account/factor/app/remove", nil); a.Status != http.StatusConflict {
			t.Errorf("%s: the last one goes: %d", lang, a.Status)
		}
		if a := b.Post("/account/factor/codes", nil); len(shownCode.FindAllString(a.Body, -1)) != 10 {
			t.Errorf("%s: new codes: %d", lang, a.Status)
		}
	}
}

// An unattended screen is no place to change how its person signs in.
func TestRecentSignInForFactors(t *testing.T) {
	t.Parallel()
	w, d, secret, _ := door(t, "secretary@lake")
	b := d.Visit(text.RU)
	b.Try("secretary@lake", trial.Password)
	b.Post("/sign-in/code", url.Values{"code": {code(t, secret, w.Now())}})
	w.Pass(10 * time.Minute)
	if a := b.Get("/account/factor"); a.Path != "/account/factor" {
		t.Error("reading needs nothing")
	}
	for _, path := range []string{"/account/factor/app", "/account/factor/app/remove", "/account/factor/codes", "/account/factor/passkeys/new", "/account/tokens/new"} {
		if a := b.Get(path); a.Path != "/sign-in" || !a.Has(`value="`+path+`"`) || !a.Has("govuk-warning-text") {
			t.Errorf("%s: %s", path, a.Path)
		}
		if a := b.Post(path, url.Values{"code": {code(t, secret, w.Now())}}); a.Path != "/sign-in" {
			t.Errorf("POST %s: %s", path, a.Path)
		}
	}
	if f := factorsOf(t, w, "secretary@lake"); !f.App || f.Codes != 10 {
		t.Errorf("%+v", f)
	}
}

func factorsOf(t *testing.T, w *trial.World, name string) directory.Factors {
	t.Helper()
	var f directory.Factors
	err := w.Show(name, func(ctx context.Context, v *act.View) error {
		var err error
		f, err = directory.OwnFactors(ctx, v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The sessions of a person name the kind of device.
func TestSessionsNameTheDevice(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	for agent, kind := range map[string]string{
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36":            "Телефон, Chrome",
		"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0":                                   "Компьютер, Firefox",
		"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604": "Планшет, Safari",
		"curl/8.0": "Другое устройство",
	} {
		b := d.Visit(text.RU)
		r, err := http.NewRequest(http.MethodPost, d.URL+"/sign-in", strings.NewReader(url.Values{"login": {"secretary@lake"}, "password": {trial.Password}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("User-Agent", agent)
		b.Send(r)
		if a := b.Get("/account"); !a.Has(kind) {
			t.Errorf("%s is no %s", agent, kind)
		}
	}
}
