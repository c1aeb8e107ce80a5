package wire_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func request(t *testing.T, method, address string, body io.Reader, heads ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(heads); i += 2 {
		r.Header.Set(heads[i], heads[i+1])
	}
	return r
}

func TestPostsFromOtherSites(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	b := d.SignIn("secretary@lake", text.RU)
	post := func(heads ...string) int {
		a, _ := b.Send(request(t, "POST", d.URL+"/messages/new", strings.NewReader(""), heads...))
		return a.Status
	}
	if n := post("Origin", d.URL); n != http.StatusUnprocessableEntity {
		t.Fatalf("our own: %d", n)
	}
	for _, heads := range [][]string{
		{"Origin", "https://elsewhere.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"},
	} {
		if n := post(heads...); n != http.StatusForbidden {
			t.Errorf("%v: %d", heads, n)
		}
	}
	for _, path := range []string{"/sign-in", "/sign-out", "/lang", "/account/password"} {
		a, head := b.Send(request(t, "POST", d.URL+path, strings.NewReader("lang=en"), "Sec-Fetch-Site", "cross-site"))
		if a.Status != http.StatusForbidden || len(head["Set-Cookie"]) > 0 {
			t.Errorf("%s: %d %v", path, a.Status, head["Set-Cookie"])
		}
	}
	if a := b.Get("/account"); a.Path != "/account" {
		t.Error("a foreign site has signed the person out")
	}
}

// A form is bounded wherever it is read.
func TestLongBodies(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	b := d.SignIn("secretary@lake", text.RU)
	long := "what=" + strings.Repeat("a", 300<<10)
	for _, path := range []string{"/messages/new", "/sign-in", "/account/password"} {
		if a, _ := b.Send(request(t, "POST", d.URL+path, strings.NewReader(long))); a.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
	if a, _ := b.Send(request(t, "POST", d.URL+"/lang", strings.NewReader(long+"&lang=en"))); a.Status >= 500 {
		t.Errorf("/lang: %d", a.Status)
	}
	for _, body := range []string{"what=%zz", "%", strings.Repeat("a&", 20000)} {
		if a, _ := b.Send(request(t, "POST", d.URL+"/messages/new", strings.NewReader(body))); a.Status < 400 || a.Status >= 500 {
			t.Errorf("%.10q: %d", body, a.Status)
		}
	}
}

// Nothing that is sent along leads off the site or writes a header.
func TestRedirectsStayHere(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	for _, to := range []string{"https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere.example", "/\t/elsewhere.example",
		"/\n/elsewhere.example", "/\r\nSet-Cookie: a=b", "/\x00/elsewhere.example", "javascript:alert(1)", "elsewhere.example", " //elsewhere.example", "/..//elsewhere.example", "/%09/elsewhere.example"} {
		for path, form := range map[string]url.Values{
			"/lang":    {"lang": {"kk"}, "back": {to}},
			"/sign-in": {"login": {"secretary@lake"}, "password": {trial.Password}, "next": {to}},
		} {
			a, head := d.Visit(text.EN).Push(path, form)
			at := head.Get("Location")
			u, err := url.Parse(at)
			if a.Status != http.StatusSeeOther || err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") {
				t.Errorf("%s %q: %d to %q", path, to, a.Status, at)
			}
			for _, c := range head["Set-Cookie"] {
				if strings.HasPrefix(c, "a=") {
					t.Errorf("%s %q: a header was written", path, to)
				}
			}
		}
	}
}

