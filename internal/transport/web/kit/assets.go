// Package kit is what every page of Serik is made of: the layout, the pieces
// of forms and of reading, the style sheet, the font and the little script.
// A section of the web fills typed structs with ready texts and renders these
// components; no section writes its own markup for a field, a table or a
// state. Everything works without script and under a content policy that
// allows nothing inline.
package kit

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

// asset is one file ready to be sent.
type asset struct {
	kind   string
	plain  []byte
	packed []byte // gzip, or nil where it does not help
}

// bundle is all files under one hash: a change of any of them changes every
// address, so that a page never mixes two releases.
type bundle struct {
	hash  string
	files map[string]asset
}

var assets = sync.OnceValue(loadAssets)

func loadAssets() bundle {
	b := bundle{files: map[string]asset{}}
	sum := sha256.New()
	entries, _ := fs.ReadDir(assetFiles, "assets") // embedded: cannot fail
	for _, e := range entries {
		body, _ := fs.ReadFile(assetFiles, "assets/"+e.Name())
		sum.Write([]byte(e.Name()))
		sum.Write(body)
		a := asset{kind: mediaType(e.Name()), plain: body}
		if !strings.HasSuffix(e.Name(), ".woff2") {
			a.packed = pack(body)
		}
		b.files[e.Name()] = a
	}
	b.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return b
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "text/plain; charset=utf-8"
}

// packers are kept: a new one is most of a megabyte.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func pack(body []byte) []byte {
	var out bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&out)
	_, _ = w.Write(body) // into memory: cannot fail
	_ = w.Close()
	return out.Bytes()
}

// Asset is the address of an asset by its file name.
func Asset(name string) string {
	return "/static/" + assets().hash + "/" + name
}

// Assets serves the files under /static/. The present hash is kept by the
// browser for ever; an older one, asked for by a page of the release before,
// gets the present file without being kept.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
		a, ok := assets().files[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		if hash == assets().hash {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		body := a.plain
		if a.packed != nil {
			h.Set("Vary", "Accept-Encoding")
			if takesGzip(r) {
				h.Set("Content-Encoding", "gzip")
				body = a.packed
			}
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // the reader may have gone
		}
	})
}
