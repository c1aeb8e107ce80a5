package signal

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// office gives those who hold a role over exactly this place, or, where nobody
// does, over the nearest place above.
func office(ctx context.Context, a *act.Act, role access.Role, territory string) ([]access.Principal, error) {
	people, err := access.Holders(ctx, a.DB(), role, territory, a.Now())
	if err != nil {
		return nil, err
	}
	var exact, wide []access.Principal
	for _, p := range people {
		who, err := access.Load(ctx, a.DB(), access.Who{Person: p}, a.Now())
		if err != nil {
			return nil, err
		}
		here := func(g access.Grant) bool { return g.Role == role && g.Territory == territory }
		if slices.ContainsFunc(who.Grants, here) {
			exact = append(exact, who)
		} else {
			wide = append(wide, who)
		}
	}
	if len(exact) > 0 {
		return exact, nil
	}
	return wide, nil
}

// shutOut tells whether somebody who holds one of the roles over this place must
// not know of the message.
func shutOut(ctx context.Context, a *act.Act, s Signal, territory string, roles ...access.Role) (bool, error) {
	for _, r := range roles {
		people, err := office(ctx, a, r, territory)
		if err != nil {
			return false, err
		}
		for _, who := range people {
			closed, err := access.IsClosed(ctx, a.DB(), who, s.ID)
			if err != nil || closed {
				return closed, err
			}
		}
	}
	return false, nil
}

// tell leaves a notice with those who hold the roles over a place and may know
// of the message.
func tell(ctx context.Context, a *act.Act, s Signal, key, territory string, roles ...access.Role) error {
	return tellWho(ctx, a, s, key, territory, nil, roles...)
}

// tellAgain leaves with the chair that another message about the child came. To
// a chair from whom the earlier ones are closed it is the first: the line would
// tell who is named in them that there was another.
func tellAgain(ctx context.Context, a *act.Act, s Signal) error {
	return tellWho(ctx, a, s, "notice.signal_repeat", s.Territory, func(who access.Principal) (bool, error) {
		return earlier(ctx, a, s, access.Closed(who, access.Row{Alias: "s"}))
	}, access.Chair)
}

// tellWho leaves a notice with those of the office who may know of the message
// and pass one more question, if there is one.
func tellWho(ctx context.Context, a *act.Act, s Signal, key, territory string, may func(access.Principal) (bool, error), roles ...access.Role) error {
	for _, r := range roles {
		people, err := office(ctx, a, r, territory)
		if err != nil {
			return err
		}
		for _, who := range people {
			closed, err := access.IsClosed(ctx, a.DB(), who, s.ID, s.Child)
			if err != nil {
				return err
			}
			ok := !closed
			if ok && may != nil {
				if ok, err = may(who); err != nil {
					return err
				}
			}
			if ok {
				a.Notify(who.Person, key, s.on())
			}
		}
	}
	return nil
}

// notify leaves a notice with one person, unless the message is closed to them
// by now.
func notify(ctx context.Context, a *act.Act, s Signal, person id.ID, key string) error {
	if person == "" {
		return nil
	}
	who, err := access.Load(ctx, a.DB(), access.Who{Person: person}, a.Now())
	if fault.KindOf(err) == fault.Denied { // no longer serves
		return nil
	}
	if err != nil {
		return err
	}
	closed, err := access.IsClosed(ctx, a.DB(), who, s.ID, s.Child)
	if err == nil && !closed {
		a.Notify(person, key, s.on())
	}
	return err
}

func unknownNamed(err error) error {
	if db.Violates(err) != "" {
		return fault.Bad("named", "fault.id")
	}
	return fmt.Errorf("name in message: %w", err)
}
