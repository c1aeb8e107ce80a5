package directory

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// NewPassword is what a person types to change the password.
type NewPassword struct {
	Old     string
	New     string
	Keep    id.ID  // the present session, which goes on
	Address string // where it was typed
}

// ChangePassword changes a person's own password and ends the person's other
// sessions. A wrong old password counts like a wrong one at signing in, so
// that an unattended screen is no place to guess; therefore the try is an act
// of its own, which stays when the change is refused.
//
// Faults: Denied; Limited "signin.wait" (N minutes); Invalid (old, new).
func ChangePassword(ctx context.Context, r *act.Runner, who access.Who, c NewPassword) error {
	var me account
	var own []string
	least, try := 0, id.New()
	err := r.Do(ctx, who, func(ctx context.Context, a *act.Act) error {
		var err error
		if me, err = ownAccount(ctx, a); err != nil {
			return err
		}
		least = a.Norm(strength).Int()
		if own, err = around(ctx, a, me.ID); err != nil {
			return err
		}
		return countTry(ctx, a, try, from{key: me.Login, network: NetworkOf(c.Address)})
	})
	if err != nil {
		return err
	}
	var bad fault.Fields
	checkPassword(&bad, least, me.Login, own, c.Old, c.New)
	right, err := verify(ctx, hashers, me.Password, c.Old)
	if err != nil {
		return fault.Wrap(fault.Unavailable, "fault.unavailable", err)
	}
	bad.Check(right, "old", "signin.old_wrong")
	refusal := bad.Err()
	overtaken := false
	err = r.Do(ctx, who, func(ctx context.Context, a *act.Act) error {
		if refusal == nil {
			done, err := replacePassword(ctx, a, me, c)
			if err != nil {
				return err
			}
			overtaken = !done
		}
		return settleChange(ctx, a, try, me, c.Address, right)
	})
	switch {
	case err != nil:
		return err
	case overtaken:
		return fault.Bad("old", "signin.old_wrong")
	}
	return refusal
}

// ownAccount locks and reads the actor's own account.
func ownAccount(ctx context.Context, a *act.Act) (account, error) {
	if err := own(&a.View); err != nil {
		return account{}, err
	}
	me := a.Actor().Person
	return lockAccount(ctx, a, me)
}

// replacePassword writes the new password, unless the old one, which was
// checked outside the act, has been replaced meanwhile.
func replacePassword(ctx context.Context, a *act.Act, checked account, c NewPassword) (bool, error) {
	me, err := ownAccount(ctx, a)
	if err != nil || me.Password != checked.Password {
		return false, err
	}
	if err := setPassword(ctx, a, me.ID, c.New, false); err != nil {
		return false, err
	}
	a.Record("person.change_password", act.On{Noun: "person", ID: me.ID}, nil)
	return true, endSessions(ctx, a, me.ID, c.Keep)
}

func settleChange(ctx context.Context, a *act.Act, try id.ID, me account, address string, right bool) error {
	if !right {
		a.Record("person.old_password_refused", act.On{Noun: "person", ID: me.ID, Territory: me.Territory}, map[string]any{"address": address})
		return nil
	}
	if _, err := a.DB().NewRaw("UPDATE sign_in SET ok = TRUE WHERE id = ?", try).Exec(ctx); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}
