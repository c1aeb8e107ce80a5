package demo

import (
	"context"
	"time"

	"serik/internal/app/demo/world"
	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
)

// places loads the map, the commissions and the bodies.
func (l *loader) places(ctx context.Context) error {
	err := l.act(ctx, 0, func(ctx context.Context, a *act.Act) error {
		return directory.LoadCountry(ctx, a, true)
	})
	if err != nil {
		return err
	}
	return blocks(ctx, l, l.c.Agencies, func(_ *act.Act, y world.Agency) directory.Agency {
		return directory.Agency{ID: y.ID, Kind: y.Kind, Territory: y.Territory, NameKK: y.NameKK, NameRU: y.NameRU}
	}, directory.LoadAgencies)
}

// people loads the people of the service, what they may do and when they were
// away.
func (l *loader) people(ctx context.Context) error {
	err := blocks(ctx, l, l.c.Persons, func(_ *act.Act, p world.Person) directory.Newcomer {
		return directory.Newcomer{ID: p.ID, Login: p.Login, Family: p.Family, Given: p.Given, Patronymic: p.Patronymic, PostKK: p.PostKK,
			PostRU: p.PostRU, Lang: p.Lang, Agency: p.Agency, Territory: p.Territory, Hash: l.hash, Since: p.CreatedAt}
	}, directory.LoadPeople)
	if err != nil {
		return err
	}
	err = blocks(ctx, l, l.c.Grants, func(_ *act.Act, g world.Grant) directory.Grant {
		return directory.Grant{ID: g.ID, Person: g.Person, Role: access.Role(g.Role), Territory: g.Territory, Agency: g.Agency,
			Commission: g.Commission, From: g.FromAt, To: some(g.ToAt)}
	}, directory.LoadGrants)
	if err != nil {
		return err
	}
	return blocks(ctx, l, l.c.Absences, func(_ *act.Act, b world.Absence) casework.Absence {
		return casework.Absence{ID: b.ID, Person: b.Person, FromAt: b.FromAt, ToAt: b.ToAt, Reason: b.Reason}
	}, casework.LoadAbsences)
}

// leavers suspends and deactivates at last whom history has left so.
func (l *loader) leavers(ctx context.Context) error {
	return l.act(ctx, 0, func(ctx context.Context, a *act.Act) error {
		for _, p := range l.c.Persons {
			err := act.As(a, later(p.StateAt, p.CreatedAt), a.Actor(), func(a *act.Act) error {
				switch p.State {
				case directory.Suspended:
					return directory.Suspend(ctx, a, p.ID, p.StateReason)
				case directory.Deactivated:
					return directory.Deactivate(ctx, a, p.ID, casework.Owed)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// some is an instant that may be none.
func some(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// by is a person of the service as who once wrote a row; the machine's rights
// stand behind the load.
func by(a *act.Act, person id.ID) access.Principal {
	if person == "" {
		return a.Actor()
	}
	return access.Principal{Person: person, Actor: "person:" + person.String(), Machine: true}
}
