package directory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Grant gives a person a role in a territory from an instant, with To set
// until another.
type Grant struct {
	bun.BaseModel `bun:"table:access_grant,alias:g"`

	ID         id.ID `bun:"id,pk"`
	Person     id.ID
	Role       access.Role
	Territory  string
	Agency     id.ID      // for the head of an agency and an executor
	Commission id.ID      // for chair, secretary and member
	From       time.Time  `bun:"from_at"` // zero is now
	To         *time.Time `bun:"to_at"`
}

func (g Grant) on() act.On { return act.On{Noun: "grant", ID: g.ID, Territory: g.Territory} }

func (g Grant) detail() map[string]any {
	return map[string]any{"person": g.Person, "role": g.Role, "territory": g.Territory, "agency": g.Agency,
		"commission": g.Commission, "from": g.From, "to": g.To}
}

// SitsIn tells a role that is held in a commission.
func SitsIn(r access.Role) bool {
	return r == access.Chair || r == access.Secretary || r == access.Member
}

// ServesIn tells a role that is held in an agency.
func ServesIn(r access.Role) bool { return r == access.AgencyHead || r == access.Executor }

// Give gives a grant. Nobody gives one to themselves, nor to whom they have let
// in (decision 22).
//
// Faults: Denied, also "people.own_grant"; Conflict "people.grant_exists",
// "people.other_hand";
// Invalid (person, role, territory, agency, commission, from, to).
func Give(ctx context.Context, a *act.Act, g Grant) (id.ID, error) {
	all := []Grant{g}
	if err := give(ctx, a, all); err != nil {
		return "", err
	}
	if err := mayAppoint(ctx, a, all[0]); err != nil {
		return "", err
	}
	a.Notify(g.Person, "notice.grant_given", all[0].on())
	return all[0].ID, outgrown(ctx, a, all[0])
}

// outgrown ends the sessions of a person whose new role demands a second factor
// that the person does not have: the next signing in leads to one.
func outgrown(ctx context.Context, a *act.Act, g Grant) error {
	if g.From.After(a.Now()) || !a.Norm(factorOf(g.Role)).Yes() {
		return nil
	}
	has, err := hasFactor(ctx, a.DB(), g.Person)
	if has || err != nil {
		return err
	}
	return endSessions(ctx, a, g.Person, "")
}

// LoadGrants gives many by the rule of Give; nobody is told.
func LoadGrants(ctx context.Context, a *act.Act, all []Grant) error { return give(ctx, a, all) }

func give(ctx context.Context, a *act.Act, all []Grant) error {
	var paths []string
	for _, g := range all {
		paths = append(paths, g.Territory)
	}
	if err := a.May(GrantPeople, distinct(paths)...); err != nil {
		return err
	}
	if len(all) == 1 { // two who give the same at once wait for one another
		if err := a.Lock(ctx, "person", all[0].Person); err != nil {
			return err
		}
	}
	f, err := factsOfGrants(ctx, a, all)
	if err != nil {
		return err
	}
	for i := range all {
		g := &all[i]
		if g.From.IsZero() {
			g.From = a.Now()
		}
		if err := checkGrant(f, *g); err != nil {
			return err
		}
		g.ID = g.ID.OrNew()
		f.given[g.Person] = append(f.given[g.Person], *g)
		a.Record("grant.give", g.on(), g.detail())
	}
	if err := insert(ctx, a.DB(), all); err != nil {
		return fmt.Errorf("give: %w", err)
	}
	return nil
}

// grantFacts is what the rule about a grant must know.
type grantFacts struct {
	now         time.Time
	giver       access.Principal
	people      map[id.ID]bool // within reach of the giver, not deactivated
	paths       map[string]bool
	agencies    map[id.ID]bool
	commissions map[id.ID]string // their territories
	given       map[id.ID][]Grant
}

