package demo

import (
	"context"
	"time"

	"serik/internal/app/demo/world"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// since gives when each child came on file.
func (l *loader) since() map[id.ID]time.Time {
	out := make(map[id.ID]time.Time, len(l.c.Children))
	for _, k := range l.c.Children {
		out[k.ID] = k.CreatedAt
	}
	return out
}

// children loads the files and the adults around them.
func (l *loader) children(ctx context.Context) error {
	err := blocks(ctx, l, l.c.Children, func(a *act.Act, k world.Child) registry.LoadedChild {
		c := registry.LoadedChild{Loaded: registry.Loaded{At: k.CreatedAt, By: a.Actor()}}
		c.ID, c.Territory = k.ID, k.Territory
		c.Particulars = registry.Particulars{IIN: k.IIN, IINAbsent: k.IINAbsent, Family: k.Family, Given: k.Given, Patronymic: k.Patronymic,
			Born: k.Born, BornKnown: k.BornKnown, Sex: k.Sex, Lang: k.Lang, Source: k.Source}
		if k.ContactWho != "" {
			c.Card = &registry.Card{Who: k.ContactWho, How: k.ContactHow, Hours: k.ContactHours, Lang: k.ContactLang, Not: k.ContactNot}
		}
		return c
	}, registry.LoadChildren)
	if err != nil {
		return err
	}
	return blocks(ctx, l, l.c.Adults, func(a *act.Act, x world.Adult) registry.LoadedAdult {
		return registry.LoadedAdult{Loaded: registry.Loaded{At: x.CreatedAt, By: a.Actor()},
			Adult: registry.Adult{ID: x.ID, Family: x.Family, Given: x.Given, Patronymic: x.Patronymic, Phone: x.Phone, Born: x.Born}}
	}, registry.LoadAdults)
}

// families loads who is what to a child, where it lives and learns, and who is
// unsafe for it.
func (l *loader) families(ctx context.Context) error {
	since := l.since()
	on := func(a *act.Act, child id.ID, day date.Date) registry.Loaded {
		return registry.Loaded{At: later(since[child], day.Start()), By: a.Actor()}
	}
	err := blocks(ctx, l, l.c.Relations, func(a *act.Act, r world.Relation) registry.LoadedRelation {
		return registry.LoadedRelation{Loaded: on(a, r.Child, r.FromDay), Relation: registry.Relation{ID: r.ID, Child: r.Child, Adult: r.Adult,
			Kind: r.Kind, Legal: r.Legal, LivesWith: r.LivesWith, FromDay: r.FromDay, ToDay: r.ToDay}}
	}, registry.LoadRelations)
	if err != nil {
		return err
	}
	err = blocks(ctx, l, l.c.Addresses, func(a *act.Act, x world.Address) registry.LoadedHome {
		return registry.LoadedHome{Loaded: on(a, x.Child, x.FromDay), Address: registry.Address{ID: x.ID, Child: x.Child, Text: x.Text, FromDay: x.FromDay}}
	}, registry.LoadAddresses)
	if err != nil {
		return err
	}
	if err := l.schools(ctx, on); err != nil {
		return err
	}
	return l.unsafe(ctx)
}

// schools loads all schools of a child in one act, since each ends the former.
func (l *loader) schools(ctx context.Context, on func(*act.Act, id.ID, date.Date) registry.Loaded) error {
	for rows := l.c.Schoolings; len(rows) > 0; {
		n := min(perAct, len(rows))
		for n < len(rows) && rows[n].Child == rows[n-1].Child {
			n++
		}
		part := rows[:n]
		rows = rows[n:]
		err := l.act(ctx, n, func(ctx context.Context, a *act.Act) error {
			out := make([]registry.LoadedSchooling, 0, n)
			for _, s := range part {
				out = append(out, registry.LoadedSchooling{Loaded: on(a, s.Child, s.FromDay), Schooling: registry.Schooling{ID: s.ID, Child: s.Child,
					School: s.School, None: s.None, Grade: s.Grade, FromDay: s.FromDay}})
			}
			return registry.LoadSchooling(ctx, a, out)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// unsafe marks adults, then lifts the marks that were lifted.
func (l *loader) unsafe(ctx context.Context) error {
	err := blocks(ctx, l, l.c.Unsafe, func(a *act.Act, u world.Unsafe) registry.LoadedUnsafe {
		return registry.LoadedUnsafe{Loaded: registry.Loaded{At: u.FromAt, By: by(a, u.By)},
			Unsafe: registry.Unsafe{ID: u.ID, Child: u.Child, Adult: u.Adult, Ground: u.Ground, Reason: u.Reason}}
	}, registry.LoadUnsafe)
	if err != nil {
		return err
	}
	return l.act(ctx, 0, func(ctx context.Context, a *act.Act) error {
		for _, u := range l.c.Unsafe {
			if u.ToAt.IsZero() {
				continue
			}
			err := act.As(a, u.ToAt, by(a, u.By), func(a *act.Act) error {
				return registry.LiftUnsafe(ctx, a, u.Child, u.Adult, u.LiftedReason)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
