package kit

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Front is how the site stands towards the network: under which address people
// know it, and which proxies may speak for those behind them.
type Front struct {
	Public  string         // origin such as https://serik.example; none on a machine of one's own
	Trusted []netip.Prefix // of proxies whose headers are believed
}

// https tells that people reach the site by an encrypted address.
func (f Front) https() bool { return strings.HasPrefix(f.Public, "https://") }

// Address is where a request comes from, for the door of programs beside the
// pages.
func (s *Site) Address(r *http.Request) string {
	client, _ := s.front.Client(r)
	return client
}

// origin is the address under which a browser that keeps passkeys knows the
// site: the public one, or a machine's own name for itself; none elsewhere.
func (f Front) origin(r *http.Request) string {
	if f.Public != "" {
		u, err := url.Parse(f.Public)
		if err != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
			return ""
		}
		return f.Public
	}
	u := url.URL{Scheme: "http", Host: r.Host}
	if u.Hostname() != "localhost" || encrypted(r) {
		return ""
	}
	return u.String()
}

// Origin is the address to which this browser's passkeys are bound; none when
// the site cannot have any here.
func (s *Site) Origin(q *Req) string { return s.front.origin(q.Request) }

// Public is the address under which people know the site, if it was said.
func (s *Site) Public() string { return s.front.Public }

type frontKey struct{}

// meet puts the client's own address in the place of the proxy's, and notes
// whether the way to the client is encrypted. What a header says counts only
// when a trusted proxy hands it over.
func (f Front) meet(r *http.Request) *http.Request {
	client, tls := f.Client(r)
	r = r.WithContext(context.WithValue(r.Context(), frontKey{}, f.https() || tls || r.TLS != nil))
	r.RemoteAddr = client
	return r
}

// encrypted tells whether the way to the client is.
func encrypted(r *http.Request) bool {
	on, _ := r.Context().Value(frontKey{}).(bool)
	return on
}

// Client is the address a request comes from, and whether a trusted proxy says
// that it came encrypted.
func (f Front) Client(r *http.Request) (string, bool) {
	peer, ok := hop(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr, false
	}
	if !f.trusts(peer) {
		return peer.String(), false
	}
	hops, proto := passed(r.Header)
	return f.rightmost(peer, hops).String(), strings.EqualFold(proto, "https")
}

func (f Front) trusts(a netip.Addr) bool {
	for _, p := range f.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// rightmost is the last address that no trusted proxy of ours has: each of them
// writes down, at the right, whom it was called by, and what stands further
// left anybody may have written.
func (f Front) rightmost(peer netip.Addr, hops []string) netip.Addr {
	at := peer
	for i := len(hops) - 1; i >= 0 && f.trusts(at); i-- {
		next, ok := hop(hops[i])
		if !ok {
			return at
		}
		at = next
	}
	return at
}

// hop reads an address, with or without brackets, quotes and port; an address
// of the old kind within the new is the old.
func hop(s string) (netip.Addr, bool) {
	s = strings.Trim(strings.TrimSpace(s), `"`)
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		with, e := netip.ParseAddrPort(s)
		if e != nil {
			return netip.Addr{}, false
		}
		a = with.Addr()
	}
	return a.Unmap().WithZone(""), true
}

// passed reads what the proxies have written: by whom each was called, and the
// protocol the last one was called by. A proxy writes one kind of header and
// lets the other pass as the client sent it; where the two do not agree,
// nothing is known.
func passed(h http.Header) (hops []string, proto string) {
	hops = listed(h["X-Forwarded-For"])
	protos := listed(h["X-Forwarded-Proto"])
	if len(protos) > 0 {
		proto = protos[len(protos)-1]
	}
	elements := listed(h["Forwarded"])
	if len(elements) == 0 {
		return hops, proto
	}
	var other []string
	otherProto := ""
	for _, e := range elements {
		said := map[string]string{}
		for _, pair := range strings.Split(e, ";") {
			name, value, _ := strings.Cut(pair, "=")
			said[strings.ToLower(strings.TrimSpace(name))] = strings.Trim(strings.TrimSpace(value), `"`)
		}
		other = append(other, said["for"])
		otherProto = said["proto"]
	}
	if len(hops) == 0 {
		if proto != "" && !strings.EqualFold(proto, otherProto) {
			otherProto = ""
		}
		return other, otherProto
	}
	if last, ok := hop(hops[len(hops)-1]); ok {
		if o, ok := hop(other[len(other)-1]); ok && o == last {
			return hops, proto
		}
	}
	return nil, ""
}

// mostHops bounds how many proxies are followed.
const mostHops = 20

func listed(values []string) []string {
	var out []string
	for _, v := range values {
		for _, part := range strings.Split(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out[max(0, len(out)-mostHops):]
}
