package directory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Nobody makes a person alone: who gives the way in (a first or new password, an
// outside account) does not give the role, and the other way round. Else one
// administrator would read, under an invented name, what no administrator may.

// apart is how long one hand waits before it may do the other half of taking
// over an account: new password, no second factor.
const apart = 24 * time.Hour

// handsDays is the norm of how long it waits where the halves are a way in and a
// role. Until the person has chosen a password of their own it waits for good.
const handsDays = "people.hands_days"

// asleep is without signing in for how long somebody may have left unnoticed.
const asleep = 30 * 24 * time.Hour

// waysIn are the verbs by which another hand lets somebody in.
func waysIn() []string { return []string{"person.reset_password", "person.link"} }

// twoHands refuses an administrator who has lately done the other half. The
// operator of the machine needs nobody's leave to read its database.
func twoHands(ctx context.Context, a *act.Act, person id.ID, other ...string) error {
	done, err := ownHand(ctx, &a.View, a.Now().Add(-apart), person, other...)
	if err == nil && done {
		return fault.Clash("factor.other_hand")
	}
	return err
}

// ownHand tells whether the actor's hand did one of the verbs to the person since
// an instant.
func ownHand(ctx context.Context, v *act.View, since time.Time, person id.ID, verbs ...string) (bool, error) {
	if v.Actor().Machine {
		return false, nil
	}
	return oneHand(ctx, v, v.DB().NewSelect().TableExpr("audit AS r").Where("r.subject = ? AND r.verb IN (?)", person, bun.List(verbs)).
		Where("r.at > ?", since))
}

// handsSince is from when on the other half counts.
func handsSince(v *act.View, p Person) time.Time {
	if p.MustChange {
		return time.Time{}
	}
	return v.Now().AddDate(0, 0, -v.Norm(handsDays).Int())
}

// MayLetIn refuses a way in to whoever gave the person a role that still stands,
// or gave back the access of somebody suspended: who is gone looks at no notice.
// An act asks it under the lock of the person.
//
// Faults: Conflict "people.other_hand".
func MayLetIn(ctx context.Context, v *act.View, p Person) error {
	if v.Actor().Machine {
		return nil
	}
	gave, err := oneHand(ctx, v, v.DB().NewSelect().TableExpr("access_grant AS g").Join("JOIN audit AS r ON r.subject = g.id").
		Where("g.person = ?", p.ID).Where("(g.to_at IS NULL OR g.to_at > ?)", v.Now()).
		Where("r.verb = 'grant.give' AND r.at > ?", handsSince(v, p)))
	if err == nil && !gave {
		gave, err = ownHand(ctx, v, handsSince(v, p), p.ID, "person.restore")
	}
	if err == nil && gave {
		return fault.Clash("people.other_hand")
	}
	return err
}

// MayAppoint refuses to give a role, or access back, to whoever has let the
// person in: a new password for somebody who has left, then the access, would be
// a person of one's own with another's roles. Nor does it whom the person has let
// in: they would do it to themselves. A page asks it too.
//
// Faults: Conflict "people.other_hand".
func MayAppoint(ctx context.Context, v *act.View, p Person) error {
	let, err := ownHand(ctx, v, handsSince(v, p), p.ID, waysIn()...)
	if err == nil && !let {
		let, err = isOwnHand(ctx, v, p.ID)
	}
	if err == nil && let {
		return fault.Clash("people.other_hand")
	}
	return err
}

// mayAppoint is MayAppoint in the act of giving a role. Of a person whom the
// actor once made or let in, the chair nearest to the place and the coordinator
// above learn at once: they know who serves there.
func mayAppoint(ctx context.Context, a *act.Act, g Grant) error {
	if a.Actor().Machine {
		return nil
	}
	var p Person
	err := a.DB().NewSelect().Model(&p).Column("id", "must_change").Where("p.id = ?", g.Person).Scan(ctx)
	if err != nil {
		return fmt.Errorf("other hand: %w", err)
	}
	if err := MayAppoint(ctx, &a.View, p); err != nil {
		return err
	}
	made, err := ownHand(ctx, &a.View, time.Time{}, g.Person, append(waysIn(), "person.add")...)
	if err != nil || !made {
		return err
	}
	return tellTheOffice(ctx, a, "notice.newcomer", []Grant{g})
}

// tellOfSleeper tells the office that somebody who holds a role in its place, and
// has not signed in for long, has been given a way in: the person may have left,
// and then nobody else would notice. A newcomer is none.
func tellOfSleeper(ctx context.Context, a *act.Act, p Person) error {
	if a.Actor().Machine {
		return nil
	}
	lately, err := a.DB().NewSelect().Table("audit").Where("subject = ? AND verb IN ('person.sign_in', 'person.add')", p.ID).
		Where("at > ?", a.Now().Add(-asleep)).Limit(1).Exists(ctx)
	if lately || err != nil {
		return err
	}
	one := []Person{p}
	if err := addGrants(ctx, &a.View, one); err != nil {
		return err
	}
	return tellTheOffice(ctx, a, "notice.sleeper", one[0].Grants)
}

// tellOfCut tells those who remain, and those above, that somebody whom the lines
// of this room go to has been suspended: nobody is made deaf in silence.
func tellOfCut(ctx context.Context, a *act.Act, p Person) error {
	if a.Actor().Machine {
		return nil
	}
	all := slices.DeleteFunc(slices.Clone(p.Grants), func(g Grant) bool {
		return g.Role != access.Chair && g.Role != access.Regional && g.Role != access.Republican && g.Role != access.Protection
	})
	if len(all) == 0 {
		return nil
	}
	return tellTheOffice(ctx, a, "notice.cut", all, access.Protection)
}

// tellTheOffice leaves one line with those who know whether somebody serves in
// the places of the grants, and with the holders of some more roles; it names the
// person of the service and no child. It reaches those who are suspended too:
// else one would suspend them first.
func tellTheOffice(ctx context.Context, a *act.Act, key string, all []Grant, more ...access.Role) error {
	offices := [][]access.Role{{access.Chair}, {access.Regional, access.Republican}}
	for _, r := range more {
		offices = append(offices, []access.Role{r})
	}
	for _, g := range all {
		for _, of := range offices {
			near, err := access.NearestTold(ctx, a.DB(), g.Territory, a.Now(), of...)
			if err != nil {
				return err
			}
			for _, p := range near {
				if p != g.Person {
					a.Notify(p, key, act.On{Noun: "person", ID: g.Person})
				}
			}
		}
	}
	return nil
}
