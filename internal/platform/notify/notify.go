// Package notify is a person's inbox: short lines that acts leave for somebody
// by act.Notify. A line holds the key of its words and an identifier, never a
// word about a child; it says that there is something to see, not what.
package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Notice is one line of the inbox.
type Notice struct {
	ID      id.ID
	Key     string // of the words
	Noun    string // of what it is about, and which
	Subject id.ID
	At      time.Time
	SeenAt  *time.Time // nil while it is new
}

// Inbox lists the actor's own lines, the latest first, at most 200. Nobody
// sees another's, whatever the role.
//
// Faults: Denied to the machine, which has no inbox.
func Inbox(ctx context.Context, v *act.View, limit int) ([]Notice, error) {
	if v.Actor().Person == "" {
		return nil, fault.Deny("fault.denied")
	}
	var out []Notice
	err := v.DB().NewSelect().Table("notice").Column("id", "key", "noun", "subject", "at", "seen_at").
		Where("person = ?", v.Actor().Person).OrderExpr("at DESC, id DESC").Limit(int64(max(1, min(limit, 200)))).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	return out, nil
}

// Unread counts the actor's own new lines.
//
// Faults: Denied to the machine.
func Unread(ctx context.Context, v *act.View) (int, error) {
	if v.Actor().Person == "" {
		return 0, fault.Deny("fault.denied")
	}
	n := 0
	if err := CountUnread(v).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("unread: %w", err)
	}
	return n, nil
}

// CountUnread is the query of Unread, for whoever asks for more of the person in
// the same statement.
func CountUnread(v *act.View) *bun.SelectQuery {
	return v.DB().NewSelect().Table("notice").ColumnExpr("count(*)").Where("person = ?", v.Actor().Person).Where("seen_at IS NULL")
}

// MarkSeen notes that the actor has seen some lines; those seen before keep
// their hour. Another's lines are not found.
//
// Faults: Denied to the machine; NotFound.
func MarkSeen(ctx context.Context, a *act.Act, notices ...id.ID) error {
	me := a.Actor().Person
	if me == "" {
		return fault.Deny("fault.denied")
	}
	if len(notices) == 0 || len(notices) > 200 {
		return fault.Missing()
	}
	n, err := a.DB().NewSelect().Table("notice").Where("person = ? AND id IN (?)", me, bun.List(notices)).Count(ctx)
	if err != nil {
		return fmt.Errorf("mark seen: %w", err)
	}
	if int(n) != len(notices) {
		return fault.Missing()
	}
	_, err = a.DB().NewRaw("UPDATE notice SET seen_at = ? WHERE person = ? AND id IN (?) AND seen_at IS NULL", a.Now(), me, bun.List(notices)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("mark seen: %w", err)
	}
	for _, x := range notices {
		a.Record("notice.seen", act.On{Noun: "notice", ID: x}, nil)
	}
	return nil
}
