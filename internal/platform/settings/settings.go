// Package settings edits the norms: legal terms, quorums, ages and working
// limits as dated rows. A change is a new row from a day on; the former ends
// the day before and stays, for an act is judged by the norm of its day. Until
// somebody has verified a value against the document, every screen that leans
// on it says so.
//
// Serves the change of the legal ground in 2026 (Law No 245-VIII in place of
// Law of 09.07.2004 No 591): what nobody could confirm is a setting, not code.
package settings

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
)

// The actions of this room.
const (
	ListNorms access.Action = "norm.list"
	set       access.Action = "norm.set"
	verify    access.Action = "norm.verify"
)

// Rules say who does what here: everybody may read by what they are judged.
func Rules() []access.Rule {
	each := access.Cells{}
	for _, r := range access.Roles() {
		each[r] = access.Own()
	}
	admin := access.Cells{access.Administrator: access.All()}
	return []access.Rule{{Action: ListNorms, Cells: each}, {Action: set, Cells: admin}, {Action: verify, Cells: admin}}
}

// Dated is one value of a norm from–to.
type Dated struct {
	bun.BaseModel `bun:"table:norm,alias:n"`

	ID         id.ID `bun:"id,pk"`
	Key        string
	Value      string
	Act        string
	Article    string
	From       date.Date `bun:"from_day"`
	To         date.Date `bun:"to_day"` // none while it is the last
	VerifiedBy string    // who and by which document; "" is not verified
	VerifiedOn date.Date
	Version    int
}

// Verified tells whether somebody has compared the value with the document.
func (d Dated) Verified() bool { return d.VerifiedBy != "" }

// Always tells that the value counts since the system began: nobody chose its
// first day.
func (d Dated) Always() bool { return d.From.IsZero() || d.From == norm.Beginning() }

// Row is one norm with all its values.
type Row struct {
	Key     string
	Unit    norm.Unit
	Now     Dated   // in force today; From is none when it is the default of the room
	History []Dated // former values, the latest first
	Planned []Dated // from a later day, the earliest first
}

// Last is the row that a change follows; its version goes with the form.
func (r Row) Last() Dated {
	if n := len(r.Planned); n > 0 {
		return r.Planned[n-1]
	}
	return r.Now
}

// List gives every norm of the book in the order of the rooms.
//
// Faults: Denied.
func List(ctx context.Context, v *act.View, book *norm.Book) ([]Row, error) {
	if err := v.May(ListNorms); err != nil {
		return nil, err
	}
	var all []Dated
	if err := v.DB().NewSelect().Model(&all).OrderExpr("n.key, n.from_day").Limit(5000).Scan(ctx); err != nil {
		return nil, fmt.Errorf("norms: %w", err)
	}
	byKey := map[string][]Dated{}
	for _, d := range all {
		byKey[d.Key] = append(byKey[d.Key], d)
	}
	rows := make([]Row, 0, len(book.Keys()))
	for _, key := range book.Keys() {
		def, _ := book.Default(key)
		rows = append(rows, row(def, byKey[key], date.Of(v.Now())))
	}
	return rows, nil
}

func row(def norm.Default, values []Dated, today date.Date) Row {
	r := Row{Key: def.Key, Unit: def.Unit, Now: Dated{Key: def.Key, Value: def.Value}}
	for _, d := range values {
		switch {
		case d.From.After(today):
			r.Planned = append(r.Planned, d)
		case !d.To.IsZero() && d.To.Before(today):
			r.History = append([]Dated{d}, r.History...)
		default:
			r.Now = d
		}
	}
	return r
}

// Change is a new value of a norm from a day on.
type Change struct {
	Key        string
	Value      string
	Act        string // the act of law
	Article    string
	From       date.Date
	VerifiedBy string // who has compared it with the document; may be empty
	Version    int    // of the row that it follows; 0 when there is none
}

