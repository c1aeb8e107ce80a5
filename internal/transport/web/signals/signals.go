// Package signals is the section of messages about children: the list, the
// entry of a message, and one page for each step of triage. A message without
// its answer about safety shows that question and nothing else to do.
package signals

import (
	"context"
	"strconv"
	"strings"

	"serik/internal/app/worklist"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/messages"

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	mux.Handle("GET /messages", s.Show(list))
	mux.Handle("GET /messages/new", s.Show(enterForm))
	mux.Handle("POST /messages/new", s.Do(enterForm, enter))
	mux.Handle("POST /messages/new/from", s.Find(enterForm))
	mux.Handle("GET /messages/{id}", s.Show(page))
	mux.Handle("POST /messages/{id}", s.Do(page, answerSafety))
	mux.Handle("GET /messages/{id}/reporter", s.Show(reporter))
	mux.Handle("GET /messages/{id}/kind", s.Show(kindForm))
	mux.Handle("POST /messages/{id}/kind", s.Do(kindForm, confirm))
	mux.Handle("GET /messages/{id}/child", s.Show(childForm))
	mux.Handle("POST /messages/{id}/child/find", s.Find(childForm))
	mux.Handle("POST /messages/{id}/child", s.Do(childForm, identify))
	mux.Handle("GET /messages/{id}/other", s.Show(otherForm))
	mux.Handle("POST /messages/{id}/other/find", s.Find(otherForm))
	mux.Handle("POST /messages/{id}/other", s.Do(otherForm, addOther))
	mux.Handle("GET /messages/{id}/case", s.Show(caseForm))
	mux.Handle("POST /messages/{id}/case", s.Do(caseForm, openCase))
	mux.Handle("GET /messages/{id}/case/{child}", s.Show(caseForm))
	mux.Handle("POST /messages/{id}/case/{child}", s.Do(caseForm, openCase))
	mux.Handle("POST /messages/{id}/add", s.Do(page, addToCase))
	mux.Handle("GET /messages/{id}/pass", s.Show(passForm))
	mux.Handle("POST /messages/{id}/pass", s.Do(passForm, passOn))
	mux.Handle("POST /messages/{id}/accept", s.Do(page, accept))
	mux.Handle("GET /messages/{id}/refuse", s.Show(refuseForm))
	mux.Handle("POST /messages/{id}/refuse", s.Do(refuseForm, refuse))
	mux.Handle("GET /messages/{id}/decide", s.Show(decideForm))
	mux.Handle("POST /messages/{id}/decide", s.Do(decideForm, decide))
	mux.Handle("GET /messages/{id}/not-confirmed", s.Show(refuteForm))
	mux.Handle("POST /messages/{id}/not-confirmed", s.Do(refuteForm, refute))
	mux.Handle("GET /messages/{id}/second", s.Show(secondForm))
	mux.Handle("POST /messages/{id}/second", s.Do(secondForm, second))
	mux.Handle("GET /messages/{id}/tell", s.Show(tellForm))
	mux.Handle("POST /messages/{id}/tell", s.Do(tellForm, tell))
}

// message finds the message of the address with the names around it.
func message(ctx context.Context, v *act.View, q *kit.Req) (signal.Message, worklist.Names, error) {
	key, err := q.ID("id")
	if err != nil {
		return signal.Message{}, worklist.Names{}, err
	}
	m, err := signal.Get(ctx, v, key)
	if err != nil {
		return m, worklist.Names{}, err
	}
	var others []id.ID
	for _, o := range m.Others {
		others = append(others, o.Child)
	}
	passed := []signal.Signal{m.Signal}
	for _, p := range m.Passings {
		passed = append(passed, signal.Signal{Territory: p.FromPath, Place: p.ToPath, EnteredBy: p.By, AnsweredBy: p.AnsweredBy})
	}
	n, err := worklist.MessageNames(ctx, v, q.T.Lang(), passed, others...)
	return m, n, err
}

// to is the address of a message, or of one of its steps.
func to(key id.ID, step string) string {
	if step == "" {
		return URL + "/" + key.String()
	}
	return URL + "/" + key.String() + "/" + step
}

// form is a form about a message: it carries the version it was opened with.
func form(m signal.Message, step string, more ...kit.Hidden) kit.Form {
	return kit.Form{URL: to(m.ID, step), Keep: "message-" + step + "-" + m.ID.String(), Version: strconv.Itoa(m.Version),
		Hidden: append(more, kit.Hidden{Name: "version", Value: strconv.Itoa(m.Version)})}
}

// screen is the frame of one step.
func screen(q *kit.Req, m signal.Message, n worklist.Names, title string) kit.Screen {
	return kit.Screen{Section: URL, Back: &kit.Link{Text: q.T.T("messages.back"), URL: to(m.ID, "")},
		Title: kit.Title{Text: title, State: about(q, m, n)}}
}

// about says in one line which message a page is about: the child as far as the
// reader may know, the kind that its facts show, and when it was received. It
// stands under a title and never in one (practice rule 11).
func about(q *kit.Req, m signal.Message, n worklist.Names) string {
	return stated(q, m, child(q.T, m.Signal, n))
}

// stated is about with a child's name that is known already, or none.
func stated(q *kit.Req, m signal.Message, whom string) string {
	line := []string{q.T.Head("problem." + m.Kind()), q.T.T("messages.state_received", map[string]any{"At": q.T.DateTime(m.ReceivedAt)})}
	if whom != "" {
		line = append([]string{whom}, line...)
	}
	return strings.Join(line, " · ")
}
