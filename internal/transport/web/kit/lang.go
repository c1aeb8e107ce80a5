package kit

import (
	"net/http"
	"strings"

	"serik/internal/platform/text"
)

// Tongues switches the language of the browser and returns to the page.
func Tongues() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l, ok := text.ParseLang(r.PostFormValue("lang"))
		if ok {
			http.SetCookie(w, &http.Cookie{Name: "lang", Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600,
				HttpOnly: true, Secure: encrypted(r), SameSite: http.SameSiteLaxMode})
		}
		http.Redirect(w, r, local(r.PostFormValue("back")), http.StatusSeeOther)
	})
}

// local keeps a redirect on this site. Browsers drop tabs and line breaks from
// an address, so that "/<tab>/elsewhere" would lead away: no control character
// passes.
func local(path string) string {
	control := func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, control) {
		return "/"
	}
	return path
}

// Local is local for the sections: an address that was carried elsewhere.
func Local(path string) string { return local(path) }