func factsOfGrants(ctx context.Context, a *act.Act, all []Grant) (grantFacts, error) {
	var paths []string
	var people, agencies, commissions []id.ID
	for _, g := range all {
		paths, people = append(paths, g.Territory), append(people, g.Person)
		agencies, commissions = append(agencies, g.Agency), append(commissions, g.Commission)
	}
	f := grantFacts{now: a.Now(), giver: a.Actor(), people: map[id.ID]bool{}, commissions: map[id.ID]string{"": ""}, given: map[id.ID][]Grant{}}
	here, err := among[id.ID, id.ID](ctx, func() *bun.SelectQuery {
		return a.DB().NewSelect().TableExpr("person AS p").ColumnExpr("p.id").Where("p.state <> ?", Deactivated).
			Apply(a.Scope(GrantPeople, access.Row{Alias: "p"}))
	}, "p.id", people)
	if err != nil {
		return f, err
	}
	for _, p := range here {
		f.people[p] = true
	}
	seats, err := among[id.ID, Commission](ctx, func() *bun.SelectQuery { return a.DB().NewSelect().Model((*Commission)(nil)) }, "id", commissions)
	if err != nil {
		return f, err
	}
	for _, c := range seats {
		f.commissions[c.ID] = c.Territory
	}
	given, err := among[id.ID, Grant](ctx, func() *bun.SelectQuery {
		return a.DB().NewSelect().Model((*Grant)(nil)).Where("(g.to_at IS NULL OR g.to_at > ?)", a.Now())
	}, "g.person", people)
	if err != nil {
		return f, err
	}
	for _, g := range given {
		f.given[g.Person] = append(f.given[g.Person], g)
	}
	if f.paths, err = knownPaths(ctx, a.DB(), paths); err != nil {
		return f, err
	}
	f.agencies, err = openAgencies(ctx, a.DB(), agencies)
	return f, err
}

// checkGrant is the rule about a grant. A past beginning would change who was
// allowed what yesterday, so only the machine, loading history, writes one.
func checkGrant(f grantFacts, g Grant) error {
	if g.Person != "" && g.Person == f.giver.Person {
		return fault.Deny("people.own_grant")
	}
	var bad fault.Fields
	bad.Check(f.people[g.Person], "person", "fault.id")
	bad.Check(slices.Contains(access.Roles(), g.Role), "role", "fault.id")
	bad.Check(f.paths[g.Territory], "territory", "people.territory_unknown")
	bad.Check(f.agencies[g.Agency], "agency", "people.agency_unknown")
	switch {
	case ServesIn(g.Role):
		bad.Check(g.Agency != "", "agency", "people.agency_needed")
	case SitsIn(g.Role):
		at, ok := f.commissions[g.Commission]
		bad.Check(ok && g.Commission != "" && at == g.Territory, "commission", "people.commission_needed")
	}
	_, known := f.commissions[g.Commission]
	bad.Check(known || SitsIn(g.Role), "commission", "fault.id")
	bad.Check(f.giver.Machine || !g.From.Before(f.now), "from", "people.from_past")
	bad.Check(g.To == nil || g.To.After(g.From), "to", "people.to_before_from")
	if err := bad.Err(); err != nil {
		return err
	}
	for _, o := range f.given[g.Person] {
		if o.Role == g.Role && o.Territory == g.Territory && o.Agency == g.Agency && o.Commission == g.Commission && overlap(o, g) {
			return fault.Clash("people.grant_exists")
		}
	}
	return nil
}

func overlap(a, b Grant) bool {
	return (a.To == nil || a.To.After(b.From)) && (b.To == nil || b.To.After(a.From))
}

// EndGrant ends a grant now; one that has not begun never will.
//
// Faults: Denied; NotFound; Conflict "people.grant_ended".
func EndGrant(ctx context.Context, a *act.Act, grant id.ID) error {
	if err := a.May(GrantPeople); err != nil {
		return err
	}
	if err := a.Lock(ctx, "access_grant", grant); err != nil {
		return err
	}
	var g Grant
	err := a.DB().NewSelect().Model(&g).Where("g.id = ?", grant).
		Apply(a.Scope(GrantPeople, access.Row{Alias: "g", Subjects: []string{"person"}})).Scan(ctx)
	if db.IsNone(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("end grant: %w", err)
	}
	if g.To != nil && !g.To.After(a.Now()) {
		return fault.Clash("people.grant_ended")
	}
	end := a.Now()
	if g.From.After(end) {
		end = g.From
	}
	if _, err := a.DB().NewRaw("UPDATE access_grant SET to_at = ? WHERE id = ?", end, grant).Exec(ctx); err != nil {
		return fmt.Errorf("end grant: %w", err)
	}
	a.Record("grant.end", g.on(), map[string]any{"person": g.Person, "role": g.Role})
	a.Notify(g.Person, "notice.grant_ended", g.on())
	return nil
}
