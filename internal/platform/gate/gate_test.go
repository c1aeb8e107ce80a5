package gate_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
)

func listed(t *testing.T, all ...string) gate.List {
	t.Helper()
	l, err := gate.Read(all)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Each closed network of the registries is refused, also inside an IPv6 address.
func TestPublic(t *testing.T) {
	t.Parallel()
	for _, s := range strings.Fields(`127.0.0.1 127.8.8.8 0.0.0.0 0.1.2.3 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 169.254.0.1
		100.64.0.1 100.100.100.200 100.127.255.255 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250
		240.0.0.1 255.255.255.255 168.63.129.16 ::1 :: fe80::1 fe80::1%eth0 fec0::1 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
		::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2001::1 2001:db8::1 2002:7f00:1:: 100::1 3fff::1 5f00::1 4000::1`) {
		if ip, err := netip.ParseAddr(s); err != nil || gate.Public(ip) {
			t.Errorf("%s is taken for public (%v)", s, err)
		}
	}
	for _, s := range strings.Fields("8.8.8.8 1.1.1.1 93.184.216.34 172.15.0.1 172.32.0.1 100.63.255.255 100.128.0.1 2606:4700::1111 ::ffff:8.8.8.8") {
		if !gate.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
}

// What people type, and what is made of it.
func TestCheck(t *testing.T) {
	t.Parallel()
	g := gate.New()
	g.Allow(listed(t, "10.2.0.0/16", "127.0.0.1", "hooks.internal", "fd12::/16"))
	for in, want := range map[string]string{
		"https://hooks.example.kz/a?b=c":  "https://hooks.example.kz/a?b=c",
		" https://Hooks.Example.KZ:443/ ": "https://hooks.example.kz/",
		"https://hooks.example.kz:8443/x": "https://hooks.example.kz:8443/x",
		"https://мектеп.қаз/":             "https://xn--e1ajkl2a0b.xn--80ao21a/",
		"https://93.184.216.34/":          "https://93.184.216.34/",
		"http://hooks.internal:81/":       "http://hooks.internal:81/",
		"http://10.2.3.4/":                "http://10.2.3.4/",
		"http://127.0.0.1:22/":            "http://127.0.0.1:22/",
		"https://[fd12::1]:8443/":         "https://[fd12::1]:8443/",
	} {
		got, err := g.Check(in)
		if strings.Contains(in, "мектеп") {
			if err != nil || !strings.HasPrefix(got, "https://xn--") || !strings.HasSuffix(got, ".xn--80ao21a/") {
				t.Errorf("%s: %s, %v", in, got, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	for in, key := range map[string]string{
		"": "webhook.url", "nonsense": "webhook.url", "https://": "webhook.url", "https:///x": "webhook.url", "mailto:a@b.kz": "webhook.url",
		"https://a.kz/#x": "webhook.url", "https://a b.kz/": "webhook.url", "https://a.kz/\nX: y": "webhook.url", "https://a..kz/": "webhook.url",
		"https://a_b.kz/": "webhook.url", "https://" + strings.Repeat("a", 1000) + ".kz/": "webhook.url", "https://[::1%25lo]/": "webhook.url",
		"https://2130706433/": "webhook.url", "https://0x7f.0x1/": "webhook.url", "https://127.1/": "webhook.url", "https://0177.0.0.1/": "webhook.url",
		"https://xn--a.kz/": "webhook.url", "https://a\\b.kz/": "webhook.url", "https://a.kz:/": "webhook.url_port",
		"http://hooks.example.kz/": "webhook.url_https", "ftp://hooks.example.kz/": "webhook.url_https", "ftp://127.0.0.1/": "webhook.url_https",
		"gopher://a.kz/": "webhook.url_https", "http://10.3.0.1/": "webhook.url_https",
		"https://user:pass@a.kz/": "webhook.url_user", "https://user@a.kz/": "webhook.url_user", "https://127.0.0.1@a.kz/": "webhook.url_user",
		"https://10.3.0.1/": "webhook.url_private", "https://[::ffff:10.3.0.1]/": "webhook.url_private", "https://localhost/": "webhook.url_private",
		"https://metadata.google.internal/": "webhook.url_private", "https://printer.local/": "webhook.url_private", "https://localhost./": "webhook.url_private",
		"https://169.254.169.254/latest/": "webhook.url_private", "https://intranet/": "webhook.url_private",
		"https://a.kz:22/": "webhook.url_port", "https://a.kz:25/": "webhook.url_port", "https://a.kz:0/": "webhook.url_port",
		"https://a.kz:65536/": "webhook.url_port",
	} {
		got, err := g.Check(in)
		f, ok := fault.Of(err)
		if !ok || f.Fields[0].Key != key || f.Fields[0].Name != "url" {
			t.Errorf("%q: %q, %v, want %s", in, got, err, key)
		}
	}
	for _, in := range []string{"0.0.0.0/0", "::/0", "10.0.0.0/7", "", "a b", "https://x.kz", "1.2.3", "a.kz:80"} {
		if _, err := gate.Read([]string{in}); err == nil {
			t.Errorf("%q is listed", in)
		}
	}
}

// failure is why a call brought no answer.
func failure(err error) gate.Cause {
	var f gate.Failed
	errors.As(err, &f)
	return f.Cause
}

// A name that looks innocent when it is typed and is private when it is dialled
// leads nowhere: what counts is the address that is dialled.
func TestNoRebinding(t *testing.T) {
	t.Parallel()
	reached := atomic.Int32{}
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(srv.Close)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"127.0.0.1", "::ffff:127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "100.64.0.1"} {
		names := resolver(t, netip.MustParseAddr(private))
		g := gate.New(gate.Dial(names))
		if _, err := g.Check("https://rebind.example.kz:" + port + "/"); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Post(t.Context(), "https://rebind.example.kz:"+port+"/", nil, nil); failure(err) != gate.Private {
			t.Errorf("%s: %v", private, err)
		}
	}
	// The same name, listed, is reached.
	g := gate.New(gate.Dial(resolver(t, netip.MustParseAddr("127.0.0.1"))), gate.Roots(roots(srv)))
	g.Allow(listed(t, "example.com"))
	if status, err := g.Post(t.Context(), "https://example.com:"+port+"/", nil, nil); err != nil || status != http.StatusOK || reached.Load() != 1 {
		t.Errorf("listed: %d, %v, %d calls", status, err, reached.Load())
	}
}

func roots(srv *httptest.Server) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(srv.Certificate())
	return p
}

// resolver answers each question about a name with one address.
func resolver(t *testing.T, ip netip.Addr) *net.Resolver {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := l.ReadFrom(b)
			if err != nil {
				return
			}
			if out := answer(b[:n], ip); out != nil {
				_, _ = l.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", l.LocalAddr().String())
	}}
}

func answer(question []byte, ip netip.Addr) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	head := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 0}
	switch {
	case q.Type == dnsmessage.TypeA && ip.Is4():
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: ip.As4()}}}
	case q.Type == dnsmessage.TypeAAAA && ip.Is6():
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
	}
	out, err := m.Pack()
	if err != nil {
		return nil
	}
	return out
}

