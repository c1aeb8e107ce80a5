package directory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Whoever lets somebody in can come in by that name, until the person notices:
// the two are one hand for the norm's days. So are two whom a third has let in.
// The operator of the machine lets in and becomes nobody's hand.

// deed is one record of who did what lately.
type deed struct {
	Actor string
	At    time.Time
}

// byPeople are the deeds of persons; the machine's count for nobody.
const byPeople = "r.actor LIKE 'person:%'"

// mostDeeds bounds what is read of one person; nobody is let in or appointed so
// often.
const mostDeeds = 1000

// oneHand tells whether one of the deeds of a query over audit AS r was done by
// the actor's own hand: by the actor, by who could have come in by the actor's
// name or by whose name the actor could have come, or by both of whom one third.
func oneHand(ctx context.Context, v *act.View, q *bun.SelectQuery) (bool, error) {
	var done []deed
	err := q.ColumnExpr("r.actor, r.at").Where(byPeople).OrderExpr("r.at DESC").Limit(mostDeeds).Scan(ctx, &done)
	if err != nil {
		return false, fmt.Errorf("other hand: %w", err)
	}
	if len(done) == 0 {
		return false, nil
	}
	me, others := v.Actor().Actor, []string{}
	for _, d := range done {
		if d.Actor == me {
			return true, nil
		}
		if !slices.Contains(others, d.Actor) {
			others = append(others, d.Actor)
		}
	}
	// Who was let in shortly before the deed, or at any time after it.
	in, err := letIn(ctx, v, done[len(done)-1].At, append(others, me)...)
	if err != nil {
		return false, err
	}
	mine := in.behind(me)
	return slices.ContainsFunc(others, func(o string) bool {
		return slices.ContainsFunc(in.behind(o), func(x string) bool { return slices.Contains(mine, x) })
	}), nil
}

// isOwnHand tells whether a person could be acting by the actor's name.
func isOwnHand(ctx context.Context, v *act.View, person id.ID) (bool, error) {
	if v.Actor().Machine {
		return false, nil
	}
	me := v.Actor().Actor
	in, err := letIn(ctx, v, v.Now(), me)
	return slices.Contains(in.behind(me), "person:"+person.String()), err
}

// hands tells by whom each has been let in.
type hands map[string][]string

// letIn finds who has let in some actors, who has let in those, and so on, since
// the norm's days before an instant. It asks once for each step; mostly there is
// one, for few are let in by another hand.
func letIn(ctx context.Context, v *act.View, before time.Time, actors ...string) (hands, error) {
	since := before.AddDate(0, 0, -v.Norm(handsDays).Int())
	out := hands{}
	for len(actors) > 0 {
		var people []id.ID
		for _, a := range actors {
			out[a] = []string{}
			people = append(people, id.ID(a[len("person:"):]))
		}
		var rows []struct {
			Subject id.ID
			Actor   string
		}
		err := v.DB().NewSelect().TableExpr("audit AS r").ColumnExpr("DISTINCT r.subject, r.actor").Where("r.subject IN (?)", bun.List(people)).
			Where("r.verb IN (?)", bun.List(waysIn())).Where("r.at > ?", since).Where(byPeople).
			OrderExpr("r.subject, r.actor").Limit(mostDeeds).Scan(ctx, &rows)
		if err != nil {
			return nil, fmt.Errorf("who let in: %w", err)
		}
		actors = nil
		for _, r := range rows {
			in := "person:" + r.Subject.String()
			out[in] = append(out[in], r.Actor)
			if _, known := out[r.Actor]; !known && !slices.Contains(actors, r.Actor) {
				actors = append(actors, r.Actor)
			}
		}
	}
	return out, nil
}

// behind lists who may be acting by a name: its owner and whoever let them in.
func (h hands) behind(name string) []string {
	all := []string{name}
	for i := 0; i < len(all); i++ {
		for _, by := range h[all[i]] {
			if !slices.Contains(all, by) {
				all = append(all, by)
			}
		}
	}
	return all
}
