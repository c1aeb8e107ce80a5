package signal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Telling records that it is safe to tell somebody of the household.
type Telling struct {
	Version int
	Whom    string
	How     string
}

// MayTell tells whether somebody in the household may be told of the message:
// it is not held, or the secretary has recorded safe to tell (practice rule 2).
func (s Signal) MayTell() bool { return !s.Hold || s.ToldAt != nil }

func tellable(s Signal) error {
	switch {
	case s.State == New:
		return fault.Clash("signal.safety_first")
	case s.MayTell():
		return fault.Clash("signal.not_held")
	}
	return nil
}

func checkTelling(x Telling) error {
	var bad fault.Fields
	bad.Text(x.Whom, maxWhom, "told_whom")
	bad.Text(x.How, maxWhom, "told_how")
	return bad.Err()
}

func told(s Signal, x Telling, by id.ID, now time.Time) Signal {
	s.ToldWhom, s.ToldHow, s.ToldBy, s.ToldAt = strings.TrimSpace(x.Whom), strings.TrimSpace(x.How), by, &now
	return s
}

// Tell records that it is safe to tell: whom, and how. Until then nobody in the
// household learns of a held message. It may be recorded after the message has
// ended too: the hold outlives triage.
//
// Faults: Denied; NotFound; Invalid; Conflict "signal.safety_first",
// "signal.not_held", "fault.stale".
func Tell(ctx context.Context, a *act.Act, key id.ID, x Telling) error {
	if err := a.May(TellOne); err != nil {
		return err
	}
	if err := a.Lock(ctx, "signal", key); err != nil {
		return err
	}
	s, err := one(ctx, &a.View, key, within(&a.View, TellOne))
	if err != nil {
		return err
	}
	if x.Version != 0 && x.Version != s.Version {
		return fault.Clash("fault.stale")
	}
	if err := tellable(s); err != nil {
		return err
	}
	if err := checkTelling(x); err != nil {
		return err
	}
	s = told(s, x, a.Actor().Person, a.Now())
	a.Record("signal.tell", s.on(), map[string]any{"whom": s.ToldWhom, "how": s.ToldHow})
	return save(ctx, a, s)
}

// Held tells whether a message about the child still forbids telling the
// household. Whatever leaves the house about a child asks it first; it is not
// narrowed to what the viewer sees, and says nothing but yes or no. A message
// that is closed to the viewer changes nothing for them: else the one it names
// would be warned by it (practice rule 6).
func Held(ctx context.Context, v *act.View, child id.ID) (bool, error) {
	n, err := holding(v, child).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("held messages: %w", err)
	}
	return n > 0, nil
}

// Holding tells whether the household may not be told about the child, and
// gives the message that forbids it to whoever may record whom it is safe to
// tell.
func Holding(ctx context.Context, v *act.View, child id.ID) (bool, id.ID, error) {
	held, err := Held(ctx, v, child)
	if err != nil || !held || v.Actor().Machine || v.May(TellOne) != nil {
		return held, "", err
	}
	var keys []id.ID
	err = holding(v, child).Column("s.id").Apply(within(v, TellOne)).OrderExpr("s.received_at DESC, s.id").Limit(1).Scan(ctx, &keys)
	if err != nil {
		return held, "", fmt.Errorf("held messages: %w", err)
	}
	if len(keys) == 0 {
		return held, "", nil
	}
	return held, keys[0], nil
}

// HeldChild is Held as a condition for the lists of other rooms; column holds
// the child's id.
func HeldChild(v *act.View, column string) schema.QueryWithArgs {
	return bun.SafeQuery("EXISTS (?)", held(v, v.DB().NewSelect().TableExpr("signal AS s").ColumnExpr("1"), bun.Ident(column)))
}

// holding are the messages about a child that forbid telling the household.
func holding(v *act.View, child id.ID) *bun.SelectQuery {
	return held(v, v.DB().NewSelect().Model((*Signal)(nil)), child)
}

func held(v *act.View, q *bun.SelectQuery, child any) *bun.SelectQuery {
	// Not an OR: PostgreSQL would walk all messages.
	q = q.Where("s.id IN (SELECT m.id FROM signal AS m WHERE m.child = ? UNION ALL SELECT o.signal FROM signal_child AS o WHERE o.child = ?)", child, child).
		Where("s.hold").Where("s.told_at IS NULL").Where("s.outcome <> 'not_confirmed'")
	if v.Actor().Person == "" {
		return q
	}
	return q.Apply(access.Closed(v.Actor(), access.Row{Alias: "s"}))
}
