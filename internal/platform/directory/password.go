package directory

import (
	"context"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// ResetPassword gives a person a random password, shown once and changed at
// the next sign-in; sessions and tokens end. It is refused to who does not govern every place where
// the person holds a grant, else one could become somebody greater, and to who
// gave the person a role: else one could become somebody new (decision 22). Of a
// person who has not signed in for long the office of their place learns.
//
// Faults: Denied, also "people.grants_elsewhere"; NotFound; Conflict
// "people.deactivated", "factor.other_hand", "people.other_hand".
func ResetPassword(ctx context.Context, a *act.Act, person id.ID) (string, error) {
	if err := a.May(ResetPasswords); err != nil {
		return "", err
	}
	p, err := toWrite(ctx, a, ResetPasswords, person, false)
	if err != nil {
		return "", err
	}
	if err := Standing(p.State); err != nil {
		return "", err
	}
	if err := governs(ctx, a, p); err != nil {
		return "", err
	}
	if err := twoHands(ctx, a, p.ID, "person.reset_factors"); err != nil {
		return "", err
	}
	if err := MayLetIn(ctx, &a.View, p); err != nil {
		return "", err
	}
	password, err := firstPassword(ctx, a, person)
	if err != nil {
		return "", err
	}
	if err := setPassword(ctx, a, person, password, true); err != nil {
		return "", err
	}
	a.Record("person.reset_password", p.on(), nil)
	if err := tellOfSleeper(ctx, a, p); err != nil {
		return "", err
	}
	if err := forgetDevices(ctx, a, person); err != nil {
		return "", err
	}
	if err := endTokens(ctx, a, person); err != nil {
		return "", err
	}
	return password, endSessions(ctx, a, person, "")
}

// firstPassword is a random password that passes the rule for those that
// people choose.
func firstPassword(ctx context.Context, a *act.Act, person id.ID) (string, error) {
	own, err := around(ctx, a, person)
	if err != nil {
		return "", err
	}
	for {
		password, err := pronounceable()
		if err != nil || weakness(a.Norm(strength).Int(), own, password) == "" {
			return password, err
		}
		if err := ctx.Err(); err != nil {
			return "", err
		}
	}
}

func setPassword(ctx context.Context, a *act.Act, person id.ID, password string, mustChange bool) error {
	phc, err := Hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = a.DB().NewRaw("UPDATE person SET password = ?, must_change = ?, version = version + 1 WHERE id = ?", phc, mustChange, person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// MustChange tells whether the actor has to change the password before
// anything else.
func MustChange(ctx context.Context, v *act.View) (bool, error) {
	if v.Actor().Person == "" {
		return false, nil
	}
	p, err := find(ctx, v, v.Actor().Person, everyone)
	return p.MustChange, err
}
