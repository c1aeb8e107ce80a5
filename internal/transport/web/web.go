// Package web is the door for a person with a browser: the router over the
// sections. A section's folder is its address.
package web

import (
	"net/http"

	"serik/internal/app/retention"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/directory"
	"serik/internal/transport/web/account"
	"serik/internal/transport/web/admin"
	"serik/internal/transport/web/cases"
	"serik/internal/transport/web/children"
	"serik/internal/transport/web/erasures"
	"serik/internal/transport/web/files"
	"serik/internal/transport/web/kit"
	"serik/internal/transport/web/myday"
	"serik/internal/transport/web/people"
	"serik/internal/transport/web/signals"
	"serik/internal/transport/web/uncovered"
)

// Sections are the entries of the main navigation.
func Sections() []kit.Section {
	return []kit.Section{
		{Key: "nav.my_day", URL: myday.URL, Action: directory.OwnSession},
		{Key: "nav.messages", URL: signals.URL, Action: signal.ListAll},
		{Key: "nav.children", URL: children.URL, Action: registry.SearchAll},
		{Key: "nav.cases", URL: cases.URL, Action: casework.List},
		{Key: "nav.uncovered", URL: uncovered.URL, Action: casework.SeeUncovered},
		{Key: "nav.people", URL: people.URL, Action: casework.SeeLoads},
		{Key: "nav.erasures", URL: erasures.URL, Action: retention.AskOne},
		{Key: "nav.admin", URL: admin.URL, Action: directory.AddPeople},
	}
}

// Handler answers requests.
type Handler = http.Handler

// New makes the whole site's handler.
func New(s *kit.Site) Handler { return s.Guard(mounted(s)) }

// Routes lists the patterns of all pages and forms.
func Routes(s *kit.Site) []string { return mounted(s).Patterns() }

func mounted(s *kit.Site) *kit.Mux {
	mux := &kit.Mux{}
	account.Mount(mux, s)
	myday.Mount(mux, s)
	cases.Mount(mux, s)
	admin.Mount(mux, s)
	mux.Handle("GET /{$}", http.RedirectHandler(myday.URL, http.StatusSeeOther))
	signals.Mount(mux, s)
	children.Mount(mux, s)
	uncovered.Mount(mux, s)
	people.Mount(mux, s)
	files.Mount(mux, s)
	erasures.Mount(mux, s)
	mux.Handle("POST /lang", kit.Tongues())
	mux.Handle("/", s.NotFound())
	mux.Settle()
	return mux
}