// The token changes at sign-in, the cookie is the server's alone, a suspended
// person is out at the next request.
func TestSessionsCannotBeKeptOrPlanted(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake", "curator1@lake")
	b := d.Visit(text.EN)
	b.Get("/sign-in")
	u, err := url.Parse(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	planted := strings.Repeat("A", 43)
	b.Jar().SetCookies(u, []*http.Cookie{{Name: "serik", Value: planted, Path: "/"}})
	a, head := b.Push("/sign-in", url.Values{"login": {"curator1@lake"}, "password": {trial.Password}})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("sign in: %d", a.Status)
	}
	cookie := strings.Join(head["Set-Cookie"], "; ")
	for _, want := range []string{"serik=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %s: %s", want, cookie)
		}
	}
	if strings.Contains(cookie, planted) || strings.Contains(cookie, "Expires") || strings.Contains(cookie, "Domain") {
		t.Errorf("cookie: %s", cookie)
	}
	thief := d.Visit(text.EN)
	thief.Jar().SetCookies(u, []*http.Cookie{{Name: "serik", Value: planted, Path: "/"}})
	if a := thief.Get("/account"); a.Path != "/sign-in" {
		t.Errorf("the planted token is in: %s", a.Path)
	}
	first := cookieOf(b, u)
	b.Try("curator1@lake", trial.Password)
	if cookieOf(b, u) == first {
		t.Error("a second sign-in keeps the token")
	}
	old := d.Visit(text.EN)
	old.Jar().SetCookies(u, []*http.Cookie{{Name: "serik", Value: first, Path: "/"}})
	if a := old.Get("/account"); a.Path != "/sign-in" {
		t.Error("the token of before still lets in")
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, trial.Person("curator1@lake"), "left the service without notice")
	})
	if a := b.Get("/account"); a.Path != "/sign-in" {
		t.Errorf("suspended, yet at %s", a.Path)
	}
	if a := b.Try("curator1@lake", trial.Password); a.Status == http.StatusOK && a.Path != "/sign-in" {
		t.Errorf("suspended, yet signed in: %d %s", a.Status, a.Path)
	}
}

func cookieOf(b *trial.Browser, u *url.URL) string {
	for _, c := range b.Jar().Cookies(u) {
		if c.Name == "serik" {
			return c.Value
		}
	}
	return ""
}

// Odd methods, encodings and headers are answered, and each answer is bound by
// the headers of safety.
func TestOddRequests(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	b := d.SignIn("secretary@lake", text.KK)
	for _, c := range []struct {
		method, path string
		heads        []string
		most         int
	}{
		{"HEAD", "/cases", nil, 200}, {"GET", "/cases", []string{"Accept-Encoding", "br, zstd;q=0.5"}, 200},
		{"GET", "/cases", []string{"Accept-Encoding", "gzip;q=0"}, 200}, {"GET", "/cases", []string{"Accept-Encoding", ";;;,,"}, 200},
		{"GET", "/cases", []string{"Accept-Language", strings.Repeat("xx,", 500)}, 200}, {"GET", "/cases", []string{"Cookie", "lang=%00; serik=" + strings.Repeat("x", 4000)}, 303},
		{"DELETE", "/cases", nil, 405}, {"PUT", "/messages/new", nil, 405}, {"PATCH", "/my-day", nil, 405}, {"POST", "/my-day", nil, 405}, {"OPTIONS", "/", nil, 405}, {"TRACE", "/cases", nil, 405},
		{"GET", "/cases?after=%ff%00", nil, 200}, {"GET", "/cases?after=bm9uc2Vuc2UAeA", nil, 200}, {"GET", "/cases?risk=%27%20OR%201%3D1--&problem=%25", nil, 200},
		{"GET", "/messages?after=bm9uc2Vuc2UAeA&group=%27&kind=%00", nil, 422}, {"GET", "/../../etc/passwd", nil, 404}, {"GET", "/static/../../go.mod", nil, 404}, {"GET", "/static/x/../serik.css", nil, 404},
		{"GET", "/cases/%2e%2e/curator", nil, 404}, {"GET", "/cases/" + strings.Repeat("9", 5000) + "/curator", nil, 404},
	} {
		a, head := b.Send(request(t, c.method, d.URL+c.path, nil, c.heads...))
		if a.Status > c.most && a.Status != 404 {
			t.Errorf("%s %.40s %.60v: %d", c.method, c.path, c.heads, a.Status)
		}
		if !strings.HasPrefix(head.Get("Content-Security-Policy"), "default-src 'none'") || head.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %.40s: without the headers of safety", c.method, c.path)
		}
		if strings.HasPrefix(c.path, "/cases") && a.Status == 200 && !strings.Contains(head.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: may be kept by a cache", c.path)
		}
	}
	plain, head := b.Send(request(t, "GET", d.URL+"/cases", nil, "Accept-Encoding", "gzip;q=0"))
	if head.Get("Content-Encoding") != "" || !plain.Has("<main") {
		t.Error("packed for a browser that does not unpack")
	}
	packed, head := b.Send(request(t, "GET", d.URL+"/cases", nil, "Accept-Encoding", "br, gzip;q=0.8"))
	z, err := gzip.NewReader(strings.NewReader(packed.Body))
	if err != nil || head.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not packed: %v", err)
	}
	if page, err := io.ReadAll(z); err != nil || string(page) != plain.Body {
		t.Errorf("the packed page differs: %v", err)
	}
}

