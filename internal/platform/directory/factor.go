package directory

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
)

// A second factor is something a person has besides the password: an
// authenticator application, or a passkey. Recovery codes come with the first
// of them.

// factorOf is the norm that demands a second factor of a role.
func factorOf(r access.Role) string { return "factor." + string(r) }

// factorDefaults demand it of those who see much or give access to others.
func factorDefaults() []norm.Default {
	demanded := map[access.Role]bool{access.Administrator: true, access.Republican: true, access.Regional: true,
		access.Protection: true, access.Prosecutor: true}
	var out []norm.Default
	for _, r := range access.Roles() {
		value := "no"
		if demanded[r] {
			value = "yes"
		}
		out = append(out, norm.Default{Key: factorOf(r), Value: value, Unit: norm.YesNo, Looser: norm.Smaller})
	}
	return out
}

// FactorNorms are the keys of the norms that demand a second factor.
func FactorNorms() []string {
	var out []string
	for _, r := range access.Roles() {
		out = append(out, factorOf(r))
	}
	return out
}

// Factors is what a person has to sign in with besides the password.
type Factors struct {
	App      bool // an authenticator application
	AppSince time.Time
	Codes    int // recovery codes not yet used
	Passkeys []Passkey
	Demanded bool // by a role, today
}

// Any tells whether there is a second factor at all.
func (f Factors) Any() bool { return f.App || len(f.Passkeys) > 0 }

// last tells whether taking one factor away leaves none.
func (f Factors) last() bool {
	n := len(f.Passkeys)
	if f.App {
		n++
	}
	return n <= 1
}

// OwnFactors are the actor's own factors.
//
// Faults: Denied.
func OwnFactors(ctx context.Context, v *act.View) (Factors, error) {
	if err := own(v); err != nil {
		return Factors{}, err
	}
	return factors(ctx, v, v.Actor().Person)
}

// FactorsOf are the factors of a person in the actor's scope.
//
// Faults: Denied; NotFound, also outside the actor's scope.
func FactorsOf(ctx context.Context, v *act.View, person id.ID) (Factors, error) {
	if _, err := ByID(ctx, v, person); err != nil {
		return Factors{}, err
	}
	return factors(ctx, v, person)
}

func factors(ctx context.Context, v *act.View, person id.ID) (Factors, error) {
	var out Factors
	var since []time.Time
	if err := v.DB().NewSelect().Table("totp").Column("since").Where("id = ?", person).Scan(ctx, &since); err != nil {
		return out, fmt.Errorf("factors: %w", err)
	}
	if len(since) > 0 {
		out.App, out.AppSince = true, since[0]
	}
	left, err := v.DB().NewSelect().Table("recovery_code").Where("person = ? AND used_at IS NULL", person).Count(ctx)
	if err != nil {
		return out, fmt.Errorf("factors: %w", err)
	}
	out.Codes = int(left)
	if err := v.DB().NewSelect().Model(&out.Passkeys).Where("k.person = ?", person).OrderExpr("k.since, k.id").Limit(mostPasskeys).Scan(ctx); err != nil {
		return out, fmt.Errorf("factors: %w", err)
	}
	out.Demanded, err = demanded(ctx, v, person)
	return out, err
}

// demanded tells whether a role that a person holds now demands a second
// factor today.
func demanded(ctx context.Context, v *act.View, person id.ID) (bool, error) {
	var roles []access.Role
	err := inForce(v).ColumnExpr("g.role").Where("g.person = ?", person).Limit(100).Scan(ctx, &[]id.ID{}, &roles)
	if err != nil {
		return false, fmt.Errorf("roles that demand a factor: %w", err)
	}
	for _, r := range distinct(roles) {
		if v.Norm(factorOf(r)).Yes() {
			return true, nil
		}
	}
	return false, nil
}

// hasFactor tells whether a person has any second factor.
func hasFactor(ctx context.Context, d bun.IDB, person id.ID) (bool, error) {
	for table, column := range map[string]string{"totp": "id", "passkey": "person"} {
		yes, err := d.NewSelect().Table(table).Where("? = ?", bun.Ident(column), person).Limit(1).Exists(ctx)
		if yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

// ResetFactors takes all second factors off a person who has lost them. The
// person signs in anew, by the password alone, and learns of it; a role that
// demands a factor leads to a new one first. Nobody gives a way in (a password,
// an outside account) and takes the factors off one person within a day: that
// would be signing in as somebody else, and takes two.
//
// Faults: Denied, also "people.own_access", "people.grants_elsewhere";
// NotFound; Conflict "factor.none", "factor.other_hand"; Invalid (reason).
func ResetFactors(ctx context.Context, a *act.Act, person id.ID, reason string) error {
	if err := a.May(ResetPasswords); err != nil {
		return err
	}
	p, err := toWrite(ctx, a, ResetPasswords, person, false)
	if err != nil {
		return err
	}
	if p.ID == a.Actor().Person {
		return fault.Deny("people.own_access")
	}
	if err := governs(ctx, a, p); err != nil {
		return err
	}
	var bad fault.Fields
	bad.Text(reason, 500, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	f, err := factors(ctx, &a.View, p.ID)
	if err != nil {
		return err
	}
	if !f.Any() && f.Codes == 0 {
		return fault.Clash("factor.none")
	}
	if err := twoHands(ctx, a, p.ID, waysIn()...); err != nil {
		return err
	}
	if err := dropFactors(ctx, a, p.ID); err != nil {
		return err
	}
	a.Record("person.reset_factors", p.on(), map[string]any{"reason": reason})
	a.Notify(p.ID, "notice.factor_reset", act.On{Noun: "factor", ID: p.ID})
	if err := forgetDevices(ctx, a, p.ID); err != nil {
		return err
	}
	return endSessions(ctx, a, p.ID, "")
}

// governs refuses who does not govern every place where a person holds a
// grant: else one could become somebody greater.
func governs(ctx context.Context, a *act.Act, p Person) error {
	one := []Person{p}
	if err := addGrants(ctx, &a.View, one); err != nil {
		return err
	}
	for _, g := range one[0].Grants {
		if a.May(ResetPasswords, g.Territory) != nil {
			return fault.Deny("people.grants_elsewhere")
		}
	}
	return nil
}

func dropFactors(ctx context.Context, a *act.Act, person id.ID) error {
	for table, column := range map[string]string{"totp": "id", "passkey": "person", "recovery_code": "person"} {
		if _, err := a.DB().NewDelete().Table(table).Where("? = ?", bun.Ident(column), person).Exec(ctx); err != nil {
			return fmt.Errorf("drop factors: %w", err)
		}
	}
	return nil
}

// lastFactor ends what only counts beside a factor, when the last one goes.
//
// Faults: Conflict "factor.demanded".
func lastFactor(ctx context.Context, a *act.Act, f Factors) error {
	if !f.last() {
		return nil
	}
	if f.Demanded {
		return fault.Clash("factor.demanded")
	}
	return dropFactors(ctx, a, a.Actor().Person)
}
