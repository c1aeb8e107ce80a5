package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Suspend cuts a person's access at once: the next page or act is refused and
// every session ends. It waits for nothing. Of a chair, a coordinator or a
// protection officer those who remain and those above learn. Anybody may be suspended who is at
// home or serves in the actor's territory and does not stand above the actor
// (Suspendable).
//
// Faults: Denied, also "people.own_access", "people.stands_above"; NotFound;
// Conflict "people.not_active"; Invalid (reason).
func Suspend(ctx context.Context, a *act.Act, person id.ID, reason string) error {
	if err := a.May(SuspendPeople); err != nil {
		return err
	}
	p, err := toWrite(ctx, a, SuspendPeople, person, true)
	if err != nil {
		return err
	}
	if p.ID == a.Actor().Person {
		return fault.Deny("people.own_access")
	}
	one := []Person{p}
	if err := addGrants(ctx, &a.View, one); err != nil {
		return err
	}
	if !Suspendable(&a.View, one[0]) {
		return fault.Deny("people.stands_above")
	}
	var bad fault.Fields
	bad.Text(reason, 500, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	if err := Working(p.State); err != nil {
		return err
	}
	if err := setState(ctx, a, p, Suspended); err != nil {
		return err
	}
	a.Record("person.suspend", p.on(), map[string]any{"reason": reason})
	if err := tellOfCut(ctx, a, one[0]); err != nil {
		return err
	}
	return endSessions(ctx, a, p.ID, "")
}

// Suspendable tells whether the actor, who may suspend people at all, may
// suspend this one: nobody themselves; below an administrator nobody who
// oversees the actor or holds a role over a wider territory, and a secretary
// no chair. The person must have been read with their grants.
func Suspendable(v *act.View, p Person) bool {
	who := v.Actor()
	if who.Machine {
		return true
	}
	if p.ID == who.Person {
		return false
	}
	for _, mine := range who.Grants {
		if mine.Role == access.Administrator {
			return true
		}
	}
	return slices.ContainsFunc(who.Grants, func(mine access.Grant) bool {
		return (mine.Role == access.Chair || mine.Role == access.Secretary) &&
			!slices.ContainsFunc(p.Grants, func(g Grant) bool { return standsAbove(g, mine) })
	})
}

// standsAbove tells whether a grant stands above a chair's or a secretary's.
func standsAbove(g Grant, mine access.Grant) bool {
	switch g.Role {
	case access.Administrator, access.Regional, access.Republican, access.Prosecutor:
		return true
	case access.Chair:
		if mine.Role == access.Secretary {
			return true
		}
	}
	return g.Territory != mine.Territory && strings.HasPrefix(mine.Territory, g.Territory)
}

// Restore gives a suspended person access again; they sign in anew. What an
// administrator or the machine has cut, an administrator gives back
// (Restorable), and nobody to whom they have let in (decision 22).
//
// Faults: Denied, also "people.cut_above"; NotFound; Conflict
// "people.not_suspended", "people.other_hand".
func Restore(ctx context.Context, a *act.Act, person id.ID) error {
	if err := a.May(RestorePeople); err != nil {
		return err
	}
	p, err := toWrite(ctx, a, RestorePeople, person, true)
	if err != nil {
		return err
	}
	if p.State != Suspended {
		return fault.Clash("people.not_suspended")
	}
	ok, err := Restorable(ctx, &a.View, p.ID)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Deny("people.cut_above")
	}
	if err := MayAppoint(ctx, &a.View, p); err != nil {
		return err
	}
	a.Record("person.restore", p.on(), nil)
	return setState(ctx, a, p, Active)
}

// Restorable tells whether the actor, who may restore people at all, may
// restore this one: an administrator anybody, a chair whom an office of the
// chair's own territory has suspended.
func Restorable(ctx context.Context, v *act.View, person id.ID) (bool, error) {
	who := v.Actor()
	administers := func(g access.Grant) bool { return g.Role == access.Administrator }
	if who.Machine || slices.ContainsFunc(who.Grants, administers) {
		return true, nil
	}
	var held []access.Grant // by who suspended, then
	err := v.DB().NewSelect().TableExpr("person AS p").Join("JOIN access_grant AS g ON g.person = p.state_by").
		Column("g.role", "g.territory").Where("p.id = ?", person).Where("g.from_at <= p.state_at").
		Where("(g.to_at IS NULL OR g.to_at > p.state_at)").Scan(ctx, &held)
	if err != nil {
		return false, fmt.Errorf("who suspended: %w", err)
	}
	mine := func(g access.Grant) bool { return v.May(RestorePeople, g.Territory) == nil }
	return !slices.ContainsFunc(held, administers) && slices.ContainsFunc(held, mine), nil
}

// Owed counts the cases that a person must still hand over. The caller gives
// it, for the directory knows no casework.
type Owed func(ctx context.Context, a *act.Act, person id.ID) (int, error)

// Deactivate ends a person's service for good: grants, sessions, tokens and
// password end. It is refused while handover is owed; who must go at once is suspended.
//
// Faults: Denied; NotFound; Conflict "people.deactivated"; Conflict
// "people.cases_wait" (N).
func Deactivate(ctx context.Context, a *act.Act, person id.ID, owed Owed) error {
	if err := a.May(DeactivatePeople); err != nil {
		return err
	}
	p, err := toWrite(ctx, a, DeactivatePeople, person, false)
	if err != nil {
		return err
	}
	if err := Standing(p.State); err != nil {
		return err
	}
	n, err := owed(ctx, a, person)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.Clash("people.cases_wait", fault.Args{"N": n})
	}
	if err := setState(ctx, a, p, Deactivated); err != nil {
		return err
	}
	if _, err := a.DB().NewRaw("UPDATE person SET password = '' WHERE id = ?", person).Exec(ctx); err != nil {
		return fmt.Errorf("deactivate: %w", err)
	}
	_, err = a.DB().NewRaw("UPDATE access_grant SET to_at = CASE WHEN from_at > ? THEN from_at ELSE ? END"+
		" WHERE person = ? AND (to_at IS NULL OR to_at > ?)", a.Now(), a.Now(), person, a.Now()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("deactivate: %w", err)
	}
	a.Record("person.deactivate", p.on(), nil)
	if err := endTokens(ctx, a, person); err != nil {
		return err
	}
	return endSessions(ctx, a, person, "")
}

func setState(ctx context.Context, a *act.Act, p Person, state string) error {
	_, err := a.DB().NewRaw("UPDATE person SET state = ?, state_at = ?, state_by = ?, version = version + 1 WHERE id = ?",
		state, a.Now(), a.Actor().Person, p.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("state of a person: %w", err)
	}
	return nil
}
