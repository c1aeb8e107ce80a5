package signal

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// first are the messages that repeat only one which is closed to the viewer:
// to them each is the first, or the flag would tell the one who is named that
// there was another (practice rule 6).
type first map[id.ID]bool

func (f first) mend(rows []Signal) {
	for i := range rows {
		rows[i].Repeat = rows[i].Repeat && !f[rows[i].ID]
	}
}

func (f first) without(q *bun.SelectQuery) *bun.SelectQuery {
	if len(f) == 0 {
		return q
	}
	var keys []id.ID
	for k := range f {
		keys = append(keys, k)
	}
	return q.Where("s.id NOT IN (?)", bun.List(keys))
}

// firsts finds them; most viewers have nothing closed to them, and no more is
// asked.
func firsts(ctx context.Context, v *act.View) (first, error) {
	who := v.Actor()
	if who.Person == "" {
		return nil, nil
	}
	var children []id.ID
	err := v.DB().NewSelect().TableExpr("signal AS s").ColumnExpr("DISTINCT s.child").Where("s.child IS NOT NULL").
		Where("s.id IN (?)", access.Shut(who)).Limit(2000).Scan(ctx, &children)
	if err != nil || len(children) == 0 {
		return nil, wrapFirst(err)
	}
	var open []struct {
		ID, Child  id.ID
		ReceivedAt time.Time
		Repeat     bool
	}
	err = v.DB().NewSelect().TableExpr("signal AS s").Column("s.id", "s.child", "s.received_at", "s.repeat").
		Where("s.child IN (?)", bun.List(children)).Apply(access.Closed(who, access.Row{Alias: "s"})).Limit(5000).Scan(ctx, &open)
	if err != nil {
		return nil, wrapFirst(err)
	}
	out, months := first{}, v.Norm("signal.repeat_months").Int()
	for _, s := range open {
		since := date.Of(s.ReceivedAt).AddMonths(-months).Start()
		again := false
		for _, o := range open {
			again = again || o.ID != s.ID && o.Child == s.Child && !o.ReceivedAt.Before(since) && !o.ReceivedAt.After(s.ReceivedAt)
		}
		if s.Repeat && !again {
			out[s.ID] = true
		}
	}
	return out, nil
}

func wrapFirst(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("repeats that are closed: %w", err)
}
