package account

import (
	"strings"

	"serik/internal/transport/web/kit"
)

// kindOf says what kind of device and which browser a session is on, as far as
// the browser tells: enough to know one's own.
func kindOf(q *kit.Req, agent string) string {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(agent, w) {
				return true
			}
		}
		return false
	}
	kind := "account.kind_other"
	switch {
	case has("iPad", "Tablet") || has("Android") && !has("Mobile"):
		kind = "account.kind_tablet"
	case has("iPhone", "Mobile", "Android"):
		kind = "account.kind_phone"
	case has("Windows", "Macintosh", "X11", "CrOS", "Linux"):
		kind = "account.kind_desk"
	}
	for _, b := range []struct{ mark, name string }{{"YaBrowser", "Yandex"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox", "Firefox"},
		{"SamsungBrowser", "Samsung"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}} {
		if has(b.mark) {
			return q.T.T(kind) + ", " + b.name
		}
	}
	return q.T.T(kind)
}
