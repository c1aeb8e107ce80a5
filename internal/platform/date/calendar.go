package date

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The rules of the calendar, with their sources and doubts.
//
//go:embed holidays.tsv
var holidays string

// The calendar knows holidays of these years; outside them only weekends.
const (
	firstYear = 1991
	lastYear  = 2100
	// From this year a holiday on a weekend moves to the next working day.
	transferSince = 2002
)

// Swap is a decision of the Government for one year: a working day becomes a
// day of rest and a weekend is worked for it (Labour Code art. 85 p. 3).
// Either side may be none.
type Swap struct {
	Off  Date
	Work Date
}

// Calendar is the working calendar of the five-day week. It never changes;
// With makes another one.
type Calendar struct {
	feasts []feast // of all years, by day
	swaps  []Swap
	off    map[Date]title // days of rest besides weekends
	work   map[Date]bool  // weekends that are worked
}

// feast is a holiday in its year, on its own day.
type feast struct {
	day   Date
	name  title
	moves bool
}

type title struct{ kk, ru string }

// Kazakhstan is the calendar of the Republic: Law on holidays art. 5, Labour
// Code art. 84 and 85, and the swaps known when this version was made.
func Kazakhstan() *Calendar { return kazakhstan() }

var kazakhstan = sync.OnceValue(func() *Calendar {
	c := read(holidays)
	c.settle()
	return c
})

// With is this calendar with more swaps; a later swap overrules an earlier one
// on the same day.
func (c *Calendar) With(swaps []Swap) *Calendar {
	n := &Calendar{feasts: c.feasts, swaps: append(slices.Clone(c.swaps), swaps...)}
	n.settle()
	return n
}

// IsOff tells whether nobody works on that day; none is a day like no other
// and not off.
func (c *Calendar) IsOff(d Date) bool {
	if d.IsZero() || c.work[d] {
		return false
	}
	if _, ok := c.off[d]; ok {
		return true
	}
	return weekend(d)
}

// Name gives the names of the holiday for whose sake the day is off: on the
// holiday itself and on the working day to which its rest has moved. Plain
// weekends and swapped days have no name.
func (c *Calendar) Name(d Date) (string, string, bool) {
	t, ok := c.off[d]
	return t.kk, t.ru, ok && t.kk != ""
}

// AddWorkdays is the n-th working day after d, or before it when n is
// negative; d itself is not counted, and n = 0 gives d.
func (c *Calendar) AddWorkdays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 && !d.IsZero() {
		next := d.AddDays(step)
		if next == d {
			return d // the end of all calendars
		}
		d = next
		if !c.IsOff(d) {
			n--
		}
	}
	return d
}

// Workdays counts the working days after from up to and including to, so that
// Workdays(d, AddWorkdays(d, n)) is n. It is negative when to is earlier, and
// 0 when either is none.
func (c *Calendar) Workdays(from, to Date) int {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	if to.Before(from) {
		return -c.Workdays(to.AddDays(-1), from.AddDays(-1))
	}
	n := 0
	for d := from; d != to; {
		d = d.AddDays(1)
		if !c.IsOff(d) {
			n++
		}
	}
	return n
}

// settle works out the days of rest: holidays on their days, then swaps, then
// the rest of holidays on a weekend, one after another, each to the first
// working day still free.
func (c *Calendar) settle() {
	c.off = make(map[Date]title, len(c.feasts)*2)
	c.work = make(map[Date]bool, len(c.swaps))
	for _, f := range c.feasts {
		c.off[f.day] = f.name
	}
	for _, s := range c.swaps {
		if !s.Off.IsZero() {
			delete(c.work, s.Off)
			if _, ok := c.off[s.Off]; !ok {
				c.off[s.Off] = title{}
			}
		}
		if !s.Work.IsZero() {
			delete(c.off, s.Work)
			c.work[s.Work] = true
		}
	}
	for _, f := range c.feasts {
		if !f.moves || !weekend(f.day) || f.day.Year() < transferSince {
			continue
		}
		d := f.day.AddDays(1)
		for weekend(d) || c.IsOff(d) {
			d = d.AddDays(1)
		}
		c.off[d] = f.name
	}
}

func weekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// read takes the embedded rules apart; a test holds the file to its form.
func read(tsv string) *Calendar {
	c := &Calendar{}
	for line := range strings.Lines(tsv) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) < 8 {
			continue
		}
		switch f[0] {
		case "holiday":
			c.feasts = append(c.feasts, yearly(f)...)
		case "swap":
			off, _ := Parse(f[1])
			work, _ := Parse(f[2])
			c.swaps = append(c.swaps, Swap{Off: off, Work: work})
		}
	}
	slices.SortStableFunc(c.feasts, func(a, b feast) int { return a.day.Sub(b.day) })
	return c
}

// yearly makes the feasts of one rule: a full date once, a month and day in
// each year from since until until.
func yearly(f []string) []feast {
	name, moves := title{kk: f[5], ru: f[4]}, f[6] == "moves"
	if day, err := Parse(f[1]); err == nil {
		return []feast{{day: day, name: name, moves: moves}}
	}
	since, until := year(f[2], firstYear), year(f[3], lastYear)
	var all []feast
	for y := since; y <= until; y++ {
		day, err := Parse(strconv.Itoa(y) + "-" + f[1])
		if err == nil {
			all = append(all, feast{day: day, name: name, moves: moves})
		}
	}
	return all
}

func year(s string, none int) int {
	if y, err := strconv.Atoi(s); err == nil {
		return y
	}
	return none
}
