package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Kin is an adult, what that person is to the child, and the mark that stands.
type Kin struct {
	Adult
	Relation Relation
	Unsafe   *Unsafe // nil when the person is not marked
}

// File is all that is kept of one child.
type File struct {
	Child     Child
	Kin       []Kin
	Unsafe    []Unsafe // with those that were lifted
	Addresses []Address
	Schooling []Schooling
}

// Get gives the file of a child. It is a look.
//
// Faults: Denied; NotFound.
func Get(ctx context.Context, v *act.View, key id.ID) (File, error) {
	c, err := find(ctx, v, See, key)
	if err != nil {
		return File{}, err
	}
	f := File{Child: c}
	if f.Kin, err = kinOf(ctx, v.DB(), c.ID); err != nil {
		return File{}, err
	}
	for _, part := range []struct {
		rows any
		of   string
	}{{&f.Unsafe, "from_at DESC"}, {&f.Addresses, "from_day DESC"}, {&f.Schooling, "from_day DESC"}} {
		err := v.DB().NewSelect().Model(part.rows).Where("child = ?", c.ID).OrderExpr(part.of + ", id").Limit(200).Scan(ctx)
		if err != nil {
			return File{}, fmt.Errorf("get child: %w", err)
		}
	}
	v.Look(c.on(), "file")
	return f, nil
}

// kinOf lists the relations of a child, those in force first.
func kinOf(ctx context.Context, d bun.IDB, child id.ID) ([]Kin, error) {
	var relations []Relation
	err := d.NewSelect().Model(&relations).Where("r.child = ?", child).
		OrderExpr("CASE WHEN r.to_day IS NULL THEN 0 ELSE 1 END, r.from_day, r.id").Limit(200).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("kin of child: %w", err)
	}
	if len(relations) == 0 {
		return nil, nil
	}
	keys := make([]id.ID, len(relations))
	for i, r := range relations {
		keys[i] = r.Adult
	}
	var adults []Adult
	if err := d.NewSelect().Model(&adults).Where("a.id IN (?)", bun.List(keys)).Limit(200).Scan(ctx); err != nil {
		return nil, fmt.Errorf("kin of child: %w", err)
	}
	var marks []Unsafe
	if err := d.NewSelect().Model(&marks).Where("u.child = ?", child).Where("u.to_at IS NULL").Limit(200).Scan(ctx); err != nil {
		return nil, fmt.Errorf("kin of child: %w", err)
	}
	byID, marked := map[id.ID]Adult{}, map[id.ID]*Unsafe{}
	for _, x := range adults {
		byID[x.ID] = x
	}
	for i, u := range marks {
		marked[u.Adult] = &marks[i]
	}
	out := make([]Kin, len(relations))
	for i, r := range relations {
		out[i] = Kin{Adult: byID[r.Adult], Relation: r, Unsafe: marked[r.Adult]}
	}
	return out, nil
}

// minReason is how many letters or digits a reason to open a file has at least.
const minReason = 10

// checkReason is the rule of a typed reason, pure.
func checkReason(reason string) error {
	var bad fault.Fields
	bad.Text(reason, maxReason, "reason")
	if len(bad) == 0 && !says(reason) {
		bad.Add("reason", "child.reason_short", fault.Args{"Min": minReason})
	}
	return bad.Err()
}

// says tells a reason from keys that were held down: enough letters, in two
// different words at least.
func says(reason string) bool {
	words := strings.FieldsFunc(strings.ToLower(reason), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	letters := 0
	for _, w := range words {
		letters += utf8.RuneCountInString(w)
	}
	slices.Sort(words)
	return letters >= minReason && len(slices.Compact(words)) > 1
}

// Untold tells whether a person must not learn that the actor has opened a
// child's file. What is known of it lies in another room.
type Untold func(ctx context.Context, a *act.Act, person, child id.ID) (bool, error)

// OpenFile opens one file, read only, to a coordinator or prosecutor of the
// territory above, with a typed reason, for the norm's hours
// (child.open_file_hours). Opened again, the hours begin anew. The secretaries
// of the child's place are told, those apart whom the act may not reach. A person opens so many files a day as the
// norm says (access.reason_opens_per_day); who wants more is refused, and those
// who watch over the data are told.
//
// Faults: Denied; NotFound; Invalid "child.reason_short"; Limited
// "child.opens_today".
func OpenFile(ctx context.Context, a *act.Act, key id.ID, reason string, untold Untold) error {
	c, err := take(ctx, a, OpenOne, key)
	if err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	if err := opensToday(ctx, a, c); err != nil {
		return err
	}
	until := a.Now().Add(a.Norm("child.open_file_hours").Hours())
	a.Reach(act.Reach{Person: a.Actor().Person, Subject: c.ID, Ground: access.AsOpened, Source: c.ID, From: a.Now(), To: &until})
	a.Record("child.open_file", c.on(), map[string]any{"reason": reason, "until": until})
	people, err := access.Holders(ctx, a.DB(), access.Secretary, c.Territory, a.Now())
	if err != nil {
		return err
	}
	for _, p := range people {
		hush := false
		if untold != nil {
			if hush, err = untold(ctx, a, p, c.ID); err != nil {
				return err
			}
		}
		if !hush {
			a.Notify(p, "notice.file_opened", c.on())
		}
	}
	return nil
}

// opensToday bounds how many different files one person opens on a day.
func opensToday(ctx context.Context, a *act.Act, c Child) error {
	if err := a.Lock(ctx, "person", a.Actor().Person); err != nil {
		return err
	}
	today, most := date.Of(a.Now()).Start(), a.Norm(reasonOpens).Int()
	n, err := access.Opened(ctx, a.DB(), a.Actor().Person, c.ID, today)
	if err != nil || n < most {
		return err
	}
	// Their own inbox is not a place to be flooded: one line a day is enough.
	before, err := audit.Count(ctx, a.DB(), a.Actor().Actor, "child.open_file_refused", "child", today)
	if err != nil {
		return err
	}
	a.Record("child.open_file_refused", c.on(), map[string]any{"opened": n})
	if before == 0 {
		watch, err := access.Holders(ctx, a.DB(), access.DataOfficer, c.Territory, a.Now())
		if err != nil {
			return err
		}
		more, err := access.Holders(ctx, a.DB(), access.Protection, c.Territory, a.Now())
		if err != nil {
			return err
		}
		for _, p := range append(watch, more...) {
			a.Notify(p, "notice.opens_capped", act.On{Noun: "person", ID: a.Actor().Person})
		}
	}
	return fault.New(fault.Limited, "child.opens_today", fault.Args{"Max": most})
}