// What is typed stays text: nonsense and markup in each field of each form that
// an office person, a curator and an executor can open.
func TestTypedTextStaysText(t *testing.T) {
	long(t)
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	_, rows := under(routes(t, w), "GET")
	plain, _ := under(routes(t, w), "GET")
	poisons := []string{`"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}${7*7}' -- \u202e`,
		"a\x00b\xff\xfe\xc3(" + "\u202e</textarea><script>", strings.Repeat("щ", 10000)}
	tried := 0
	for _, name := range []string{"secretary@lake", "curator1@lake", "executor@lake", "administrator"} {
		b := w.Browse(name, text.RU)
		all := plain
		for _, p := range rows {
			all = append(all, s.addresses(t, p)...)
		}
		for _, path := range all {
			for _, f := range forms(t, b.Get(path).Body) {
				if f.action == "/sign-out" || f.action == "/lang" || len(f.typed) == 0 {
					continue
				}
				for _, poison := range poisons {
					for _, field := range f.typed {
						f.values.Set(field, poison)
					}
					a, _ := b.Push(f.action, f.values)
					tried++
					if a.Status >= 500 {
						t.Errorf("%s at %s: %.8q: %d", name, path, poison, a.Status)
					}
					if x := scripts(t, a.Body); len(x) > 0 {
						t.Errorf("%s at %s: typed text has become %v", name, path, x)
					}
				}
			}
		}
		for _, path := range all {
			if x := scripts(t, b.Get(path).Body); len(x) > 0 {
				t.Errorf("%s at %s: kept text has become %v", name, path, x)
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d forms were tried", tried)
	}
}

// A person whose only role has ended is shown nothing and breaks nothing.
func TestNoRoleAtAll(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	if err := w.Run.Do(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, a *act.Act) error {
		_, err := a.DB().NewRaw("UPDATE access_grant SET to_at = ? WHERE person = ?", a.Now(), trial.Person("secretary@lake")).Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	b := w.Browse("secretary@lake", text.EN)
	plain, rows := under(routes(t, w), "GET")
	for _, p := range rows {
		plain = append(plain, s.addresses(t, p)...)
	}
	for _, p := range plain {
		a := b.Get(p)
		if a.Status >= 500 || a.Status == 200 && strings.Contains(p, s.walked.String()) {
			t.Errorf("%s: %d", p, a.Status)
		}
		for _, x := range planted() {
			if a.Has(x) {
				t.Errorf("%s shows %s", p, x)
			}
		}
	}
}

// Who signs in at a browser that another used finds nothing of the other's.
func TestSignInLeavesNothingOfTheFormer(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake", "secretary@steppe")
	b := d.SignIn("secretary@lake", text.RU)
	found := b.Post("/children/search", url.Values{"text": {"Planted"}, "born-year": {"2012"}})
	if found.Status != http.StatusOK || !strings.HasPrefix(found.Path, "/children/found/") || !found.Has("Planted") {
		t.Fatalf("search: %d at %s", found.Status, found.Path)
	}
	if a := b.Try("secretary@steppe", trial.Password); a.Status != http.StatusOK || a.Path == "/sign-in" {
		t.Fatalf("%d at %s", a.Status, a.Path)
	}
	if a := b.Get(found.Path); a.Has("Planted") {
		t.Error("the former person's search is shown")
	}
}
