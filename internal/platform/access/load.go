package access

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Who names the actor before the database has been asked.
type Who struct {
	Person   id.ID
	Operator string // an operator at the command line
	System   string // the machine itself: a job, the clock, the sign-in page
	Token    id.ID  // by which the person's program came, if one did
	ReadOnly bool   // it may look and write nothing
}

// Load finds the principal as of an instant. It is asked in every view and
// act, so that access can be cut in a second.
//
// Faults: Denied "access.no_person"; Denied "access.suspended".
func Load(ctx context.Context, d bun.IDB, who Who, now time.Time) (Principal, error) {
	p, _, err := LoadWith(ctx, d, who, now, "NULL")
	return p, err
}

// LoadWith is Load that asks for one value more in the same statement; there is
// none for the machine, which asks nothing.
//
// Faults: those of Load.
func LoadWith(ctx context.Context, d bun.IDB, who Who, now time.Time, value string) (Principal, string, error) {
	switch {
	case who.Operator != "":
		return Principal{Actor: "operator:" + who.Operator, Machine: true}, "", nil
	case who.System != "":
		return Principal{Actor: "system:" + who.System, Machine: true}, "", nil
	}
	if _, err := id.Parse(who.Person.String()); err != nil {
		return Principal{}, "", fault.Deny("access.no_person")
	}
	var rows []struct {
		State string
		Body  id.ID // the person's own
		Value string
		Grant
	}
	err := d.NewSelect().TableExpr("person AS p").ColumnExpr("p.state, p.agency AS body, g.*").ColumnExpr("("+value+") AS value").
		Join("LEFT JOIN access_grant AS g ON g.person = p.id AND g.from_at <= ?"+
			" AND (g.to_at IS NULL OR g.to_at > ? OR (g.agency IS NOT NULL AND g.to_at > g.from_at))", now, now).
		Where("p.id = ?", who.Person).OrderExpr("CASE WHEN g.to_at <= ? THEN 1 ELSE 0 END, g.from_at, g.id", now).Limit(500).Scan(ctx, &rows)
	if err != nil {
		return Principal{}, "", fmt.Errorf("load person: %w", err)
	}
	if len(rows) == 0 {
		return Principal{}, "", fault.Deny("access.no_person")
	}
	if rows[0].State != "active" {
		return Principal{}, "", fault.Deny("access.suspended")
	}
	out := Principal{Person: who.Person, Actor: "person:" + who.Person.String(), Token: who.Token, ReadOnly: who.ReadOnly}
	if rows[0].Body != "" {
		out.Agencies = append(out.Agencies, rows[0].Body)
	}
	for _, r := range rows {
		if r.Grant.ID == "" {
			continue // there is no grant
		}
		if !r.inForce(now) {
			out.Left = append(out.Left, Left{r.Agency, *r.ToAt})
			continue
		}
		out.Grants = append(out.Grants, r.Grant)
		if r.Agency != "" {
			out.Agencies = append(out.Agencies, r.Agency)
		}
	}
	return out, rows[0].Value, nil
}

// Holders lists the active people who hold a role over a territory at an
// instant, nearest grant first.
func Holders(ctx context.Context, d bun.IDB, role Role, territory string, now time.Time) ([]id.ID, error) {
	var out []id.ID
	err := serving(d, now, role).ColumnExpr("g.person").Where("g.territory IN (?)", bun.List(ancestors(territory))).
		GroupExpr("g.person").OrderExpr("max(length(g.territory)) DESC, g.person").Limit(50).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("holders of %s: %w", role, err)
	}
	return out, nil
}

// Nearest lists the active people who hold one of the roles where it is held
// closest to a territory, there or above.
func Nearest(ctx context.Context, d bun.IDB, territory string, now time.Time, roles ...Role) ([]id.ID, error) {
	var held []struct {
		Person    id.ID
		Territory string
	}
	err := serving(d, now, roles...).ColumnExpr("g.person, g.territory").Where("g.territory IN (?)", bun.List(ancestors(territory))).
		OrderExpr("length(g.territory) DESC, g.person").Limit(50).Scan(ctx, &held)
	if err != nil {
		return nil, fmt.Errorf("nearest holders: %w", err)
	}
	var out []id.ID
	for _, h := range held {
		if h.Territory == held[0].Territory {
			out = append(out, h.Person)
		}
	}
	return out, nil
}

