package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Load is what one curator carries.
type Load struct {
	Person    id.ID
	State     string // of the account
	Cases     int    // open cases as curator
	ByRisk    map[Risk]int
	Deputised int // open cases in which the person stands in now
	Waiting   int // proposals that wait for an answer
	Overdue   int // of these, longer than the norm's hours (curator.answer_hours)
	AwayUntil *time.Time
	Over      bool // more than the norm (curator.limit)
}

// Loads are the curators of a territory with what they carry.
type Loads struct {
	Curators []Load
	Limit    int // the norm curator.limit
}

// Caseloads lists the curators who serve within the actor's scope and whoever
// is still curator of a case there, the most laden first.
//
// Faults: Denied.
func Caseloads(ctx context.Context, v *act.View) (Loads, error) {
	out := Loads{Limit: v.Norm("curator.limit").Int()}
	if err := v.May(SeeLoads); err != nil {
		return out, err
	}
	people, err := access.Serve(ctx, v.DB(), access.Curator, v.Now(), v.Scope(SeeLoads, access.GrantRows()))
	if err != nil {
		return out, err
	}
	var holders []id.ID
	err = v.DB().NewSelect().TableExpr("assignment AS g").ColumnExpr("DISTINCT g.person").
		Join("JOIN case_file AS c ON c.id = g.case_id").Where("g.role = 'curator'").Where("g.state = 'active'").
		Where("c.state <> 'ended'").Apply(v.Scope(SeeLoads, access.Rows("c"))).Limit(2000).Scan(ctx, &holders)
	if err != nil {
		return out, fmt.Errorf("caseloads: %w", err)
	}
	people = append(people, holders...)
	slices.Sort(people)
	out.Curators, err = carried(ctx, v, slices.Compact(people), out.Limit)
	return out, err
}

// carried counts what people carry, wherever it lies: a load is a load. What is
// closed to the viewer is not counted, or the number would tell of it.
func carried(ctx context.Context, v *act.View, people []id.ID, limit int) ([]Load, error) {
	away, staff, err := standing(ctx, v.DB(), setOf(people))
	if err != nil {
		return nil, err
	}
	at := map[id.ID]*Load{}
	out := make([]Load, len(people))
	for i, p := range people {
		out[i] = Load{Person: p, State: staff[p].State, ByRisk: map[Risk]int{}}
		for _, b := range away[p] {
			if !b.FromAt.After(v.Now()) && b.ToAt.After(v.Now()) {
				out[i].AwayUntil = &b.ToAt
			}
		}
		at[p] = &out[i]
	}
	for block := range slices.Chunk(people, 500) {
		if err := countTurns(ctx, v, block, at); err != nil {
			return nil, err
		}
	}
	for i := range out {
		out[i].Over = out[i].Cases > limit
	}
	slices.SortStableFunc(out, func(a, b Load) int { return b.Cases - a.Cases })
	return out, nil
}

func countTurns(ctx context.Context, v *act.View, people []id.ID, at map[id.ID]*Load) error {
	var rows []struct {
		Person      id.ID
		Role, State string
		Risk        Risk
		Late        bool
		N           int
	}
	asked := v.Now().Add(-v.Norm("curator.answer_hours").Hours())
	err := v.DB().NewSelect().TableExpr("assignment AS g").Join("JOIN case_file AS c ON c.id = g.case_id").
		ColumnExpr("g.person, g.role, g.state, c.risk").ColumnExpr("g.proposed_at <= ? AS late", asked).ColumnExpr("count(*) AS n").
		Where("g.person IN (?)", bun.List(people)).Where("g.state IN ('active', 'proposed')").Where("c.state <> 'ended'").
		Where("(g.until_at IS NULL OR g.until_at > ?)", v.Now()).Apply(access.Closed(v.Actor(), access.Rows("c"))).
		GroupExpr("1, 2, 3, 4, 5").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("caseloads: %w", err)
	}
	for _, r := range rows {
		l := at[r.Person]
		switch {
		case r.State == "proposed":
			l.Waiting += r.N
			if r.Late {
				l.Overdue += r.N
			}
		case r.Role == "deputy":
			l.Deputised += r.N
		default:
			l.Cases += r.N
			l.ByRisk[r.Risk] += r.N
		}
	}
	return nil
}

// CasesOf lists the open cases of the actor's scope whose curator a person is,
// the most dangerous first: what there is to hand over.
//
// Faults: Denied.
func CasesOf(ctx context.Context, v *act.View, person id.ID) ([]Case, error) {
	if err := v.May(MayHandOver); err != nil {
		return nil, err
	}
	return heldBy(ctx, v, MayHandOver, person)
}

// caseload counts the open cases whose curator a person is: all of them, for the
// log. What is shown is shownLoad.
func caseload(ctx context.Context, d bun.IDB, person id.ID) (int, error) {
	return countLoad(ctx, turnsHeld(d, person).Where("g.role = 'curator'"))
}

// shownLoad is caseload as a viewer is told it: what is closed to the viewer is
// not counted, or the number would tell of it.
func shownLoad(ctx context.Context, v *act.View, person id.ID) (int, error) {
	return countLoad(ctx, turnsHeld(v.DB(), person).Where("g.role = 'curator'").Apply(access.Closed(v.Actor(), access.Rows("c"))))
}

// turnsHeld are the turns of a person in open cases "c".
func turnsHeld(d bun.IDB, person id.ID) *bun.SelectQuery {
	return d.NewSelect().TableExpr("assignment AS g").Join("JOIN case_file AS c ON c.id = g.case_id").
		Where("g.person = ?", person).Where("g.state = 'active'").Where("c.state <> 'ended'")
}

func countLoad(ctx context.Context, turns *bun.SelectQuery) (int, error) {
	n, err := turns.Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("caseload: %w", err)
	}
	return int(n), nil
}

func setOf(people []id.ID) map[id.ID]bool {
	out := make(map[id.ID]bool, len(people))
	for _, p := range people {
		out[p] = true
	}
	return out
}
