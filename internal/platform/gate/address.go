package gate

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

const longest = 1000

// Check reads an address to which calls may go and gives it in the form in which
// it is kept: https unless its host is listed, a host in ASCII, a usual port, no
// name or password, no fragment. An address that says in digits that it is of a
// closed network is refused here already; all others when they are dialled.
//
// Faults: Invalid "webhook.url", "webhook.url_https", "webhook.url_user",
// "webhook.url_port", "webhook.url_private", all at "url".
func (g *Gate) Check(address string) (string, error) {
	address = strings.TrimSpace(address)
	if len(address) > longest {
		return "", refused("webhook.url")
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.Host == "" || strings.ContainsAny(address, " \t\r\n\\") {
		return "", refused("webhook.url")
	}
	if u.User != nil {
		return "", refused("webhook.url_user")
	}
	if u.Fragment != "" || strings.Contains(address, "#") {
		return "", refused("webhook.url")
	}
	host, ip, err := hostOf(u)
	if err != nil {
		return "", refused("webhook.url")
	}
	l := g.listed.Load()
	listed := l.names(host) || ip.IsValid() && l.holds(ip)
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !listed):
		return "", refused("webhook.url_https")
	case ip.IsValid() && !listed && !Public(ip), !ip.IsValid() && !listed && local(host):
		return "", refused("webhook.url_private")
	}
	port, ok := portOf(u, listed)
	if !ok {
		return "", refused("webhook.url_port")
	}
	u.Host = host
	if ip.Is6() {
		u.Host = "[" + host + "]"
	}
	if port != "" {
		u.Host = net.JoinHostPort(host, port)
	}
	return u.String(), nil
}

// hostOf reads the host of an address: a name in ASCII, or an address in its
// one canonical form. Digits that only some machines take for an address
// (0x7f.1, 2130706433) are neither.
func hostOf(u *url.URL) (string, netip.Addr, error) {
	raw := u.Hostname()
	if ip, err := netip.ParseAddr(raw); err == nil {
		if ip.Zone() != "" {
			return "", netip.Addr{}, refused("webhook.url")
		}
		return ip.String(), ip, nil
	}
	if strings.HasPrefix(u.Host, "[") {
		return "", netip.Addr{}, refused("webhook.url")
	}
	host, err := ascii(raw)
	if err != nil || !named(host) {
		return "", netip.Addr{}, refused("webhook.url")
	}
	return host, netip.Addr{}, nil
}

func ascii(host string) (string, error) {
	return idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
}

// named tells a host that a resolver takes for a name: its last part is no
// number.
func named(host string) bool {
	parts := strings.Split(host, ".")
	last := parts[len(parts)-1]
	if host == "" || len(host) > 253 || last == "" || strings.HasPrefix(last, "0x") || strings.Trim(last, "0123456789") == "" {
		return false
	}
	return !slices.Contains(parts, "") && strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// local tells a name of this machine or of its own network.
func local(host string) bool {
	if !strings.Contains(host, ".") {
		return true
	}
	for _, end := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa", ".localdomain"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}

// portOf gives the port, "" for the usual one. Below 1024 there live mail, name
// and file servers that must not be spoken to, except where they are listed.
func portOf(u *url.URL, listed bool) (string, bool) {
	p := u.Port()
	if p == "" {
		return "", !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(p)
	if err != nil || n < 1 || n > 65535 || n < 1024 && n != 443 && !listed {
		return "", false
	}
	if u.Scheme == "https" && n == 443 || u.Scheme == "http" && n == 80 {
		return "", true
	}
	return strconv.Itoa(n), true
}

// Public tells whether an address is of the public network: neither this
// machine, nor a private or shared network, nor a link, nor a group, nor one
// reserved, nor one that carries such an IPv4 address inside.
func Public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	if ip.Is6() && !netip.MustParsePrefix("2000::/3").Contains(ip) {
		return false
	}
	return !slices.ContainsFunc(reserved(), func(p netip.Prefix) bool { return p.Contains(ip) })
}

// reserved are the networks of the registries of special addresses (RFC 6890 and
// its followers) beside those that netip knows, and an address under which the
// machines of a cloud are told their secrets.
func reserved() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "168.63.129.16/32",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
