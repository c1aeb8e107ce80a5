package trial

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"
	"golang.org/x/crypto/argon2"

	"serik/internal/platform/journal"
	"serik/internal/platform/text"
	"serik/internal/transport/cli/ops"
	"serik/internal/transport/web/kit"
)

// Password is the password of everybody whom SignIn lets in.
const Password = "a quiet lake at dawn"

// Tape keeps what a served world says: its log, or the addresses it was asked
// for and led to.
type Tape struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write adds to the tape.
func (t *Tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

// String is all that was said.
func (t *Tape) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// Door is the world served as the product serves it: with the sessions of its
// own database, its own sign-in, and everything it says on tape.
type Door struct {
	*World
	URL   string
	Pages *kit.Site // its Face is set before the first request
	Log   *Tape     // what the pages and the server write into the log
	Ops   *ops.Door
	Trail *Tape // each address asked for or led to, one a line
}

// Serve opens the door.
func (w *World) Serve() *Door {
	w.T.Helper()
	d := &Door{World: w, Log: &Tape{}, Trail: &Tape{}}
	s, h, err := w.Site(w.Sessions(), journal.New(d.Log))
	if err != nil {
		w.T.Fatal(err)
	}
	d.Pages = s
	d.Ops = w.Watch(s, w.T.TempDir())
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = d.Trail.Write([]byte(r.Method + " " + r.URL.String() + "\n"))
		h.ServeHTTP(rw, r)
		if to := rw.Header().Get("Location"); to != "" {
			_, _ = d.Trail.Write([]byte("-> " + to + "\n"))
		}
	}))
	srv.Config.ErrorLog = kit.ServerLog(slog.New(slog.NewJSONHandler(d.Log, nil)))
	srv.Start()
	w.T.Cleanup(srv.Close)
	d.URL = srv.URL
	return d
}

// Visit is a browser that nobody has signed in with.
func (d *Door) Visit(lang text.Lang) *Browser {
	d.T.Helper()
	return Visit(d.T, d.URL, lang)
}

// Visit is a browser that nobody has signed in with, before any server.
func Visit(t testing.TB, base string, lang text.Lang) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(u, []*http.Cookie{{Name: "lang", Value: string(lang), Path: "/"}})
	return &Browser{T: t, URL: base, c: &http.Client{Jar: jar, Transport: plain()}, Lang: lang}
}

// plain is the way of all browsers: pages are packed for none of them.
var plain = sync.OnceValue(func() *http.Transport {
	w := http.DefaultTransport.(*http.Transport).Clone()
	w.DisableCompression = true
	return w
})

// SignIn lets a person in by the page of signing in.
func (d *Door) SignIn(name string, lang text.Lang) *Browser {
	d.T.Helper()
	b := d.Visit(lang)
	if a := b.Try(name, Password); a.Status != http.StatusOK || a.Path == "/sign-in" {
		d.T.Fatalf("%s cannot sign in: %d at %s", name, a.Status, a.Path)
	}
	return b
}

// cheap is the password as a person has it, hashed with the least work: a string
// says itself what it takes.
var cheap = sync.OnceValue(func() string {
	salt := make([]byte, 16)
	key := argon2.IDKey([]byte(Password), salt, 1, 8, 1, 32)
	in := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=8,t=1,p=1$%s$%s", argon2.Version, in(salt), in(key))
})

// Passwords gives people the password.
func (d *Door) Passwords(names ...string) {
	d.T.Helper()
	err := d.DB.Write(d.T.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE person SET password = ? WHERE login IN (?)", cheap(), bun.List(names)).Exec(ctx)
		return err
	})
	if err != nil {
		d.T.Fatal(err)
	}
}

// Try sends the form of signing in.
func (b *Browser) Try(login, password string) Answer {
	b.T.Helper()
	return b.Post("/sign-in", url.Values{"login": {login}, "password": {password}})
}

// Jar holds the browser's cookies.
func (b *Browser) Jar() http.CookieJar { return b.c.Jar }

// Send sends a request as it is, with the browser's cookies, and follows
// nothing but the way to what was typed and not saved.
func (b *Browser) Send(r *http.Request) (Answer, http.Header) {
	b.T.Helper()
	c := *b.c
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := c.Do(r)
	if err != nil {
		b.T.Fatal(err)
	}
	if to, err := res.Location(); err == nil && res.StatusCode == http.StatusSeeOther && to.Query().Has("kept") {
		_ = res.Body.Close()
		page := r.Clone(r.Context())
		page.Method, page.URL, page.Body, page.ContentLength = http.MethodGet, to, nil, 0
		if res, err = c.Do(page); err != nil { //nolint:bodyclose // answer closes it
			b.T.Fatal(err)
		}
	}
	head := res.Header
	return b.answer(res, nil), head
}

// Push sends a form and follows nothing.
func (b *Browser) Push(path string, form url.Values) (Answer, http.Header) {
	b.T.Helper()
	r, err := http.NewRequest(http.MethodPost, b.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.T.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.Send(r)
}
