package kit

import (
	"net/http"
	"slices"
)

// Mux is the router of the site. It knows the patterns that were put on it, so
// that a test can try each page there is.
type Mux struct {
	http.ServeMux
	patterns []string
}

// Handle puts a handler on a pattern: "GET /cases/{id}".
func (m *Mux) Handle(pattern string, h http.Handler) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.Handle(pattern, h)
}

// Instead says which addresses stand behind a pattern whose handler chooses
// among them itself.
func (m *Mux) Instead(pattern string, addresses ...string) {
	m.patterns = slices.DeleteFunc(m.patterns, func(p string) bool { return p == pattern })
	m.patterns = append(m.patterns, addresses...)
}

// Patterns lists them in order.
func (m *Mux) Patterns() []string { return slices.Sorted(slices.Values(m.patterns)) }
