package directory

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const (
	shortest = 12
	longest  = 128
	variety  = 5 // different characters at least
)

// common are passwords and their stems that everybody tries first.
//
//go:embed common.txt
var common string

// ResetPassword gives a person a random password, shown once and changed at
// the next sign-in; sessions and tokens end. It is refused to who does not govern every place where
// the person holds a grant: else one could become somebody greater.
//
// Faults: Denied, also "people.grants_elsewhere"; NotFound; Conflict
// "people.deactivated".
func ResetPassword(ctx context.Context, a *act.Act, person id.ID) (string, error) {
	if err := a.May(ResetPasswords); err != nil {
		return "", err
	}
	p, err := toWrite(ctx, a, ResetPasswords, person, false)
	if err != nil {
		return "", err
	}
	if p.State == Deactivated {
		return "", fault.Clash("people.deactivated")
	}
	one := []Person{p}
	if err := addGrants(ctx, &a.View, one); err != nil {
		return "", err
	}
	for _, g := range one[0].Grants {
		if a.May(ResetPasswords, g.Territory) != nil {
			return "", fault.Deny("people.grants_elsewhere")
		}
	}
	password, err := pronounceable()
	if err != nil {
		return "", err
	}
	if err := setPassword(ctx, a, person, password, true); err != nil {
		return "", err
	}
	a.Record("person.reset_password", p.on(), nil)
	if err := forgetDevices(ctx, a, person); err != nil {
		return "", err
	}
	if err := endTokens(ctx, a, person); err != nil {
		return "", err
	}
	return password, endSessions(ctx, a, person, "")
}

// checkPassword is the rule about a new password: long, not guessed at once.
func checkPassword(bad *fault.Fields, login, old, fresh string) {
	n := len([]rune(fresh))
	plain := strings.ToLower(fresh)
	switch {
	case n < shortest:
		bad.Add("new", "signin.too_short", fault.Args{"Min": shortest})
	case n > longest:
		bad.Max(fresh, longest, "new")
	case strings.Contains(plain, login):
		bad.Add("new", "signin.holds_login")
	case fresh == old:
		bad.Add("new", "signin.same")
	case isCommon(plain):
		bad.Add("new", "signin.too_common")
	}
}

// isCommon tells a password that is listed, or is a listed stem with digits
// and signs around it, or repeats very few characters.
func isCommon(plain string) bool {
	different := map[rune]bool{}
	for _, r := range plain {
		different[r] = true
	}
	if len(different) < variety {
		return true
	}
	stem := strings.TrimFunc(plain, func(r rune) bool { return !unicode.IsLetter(r) })
	for line := range strings.Lines(common) {
		if w := strings.TrimSpace(line); w != "" && (w == plain || w == stem) {
			return true
		}
	}
	return false
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
