// Package norm holds legal terms, quorums, ages and working limits as data: a
// dated value with its act and article and the mark whether a lawyer has
// verified it. An act is judged by the norm of its day. Rooms export defaults;
// none of them is confirmed law, and the screens say so.
package norm

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// Unit says what a value counts.
type Unit string

// The units.
const (
	Minutes  Unit = "minutes"
	Hours    Unit = "hours"
	Days     Unit = "days"
	Workdays Unit = "workdays"
	Months   Unit = "months"
	Years    Unit = "years"
	Count    Unit = "count"
	YesNo    Unit = "yes_no"
)

// Default is a working value that a room needs before a lawyer has spoken.
type Default struct {
	Key    string
	Value  string
	Unit   Unit
	Looser Looser // of a guard: over those who may set norms or might help them, over data, over a child's safety
}

// Looser says which way a guard is loosened.
type Looser int8

// The ways; most norms guard nobody. A switch that is on is the greater.
const (
	NoGuard Looser = iota
	Smaller
	Greater
)

// Loosens tells whether a value guards less than the one before it.
func (d Default) Loosens(before, value string) bool {
	b, v := Norm{Value: before}.rank(), Norm{Value: value}.rank()
	return d.Looser == Smaller && v < b || d.Looser == Greater && v > b
}

// Norm is the value in force on a day.
type Norm struct {
	Key, Value   string
	Unit         Unit
	Act, Article string
	Verified     bool
}

// Int is the value as a number.
func (n Norm) Int() int {
	v, err := strconv.Atoi(n.Value)
	if err != nil {
		return 0 // settings refuse anything else
	}
	return v
}

// rank orders values of one unit.
func (n Norm) rank() int {
	if n.Yes() {
		return 1
	}
	return n.Int()
}

// Hours is the value as a duration of hours.
func (n Norm) Hours() time.Duration { return time.Duration(n.Int()) * time.Hour }

// Yes is the value as a switch.
func (n Norm) Yes() bool { return n.Value == "yes" }

// Book knows every key with its default.
type Book struct {
	defaults map[string]Default
	order    []string
	last     atomic.Pointer[edition]
}

// NewBook joins the defaults that the rooms export; a key given twice is an
// error of ours.
func NewBook(parts ...[]Default) (*Book, error) {
	b := &Book{defaults: map[string]Default{}}
	for _, p := range parts {
		for _, d := range p {
			if _, twice := b.defaults[d.Key]; twice {
				return nil, fmt.Errorf("norm %s is given twice", d.Key)
			}
			b.defaults[d.Key] = d
			b.order = append(b.order, d.Key)
		}
	}
	return b, nil
}

// Keys lists the keys in the order of the rooms.
func (b *Book) Keys() []string { return b.order }

// Default gives the default of a key.
func (b *Book) Default(key string) (Default, bool) {
	d, ok := b.defaults[key]
	return d, ok
}

// Set is what is in force on one day. It is shared: nobody changes it.
type Set struct {
	book *Book
	rows map[string]Norm
}

// edition is a set with what it was read of.
type edition struct {
	mark string
	day  date.Date
	set  *Set
}

// Load gives what is in force on a day, as the transaction or the pool sees it.
// The rows are read again only when the database's mark of the norms is another
// than that of the last set: a mark is never of two states, be one of them taken
// back, so a set that a transaction has read of its own change harms nobody.
func (b *Book) Load(ctx context.Context, d bun.IDB, day date.Date) (*Set, error) {
	return b.Marked(ctx, d, day, "")
}

// Mark asks for the database's mark of the norms.
const Mark = "SELECT mark FROM norm_edition"

// Marked is Load for whom the mark has been asked already, in a statement of its
// own; "" asks here.
func (b *Book) Marked(ctx context.Context, d bun.IDB, day date.Date, mark string) (*Set, error) {
	if mark == "" {
		if err := d.NewRaw(Mark).Scan(ctx, &mark); err != nil {
			return nil, fmt.Errorf("load norms: %w", err)
		}
	}
	if e := b.last.Load(); e != nil && e.mark == mark && e.day == day {
		return e.set, nil
	}
	return b.read(ctx, d, day)
}

// read reads the rows and their mark in one statement, that is, of one state.
func (b *Book) read(ctx context.Context, d bun.IDB, day date.Date) (*Set, error) {
	var rows []struct {
		Mark, Key, Value, Act, Article, VerifiedBy string
	}
	err := d.NewSelect().TableExpr("norm_edition AS e").
		Join("LEFT JOIN norm AS n ON n.from_day <= ? AND (n.to_day IS NULL OR n.to_day >= ?)", day, day).
		ColumnExpr("e.mark, n.key, n.value, n.act, n.article, n.verified_by").
		OrderExpr("n.from_day").Limit(int64(10*len(b.order)+1)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("load norms: %w", err)
	}
	e := &edition{day: day, set: &Set{book: b, rows: map[string]Norm{}}}
	for _, r := range rows {
		e.mark = r.Mark
		if r.Key != "" { // none is in force
			e.set.rows[r.Key] = Norm{Key: r.Key, Value: r.Value, Unit: b.defaults[r.Key].Unit, Act: r.Act, Article: r.Article, Verified: r.VerifiedBy != ""}
		}
	}
	b.last.Store(e)
	return e.set, nil
}

// Get gives the norm of a key; ok is false for a key no room has exported.
func (s *Set) Get(key string) (Norm, bool) {
	if n, ok := s.rows[key]; ok {
		return n, true
	}
	d, ok := s.book.defaults[key]
	return Norm{Key: key, Value: d.Value, Unit: d.Unit}, ok
}

// Beginning is the first day of the values that the system began with: a day
// before any other, which nobody chose.
func Beginning() date.Date { return date.New(2001, 1, 1) }

// Seed writes the default of each key that has no row yet.
func (b *Book) Seed(ctx context.Context, d bun.IDB) error {
	var have []string
	if err := d.NewSelect().Table("norm").Column("key").Scan(ctx, &have); err != nil {
		return fmt.Errorf("seed norms: %w", err)
	}
	known := map[string]bool{}
	for _, k := range have {
		known[k] = true
	}
	for _, k := range b.order {
		if known[k] {
			continue
		}
		_, err := d.NewRaw("INSERT INTO norm (id, key, value, from_day) VALUES (?, ?, ?, ?)",
			id.Derive(0, "norm."+k, 0, time.Unix(978307200, 0)), k, b.defaults[k].Value, Beginning()).Exec(ctx)
		if err != nil {
			return fmt.Errorf("seed norms: %w", err)
		}
	}
	return nil
}
