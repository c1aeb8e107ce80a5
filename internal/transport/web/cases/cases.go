// Package cases is the section of a child's case: the list, the case with what
// is missing next, and one form for each thing that can be done.
package cases

import (
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/cases"

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	page := func(address string, p kit.Reads) { mux.Handle("GET "+address, s.Show(p)) }
	form := func(address string, p kit.Reads, d kit.Writes) {
		page(address, p)
		mux.Handle("POST "+address, s.Do(p, d))
	}
	page("/cases", list)
	page("/cases/{id}", show)
	page("/cases/{id}/plan", planPage)
	page("/cases/{id}/contacts", contactsPage)
	page("/cases/{id}/history", historyPage)
	form("/cases/{id}/curator", proposeForm, propose)
	mux.Handle("POST /cases/{id}/accept", s.Do(nil, accept))
	form("/cases/{id}/decline", declineForm, decline)
	form("/cases/{id}/appoint", appointForm, appoint)
	form("/cases/{id}/open", openForm, openFile)
	form("/cases/{id}/contact", contactForm, contact)
	form("/cases/{id}/assessment", assessForm, assess)
	form("/cases/{id}/plan/edit", planForm, writePlan)
	form("/cases/{id}/measure", orderForm, orderMeasure)
	form("/cases/{id}/risk", riskForm, setRisk)
	form("/cases/{id}/risk/{change}", secondForm, second)
	form("/cases/{id}/end", endForm, end)
	form("/cases/{id}/check", checkForm, check)
	form("/cases/{id}/look", lookForm, lookAtEnd)
	form("/cases/{id}/reopen", reopenForm, reopen)
	page(MeasuresURL, tasks)
	page(MeasuresURL+"/{id}", task)
	form(MeasuresURL+"/{id}/delivery", deliverForm, deliver)
	form(MeasuresURL+"/{id}/reading", readForm, read)
	form(MeasuresURL+"/{id}/result", judgeForm, judge)
	form(MeasuresURL+"/{id}/second", secondResultForm, secondResult)
}
