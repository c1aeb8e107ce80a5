package api

import (
	"context"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/notify"
)

const tagInbox = "inbox"

// inbox are the operations on what others left for the person.
func inbox(d *desk) {
	reads(d, tagInbox, op{id: "listNotices", route: "GET /inbox", says: "The last hundred lines of the inbox"}, listNotices)
	writes(d, tagInbox, op{id: "markNoticesSeen", route: "POST /inbox/seen", says: "Mark lines as seen"}, markSeen)
}

// Notice is one line: a key and an identifier, never a word about a child.
type Notice struct {
	ID      id.ID      `json:"id"`
	Key     string     `json:"key"`
	Noun    string     `json:"noun"`
	Subject id.ID      `json:"subject"`
	At      time.Time  `json:"at"`
	SeenAt  *time.Time `json:"seen_at,omitempty"`
	Closed  bool       `json:"closed,omitempty" doc:"The case or measure does not open to you any more: ended, another's or closed."`
}

func listNotices(ctx context.Context, v *act.View, _ *nothingIn) (Rows[Notice], error) {
	out := Rows[Notice]{Items: []Notice{}}
	all, err := notify.Inbox(ctx, v, 100)
	if err != nil {
		return out, err
	}
	leads, err := worklist.Leads(ctx, v, all)
	for _, n := range all {
		to, open := leads[n.ID]
		if open {
			n.Noun, n.Subject = to.Noun, to.ID
		}
		closed := !open && (n.Noun == "case" || n.Noun == "measure")
		out.Items = append(out.Items, Notice{n.ID, n.Key, n.Noun, n.Subject, n.At, n.SeenAt, closed})
	}
	return out, err
}

type seenIn struct {
	Once
	Body struct {
		Notices []id.ID `json:"notices" maxItems:"200"`
	}
}

func markSeen(ctx context.Context, a *act.Act, in *seenIn) (Made, error) {
	var r refs
	var keys []id.ID
	for _, n := range in.Body.Notices {
		keys = append(keys, r.id("notices", n))
	}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	return Made{Count: len(keys)}, notify.MarkSeen(ctx, a, keys...)
}
