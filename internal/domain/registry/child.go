package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// Child is one child's file.
type Child struct {
	bun.BaseModel `bun:"table:child,alias:c"`
	ID            id.ID `bun:",pk"`
	Territory     string
	IIN           id.IIN `bun:"-"`          // what is sealed stands in the columns below
	IINAbsent     string `bun:"iin_absent"` // why there is no number
	Family        string
	Given         string
	Patronymic    string
	Latin         string
	SortKey       string
	Born          date.Date
	BornKnown     date.Known // how exactly; Born is then the last day it may be
	Sex           string
	Lang          string
	Source        string // where the particulars come from
	ContactWho    string `bun:"-"`
	ContactHow    string `bun:"-"`
	ContactHours  string `bun:"-"`
	ContactLang   string
	ContactNot    string `bun:"-"`
	DiedOn        date.Date
	MergedInto    id.ID
	ErasedAt      *time.Time // nobody any more: counted, shown nowhere
	CreatedAt     time.Time
	Version       int

	IINSealed   string `bun:"iin,nullzero"`
	IINBlind    string `bun:"iin_blind,nullzero"`
	WhoSealed   string `bun:"contact_who"`
	HowSealed   string `bun:"contact_how"`
	NotSealed   string `bun:"contact_not"`
	HoursSealed string `bun:"contact_hours"`
}

// Short is the child's name as lists show it.
func (c Child) Short() string { return name.Initial(c.Family, c.Given) }

// Card is how the child is reached safely (practice rule 3).
func (c Child) Card() Card {
	return Card{Who: c.ContactWho, How: c.ContactHow, Hours: c.ContactHours, Lang: c.ContactLang, Not: c.ContactNot}
}

// Birth is the birth date as far as it is known.
func (c Child) Birth() date.Birth { return date.Birth{Day: c.Born, Known: c.BornKnown} }

func (c Child) on() act.On {
	return act.On{Noun: "child", ID: c.ID, Child: c.ID, Territory: c.Territory}
}

// row is how the one row filter sees a child.
func row() access.Row { return access.Row{Alias: "c", Subjects: []string{"id"}} }

// find gives one child within the scope of an action: unknown, forbidden and
// merged look alike.
func find(ctx context.Context, v *act.View, a access.Action, key id.ID) (Child, error) {
	if err := v.May(a); err != nil {
		return Child{}, err
	}
	if _, err := id.Parse(key.String()); err != nil {
		return Child{}, fault.Missing()
	}
	return within(ctx, v, key, v.Scope(a, row()))
}

// within gives one child of a scope.
func within(ctx context.Context, v *act.View, key id.ID, scope func(*bun.SelectQuery) *bun.SelectQuery) (Child, error) {
	var c Child
	err := v.DB().NewSelect().Model(&c).Where("c.id = ?", key).Where("c.merged_into IS NULL").Where("c.erased_at IS NULL").Apply(scope).Scan(ctx)
	if db.IsNone(err) {
		return c, fault.Missing()
	}
	if err != nil {
		return c, fmt.Errorf("find child: %w", err)
	}
	return c, nil
}

// Home is the territory that has a child's file now, for what is written of the
// child elsewhere. Only whoever may search for the child is told; it is no look.
//
// Faults: Denied; NotFound.
func Home(ctx context.Context, v *act.View, key id.ID) (string, error) {
	c, err := find(ctx, v, SearchAll, key)
	return c.Territory, err
}

// take is find for a write: it locks the child first.
func take(ctx context.Context, a *act.Act, what access.Action, key id.ID) (Child, error) {
	if err := a.May(what); err != nil {
		return Child{}, err
	}
	if _, err := id.Parse(key.String()); err != nil {
		return Child{}, fault.Missing()
	}
	if err := a.Lock(ctx, "child", key); err != nil {
		return Child{}, err
	}
	return find(ctx, &a.View, what, key)
}

// stale refuses a form that was opened before somebody else's change.
func stale(c Child, version int) error {
	if version != 0 && version != c.Version {
		return fault.Clash("fault.stale")
	}
	return nil
}

// touch counts a change of the file, so that a form opened before it is told.
func touch(ctx context.Context, a *act.Act, c Child, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	q := a.DB().NewUpdate().Table("child").Set("version = version + 1").Where("id = ?", c.ID)
	if set != nil {
		q = q.Apply(set)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("touch child: %w", err)
	}
	return nil
}

// insert writes rows in blocks of a size that both engines like.
func insert[T any](ctx context.Context, d bun.IDB, rows []T) error {
	const block = 500
	for len(rows) > 0 {
		n := min(block, len(rows))
		part := rows[:n]
		if _, err := d.NewInsert().Model(&part).Exec(ctx); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// sentTwice tells that the row of this form exists already.
func sentTwice(err error, table string) bool {
	name := db.Violates(err)
	return name == table+"_pkey" || name == table+".id"
}

// dangling tells that a row points at something that does not exist.
func dangling(err error, constraint string) bool {
	name := db.Violates(err)
	return name == constraint || name == "FOREIGN KEY constraint failed"
}
