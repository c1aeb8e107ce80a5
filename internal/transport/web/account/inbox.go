package account

import (
	"context"

	"serik/internal/app/worklist"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/notify"
	"serik/internal/transport/web/kit"
)

const inboxURL = "/account/inbox"

// inbox shows what acts of others have left for me, the latest first.
func (d desk) inbox(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	all, err := notify.Inbox(ctx, v, 100)
	if err != nil {
		return kit.Screen{}, err
	}
	leads, err := worklist.Leads(ctx, v, all)
	if err != nil {
		return kit.Screen{}, err
	}
	var view inboxView
	seen := kit.Action{Text: q.T.T("account.inbox_seen"), URL: inboxURL, Post: true}
	for _, n := range all {
		e := kit.Event{Text: q.T.T(n.Key), URL: address(n), When: q.T.DateTime(n.At), Instant: n.At.Format("2006-01-02T15:04Z")}
		if n.Noun == "case" || n.Noun == "measure" {
			to, ok := leads[n.ID]
			n.Noun, n.Subject = to.Noun, to.ID
			e.URL, e.Body = address(n), about(q, to)
			if !ok {
				e.Body = q.T.T("account.inbox_closed")
			}
		}
		if n.SeenAt == nil {
			e.Level, e.Tag = kit.Wait, &kit.Tag{Text: q.T.T("account.inbox_new"), Level: kit.Wait}
			seen.Fields = append(seen.Fields, kit.Hidden{Name: "notice", Value: n.ID.String()})
		}
		view.Lines.Events = append(view.Lines.Events, e)
	}
	unread, err := notify.Unread(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	title := kit.Title{Text: q.T.T("account.inbox"), State: q.T.N("account.inbox_unread", unread)}
	if len(seen.Fields) > 0 {
		title.Primary = &seen
	}
	if len(all) == 0 {
		view.Empty = &kit.Empty{Why: q.T.T("account.inbox_empty"), Do: q.T.T("account.inbox_empty_do")}
	}
	return kit.Screen{Tab: true, Title: title, Body: inboxPage(view)}, nil
}

// about says which case or measure a line means, and nothing of the child.
func about(q *kit.Req, to worklist.Subject) string {
	if to.Noun == "measure" {
		return q.T.T("account.inbox_measure", map[string]any{"Measure": "measure_kind." + to.Name})
	}
	return q.T.T("account.inbox_case", map[string]any{"No": to.Name})
}

// address is the page of what a line is about.
func address(n notify.Notice) string {
	switch n.Noun {
	case "case":
		return "/cases/" + n.Subject.String()
	case "signal":
		return "/messages/" + n.Subject.String()
	case "measure":
		return "/measures/" + n.Subject.String()
	case "child":
		return "/children/" + n.Subject.String()
	case "erasure":
		return "/erasures/" + n.Subject.String()
	case "grant", "device":
		return "/account"
	case "factor":
		return factorURL
	case "person":
		if n.Key == "notice.newcomer" || n.Key == "notice.sleeper" || n.Key == "notice.cut" { // its readers see the people of their place
			return "/admin/people/" + n.Subject.String()
		}
	case "norm":
		return "/admin/norms"
	case "webhook":
		return "/admin/webhooks/" + n.Subject.String()
	}
	return ""
}

// markSeen notes that I have seen the lines that were on the page.
func (d desk) markSeen(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	var lines []id.ID
	for _, s := range q.Form["notice"] {
		key, err := id.Parse(s)
		if err == nil {
			lines = append(lines, key)
		}
	}
	return kit.Next{URL: inboxURL, Done: "account.inbox_done"}, notify.MarkSeen(ctx, a, lines...)
}
