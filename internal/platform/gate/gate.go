// Package gate is the way out of the house: it posts to addresses that people
// have typed, and to no machine of our own network. What an address resolves to
// is judged when the connection is made, after every look into the DNS, so that
// a name which is innocent when it is asked about and private when it is dialled
// leads nowhere. No redirect is followed, no answer is read, and each call ends.
// It keeps what the register holds inside (Law of 21.05.2013 No 94-V, art. 22).
//
// Not a goal: to fetch. Nothing that a receiver says comes into the house but
// the number of its answer.
package gate

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"serik/internal/platform/fault"
)

// Cause says in one word why a call brought no answer.
type Cause string

// The causes.
const (
	Private Cause = "private" // the address is of a network that is not listed
	Timeout Cause = "timeout"
	TLS     Cause = "tls"
	DNS     Cause = "dns"
	Network Cause = "network"
	Address Cause = "address" // it is no address to which calls go
)

// Failed is a call without an answer. Its text is the cause alone: what a
// receiver or a resolver says is not ours to repeat.
type Failed struct{ Cause Cause }

func (f Failed) Error() string { return "call failed: " + string(f.Cause) }

const (
	wholeCall = 10 * time.Second
	dialling  = 5 * time.Second
	headBytes = 16 << 10
)

// Gate posts to the outside.
type Gate struct {
	client   *http.Client
	patience time.Duration
	listed   atomic.Pointer[List]
}

// Option changes a gate, for tests.
type Option func(*Gate, *http.Transport)

// Patience is how long a whole call may take instead of ten seconds.
func Patience(d time.Duration) Option { return func(g *Gate, _ *http.Transport) { g.patience = d } }

// Roots are whom to believe instead of the machine's own roots.
func Roots(p *x509.CertPool) Option {
	return func(_ *Gate, t *http.Transport) { t.TLSClientConfig.RootCAs = p }
}

// Dial finds machines in another way than the machine's own resolver does; what
// is found is judged all the same.
func Dial(r *net.Resolver) Option {
	return func(g *Gate, t *http.Transport) { t.DialContext = g.dialer(r) }
}

// New makes a gate through which only the public network is reached.
func New(options ...Option) *Gate {
	g := &Gate{patience: wholeCall}
	g.listed.Store(&List{})
	t := &http.Transport{
		Proxy:                  nil, // a proxy would dial instead of us
		DialContext:            g.dialer(nil),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialling,
		ResponseHeaderTimeout:  wholeCall,
		MaxResponseHeaderBytes: headBytes,
		DisableKeepAlives:      true, // each call is dialled, and so judged, anew
		DisableCompression:     true,
	}
	for _, o := range options {
		o(g, t)
	}
	g.client = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return g
}

// Allow lists the hosts and networks that are reached although they are not
// public, and over http too.
func (g *Gate) Allow(l List) { g.listed.Store(&l) }

type listedKey struct{}

func (g *Gate) dialer(r *net.Resolver) func(context.Context, string, string) (net.Conn, error) {
	d := &net.Dialer{Timeout: dialling, Resolver: r, ControlContext: func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return Failed{Private}
		}
		ip, err := netip.ParseAddr(host)
		if err != nil || ctx.Value(listedKey{}) == nil && !Public(ip) && !g.listed.Load().holds(ip) {
			return Failed{Private}
		}
		return nil
	}}
	return d.DialContext
}

// Post sends a body and gives the number of the answer. The answer's own body is
// not read. An error is a Failed.
func (g *Gate) Post(ctx context.Context, address string, header map[string]string, body []byte) (int, error) {
	clean, err := g.Check(address)
	if err != nil {
		return 0, Failed{Address}
	}
	ctx, cancel := context.WithTimeout(ctx, g.patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, clean, bytes.NewReader(body))
	if err != nil {
		return 0, Failed{Address}
	}
	if g.listed.Load().names(r.URL.Hostname()) {
		r = r.WithContext(context.WithValue(ctx, listedKey{}, true))
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	res, err := g.client.Do(r)
	if err != nil {
		return 0, Failed{causeOf(ctx, err)}
	}
	_ = res.Body.Close() // unread: the connection goes with it
	return res.StatusCode, nil
}

func causeOf(ctx context.Context, err error) Cause {
	var own Failed
	var slow net.Error
	var name *net.DNSError
	var cert *tls.CertificateVerificationError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &own):
		return own.Cause
	case ctx.Err() != nil, errors.As(err, &slow) && slow.Timeout():
		return Timeout
	case errors.As(err, &name):
		return DNS
	case errors.As(err, &cert), errors.As(err, &alert), errors.As(err, &record), errors.Is(err, io.EOF) && strings.Contains(err.Error(), "tls"):
		return TLS
	}
	return Network
}

// List is what is reached although it is not public.
type List struct {
	hosts    map[string]bool
	networks []netip.Prefix
}

// Read reads hosts, addresses and networks: "hooks.internal", "10.1.2.3",
// "10.0.0.0/8". A network so wide that it lists everything is refused.
func Read(all []string) (List, error) {
	l := List{hosts: map[string]bool{}}
	for _, each := range all {
		each = strings.ToLower(strings.TrimSpace(each))
		if p, err := netip.ParsePrefix(each); err == nil {
			if p.Bits() < 8 {
				return List{}, fmt.Errorf("%s is too wide", each)
			}
			l.networks = append(l.networks, p.Masked())
			continue
		}
		if ip, err := netip.ParseAddr(each); err == nil && ip.Zone() == "" {
			l.networks = append(l.networks, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
			continue
		}
		host, err := ascii(each)
		if err != nil || !named(host) {
			return List{}, fmt.Errorf("%q is no host and no network", each)
		}
		l.hosts[host] = true
	}
	return l, nil
}

func (l *List) names(host string) bool {
	return l.hosts[strings.TrimSuffix(strings.ToLower(host), ".")]
}

func (l *List) holds(ip netip.Addr) bool {
	for _, p := range l.networks {
		if p.Contains(ip) || p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// refused is an address that is none for calls.
func refused(key string) error { return fault.Bad("url", key) }
