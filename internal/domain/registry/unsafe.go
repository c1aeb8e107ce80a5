package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Unsafe marks an adult as unsafe for one child (practice rule 2).
type Unsafe struct {
	bun.BaseModel `bun:"table:unsafe,alias:u"`
	ID            id.ID `bun:",pk"`
	Child         id.ID
	Adult         id.ID
	Ground        string
	Reason        string `bun:"-"`
	FromAt        time.Time
	ToAt          *time.Time
	LiftedReason  string `bun:"-"`
	By            id.ID
	ReasonSealed  string `bun:"reason"`
	LiftedSealed  string `bun:"lifted_reason"`
}

// Grounds lists why an adult is unsafe for a child.
func Grounds() []string { return []string{"suspected", "protective_order", "lives_with_unsafe"} }

func checkUnsafe(u Unsafe) error {
	var bad fault.Fields
	bad.Check(slices.Contains(Grounds(), u.Ground), "ground", "fault.choice")
	bad.Text(u.Reason, maxReason, "reason")
	return bad.Err()
}

// MarkUnsafe marks an adult around the child as unsafe for it: from this
// instant nothing leaves for that person, nor for whoever lives with both.
//
// Faults: Denied; NotFound (also of an adult who is nothing to this child);
// Invalid; Conflict "child.unsafe_already", "fault.sent_twice".
func MarkUnsafe(ctx context.Context, a *act.Act, child id.ID, u Unsafe) error {
	c, err := take(ctx, a, MarkUnsafeOne, child)
	if err != nil {
		return err
	}
	if err := checkUnsafe(u); err != nil {
		return err
	}
	if _, err := id.Parse(u.Adult.String()); err != nil {
		return fault.Missing()
	}
	n, err := a.DB().NewSelect().Table("relation").Where("child = ?", c.ID).Where("adult = ?", u.Adult).Count(ctx)
	if err != nil {
		return fmt.Errorf("mark unsafe: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	u.ID, u.Child, u.FromAt, u.ToAt, u.LiftedReason, u.By = u.ID.OrNew(), c.ID, a.Now(), nil, "", a.Actor().Person
	if _, err := a.DB().NewInsert().Model(&u).Exec(ctx); err != nil {
		return marking(err)
	}
	a.Record("child.unsafe", act.On{Noun: "unsafe", ID: u.ID, Child: c.ID, Territory: c.Territory},
		map[string]any{"adult": u.Adult, "ground": u.Ground, "reason": u.Reason})
	return touch(ctx, a, c, nil)
}

func marking(err error) error {
	switch {
	case slices.Contains([]string{"unsafe_one", "unsafe.child, unsafe.adult"}, db.Violates(err)):
		return fault.Clash("child.unsafe_already")
	case sentTwice(err, "unsafe"):
		return fault.Tell("fault.sent_twice")
	}
	return fmt.Errorf("mark unsafe: %w", err)
}

// LiftUnsafe takes the mark back, with a reason; the history stays.
//
// Faults: Denied; NotFound; Invalid.
func LiftUnsafe(ctx context.Context, a *act.Act, child, adult id.ID, reason string) error {
	c, err := take(ctx, a, MarkUnsafeOne, child)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Text(reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	var u Unsafe
	err = a.DB().NewSelect().Model(&u).Where("u.child = ?", c.ID).Where("u.adult = ?", adult).Where("u.to_at IS NULL").Scan(ctx)
	if db.IsNone(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("lift unsafe: %w", err)
	}
	at := a.Now()
	u.ToAt, u.LiftedReason = &at, reason
	if _, err = a.DB().NewUpdate().Model(&u).Column("to_at", "lifted_reason").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("lift unsafe: %w", err)
	}
	a.Record("child.unsafe_lift", act.On{Noun: "unsafe", ID: u.ID, Child: c.ID, Territory: c.Territory},
		map[string]any{"adult": adult, "reason": reason})
	return touch(ctx, a, c, nil)
}

// Contactable gives the legal representatives who may be told of the child:
// none who is unsafe for it, and none who lives with one who is. The list may
// be empty: then guardianship names a substitute.
//
// Faults: Denied; NotFound.
func Contactable(ctx context.Context, v *act.View, child id.ID) ([]Adult, error) {
	kin, err := safeKin(ctx, v, See, child)
	if err != nil {
		return nil, err
	}
	var out []Adult
	for _, k := range kin {
		known := slices.ContainsFunc(out, func(x Adult) bool { return x.ID == k.ID })
		if k.Relation.Legal && !known {
			out = append(out, k.Adult)
		}
	}
	return out, nil
}

// MayTell tells whether an adult around the child may be told anything of it,
// by letter, call, copy or print.
//
// Faults: Denied; NotFound.
func MayTell(ctx context.Context, v *act.View, child, adult id.ID) (bool, error) {
	kin, err := safeKin(ctx, v, See, child)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(kin, func(k Kin) bool { return k.ID == adult }), nil
}

// safeKin lists who is something to the child today and is safe for it.
func safeKin(ctx context.Context, v *act.View, what access.Action, child id.ID) ([]Kin, error) {
	c, err := find(ctx, v, what, child)
	if err != nil {
		return nil, err
	}
	kin, err := kinOf(ctx, v.DB(), c.ID)
	if err != nil {
		return nil, err
	}
	return safe(kin, date.Of(v.Now())), nil
}

// safe is rule 2, pure: of the relations in force, none of a person who is
// unsafe, nor of one who shares the child's home with an unsafe person.
func safe(kin []Kin, today date.Date) []Kin {
	home := map[id.ID]bool{}
	for _, k := range kin {
		home[k.ID] = home[k.ID] || k.Relation.LivesWith && k.Relation.inForce(today)
	}
	fearedAtHome := slices.ContainsFunc(kin, func(k Kin) bool {
		return home[k.ID] && k.Unsafe != nil && k.Unsafe.Ground != "lives_with_unsafe"
	})
	var out []Kin
	for _, k := range kin {
		if k.Relation.inForce(today) && k.Unsafe == nil && !(fearedAtHome && home[k.ID]) {
			out = append(out, k)
		}
	}
	return out
}