// Anywhere lists the active people who hold one of the roles in any place at an
// instant.
func Anywhere(ctx context.Context, d bun.IDB, now time.Time, roles ...Role) ([]id.ID, error) {
	var out []id.ID
	err := serving(d, now, roles...).ColumnExpr("DISTINCT g.person").OrderExpr("g.person").Limit(200).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("all of roles %v: %w", roles, err)
	}
	return out, nil
}

// NearestTold is Nearest for lines that nobody may silence by suspending those
// who would read them: whoever is suspended and holds the role there or closer
// is among them.
func NearestTold(ctx context.Context, d bun.IDB, territory string, now time.Time, roles ...Role) ([]id.ID, error) {
	var held []struct {
		Person           id.ID
		Territory, State string
	}
	err := inForce(d, now, roles...).ColumnExpr("g.person, g.territory, p.state").Where("g.territory IN (?)", bun.List(ancestors(territory))).
		Where(notGone).OrderExpr("length(g.territory) DESC, g.person").Limit(200).Scan(ctx, &held)
	if err != nil {
		return nil, fmt.Errorf("nearest to be told: %w", err)
	}
	var out []id.ID
	active := ""
	for _, h := range held {
		if active != "" && h.Territory != active {
			break
		}
		if h.State == "active" {
			active = h.Territory
		}
		out = append(out, h.Person)
	}
	return out, nil
}

// AnywhereTold is Anywhere with those who are suspended, as NearestTold.
func AnywhereTold(ctx context.Context, d bun.IDB, now time.Time, roles ...Role) ([]id.ID, error) {
	var out []id.ID
	err := inForce(d, now, roles...).ColumnExpr("DISTINCT g.person").Where(notGone).OrderExpr("g.person").Limit(200).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("all to be told of roles %v: %w", roles, err)
	}
	return out, nil
}

// Staff lists the active people who hold a role in a body at an instant.
func Staff(ctx context.Context, d bun.IDB, role Role, agency id.ID, now time.Time) ([]id.ID, error) {
	var out []id.ID
	err := serving(d, now, role).ColumnExpr("DISTINCT g.person").Where("g.agency = ?", agency).
		OrderExpr("g.person").Limit(50).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("staff of %s: %w", role, err)
	}
	return out, nil
}

// serving are the grants of the roles that are in force at an instant and held
// by somebody active.
func serving(d bun.IDB, now time.Time, roles ...Role) *bun.SelectQuery {
	return inForce(d, now, roles...).Where("p.state = 'active'")
}

// notGone keeps those who serve or may serve again.
const notGone = "p.state IN ('active', 'suspended')"

// inForce are the grants of the roles that are in force at an instant, whoever
// holds them.
func inForce(d bun.IDB, now time.Time, roles ...Role) *bun.SelectQuery {
	return d.NewSelect().TableExpr("access_grant AS g").Join("JOIN person AS p ON p.id = g.person").
		Where("g.role IN (?)", bun.List(roles)).Where("g.from_at <= ?", now).Where("(g.to_at IS NULL OR g.to_at > ?)", now)
}

// EndReach ends, from an instant on, what the sources gave anybody on the
// subjects: for the end of a thing entrusted to several people.
func EndReach(ctx context.Context, d bun.IDB, subjects, sources []id.ID, now time.Time) error {
	if len(subjects) == 0 || len(sources) == 0 {
		return nil
	}
	// What was to begin later, or was written by an act that began later and
	// was let in first, never runs.
	_, err := d.NewUpdate().Table("access_reach").Set("to_at = CASE WHEN from_at > ? THEN from_at ELSE ? END", now, now).
		Where("subject IN (?)", bun.List(subjects)).Where("source IN (?)", bun.List(sources)).Where("(to_at IS NULL OR to_at > ?)", now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end reach: %w", err)
	}
	return nil
}

// ancestors lists a path and the paths above it.
func ancestors(path string) []string {
	var out []string
	for i, r := range path {
		if r == '.' {
			out = append(out, path[:i+1])
		}
	}
	return out
}
