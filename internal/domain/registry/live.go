package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Address is where a child lives from a day on.
type Address struct {
	bun.BaseModel `bun:"table:address,alias:d"`
	ID            id.ID `bun:",pk"`
	Child         id.ID
	Text          string `bun:"-"`
	FromDay       date.Date
	ToDay         date.Date
	TextSealed    string `bun:"text"`
}

// Schooling is where a child learns from a day on, or why nowhere.
type Schooling struct {
	bun.BaseModel `bun:"table:schooling,alias:s"`
	ID            id.ID `bun:",pk"`
	Child         id.ID
	School        id.ID
	None          string
	Grade         string `bun:"-"`
	FromDay       date.Date
	ToDay         date.Date

	GradeSealed string `bun:"grade"`
}

// NoSchool lists why a child may have no school.
func NoSchool() []string {
	return []string{"preschool", "not_enrolled", "finished", "homeschool", "unknown"}
}

// checkFrom is the rule of the first day of an address or a school: a day, not
// in the future, not before the former one began.
func checkFrom(bad *fault.Fields, today, former, from date.Date) {
	bad.Check(!from.IsZero(), "from_day", "fault.blank")
	bad.Check(!from.After(today), "from_day", "child.day_future")
	bad.Check(!from.Before(former), "from_day", "child.day_before")
}

func checkAddress(today, former date.Date, x Address) error {
	var bad fault.Fields
	bad.Text(x.Text, 300, "address")
	checkFrom(&bad, today, former, x.FromDay)
	return bad.Err()
}

func checkSchooling(today, former date.Date, x Schooling) error {
	var bad fault.Fields
	switch {
	case x.School == "" && x.None == "":
		bad.Add("school", "child.school_reason")
	case x.School != "" && x.None != "":
		bad.Add("school", "child.school_both")
	case x.None != "":
		bad.Check(slices.Contains(NoSchool(), x.None), "none", "fault.choice")
	}
	bad.Max(x.Grade, 20, "grade")
	checkFrom(&bad, today, former, x.FromDay)
	return bad.Err()
}

// SetAddress writes where the child lives from a day on; the former address
// ends on that day and stays in the history.
//
// Faults: Denied; NotFound; Invalid "child.day_future", "child.day_before";
// Conflict "fault.sent_twice".
func SetAddress(ctx context.Context, a *act.Act, child id.ID, x Address) error {
	c, err := take(ctx, a, Write, child)
	if err != nil {
		return err
	}
	former, err := lastFrom(ctx, a, "address", c.ID)
	if err != nil {
		return err
	}
	x.Text = strings.TrimSpace(x.Text)
	if err := checkAddress(date.Of(a.Now()), former, x); err != nil {
		return err
	}
	x.ID, x.Child, x.ToDay = x.ID.OrNew(), c.ID, date.Date{}
	if err := closeFormer(ctx, a, "address", c.ID, x.FromDay); err != nil {
		return err
	}
	if _, err := a.DB().NewInsert().Model(&x).Exec(ctx); err != nil {
		return living(err, "address")
	}
	a.Record("child.address", act.On{Noun: "address", ID: x.ID, Child: c.ID, Territory: c.Territory}, map[string]any{"from": x.FromDay})
	return touch(ctx, a, c, nil)
}

// SetSchooling writes where the child learns from a day on, or why nowhere;
// the former school ends on that day.
//
// Faults: Denied; NotFound; Invalid "child.school_reason", "child.school_both",
// "child.day_future", "child.day_before"; Conflict "fault.sent_twice".
func SetSchooling(ctx context.Context, a *act.Act, child id.ID, x Schooling) error {
	c, err := take(ctx, a, Write, child)
	if err != nil {
		return err
	}
	former, err := lastFrom(ctx, a, "schooling", c.ID)
	if err != nil {
		return err
	}
	if err := checkSchooling(date.Of(a.Now()), former, x); err != nil {
		return err
	}
	x.ID, x.Child, x.ToDay = x.ID.OrNew(), c.ID, date.Date{}
	if err := closeFormer(ctx, a, "schooling", c.ID, x.FromDay); err != nil {
		return err
	}
	if _, err := a.DB().NewInsert().Model(&x).Exec(ctx); err != nil {
		return living(err, "schooling")
	}
	a.Record("child.schooling", act.On{Noun: "schooling", ID: x.ID, Child: c.ID, Territory: c.Territory},
		map[string]any{"school": x.School, "none": x.None, "from": x.FromDay})
	return touch(ctx, a, c, nil)
}

// lastFrom is the first day of the row that still runs, or none.
func lastFrom(ctx context.Context, a *act.Act, table string, child id.ID) (date.Date, error) {
	var from date.Date
	err := a.DB().NewSelect().Table(table).Column("from_day").Where("child = ?", child).Where("to_day IS NULL").
		OrderExpr("from_day DESC").Limit(1).Scan(ctx, &from)
	if err != nil && !db.IsNone(err) {
		return from, fmt.Errorf("former %s: %w", table, err)
	}
	return from, nil
}

func closeFormer(ctx context.Context, a *act.Act, table string, child id.ID, day date.Date) error {
	_, err := a.DB().NewUpdate().Table(table).Set("to_day = ?", day).Where("child = ?", child).Where("to_day IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("close %s: %w", table, err)
	}
	return nil
}

func living(err error, table string) error {
	switch {
	case sentTwice(err, table):
		return fault.Tell("fault.sent_twice")
	case dangling(err, "schooling_school_fkey"):
		return fault.Bad("school", "fault.id")
	}
	return fmt.Errorf("write %s: %w", table, err)
}
