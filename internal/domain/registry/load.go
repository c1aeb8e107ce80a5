package registry

import (
	"context"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// The functions here write history in blocks, by the same pure checks as the
// verbs: for an import, and for the synthetic country. They come after
// LoadChildren, and each row names a child of that load or one on file.

// LoadedAdult is one adult with what that person is to one or several
// children.
type LoadedAdult struct {
	Loaded
	Adult     Adult
	Relations []Relation // Child is set, Adult is filled in
}

// LoadAdults puts adults on file with their relations.
//
// Faults: Denied; Invalid at the first row that is wrong; Conflict.
func LoadAdults(ctx context.Context, a *act.Act, all []LoadedAdult) error {
	if err := a.May(Write); err != nil {
		return err
	}
	adults, relations := make([]Adult, 0, len(all)), make([]Relation, 0, len(all))
	for i, x := range all {
		err := act.As(a, x.At, x.By, func(a *act.Act) error {
			today := date.Of(a.Now())
			var bad fault.Fields
			p := checkAdult(&bad, today, x.Adult)
			p.ID, p.CreatedAt, p.Version = p.ID.OrNew(), a.Now(), 1
			adults = append(adults, p)
			for _, r := range x.Relations {
				checkRelation(&bad, today, r)
				bad.Check(r.ToDay.IsZero() || !r.ToDay.Before(r.FromDay), "to_day", "child.day_before")
				r.ID, r.Adult = r.ID.OrNew(), p.ID
				relations = append(relations, r)
				a.Record("relation.add", act.On{Noun: "relation", ID: r.ID, Child: r.Child}, r.detail())
			}
			a.Record("adult.add", act.On{Noun: "adult", ID: p.ID}, nil)
			return bad.Err()
		})
		if err != nil {
			return fmt.Errorf("adult %d: %w", i, err)
		}
	}
	if err := insert(ctx, a.DB(), adults); err != nil {
		return relating(err)
	}
	if err := insert(ctx, a.DB(), relations); err != nil {
		return relating(err)
	}
	return nil
}

// LoadedRelation is what an adult on file became to a child.
type LoadedRelation struct {
	Loaded
	Relation Relation
}

// LoadRelations says what adults on file are to children on file.
//
// Faults: Denied; Invalid at the first row that is wrong; Conflict.
func LoadRelations(ctx context.Context, a *act.Act, all []LoadedRelation) error {
	if err := a.May(Write); err != nil {
		return err
	}
	rows := make([]Relation, 0, len(all))
	for i, x := range all {
		err := act.As(a, x.At, x.By, func(a *act.Act) error {
			var bad fault.Fields
			checkRelation(&bad, date.Of(a.Now()), x.Relation)
			bad.Check(x.Relation.ToDay.IsZero() || !x.Relation.ToDay.Before(x.Relation.FromDay), "to_day", "child.day_before")
			r := x.Relation
			r.ID = r.ID.OrNew()
			rows = append(rows, r)
			a.Record("relation.add", act.On{Noun: "relation", ID: r.ID, Child: r.Child}, r.detail())
			return bad.Err()
		})
		if err != nil {
			return fmt.Errorf("relation %d: %w", i, err)
		}
	}
	if err := insert(ctx, a.DB(), rows); err != nil {
		return relating(err)
	}
	return nil
}

// LoadedHome is one address of history; the rows of a child stand in order.
type LoadedHome struct {
	Loaded
	Address Address
}

// LoadAddresses writes addresses; each ends the former one of its child.
//
// Faults: Denied; Invalid at the first row that is wrong; Conflict.
func LoadAddresses(ctx context.Context, a *act.Act, all []LoadedHome) error {
	if err := a.May(Write); err != nil {
		return err
	}
	rows, err := dated(a, "address", all, func(x LoadedHome) (Loaded, Address) { return x.Loaded, x.Address }, checkAddress,
		func(x *Address) turn { return turn{&x.ID, x.Child, x.FromDay, &x.ToDay} },
		func(x Address) map[string]any { return map[string]any{"from": x.FromDay} })
	if err != nil {
		return err
	}
	if err := insert(ctx, a.DB(), rows); err != nil {
		return living(err, "address")
	}
	return nil
}

// turn is what an address and a school have in common: each ends the former one
// of its child.
type turn struct {
	id    *id.ID
	child id.ID
	from  date.Date
	to    *date.Date
}

// dated are the rows of one kind as the verbs would have left them, one after
// another, and their records.
func dated[L, R any](a *act.Act, noun string, all []L, split func(L) (Loaded, R), check func(today, former date.Date, x R) error,
	part func(*R) turn, detail func(R) map[string]any) ([]R, error) {
	rows, former := make([]R, 0, len(all)), map[id.ID]int{}
	for i, x := range all {
		when, row := split(x)
		err := act.As(a, when.At, when.By, func(a *act.Act) error {
			t := part(&row)
			var from date.Date
			last, again := former[t.child]
			if again {
				from = part(&rows[last]).from
			}
			if err := check(date.Of(a.Now()), from, row); err != nil {
				return err
			}
			if again {
				*part(&rows[last]).to = t.from
			}
			*t.id, *t.to = t.id.OrNew(), date.Date{}
			former[t.child] = len(rows)
			rows = append(rows, row)
			a.Record("child."+noun, act.On{Noun: noun, ID: *t.id, Child: t.child}, detail(row))
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s %d: %w", noun, i, err)
		}
	}
	return rows, nil
}

// LoadedSchooling is one school of history; the rows of a child stand in order.
type LoadedSchooling struct {
	Loaded
	Schooling Schooling
}

// LoadSchooling writes schools; each ends the former one of its child.
//
// Faults: Denied; Invalid at the first row that is wrong; Conflict.
func LoadSchooling(ctx context.Context, a *act.Act, all []LoadedSchooling) error {
	if err := a.May(Write); err != nil {
		return err
	}
	rows, err := dated(a, "schooling", all, func(x LoadedSchooling) (Loaded, Schooling) { return x.Loaded, x.Schooling }, checkSchooling,
		func(x *Schooling) turn { return turn{&x.ID, x.Child, x.FromDay, &x.ToDay} },
		func(x Schooling) map[string]any {
			return map[string]any{"school": x.School, "none": x.None, "from": x.FromDay}
		})
	if err != nil {
		return err
	}
	if err := insert(ctx, a.DB(), rows); err != nil {
		return living(err, "schooling")
	}
	return nil
}

// LoadedUnsafe is one mark of history.
type LoadedUnsafe struct {
	Loaded
	Unsafe Unsafe
}

// LoadUnsafe marks adults as unsafe for children.
//
// Faults: Denied; Invalid at the first row that is wrong; Conflict.
func LoadUnsafe(ctx context.Context, a *act.Act, all []LoadedUnsafe) error {
	if err := a.May(MarkUnsafeOne); err != nil {
		return err
	}
	rows := make([]Unsafe, 0, len(all))
	for i, x := range all {
		err := act.As(a, x.At, x.By, func(a *act.Act) error {
			u := x.Unsafe
			if err := checkUnsafe(u); err != nil {
				return err
			}
			u.ID, u.FromAt, u.ToAt, u.LiftedReason, u.By = u.ID.OrNew(), a.Now(), nil, "", a.Actor().Person
			rows = append(rows, u)
			a.Record("child.unsafe", act.On{Noun: "unsafe", ID: u.ID, Child: u.Child},
				map[string]any{"adult": u.Adult, "ground": u.Ground, "reason": u.Reason})
			return nil
		})
		if err != nil {
			return fmt.Errorf("unsafe %d: %w", i, err)
		}
	}
	if err := insert(ctx, a.DB(), rows); err != nil {
		return marking(err)
	}
	return nil
}
