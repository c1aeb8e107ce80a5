package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/id"
)

// Serving is the condition, inside another query, that the person of a column
// holds a role over the territory of a column at an instant and is active: the
// rule of Standing.Serves for many rows at once. It counts instead of asking
// EXISTS: PostgreSQL would turn that into a join and, on tables it has not yet
// analysed, walk all people for each row.
func Serving(role Role, person, territory string, at time.Time) schema.QueryWithArgs {
	return bun.SafeQuery("(SELECT count(*) FROM access_grant AS ag JOIN person AS ap ON ap.id = ag.person"+
		" WHERE ag.person = ? AND ag.role = ? AND ag.from_at <= ? AND (ag.to_at IS NULL OR ag.to_at > ?)"+
		" AND substr(?, 1, length(ag.territory)) = ag.territory"+
		" AND (ap.state = 'active') = (ap.state_at IS NULL OR ap.state_at <= ?)) > 0",
		bun.Ident(person), role, at, at, bun.Ident(territory), at)
}

// Standing is how a person of the service stands in one role: the account, the
// bodies, all grants of the role with their terms.
type Standing struct {
	Person   id.ID
	State    string
	StateAt  *time.Time // when the state last changed
	Agencies []id.ID
	Grants   []Grant
}

// Active tells whether the account was active at an instant. Only the last
// change of state is known: before it the account was what it is not now.
func (s Standing) Active(at time.Time) bool {
	return (s.State == "active") == (s.StateAt == nil || !s.StateAt.After(at))
}

// Holds tells whether a grant of the role was in force at an instant, over any
// territory.
func (s Standing) Holds(at time.Time) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool { return g.inForce(at) })
}

// Covers tells whether a grant in force at an instant covers a territory.
func (s Standing) Covers(territory string, at time.Time) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool {
		return g.inForce(at) && strings.HasPrefix(territory, g.Territory)
	})
}

// Serves tells whether the person was active and held the role over a
// territory at an instant.
func (s Standing) Serves(territory string, at time.Time) bool {
	return s.Active(at) && s.Covers(territory, at)
}

func (g Grant) inForce(at time.Time) bool {
	return !g.FromAt.After(at) && (g.ToAt == nil || g.ToAt.After(at))
}

// Standings tells how people stand in a role; who is unknown is missing.
func Standings(ctx context.Context, d bun.IDB, role Role, people ...id.ID) (map[id.ID]Standing, error) {
	out := make(map[id.ID]Standing, len(people))
	for block := range slices.Chunk(people, 500) {
		var rows []struct {
			ID      id.ID
			State   string
			StateAt *time.Time
			Agency  id.ID
		}
		err := d.NewSelect().Table("person").Column("id", "state", "state_at", "agency").
			Where("id IN (?)", bun.List(block)).Scan(ctx, &rows)
		if err != nil {
			return nil, fmt.Errorf("standings: %w", err)
		}
		var grants []Grant
		err = d.NewSelect().TableExpr("access_grant AS g").ColumnExpr("g.*").Where("g.person IN (?)", bun.List(block)).
			OrderExpr("g.from_at, g.id").Scan(ctx, &grants)
		if err != nil {
			return nil, fmt.Errorf("standings: %w", err)
		}
		for _, r := range rows {
			s := Standing{Person: r.ID, State: r.State, StateAt: r.StateAt}
			if r.Agency != "" {
				s.Agencies = append(s.Agencies, r.Agency)
			}
			out[r.ID] = s
		}
		for _, g := range grants {
			s := out[g.Person]
			if g.Agency != "" {
				s.Agencies = append(s.Agencies, g.Agency)
			}
			if g.Role == role {
				s.Grants = append(s.Grants, g)
			}
			out[g.Person] = s
		}
	}
	return out, nil
}

// Serve lists the people, active or not, who hold a role at an instant by a
// grant within a scope; the scope is that of a View, over rows named "g".
func Serve(ctx context.Context, d bun.IDB, role Role, at time.Time, scope func(*bun.SelectQuery) *bun.SelectQuery) ([]id.ID, error) {
	var out []id.ID
	err := d.NewSelect().TableExpr("access_grant AS g").ColumnExpr("DISTINCT g.person").Where("g.role = ?", role).
		Where("g.from_at <= ?", at).Where("(g.to_at IS NULL OR g.to_at > ?)", at).Apply(scope).
		OrderExpr("g.person").Limit(2000).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("who serves as %s: %w", role, err)
	}
	return out, nil
}

// GrantRows is the row filter's view of a grant, for Serve.
func GrantRows() Row { return Row{Alias: "g", Subjects: []string{"person"}} }

// Closures are people and bodies to whom subjects are closed.
type Closures map[id.ID][]id.ID

// ClosuresOf finds to whom many subjects are closed.
func ClosuresOf(ctx context.Context, d bun.IDB, subjects ...id.ID) (Closures, error) {
	out := Closures{}
	for block := range slices.Chunk(subjects, 500) {
		var rows []closedRow
		if err := d.NewSelect().Model(&rows).Where("x.subject IN (?)", bun.List(block)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("closures: %w", err)
		}
		for _, r := range rows {
			out[r.Subject] = append(out[r.Subject], r.Person, r.Agency)
		}
	}
	return out, nil
}

// To tells whether any of the subjects is closed to a person.
func (c Closures) To(s Standing, subjects ...id.ID) bool {
	for _, x := range subjects {
		for _, who := range c[x] {
			if who != "" && (who == s.Person || slices.Contains(s.Agencies, who)) {
				return true
			}
		}
	}
	return false
}
