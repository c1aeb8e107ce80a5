package kit

import (
	"net/http"
	"slices"
	"strings"
)

// Mux is the router of the site. It knows the patterns that were put on it, so
// that a test can try each page there is.
type Mux struct {
	http.ServeMux
	patterns []string
	pages    map[string]http.Handler // by address, of deeds
}

// Handle puts a handler on a pattern: "GET /cases/{id}".
func (m *Mux) Handle(pattern string, h http.Handler) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.Handle(pattern, h)
	if address, ok := strings.CutPrefix(pattern, "POST "); ok {
		if d, ok := h.(deed); ok {
			if m.pages == nil {
				m.pages = map[string]http.Handler{}
			}
			m.pages[address] = d
		}
	}
}

// Settle is called after the last Handle: a deed whose address has no page of
// its own shows there what was refused.
func (m *Mux) Settle() {
	for address, h := range m.pages {
		if !slices.Contains(m.patterns, "GET "+address) {
			m.ServeMux.Handle("GET "+address, h)
		}
	}
}

// Instead says which addresses stand behind a pattern whose handler chooses
// among them itself.
func (m *Mux) Instead(pattern string, addresses ...string) {
	m.patterns = slices.DeleteFunc(m.patterns, func(p string) bool { return p == pattern })
	m.patterns = append(m.patterns, addresses...)
}

// Patterns lists them in order.
func (m *Mux) Patterns() []string { return slices.Sorted(slices.Values(m.patterns)) }
