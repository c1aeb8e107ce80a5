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
	return bun.SafeQuery("(?) > 0", bun.SafeQuery(holding+" AND substr(?, 1, length(ag.territory)) = ag.territory",
		bun.Ident(person), role, at, at, at, at, bun.Ident(territory)))
}

// Holding is Serving over any territory.
func Holding(role Role, person string, at time.Time) schema.QueryWithArgs {
	return bun.SafeQuery("(?) > 0", bun.SafeQuery(holding, bun.Ident(person), role, at, at, at, at))
}

const holding = "SELECT count(*) FROM access_grant AS ag" +
	" WHERE ag.person = ? AND ag.role = ? AND ag.from_at <= ? AND (ag.to_at IS NULL OR ag.to_at > ?)" +
	" AND NOT EXISTS (SELECT 1 FROM person_cut AS ap WHERE ap.person = ag.person AND ap.from_at <= ? AND (ap.to_at IS NULL OR ap.to_at > ?))"

// ShutOut is the condition, inside another query, that one of the subjects of
// some columns was closed by an instant to the person of a column or to a body
// the person has worked for since, up to the instant: the rule of Closures.ToAt for many rows at once.
func ShutOut(person string, at time.Time, subjects ...string) schema.QueryWithArgs {
	cols := make([]bun.Ident, len(subjects))
	for i, s := range subjects {
		cols[i] = bun.Ident(s)
	}
	return shutOut(person, at, bun.List(cols))
}

// ShutOutOf is ShutOut of subjects that are known.
func ShutOutOf(person string, at time.Time, subjects ...id.ID) schema.QueryWithArgs {
	return shutOut(person, at, bun.List(slices.DeleteFunc(slices.Clone(subjects), func(k id.ID) bool { return k == "" })))
}

func shutOut(person string, at time.Time, subjects any) schema.QueryWithArgs {
	return bun.SafeQuery("EXISTS (SELECT 1 FROM access_closed AS x WHERE x.subject IN (?0) AND x.from_at <= ?1 AND (x.person = ?2"+
		" OR x.agency IN (SELECT xp.agency FROM person AS xp WHERE xp.id = ?2)"+
		" OR x.agency IN (SELECT xg.agency FROM access_grant AS xg WHERE xg.person = ?2 AND xg.from_at <= ?1"+
		" AND (xg.to_at IS NULL OR (xg.to_at > x.from_at AND xg.to_at > xg.from_at)))))", subjects, at, bun.Ident(person))
}

// Standing is how a person of the service stands in one role: the account, the
// bodies, all grants of the role with their terms.
type Standing struct {
	Person   id.ID
	State    string
	Cuts     []Cut // when access was cut
	Agencies []id.ID
	Grants   []Grant

	home   id.ID   // the body of the account
	served []Grant // the grants of any role in a body
}

// Cut is a time in which a person's account was suspended or deactivated.
type Cut struct {
	Person id.ID
	FromAt time.Time
	ToAt   *time.Time
}

// Active tells whether the account was active at an instant.
func (s Standing) Active(at time.Time) bool {
	return !slices.ContainsFunc(s.Cuts, func(c Cut) bool { return !c.FromAt.After(at) && (c.ToAt == nil || c.ToAt.After(at)) })
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

// worked tells whether a person worked for a body at some time between two
// instants, both among them. The body of the account counts as always theirs;
// what was closed to a former one is closed to the person (Leave).
func (s Standing) worked(body id.ID, from, to time.Time) bool {
	return body == s.home || slices.ContainsFunc(s.served, func(g Grant) bool {
		return g.Agency == body && !g.FromAt.After(to) && (g.ToAt == nil || g.ToAt.After(from) && g.ToAt.After(g.FromAt))
	})
}

// Standings tells how people stand in a role; who is unknown is missing.
func Standings(ctx context.Context, d bun.IDB, role Role, people ...id.ID) (map[id.ID]Standing, error) {
	out := make(map[id.ID]Standing, len(people))
	for block := range slices.Chunk(people, 500) {
		if err := addStandings(ctx, d, role, block, out); err != nil {
			return nil, fmt.Errorf("standings: %w", err)
		}
	}
	return out, nil
}

func addStandings(ctx context.Context, d bun.IDB, role Role, people []id.ID, out map[id.ID]Standing) error {
	var rows []struct {
		ID     id.ID
		State  string
		Agency id.ID
	}
	err := d.NewSelect().Table("person").Column("id", "state", "agency").Where("id IN (?)", bun.List(people)).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	var cuts []Cut
	err = d.NewSelect().TableExpr("person_cut AS k").Column("k.person", "k.from_at", "k.to_at").Where("k.person IN (?)", bun.List(people)).
		OrderExpr("k.person, k.n").Scan(ctx, &cuts)
	if err != nil {
		return err
	}
	var grants []Grant
	err = d.NewSelect().TableExpr("access_grant AS g").ColumnExpr("g.*").Where("g.person IN (?)", bun.List(people)).
		OrderExpr("g.from_at, g.id").Scan(ctx, &grants)
	if err != nil {
		return err
	}
	for _, r := range rows {
		s := Standing{Person: r.ID, State: r.State, home: r.Agency}
		if r.Agency != "" {
			s.Agencies = append(s.Agencies, r.Agency)
		}
		out[r.ID] = s
	}
	for _, c := range cuts {
		s := out[c.Person]
		s.Cuts = append(s.Cuts, c)
		out[c.Person] = s
	}
	for _, g := range grants {
		out[g.Person] = out[g.Person].with(g, role)
	}
	return nil
}

// with is the standing with one more grant of the person's.
func (s Standing) with(g Grant, role Role) Standing {
	if g.Agency != "" {
		s.Agencies, s.served = append(s.Agencies, g.Agency), append(s.served, g)
	}
	if g.Role == role {
		s.Grants = append(s.Grants, g)
	}
	return s
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

// Opened counts the subjects, but one, that a person has opened with a reason
// since an instant.
func Opened(ctx context.Context, d bun.IDB, person, but id.ID, since time.Time) (int, error) {
	n, err := d.NewSelect().Table("access_reach").Where("person = ?", person).Where("ground = ?", AsOpened).
		Where("subject <> ?", but).Where("from_at >= ?", since).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("files opened with a reason: %w", err)
	}
	return int(n), nil
}