// Set gives a norm a value from a day on. A day gone by is allowed, for laws
// are learned of late, but not before the former value's own beginning: what
// is older stays as it was. A guard over those who set norms is loosened in a
// month at the earliest, and who protects data learns of it at once.
//
// Faults: Denied; NotFound for an unknown key; Conflict "fault.stale";
// Invalid (value, act, article, from, verified_by).
func Set(ctx context.Context, a *act.Act, book *norm.Book, c Change) (id.ID, error) {
	if err := mayEverywhere(ctx, &a.View, set); err != nil {
		return "", err
	}
	def, ok := book.Default(c.Key)
	if !ok {
		return "", fault.Missing()
	}
	former, err := last(ctx, a, c.Key)
	if err != nil {
		return "", err
	}
	if former.Version != c.Version {
		return "", fault.Clash("fault.stale")
	}
	c = c.tidy()
	if err := check(def.Unit, former, c); err != nil {
		return "", err
	}
	loose, err := loosened(a, def, former, c)
	if err != nil {
		return "", err
	}
	if former.ID != "" {
		res, err := a.DB().NewRaw("UPDATE norm SET to_day = ?, version = version + 1 WHERE id = ? AND version = ?",
			c.From.AddDays(-1), former.ID, c.Version).Exec(ctx)
		if err != nil {
			return "", fmt.Errorf("set norm: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return "", fault.Clash("fault.stale")
		}
	}
	d := Dated{ID: id.New(), Key: c.Key, Value: c.Value, Act: c.Act, Article: c.Article, From: c.From, VerifiedBy: c.VerifiedBy,
		Version: former.Version + 1} // grows along the whole row of values, so that an old form never fits
	if d.Verified() {
		d.VerifiedOn = date.Of(a.Now())
	}
	if _, err := a.DB().NewInsert().Model(&d).Exec(ctx); err != nil {
		if db.Violates(err) != "" { // another has just set the same day
			return "", fault.Clash("fault.stale")
		}
		return "", fmt.Errorf("set norm: %w", err)
	}
	a.Record("norm.set", act.On{Noun: "norm", ID: d.ID}, map[string]any{"key": c.Key, "before": former.Value, "value": c.Value,
		"act": c.Act, "article": c.Article, "from": c.From, "verified_by": c.VerifiedBy})
	if loose {
		return d.ID, tellOfLoosened(ctx, a, d.ID)
	}
	return d.ID, nil
}

// mayEverywhere asks for the action over the whole country: a norm binds all.
func mayEverywhere(ctx context.Context, v *act.View, action access.Action) error {
	if err := v.May(action); err != nil {
		return err
	}
	var root string
	err := v.DB().NewRaw("SELECT path FROM territory WHERE parent IS NULL ORDER BY no LIMIT 1").Scan(ctx, &root)
	if err != nil && !db.IsNone(err) {
		return fmt.Errorf("the republic: %w", err)
	}
	return v.May(action, root)
}

// MaySet tells whether the actor may set and verify norms, for the pages that
// offer it.
func MaySet(ctx context.Context, v *act.View) (bool, error) {
	for _, action := range []access.Action{set, verify} {
		if err := mayEverywhere(ctx, v, action); err != nil {
			if fault.KindOf(err) == fault.Denied {
				return false, nil
			}
			return false, err
		}
	}
	return true, nil
}

// One gives one norm with all its values.
//
// Faults: Denied; NotFound for an unknown key.
func One(ctx context.Context, v *act.View, book *norm.Book, key string) (Row, error) {
	if err := v.May(ListNorms); err != nil {
		return Row{}, err
	}
	def, ok := book.Default(key)
	if !ok {
		return Row{}, fault.Missing()
	}
	var all []Dated
	if err := v.DB().NewSelect().Model(&all).Where("n.key = ?", key).OrderExpr("n.from_day").Limit(1000).Scan(ctx); err != nil {
		return Row{}, fmt.Errorf("norm: %w", err)
	}
	return row(def, all, date.Of(v.Now())), nil
}

func last(ctx context.Context, a *act.Act, key string) (Dated, error) {
	var d Dated
	err := a.DB().NewSelect().Model(&d).Where("n.key = ?", key).OrderExpr("n.from_day DESC").Limit(1).Scan(ctx)
	if err != nil && !db.IsNone(err) {
		return Dated{}, fmt.Errorf("norm: %w", err)
	}
	return d, nil
}

func (c Change) tidy() Change {
	for _, s := range []*string{&c.Value, &c.Act, &c.Article, &c.VerifiedBy} {
		*s = strings.TrimSpace(*s)
	}
	return c
}

func check(u norm.Unit, former Dated, c Change) error {
	var bad fault.Fields
	checkValue(&bad, u, c.Value)
	bad.Max(c.Act, 300, "act")
	bad.Max(c.Article, 100, "article")
	bad.Max(c.VerifiedBy, 200, "verified_by")
	bad.Check(c.VerifiedBy == "" || c.Act != "", "act", "norm.act_needed")
	switch {
	case c.From.IsZero():
		bad.Add("from", "fault.blank")
	case !former.From.IsZero() && !c.From.After(former.From):
		bad.Add("from", "norm.from_before", fault.Args{"Date": former.From})
	}
	return bad.Err()
}

// most bounds a number: no term of law is longer than its count says here.
const most = 100_000

func checkValue(bad *fault.Fields, u norm.Unit, value string) {
	if u == norm.YesNo {
		bad.Check(value == "yes" || value == "no", "value", "norm.yes_or_no")
		return
	}
	least := 1
	if u == norm.Count {
		least = 0
	}
	n, err := strconv.Atoi(value)
	bad.Check(err == nil && n >= least && n <= most && value == strconv.Itoa(n), "value", "norm.number", fault.Args{"Min": least, "Max": most})
}

// Verification says who has compared a value with which document.
type Verification struct {
	Norm    id.ID  // the dated row
	Act     string // the act of law and its article; empty keeps what the row says
	Article string
	By      string
	Version int
}

// Verify marks a value as verified, on today's day.
//
// Faults: Denied; NotFound; Conflict "norm.verified"; Conflict "fault.stale";
// Invalid (by, act, article).
func Verify(ctx context.Context, a *act.Act, x Verification) error {
	if err := mayEverywhere(ctx, &a.View, verify); err != nil {
		return err
	}
	if err := a.Lock(ctx, "norm", x.Norm); err != nil {
		return err
	}
	var d Dated
	err := a.DB().NewSelect().Model(&d).Where("n.id = ?", x.Norm).Scan(ctx)
	if db.IsNone(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("verify norm: %w", err)
	}
	x.By = strings.TrimSpace(x.By)
	x.Act = cmp.Or(strings.TrimSpace(x.Act), d.Act)
	x.Article = cmp.Or(strings.TrimSpace(x.Article), d.Article)
	var bad fault.Fields
	bad.Text(x.By, 200, "by")
	bad.Max(x.Act, 300, "act")
	bad.Max(x.Article, 100, "article")
	bad.Check(x.Act != "", "act", "norm.act_needed")
	if err := bad.Err(); err != nil {
		return err
	}
	switch {
	case d.Verified():
		return fault.Clash("norm.verified")
	case d.Version != x.Version:
		return fault.Clash("fault.stale")
	}
	_, err = a.DB().NewRaw("UPDATE norm SET act = ?, article = ?, verified_by = ?, verified_on = ?, version = version + 1 WHERE id = ?",
		x.Act, x.Article, x.By, date.Of(a.Now()), d.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("verify norm: %w", err)
	}
	a.Record("norm.verify", act.On{Noun: "norm", ID: d.ID}, map[string]any{"key": d.Key, "value": d.Value,
		"act": x.Act, "article": x.Article, "by": x.By})
	return nil
}