// Receivers that redirect, talk without end, hang, lie about who they are, or
// are not there.
func TestBadReceivers(t *testing.T) {
	t.Parallel()
	elsewhere := atomic.Int32{}
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(target.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("/away", func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, target.URL, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/talks", func(w http.ResponseWriter, _ *http.Request) {
		block := []byte(strings.Repeat("x", 64<<10))
		for {
			if _, err := w.Write(block); err != nil {
				return // the caller does not read
			}
		}
	})
	mux.HandleFunc("/head", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) })
	mux.HandleFunc("/hangs", func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	g := gate.New(gate.Patience(300 * time.Millisecond))
	g.Allow(listed(t, "127.0.0.1"))
	for path, want := range map[string]struct {
		status int
		cause  gate.Cause
	}{"/away": {307, ""}, "/talks": {200, ""}, "/head": {0, gate.Network}, "/hangs": {0, gate.Timeout}} {
		status, err := g.Post(t.Context(), srv.URL+path, nil, nil)
		if status != want.status || failure(err) != want.cause {
			t.Errorf("%s: %d, %v", path, status, err)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
	stranger := httptest.NewTLSServer(mux)
	t.Cleanup(stranger.Close)
	if _, err := g.Post(t.Context(), stranger.URL, nil, nil); failure(err) != gate.TLS {
		t.Errorf("a certificate of nobody: %v", err)
	}
	closed := httptest.NewServer(mux)
	closed.Close()
	if _, err := g.Post(t.Context(), closed.URL, nil, nil); failure(err) != gate.Network {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := gate.New().Post(t.Context(), srv.URL, nil, nil); failure(err) != gate.Address {
		t.Errorf("a listed address that is no longer listed: %v", err)
	}
}

// A list never reaches everything, whatever stands in it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"hooks.internal", "10.1.2.3", "10.0.0.0/8", "0.0.0.0/0", "::/0", "::ffff:0:0/96", "fe80::1%eth0", "*", "", "xn--a", "1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := gate.Read([]string{s}); err != nil {
			return
		}
		for _, all := range []string{"/0", "/1", "/7"} {
			if strings.HasSuffix(strings.TrimSpace(s), all) {
				t.Errorf("%q is taken", s)
			}
		}
	})
}
