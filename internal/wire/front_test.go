package wire_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
	"serik/internal/wire/trial"
)

// local is the network in which a trial's own proxy stands.
func local() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// through tries to sign in as somebody behind a proxy.
func through(b *trial.Browser, login, password string, heads ...string) (trial.Answer, http.Header) {
	b.T.Helper()
	r, err := http.NewRequest(http.MethodPost, b.URL+"/sign-in", strings.NewReader(url.Values{"login": {login}, "password": {password}}.Encode()))
	if err != nil {
		b.T.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(heads); i += 2 {
		r.Header.Set(heads[i], heads[i+1])
	}
	return b.Send(r)
}

// Many addresses at one account do not keep its owner out: at the own desk the
// right password opens at once, whatever goes on elsewhere; a stranger waits
// for a turn of seconds.
func TestNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	if err := d.Pages.Face(kit.Front{Trusted: local()}); err != nil {
		t.Fatal(err)
	}
	d.Passwords("secretary@lake", "chair@lake")
	owner := d.Visit(text.RU)
	if a, _ := through(owner, "secretary@lake", trial.Password, "X-Forwarded-For", "203.0.113.1"); a.Status != http.StatusSeeOther {
		t.Fatalf("the owner: %d", a.Status)
	}
	if _, err := w.DB.W.NewRaw("UPDATE sign_in SET at = ?", w.Now().AddDate(0, 0, -40)).Exec(t.Context()); err != nil {
		t.Fatal(err) // the address is no longer the owner's own
	}
	attacker := d.Visit(text.EN)
	statuses := map[int]int{}
	for i := range 60 {
		a, _ := through(attacker, "secretary@lake", "guess", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d, 198.51.100.%d", i, i/5))
		statuses[a.Status]++
	}
	// From the owner's own network too, until it waits.
	for range 6 {
		through(attacker, "secretary@lake", "guess", "X-Forwarded-For", "203.0.113.1")
	}
	if statuses[http.StatusForbidden] != 50 || statuses[http.StatusTooManyRequests] != 10 {
		t.Errorf("the attack: %v", statuses)
	}
	if a, _ := through(owner, "secretary@lake", trial.Password, "X-Forwarded-For", "203.0.113.1"); a.Status != http.StatusSeeOther {
		t.Errorf("the owner under attack: %d", a.Status)
	}
	stranger := d.Visit(text.EN)
	if a, _ := through(stranger, "secretary@lake", trial.Password, "X-Forwarded-For", "192.0.2.1"); a.Status != http.StatusTooManyRequests {
		t.Errorf("a stranger under attack: %d", a.Status)
	}
	w.Pass(20 * time.Second)
	if a, _ := through(stranger, "secretary@lake", trial.Password, "X-Forwarded-For", "192.0.2.1"); a.Status != http.StatusSeeOther {
		t.Errorf("a stranger in turn: %d", a.Status)
	}
	if a, _ := through(stranger, "chair@lake", trial.Password, "X-Forwarded-For", "192.0.2.2"); a.Status != http.StatusSeeOther {
		t.Errorf("another account: %d", a.Status)
	}
}

// The header of somebody who is no trusted proxy changes nothing: all tries
// count as one address.
func TestSpoofedAddress(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("secretary@lake")
	for i := range 5 {
		if a, _ := through(d.Visit(text.EN), "secretary@lake", "guess", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i), "X-Forwarded-Proto", "https"); a.Status != http.StatusForbidden {
			t.Fatalf("%d: %d", i, a.Status)
		}
	}
	a, head := through(d.Visit(text.EN), "secretary@lake", trial.Password, "X-Forwarded-For", "203.0.113.99", "X-Forwarded-Proto", "https")
	if a.Status != http.StatusTooManyRequests || head.Get("Strict-Transport-Security") != "" {
		t.Errorf("%d %v", a.Status, head)
	}
}

// Cookies are for encrypted ways wherever the way is encrypted, and only there.
func TestCookiesAreSealed(t *testing.T) {
	t.Parallel()
	trusted := local()
	for name, c := range map[string]struct {
		front  kit.Front
		heads  []string
		sealed bool
	}{
		"on this machine":                  {},
		"by a public address":              {front: kit.Front{Public: "https://serik.example"}, sealed: true},
		"by a public address in the clear": {front: kit.Front{Public: "http://serik.example"}},
		"through a proxy":                  {front: kit.Front{Trusted: trusted}, heads: []string{"X-Forwarded-Proto", "https"}, sealed: true},
		"through a proxy in the clear":     {front: kit.Front{Trusted: trusted}, heads: []string{"X-Forwarded-Proto", "http"}},
		"a stranger's word":                {heads: []string{"X-Forwarded-Proto", "https"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			d := w.Serve()
			if err := d.Pages.Face(c.front); err != nil {
				t.Fatal(err)
			}
			d.Passwords("secretary@lake")
			heads := c.heads
			if c.front.Public != "" {
				heads = append(heads, "Origin", c.front.Public)
			}
			a, head := through(d.Visit(text.RU), "secretary@lake", trial.Password, heads...)
			if a.Status != http.StatusSeeOther || len(head["Set-Cookie"]) != 2 || (head.Get("Strict-Transport-Security") != "") != c.sealed {
				t.Fatalf("%d %v", a.Status, head)
			}
			held := ""
			for _, line := range head["Set-Cookie"] {
				sealed := strings.HasPrefix(line, "__Host-") && strings.Contains(line, "; Secure") && !strings.Contains(line, "Domain")
				if sealed != c.sealed || strings.Contains(line, "Secure") != c.sealed || !strings.Contains(line, "HttpOnly") || !strings.Contains(line, "SameSite=Lax") || !strings.Contains(line, "Path=/;") {
					t.Errorf("%s", line)
				}
				value, _, _ := strings.Cut(line, ";")
				held += value + "; "
			}
			r := request(t, "GET", d.URL+"/account", nil, append(c.heads, "Cookie", strings.TrimSuffix(held, "; "))...)
			if a, _ := d.Visit(text.RU).Send(r); a.Status != http.StatusOK {
				t.Errorf("the cookie does not let in: %d", a.Status)
			}
			r = request(t, "POST", d.URL+"/lang", bytes.NewReader([]byte("lang=kk")), c.heads...)
			if _, head := d.Visit(text.RU).Send(r); strings.Contains(head.Get("Set-Cookie"), "Secure") != c.sealed {
				t.Errorf("language: %s", head.Get("Set-Cookie"))
			}
		})
	}
}
