package directory

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Linked ties a person to an account at a provider of identities. Only an
// administrator ties it, by the provider's own name for the account: nobody is
// made by signing in, and no address of mail ties anybody.
type Linked struct {
	bun.BaseModel `bun:"table:linked_login,alias:l"`

	ID      id.ID `bun:"id,pk"`
	Person  id.ID
	Issuer  string
	Subject string
	Since   time.Time
}

// LinkedTo is a person's account at a provider, if any.
//
// Faults: Denied; NotFound, also outside the actor's scope.
func LinkedTo(ctx context.Context, v *act.View, person id.ID, issuer string) (Linked, error) {
	if _, err := ByID(ctx, v, person); err != nil {
		return Linked{}, err
	}
	var l Linked
	err := v.DB().NewSelect().Model(&l).Where("l.person = ? AND l.issuer = ?", person, issuer).Scan(ctx)
	if err != nil && !db.IsNone(err) {
		return Linked{}, fmt.Errorf("linked account: %w", err)
	}
	return l, nil
}

// Link ties a person to an account at a provider, in the place of a former one.
// The person learns of it and signs in anew, as after a new password: a way in
// that somebody else has given is never silent.
//
// Faults: Denied, also "people.own_access", "people.grants_elsewhere";
// NotFound; Conflict "people.deactivated", "factor.other_hand",
// "people.other_hand"; Invalid (subject).
func Link(ctx context.Context, a *act.Act, person id.ID, issuer, subject string) error {
	p, err := linkable(ctx, a, person)
	if err != nil {
		return err
	}
	subject = strings.TrimSpace(subject)
	var bad fault.Fields
	bad.Text(subject, 255, "subject")
	if err := bad.Err(); err != nil {
		return err
	}
	if p.State == Deactivated {
		return fault.Clash("people.deactivated")
	}
	// With one's own account tied to somebody else's name, one would be that person.
	if err := twoHands(ctx, a, p.ID, "person.reset_factors"); err != nil {
		return err
	}
	if err := MayLetIn(ctx, &a.View, p); err != nil {
		return err
	}
	taken, err := a.DB().NewSelect().Table("linked_login").Where("issuer = ? AND subject = ? AND person <> ?", issuer, subject, p.ID).Limit(1).Exists(ctx)
	if err != nil {
		return fmt.Errorf("link: %w", err)
	}
	if taken {
		return fault.Bad("subject", "people.subject_taken")
	}
	if _, err := a.DB().NewDelete().Table("linked_login").Where("person = ? AND issuer = ?", p.ID, issuer).Exec(ctx); err != nil {
		return fmt.Errorf("link: %w", err)
	}
	row := Linked{ID: id.New(), Person: p.ID, Issuer: issuer, Subject: subject, Since: a.Now()}
	if _, err := a.DB().NewInsert().Model(&row).Exec(ctx); err != nil {
		if db.Violates(err) != "" {
			return fault.Bad("subject", "people.subject_taken")
		}
		return fmt.Errorf("link: %w", err)
	}
	a.Record("person.link", p.on(), map[string]any{"issuer": issuer, "link": row.ID})
	a.Notify(p.ID, "notice.linked", act.On{Noun: "factor", ID: p.ID})
	if err := tellOfSleeper(ctx, a, p); err != nil {
		return err
	}
	return endSessions(ctx, a, p.ID, "")
}

// Unlink unties a person, whose sessions end.
//
// Faults: as Link; NotFound when there is nothing to untie.
func Unlink(ctx context.Context, a *act.Act, person id.ID, issuer string) error {
	p, err := linkable(ctx, a, person)
	if err != nil {
		return err
	}
	res, err := a.DB().NewRaw("DELETE FROM linked_login WHERE person = ? AND issuer = ?", p.ID, issuer).Exec(ctx)
	if err != nil {
		return fmt.Errorf("unlink: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.Missing()
	}
	a.Record("person.unlink", p.on(), map[string]any{"issuer": issuer})
	return endSessions(ctx, a, p.ID, "")
}

func linkable(ctx context.Context, a *act.Act, person id.ID) (Person, error) {
	if err := a.May(ResetPasswords); err != nil {
		return Person{}, err
	}
	p, err := toWrite(ctx, a, ResetPasswords, person, false)
	if err != nil {
		return Person{}, err
	}
	if p.ID == a.Actor().Person {
		return Person{}, fault.Deny("people.own_access")
	}
	return p, governs(ctx, a, p)
}

// Vouched is whom a provider of identities vouches for, and from where.
type Vouched struct {
	Issuer, Subject string
	Address         string
	Device          string
}

// SignInVouched is the first step of whom a provider vouches for; a second
// factor of ours is asked for all the same. An account that is not tied to
// anybody is refused, whoever it belongs to.
//
// Faults: Denied "signin.unlinked"; Denied "access.suspended".
func SignInVouched(ctx context.Context, r *act.Runner, t Vouched) (Entry, error) {
	return signing(ctx, r, func(ctx context.Context, a *act.Act) (Entry, error, error) {
		var l Linked
		err := a.DB().NewSelect().Model(&l).Where("l.issuer = ? AND l.subject = ?", t.Issuer, t.Subject).Scan(ctx)
		if err != nil && !db.IsNone(err) {
			return Entry{}, nil, fmt.Errorf("sign in by a provider: %w", err)
		}
		var who account
		if l.Person != "" {
			if who, err = lockAccount(ctx, a, l.Person); err != nil {
				return Entry{}, nil, err
			}
		}
		here := origin{t.Address, t.Device}
		if refusal := who.refuses(l.Person != "", "signin.unlinked"); refusal != nil {
			noteRefused(a, who, byProvider, here)
			return Entry{}, refusal, nil
		}
		in, err := enter(ctx, a, who, byProvider, here)
		return in, nil, err
	})
}
