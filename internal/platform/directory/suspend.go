package directory

import (
	"context"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Suspend cuts a person's access at once: the next page or act is refused and
// every session ends. It waits for nothing. Anybody may be suspended who is at
// home or serves in the actor's territory.
//
// Faults: Denied; NotFound; Conflict "people.not_active"; Invalid (reason).
func Suspend(ctx context.Context, a *act.Act, person id.ID, reason string) error {
	if err := a.May(SuspendPeople); err != nil {
		return err
	}
	p, err := toWrite(ctx, a, SuspendPeople, person, true)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Text(reason, 500, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	if p.State != Active {
		return fault.Clash("people.not_active")
	}
	if err := setState(ctx, a, p, Suspended); err != nil {
		return err
	}
	a.Record("person.suspend", p.on(), map[string]any{"reason": reason})
	return endSessions(ctx, a, p.ID, "")
}

// Restore gives a suspended person access again; they sign in anew.
//
// Faults: Denied; NotFound; Conflict "people.not_suspended".
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
	a.Record("person.restore", p.on(), nil)
	return setState(ctx, a, p, Active)
}

// Owed counts the cases that a person must still hand over. The caller gives
// it, for the directory knows no casework.
type Owed func(ctx context.Context, a *act.Act, person id.ID) (int, error)

// Deactivate ends a person's service for good: grants, sessions and password
// end. It is refused while handover is owed; who must go at once is suspended.
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
	if p.State == Deactivated {
		return fault.Clash("people.deactivated")
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
	return endSessions(ctx, a, person, "")
}

func setState(ctx context.Context, a *act.Act, p Person, state string) error {
	_, err := a.DB().NewRaw("UPDATE person SET state = ?, state_at = ?, version = version + 1 WHERE id = ?", state, a.Now(), p.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("state of a person: %w", err)
	}
	return nil
}
