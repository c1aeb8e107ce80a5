package kit_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"serik/internal/transport/web/kit"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// gallery shows every component: /ru/read, /ru/form, /ru/refused, and the same in kk.
func gallery() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/static/", kit.Assets())
	for _, lang := range []string{"kk", "ru"} {
		read := frameOf(lang)
		read.Banner = &kit.Banner{Success: true, Text: tr(lang, "Кездесу сақталды", "Встреча сохранена"), Link: &kit.Link{Text: tr(lang, "Жазбаны көру", "Посмотреть запись"), URL: "/contacts/1"}}
		mux.Handle("/"+lang+"/read", show(read, readingPieces(lang)))
		form := frameOf(lang)
		form.Title = kit.Title{Text: tr(lang, "Кездесуді жазу", "Записать встречу")}
		mux.Handle("/"+lang+"/form", show(form, formPieces(lang, false)))
		form.Errors = []kit.FieldError{{ID: "with", Text: tr(lang, "Бала қазір кіммен екенін белгілеңіз", "Отметьте, с кем ребёнок сейчас")}, {ID: "day", Text: tr(lang, "Кездесу күнін жазыңыз", "Укажите день встречи")}}
		mux.Handle("/"+lang+"/refused", show(form, formPieces(lang, true)))
	}
	return mux
}

func show(f kit.Frame, pieces []templ.Component) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = inside(kit.Page(f), pieces...).Render(r.Context(), w)
	})
}

var galleryPages = []string{"/kk/read", "/kk/form", "/kk/refused", "/ru/read", "/ru/form", "/ru/refused"}

func fetch(t *testing.T, srv *httptest.Server, path string) []byte {
	t.Helper()
	res, err := srv.Client().Get(srv.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", path, res.Status)
	}
	return body
}

func nodes(t *testing.T, page []byte) []*html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(root.Descendants())
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// Nothing inline: the content policy would refuse it.
func TestNothingInline(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(gallery())
	defer srv.Close()
	for _, path := range galleryPages {
		for _, n := range nodes(t, fetch(t, srv, path)) {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
				t.Errorf("%s: inline <%s>", path, n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") || strings.HasPrefix(a.Val, "javascript:") || strings.HasPrefix(a.Val, "data:") {
					t.Errorf("%s: <%s %s=%q>", path, n.Data, a.Key, a.Val)
				}
			}
		}
	}
}

// Every identifier is used once, and all that is named by one exists.
func TestIdentifiersResolve(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(gallery())
	defer srv.Close()
	for _, path := range galleryPages {
		all := nodes(t, fetch(t, srv, path))
		ids := map[string]int{}
		for _, n := range all {
			if id, ok := attr(n, "id"); ok {
				ids[id]++
			}
		}
		for id, times := range ids {
			if times > 1 || id == "" {
				t.Errorf("%s: id %q stands %d times", path, id, times)
			}
		}
		for _, n := range all {
			for _, key := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls", "data-count", "data-reveal"} {
				named, _ := attr(n, key)
				for _, id := range strings.Fields(named) {
					if ids[id] == 0 {
						t.Errorf("%s: %s=%q leads nowhere", path, key, id)
					}
				}
			}
			if href, _ := attr(n, "href"); strings.HasPrefix(href, "#") && ids[href[1:]] == 0 {
				t.Errorf("%s: link %q leads nowhere", path, href)
			}
		}
	}
}

// Every field has a label, every group a legend, every page one heading and
// the right language.
func TestFieldsAreLabelled(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(gallery())
	defer srv.Close()
	for _, path := range galleryPages {
		all := nodes(t, fetch(t, srv, path))
		labelled := map[string]bool{}
		headings := 0
		for _, n := range all {
			if id, ok := attr(n, "for"); ok {
				labelled[id] = true
			}
			if n.Data == "h1" {
				headings++
			}
			if lang, _ := attr(n, "lang"); n.Type == html.ElementNode && n.Data == "html" && lang != path[1:3] {
				t.Errorf("%s: lang=%q", path, lang)
			}
		}
		if headings != 1 {
			t.Errorf("%s: %d first headings", path, headings)
		}
		for _, n := range all {
			if n.Data != "input" && n.Data != "textarea" && n.Data != "select" {
				continue
			}
			kind, _ := attr(n, "type")
			id, _ := attr(n, "id")
			if kind != "hidden" && !labelled[id] {
				name, _ := attr(n, "name")
				t.Errorf("%s: field %q has no label", path, name)
			}
		}
	}
}

// A first visit costs at most 120 KB with script, style and font; the pages
// after it at most 25 KB each.
func TestSizes(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(gallery())
	defer srv.Close()
	shared := 0
	for _, name := range []string{"serik.css", "serik.js", "htmx.js", "serik.svg"} {
		shared += packed(t, fetch(t, srv, kit.Asset(name)))
	}
	for _, name := range []string{"onest-latin.woff2", "onest-cyrillic.woff2", "onest-kazakh.woff2"} {
		shared += len(fetch(t, srv, kit.Asset(name)))
	}
	for _, path := range galleryPages {
		page := packed(t, fetch(t, srv, path))
		if page > 25<<10 || shared+page > 120<<10 {
			t.Errorf("%s: %d bytes, %d with what it needs", path, page, shared+page)
		}
	}
	if n := packed(t, fetch(t, srv, kit.Asset("serik.js"))); n > 3<<10 {
		t.Errorf("serik.js: %d bytes", n)
	}
	t.Logf("shared %d bytes", shared)
}

func packed(t *testing.T, body []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// The present hash is kept for ever, an older one is not; gzip where asked.
func TestAssets(t *testing.T) {
	t.Parallel()
	h := kit.Assets()
	ask := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, c := range []struct {
		path, accept, cache, encoding string
		code                          int
	}{
		{kit.Asset("serik.css"), "gzip", "public, max-age=31536000, immutable", "gzip", 200},
		{kit.Asset("serik.css"), "", "public, max-age=31536000, immutable", "", 200},
		{kit.Asset("onest-latin.woff2"), "gzip", "public, max-age=31536000, immutable", "", 200},
		{"/static/000000000000/serik.css", "", "no-cache", "", 200},
		{kit.Asset("none.css"), "", "", "", 404},
	} {
		w := ask(c.path, c.accept)
		if w.Code != c.code || w.Header().Get("Cache-Control") != c.cache || w.Header().Get("Content-Encoding") != c.encoding {
			t.Errorf("%s: %d %q %q", c.path, w.Code, w.Header().Get("Cache-Control"), w.Header().Get("Content-Encoding"))
		}
	}
}

// All that the style sheet asks for is there, from this very server.
func TestStyleSheetAsksOnlyItself(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(gallery())
	defer srv.Close()
	css := fetch(t, srv, kit.Asset("serik.css"))
	for _, m := range regexp.MustCompile(`url\("?([^")]+)"?\)`).FindAllSubmatch(css, -1) {
		fetch(t, srv, kit.Asset(string(m[1])))
	}
}

// A text of a person is never markup, and a link never runs a script.
func TestTextIsNotMarkup(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	f := frameOf("ru")
	f.Title.Text = "<b>x</b>"
	f.Back = &kit.Link{Text: "x", URL: "javascript:alert(1)"}
	pieces := inside(kit.Page(f), kit.Textarea{Field: kit.Field{Name: "a", Label: "a"}, Value: "</textarea><script>1</script>"})
	if err := pieces.Render(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<b>x", "<script>1", "javascript:"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%q came through", bad)
		}
	}
}
