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

// Registration is what a new file needs to be told.
type Registration struct {
	ID        id.ID // made with the form, so that a double press makes one file
	Territory string
	Particulars
}

// Register puts a child on file in a territory of the actor. The number, when
// there is one, must keep its checksum and agree with birth date and sex; it
// belongs to one child in the country. The refusal says nothing of the other
// file, not even where it is kept; of files that a search would not find there are
// few such answers a day, and those who merge and move files there learn of each.
//
// Faults: Denied; Invalid "child.name_letters", "child.born_future",
// "child.born_adult", "child.iin_reason", "child.iin_birth", "child.iin_sex",
// "iin.…"; Conflict "child.iin_taken", "fault.sent_twice"; Limited
// "fault.too_telling", "fault.too_telling_far", of a number.
func Register(ctx context.Context, a *act.Act, r Registration) (Child, error) {
	if err := a.May(AddOne, r.Territory); err != nil {
		return Child{}, err
	}
	if r.IIN != "" {
		if err := a.MayAsk(ctx); err != nil {
			return Child{}, err
		}
	}
	taken, err := numbersTaken(ctx, a.DB(), "", r.IIN)
	if err != nil {
		return Child{}, err
	}
	c, err := newChild(&a.View, taken, r)
	if err != nil {
		return Child{}, farther(ctx, a, err, r.IIN)
	}
	if _, err := a.DB().NewInsert().Model(&c).Exec(ctx); err != nil {
		return Child{}, registering(err)
	}
	if err := spell(ctx, a.DB(), c); err != nil {
		return Child{}, err
	}
	a.Record("child.register", c.on(), map[string]any{"source": c.Source, "iin_absent": c.IINAbsent})
	return c, nil
}

// farther tells the data officers nearest to the file that has the number, where
// the actor's own search would not have found it: they alone can bring the two
// together. The actor reads the same words in both cases.
func farther(ctx context.Context, a *act.Act, err error, number string) error {
	if f, ok := fault.Of(err); !ok || f.Key != "child.iin_taken" {
		return err
	}
	iin, bad := id.ParseIIN(number)
	if bad != nil {
		return err
	}
	blinds, lost := iinColumn.Blinds(ctx, string(iin))
	if lost != nil {
		return lost
	}
	var c Child
	find := func() *bun.SelectQuery {
		return a.DB().NewSelect().Model(&c).Column("c.id", "c.territory").Where("c.iin_blind IN (?)", bun.List(blinds)).Limit(1)
	}
	seen, lost := find().Apply(a.Scope(SearchAll, row())).Exists(ctx)
	if lost != nil {
		return fmt.Errorf("who has the number: %w", lost)
	}
	if seen {
		return err
	}
	if lost := find().Scan(ctx); lost != nil {
		return fmt.Errorf("who has the number: %w", lost)
	}
	near, lost := access.Nearest(ctx, a.DB(), c.Territory, a.Now(), access.DataOfficer)
	if lost == nil && len(near) == 0 { // else nobody would take it up
		near, lost = access.Nearest(ctx, a.DB(), c.Territory, a.Now(), access.Protection, access.Secretary)
	}
	if lost != nil {
		return lost
	}
	for _, p := range near {
		a.Notify(p, "notice.number_wanted", c.on())
	}
	return fault.TellFar("child.iin_taken")
}

// newChild checks a registration and makes its row.
func newChild(v *act.View, taken map[id.IIN]bool, r Registration) (Child, error) {
	today := date.Of(v.Now())
	f := particularFacts{today: today, since: today, adultAge: v.Norm("child.register_age").Int()}
	if iin, err := id.ParseIIN(r.IIN); err == nil {
		f.iinTaken = taken[iin]
	}
	p, err := checkParticulars(f, r.Particulars)
	if err != nil {
		return Child{}, err
	}
	c := Child{ID: r.ID.OrNew(), Territory: r.Territory, CreatedAt: v.Now(), Version: 1}
	p.put(&c)
	return c, nil
}

// numbersTaken tells which of the numbers stand in another file than but.
func numbersTaken(ctx context.Context, d bun.IDB, but id.ID, numbers ...string) (map[id.IIN]bool, error) {
	wanted, of := []string{}, map[string]id.IIN{} // by each blind index that a number may stand under
	for _, s := range numbers {
		iin, err := id.ParseIIN(s)
		if err != nil {
			continue
		}
		all, err := iinColumn.Blinds(ctx, string(iin))
		if err != nil {
			return nil, err
		}
		for _, b := range all {
			wanted, of[b] = append(wanted, b), iin
		}
	}
	taken := map[id.IIN]bool{}
	for part := range slices.Chunk(wanted, 500) {
		var found []string
		q := d.NewSelect().Table("child").Column("iin_blind").Where("iin_blind IN (?)", bun.List(part)).Limit(int64(len(part)))
		if but != "" {
			q = q.Where("id <> ?", but)
		}
		if err := q.Scan(ctx, &found); err != nil {
			return nil, fmt.Errorf("numbers taken: %w", err)
		}
		for _, b := range found {
			taken[of[b]] = true
		}
	}
	return taken, nil
}

// registering names what the database keeps when two are first at once.
func registering(err error) error {
	switch {
	case sentTwice(err, "child"):
		return fault.Tell("fault.sent_twice")
	case slices.Contains([]string{"child_iin_blind_key", "child.iin_blind"}, db.Violates(err)):
		return fault.Tell("child.iin_taken")
	case dangling(err, "child_territory_fkey"):
		return fault.Bad("territory", "fault.id")
	}
	return fmt.Errorf("register child: %w", err)
}

// Loaded says when and by whom a row of history was written.
type Loaded struct {
	At time.Time
	By access.Principal
}

// LoadedChild is one registration of history; the card, if there is one, was
// written with it.
type LoadedChild struct {
	Loaded
	Registration
	Card *Card
}

// LoadChildren registers many children by the rules of Register and
// SetContactCard, in blocks.
//
// Faults: those of Register and SetContactCard, at the first row that is wrong.
func LoadChildren(ctx context.Context, a *act.Act, all []LoadedChild) error {
	numbers := make([]string, len(all))
	for i, r := range all {
		numbers[i] = r.IIN
	}
	taken, err := numbersTaken(ctx, a.DB(), "", numbers...)
	if err != nil {
		return err
	}
	children := make([]Child, 0, len(all))
	for i, r := range all {
		err := act.As(a, r.At, r.By, func(a *act.Act) error {
			if err := a.May(AddOne, r.Territory); err != nil {
				return err
			}
			c, err := newChild(&a.View, taken, r.Registration)
			if err != nil {
				return err
			}
			if c.IIN != "" {
				taken[c.IIN] = true
			}
			a.Record("child.register", c.on(), map[string]any{"source": c.Source, "iin_absent": c.IINAbsent})
			if r.Card != nil {
				if err := checkCard(*r.Card); err != nil {
					return err
				}
				a.Record("child.contact_card", c.on(), map[string]any{"was": c.Card(), "is": *r.Card})
				c = c.with(*r.Card)
			}
			children = append(children, c)
			return nil
		})
		if err != nil {
			return fmt.Errorf("child %d: %w", i, err)
		}
	}
	if err := insert(ctx, a.DB(), children); err != nil {
		return registering(err)
	}
	return spell(ctx, a.DB(), children...)
}
