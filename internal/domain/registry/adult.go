package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// Adult is a person around one or several children.
type Adult struct {
	bun.BaseModel `bun:"table:adult,alias:a"`
	ID            id.ID `bun:",pk"`
	Family        string
	Given         string
	Patronymic    string
	Phone         string `bun:"-"`
	Born          date.Date
	CreatedAt     time.Time
	Version       int

	PhoneSealed string `bun:"phone"`
	PhoneBlind  string `bun:"phone_blind,nullzero"`
}

// Relation is what an adult is to a child, from and to a day.
type Relation struct {
	bun.BaseModel `bun:"table:relation,alias:r"`
	ID            id.ID `bun:",pk"`
	Child         id.ID
	Adult         id.ID
	Kind          string
	Legal         bool // a legal representative
	LivesWith     bool
	FromDay       date.Date
	ToDay         date.Date
}

// Kinds lists what an adult may be to a child.
func Kinds() []string {
	return []string{"mother", "father", "stepmother", "stepfather", "grandparent", "sibling", "aunt_uncle",
		"guardian", "foster", "other"}
}

// inForce tells whether the relation holds on a day.
func (r Relation) inForce(day date.Date) bool {
	return !r.FromDay.After(day) && (r.ToDay.IsZero() || r.ToDay.After(day))
}

// checkAdult is the rule of an adult's particulars, pure; it tidies them.
func checkAdult(bad *fault.Fields, today date.Date, p Adult) Adult {
	p.Family, p.Given, p.Patronymic = name.Clean(p.Family), name.Clean(p.Given), name.Clean(p.Patronymic)
	checkName(bad, p.Family, "family")
	checkName(bad, p.Given, "given")
	bad.Max(p.Patronymic, maxName, "patronymic")
	bad.Max(p.Phone, 40, "phone")
	bad.Check(!p.Born.After(today), "born", "child.born_future")
	return p
}

// checkRelation is the rule of a relation, pure.
func checkRelation(bad *fault.Fields, today date.Date, r Relation) {
	bad.Check(slices.Contains(Kinds(), r.Kind), "kind", "fault.choice")
	bad.Check(!r.FromDay.IsZero(), "from_day", "fault.blank")
	bad.Check(!r.FromDay.After(today), "from_day", "child.day_future")
}

// AddAdult puts an adult on file together with what that person is to the
// child.
//
// Faults: Denied; NotFound; Invalid; Conflict "fault.sent_twice".
func AddAdult(ctx context.Context, a *act.Act, child id.ID, p Adult, r Relation) (Adult, error) {
	c, err := take(ctx, a, Write, child)
	if err != nil {
		return p, err
	}
	var bad fault.Fields
	today := date.Of(a.Now())
	p = checkAdult(&bad, today, p)
	checkRelation(&bad, today, r)
	if err := bad.Err(); err != nil {
		return p, err
	}
	p.ID, p.CreatedAt, p.Version = p.ID.OrNew(), a.Now(), 1
	if _, err := a.DB().NewInsert().Model(&p).Exec(ctx); err != nil {
		return p, relating(err)
	}
	r.Adult = p.ID
	a.Record("adult.add", act.On{Noun: "adult", ID: p.ID, Child: c.ID, Territory: c.Territory}, nil)
	return p, relate(ctx, a, c, r)
}

// Relate says what an adult who is on file, of a child that the actor sees
// (a brother's mother), is to this child.
//
// Faults: Denied; NotFound; Invalid; Conflict "child.related_already",
// "fault.sent_twice".
func Relate(ctx context.Context, a *act.Act, child id.ID, r Relation) error {
	c, err := take(ctx, a, Write, child)
	if err != nil {
		return err
	}
	var bad fault.Fields
	checkRelation(&bad, date.Of(a.Now()), r)
	if err := bad.Err(); err != nil {
		return err
	}
	if _, err := id.Parse(r.Adult.String()); err != nil {
		return fault.Missing()
	}
	n, err := a.DB().NewSelect().Model((*Child)(nil)).Join("JOIN relation AS r ON r.child = c.id").Where("r.adult = ?", r.Adult).
		Where("c.merged_into IS NULL").Where("c.erased_at IS NULL").Apply(a.Scope(See, row())).Count(ctx)
	if err != nil {
		return fmt.Errorf("relate: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return relate(ctx, a, c, r)
}

func relate(ctx context.Context, a *act.Act, c Child, r Relation) error {
	r.ID, r.Child, r.ToDay = r.ID.OrNew(), c.ID, date.Date{}
	if _, err := a.DB().NewInsert().Model(&r).Exec(ctx); err != nil {
		return relating(err)
	}
	a.Record("relation.add", act.On{Noun: "relation", ID: r.ID, Child: c.ID, Territory: c.Territory}, r.detail())
	return touch(ctx, a, c, nil)
}

func (r Relation) detail() map[string]any {
	return map[string]any{"adult": r.Adult, "kind": r.Kind, "legal": r.Legal, "lives_with": r.LivesWith, "from": r.FromDay}
}

func relating(err error) error {
	switch {
	case sentTwice(err, "adult"), sentTwice(err, "relation"):
		return fault.Tell("fault.sent_twice")
	case slices.Contains([]string{"relation_child_adult_kind_from_day_key", "relation.child, relation.adult, relation.kind, relation.from_day"}, db.Violates(err)):
		return fault.Clash("child.related_already")
	}
	return fmt.Errorf("relate adult: %w", err)
}

// EndRelation ends what an adult was to the child; the history stays.
//
// Faults: Denied; NotFound; Invalid "child.day_future", "child.day_before".
func EndRelation(ctx context.Context, a *act.Act, child, relation id.ID, day date.Date) error {
	c, err := take(ctx, a, Write, child)
	if err != nil {
		return err
	}
	var r Relation
	err = a.DB().NewSelect().Model(&r).Where("r.id = ?", relation).Where("r.child = ?", c.ID).Where("r.to_day IS NULL").Scan(ctx)
	if db.IsNone(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("end relation: %w", err)
	}
	var bad fault.Fields
	bad.Check(!day.IsZero(), "to_day", "fault.blank")
	bad.Check(!day.After(date.Of(a.Now())), "to_day", "child.day_future")
	bad.Check(!day.Before(r.FromDay), "to_day", "child.day_before")
	if err := bad.Err(); err != nil {
		return err
	}
	if _, err := a.DB().NewUpdate().Table("relation").Set("to_day = ?", day).Where("id = ?", r.ID).Exec(ctx); err != nil {
		return fmt.Errorf("end relation: %w", err)
	}
	a.Record("relation.end", act.On{Noun: "relation", ID: r.ID, Child: c.ID, Territory: c.Territory}, map[string]any{"to": day})
	return touch(ctx, a, c, nil)
}
