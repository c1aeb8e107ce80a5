package kit_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"serik/internal/transport/web/kit"
)

// Only a trusted proxy is believed, and of what it hands over only what the
// trusted ones themselves have written.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	f := kit.Front{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for name, c := range map[string]struct {
		peer, want string
		tls        bool
		heads      []string
	}{
		"nobody between":               {peer: "203.0.113.5:1", want: "203.0.113.5"},
		"a stranger's word":            {peer: "203.0.113.5:1", want: "203.0.113.5", heads: []string{"X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", "https"}},
		"a stranger's word, new kind":  {peer: "203.0.113.5:1", want: "203.0.113.5", heads: []string{"Forwarded", "for=198.51.100.1;proto=https"}},
		"one proxy":                    {peer: "10.0.0.2:1", want: "198.51.100.1", heads: []string{"X-Forwarded-For", "198.51.100.1"}},
		"one proxy, encrypted":         {peer: "10.0.0.2:1", want: "198.51.100.1", tls: true, heads: []string{"X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", "https"}},
		"the client wrote one before":  {peer: "10.0.0.2:1", want: "198.51.100.1", heads: []string{"X-Forwarded-For", "192.0.2.7, 198.51.100.1"}},
		"in a header of its own":       {peer: "10.0.0.2:1", want: "198.51.100.1", heads: []string{"X-Forwarded-For", "192.0.2.7", "X-Forwarded-For", "198.51.100.1"}},
		"the client named a trusted":   {peer: "10.0.0.2:1", want: "198.51.100.1", heads: []string{"X-Forwarded-For", "10.0.0.9, 198.51.100.1"}},
		"two proxies":                  {peer: "10.0.0.2:1", want: "198.51.100.1", heads: []string{"X-Forwarded-For", "192.0.2.7, 198.51.100.1, 10.0.0.3"}},
		"nonsense behind":              {peer: "10.0.0.2:1", want: "10.0.0.3", heads: []string{"X-Forwarded-For", "198.51.100.1, secret, 10.0.0.3"}},
		"nonsense":                     {peer: "10.0.0.2:1", want: "10.0.0.2", heads: []string{"X-Forwarded-For", "<script>"}},
		"silent proxy":                 {peer: "10.0.0.2:1", want: "10.0.0.2"},
		"all are ours":                 {peer: "10.0.0.2:1", want: "10.0.0.4", heads: []string{"X-Forwarded-For", "10.0.0.4, 10.0.0.3"}},
		"with a port":                  {peer: "10.0.0.2:1", want: "198.51.100.1", heads: []string{"X-Forwarded-For", "198.51.100.1:4711"}},
		"the old within the new":       {peer: "[::ffff:10.0.0.2]:1", want: "198.51.100.1", heads: []string{"X-Forwarded-For", "::ffff:198.51.100.1"}},
		"new kind":                     {peer: "[fd00::1]:1", want: "2001:db8::7", tls: true, heads: []string{"Forwarded", `for="[2001:db8::7]:4711";proto=https`}},
		"new kind, client's before":    {peer: "[fd00::1]:1", want: "2001:db8::7", heads: []string{"Forwarded", `for=192.0.2.7;proto=https, for="[2001:db8::7]"`}},
		"new kind, hidden":             {peer: "10.0.0.2:1", want: "10.0.0.2", heads: []string{"Forwarded", "for=_hidden"}},
		"both agree":                   {peer: "10.0.0.2:1", want: "198.51.100.1", tls: true, heads: []string{"X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", "https", "Forwarded", "for=198.51.100.1;proto=https"}},
		"one of both the client wrote": {peer: "10.0.0.2:1", want: "10.0.0.2", heads: []string{"X-Forwarded-For", "192.0.2.7", "Forwarded", "for=198.51.100.1"}},
		"a zone":                       {peer: "[fe80::1%eth0]:1", want: "fe80::1"},
		"another socket":               {peer: "@", want: "@", heads: []string{"X-Forwarded-For", "198.51.100.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.peer
			for i := 0; i+1 < len(c.heads); i += 2 {
				r.Header.Add(c.heads[i], c.heads[i+1])
			}
			if at, tls := f.Client(r); at != c.want || tls != c.tls {
				t.Errorf("%s, encrypted %v", at, tls)
			}
			if at, tls := (kit.Front{}).Client(r); strings.Contains(at, "198.51.100") || tls {
				t.Errorf("trusting nobody: %s %v", at, tls)
			}
		})
	}
}

// What the HTTP server says of itself names nobody.
func TestServerLogNamesNobody(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := kit.ServerLog(slog.New(slog.NewJSONHandler(&out, nil)))
	for said, what := range map[string]string{
		"http: panic serving 10.0.0.1:5: Planted Child\ngoroutine 7 [running]:\n\t/src/casework/open.go:17 +0x1a": `"panic","at":"open.go:17"`,
		"http: TLS handshake error from 10.0.0.1:5: Planted":                                                      `"tls"`,
		"http: URL query contains semicolon, Planted":                                                             `"query"`,
		"Planted": `"other"`,
	} {
		out.Reset()
		l.Print(said)
		if !strings.Contains(out.String(), `"msg":"server","what":`+what) || strings.Contains(out.String(), "Planted") || strings.Contains(out.String(), "10.0.0.1") {
			t.Errorf("%q: %s", said, out.String())
		}
	}
}
