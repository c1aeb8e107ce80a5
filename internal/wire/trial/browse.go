package trial

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"serik/internal/platform/text"
)

// Browser is a person's browser without script: it keeps cookies, follows
// redirects and fails the test on a key without words.
type Browser struct {
	T    testing.TB
	URL  string
	c    *http.Client
	Lang text.Lang
}

// Answer is what came back.
type Answer struct {
	Status int
	Path   string // after redirects
	Body   string
}

// Browse signs a person in, in a browser of their own.
func (w *World) Browse(name string, lang text.Lang) *Browser {
	w.T.Helper()
	w.pages.Do(w.open)
	b := Visit(w.T, w.url, lang)
	res, err := b.c.Get(w.url + "/trial-sign-in?person=" + Person(name).String())
	if err != nil {
		w.T.Fatal(err)
	}
	_ = res.Body.Close()
	return b
}

// Restart makes the next browser meet a server that has just started and
// remembers nothing, no session either.
func (w *World) Restart() { w.pages = sync.Once{} }

// open serves the world, and lets in whoever asks.
func (w *World) open() {
	sessions := scs.New()
	_, h, err := w.Site(sessions, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		w.T.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/trial-sign-in", sessions.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sessions.Put(r.Context(), "person", r.URL.Query().Get("person"))
		sessions.Put(r.Context(), "signed_at", w.Now().Format(time.RFC3339))
	})))
	mux.Handle("/", h)
	srv := httptest.NewServer(mux)
	w.T.Cleanup(srv.Close)
	w.url = srv.URL
}

// Get opens a page.
func (b *Browser) Get(path string) Answer {
	b.T.Helper()
	res, err := b.c.Get(b.URL + path) //nolint:bodyclose // answer closes it
	return b.answer(res, err)
}

// Post sends a form.
func (b *Browser) Post(path string, form url.Values) Answer {
	b.T.Helper()
	res, err := b.c.PostForm(b.URL+path, form) //nolint:bodyclose // answer closes it
	return b.answer(res, err)
}

func (b *Browser) answer(res *http.Response, err error) Answer {
	b.T.Helper()
	if err != nil {
		b.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	a := Answer{Status: res.StatusCode, Path: res.Request.URL.Path, Body: string(body)}
	if i := strings.Index(a.Body, ">["); i >= 0 && res.Header.Get("Content-Encoding") == "" { // packed bytes are no words
		b.T.Errorf("%s: a key without words: %.60s", a.Path, a.Body[i:])
	}
	return a
}

// Has tells whether the page holds a text.
func (a Answer) Has(s string) bool { return strings.Contains(a.Body, s) }

// Fields counts the inputs a person must type or choose in the page's main
// part: one for each name, a date being one.
func (a Answer) Fields() int {
	names := map[string]bool{}
	main := a.Body[max(0, strings.Index(a.Body, "<main")):]
	for _, tag := range []string{"<input", "<textarea", "<select"} {
		for rest := main; ; {
			i := strings.Index(rest, tag)
			if i < 0 {
				break
			}
			rest = rest[i:]
			end := strings.IndexByte(rest, '>')
			el := rest[:max(end, 0)]
			rest = rest[len(tag):]
			name := attr(el, "name")
			if name == "" || attr(el, "type") == "hidden" {
				continue
			}
			for _, part := range []string{"-day", "-month", "-year"} {
				name = strings.TrimSuffix(name, part)
			}
			names[name] = true
		}
	}
	return len(names)
}

func attr(el, name string) string {
	_, after, ok := strings.Cut(el, " "+name+"=\"")
	if !ok {
		return ""
	}
	v, _, _ := strings.Cut(after, "\"")
	return v
}
