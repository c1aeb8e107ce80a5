// Package admin is the section of those who keep the service itself: people
// and their roles, the bodies that take part, the norms. Names of officials
// are no secret, yet a search for one is posted like any other.
package admin

import (
	"net/http"

	"serik/internal/app/webhook"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/settings"
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/admin"

const (
	peopleURL   = URL + "/people"
	agenciesURL = URL + "/agencies"
	normsURL    = URL + "/norms"
	hooksURL    = URL + "/webhooks"
)

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	who := ties{s}
	mux.Handle("GET /admin", http.RedirectHandler(peopleURL, http.StatusSeeOther))
	mux.Handle("GET /admin/people", s.Show(people))
	mux.Handle("POST /admin/people", s.Find(people))
	mux.Handle("GET /admin/people/add", s.Show(addForm))
	mux.Handle("POST /admin/people/add", s.Do(addForm, add))
	mux.Handle("GET /admin/people/{id}", s.Show(who.page))
	mux.Handle("GET /admin/people/{id}/edit", s.Show(editForm))
	mux.Handle("POST /admin/people/{id}/edit", s.Do(editForm, edit))
	mux.Handle("GET /admin/people/{id}/move", s.Show(moveForm))
	mux.Handle("GET /admin/people/{id}/grant", s.Show(grantForm))
	mux.Handle("POST /admin/people/{id}/grant", s.Do(grantForm, grant))
	mux.Handle("GET /admin/people/{id}/grants/{grant}/end", s.Show(endForm))
	mux.Handle("POST /admin/people/{id}/grants/{grant}/end", s.Do(endForm, end))
	mux.Handle("GET /admin/people/{id}/suspend", s.Show(suspendForm))
	mux.Handle("POST /admin/people/{id}/suspend", s.Do(suspendForm, suspend))
	mux.Handle("POST /admin/people/{id}/restore", s.Do(who.page, restore))
	mux.Handle("GET /admin/people/{id}/deactivate", s.Show(deactivateForm))
	mux.Handle("POST /admin/people/{id}/deactivate", s.Do(deactivateForm, deactivate))
	mux.Handle("GET /admin/people/{id}/password", s.Show(passwordForm))
	mux.Handle("POST /admin/people/{id}/password", s.Once(passwordForm, password))
	mux.Handle("GET /admin/people/{id}/factor", s.Show(factorForm))
	mux.Handle("POST /admin/people/{id}/factor", s.Do(factorForm, factorReset))
	mux.Handle("GET /admin/people/{id}/link", s.Show(who.form))
	mux.Handle("POST /admin/people/{id}/link", s.Do(who.form, who.tie))
	mux.Handle("POST /admin/people/{id}/unlink", s.Do(who.form, who.untie))
	mux.Handle("GET /admin/agencies", s.Show(agencies))
	mux.Handle("GET /admin/agencies/add", s.Show(agencyAddForm))
	mux.Handle("POST /admin/agencies/add", s.Do(agencyAddForm, agencyAdd))
	mux.Handle("GET /admin/agencies/{id}", s.Show(agencyForm))
	mux.Handle("POST /admin/agencies/{id}", s.Do(agencyForm, agencyEdit))
	mux.Handle("GET /admin/agencies/{id}/close", s.Show(agencyCloseForm))
	mux.Handle("POST /admin/agencies/{id}/close", s.Do(agencyCloseForm, agencyClose))
	mountHooks(mux, s)
	n := book{s.Run.Book()}
	mux.Handle("GET /admin/norms", s.Show(n.list))
	mux.Handle("GET /admin/norms/{key}", s.Show(n.one))
	mux.Handle("GET /admin/norms/{key}/set", s.Show(n.setForm))
	mux.Handle("POST /admin/norms/{key}/set", s.Do(n.setForm, n.set))
	mux.Handle("GET /admin/norms/{key}/{row}/verify", s.Show(n.verifyForm))
	mux.Handle("POST /admin/norms/{key}/{row}/verify", s.Do(n.verifyForm, n.verify))
}

// tabs lead through the lists of the section that the reader may open.
func tabs(v *act.View, q *kit.Req, here string) kit.SubNav {
	var out kit.SubNav
	for _, t := range []struct {
		text, url string
		action    access.Action
	}{
		{q.T.T("admin.people"), peopleURL, directory.ListPeople},
		{q.T.T("admin.agencies"), agenciesURL, directory.ListAgencies},
		{q.T.T("admin.norms"), normsURL, settings.ListNorms},
		{q.T.T("webhook.title"), hooksURL, webhook.List},
	} {
		if v.May(t.action) == nil {
			out.Tabs = append(out.Tabs, kit.Tab{Link: kit.Link{Text: t.text, URL: t.url, Current: t.url == here}})
		}
	}
	return out
}
