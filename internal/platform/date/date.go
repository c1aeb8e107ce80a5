// Package date holds the law day: the day of a deadline, a birth, a sitting.
// A law day has no hour; it begins and ends by the clock of Kazakhstan, which
// is UTC+5 everywhere since 1 March 2024. Instants stay time.Time in UTC;
// Of turns one into its day. The working calendar (calendar.go) serves the
// deadlines that the law counts in working days.
package date

import (
	"errors"
	"strings"
	"time"
)

// Date is a law day between the years 1 and 9999; the zero Date is none.
// Dates are comparable with ==.
type Date struct {
	n int32 // days since 31 December of the year 0
}

const (
	second  = 1
	minute  = 60 * second
	hour    = 60 * minute
	daySecs = 24 * hour

	offset = 5 * hour         // of the clock of Kazakhstan from UTC
	epoch  = -62135596800     // 1 January of the year 1, in Unix seconds
	last   = int32(3_652_059) // 31 December 9999
	isoLen = len("2006-01-02")
	iso    = "2006-01-02"
	ru     = "2.1.2006"
)

// Of is the law day of an instant; none for the zero time.
func Of(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	secs := t.Unix() + offset - epoch
	if secs < 0 {
		return Date{}
	}
	return clamp(secs/daySecs + 1)
}

// New is the day y-m-d, or none when there is no such day.
func New(y, m, d int) Date {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 1 || y > 9999 || t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return Date{}
	}
	return Date{int32((t.Unix()-epoch)/daySecs) + 1}
}

// Parse reads the ISO form 2006-01-02; empty text is none.
func Parse(s string) (Date, error) { return parse(iso, s) }

// ParseRU reads what people type, 24.11.2026 or 1.9.2026, blanks around it
// allowed; empty text is none.
func ParseRU(s string) (Date, error) { return parse(ru, strings.TrimSpace(s)) }

func parse(layout, s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	t, err := time.Parse(layout, s)
	if err != nil || t.Year() < 1 {
		return Date{}, errors.New("not a date")
	}
	return New(t.Year(), int(t.Month()), t.Day()), nil
}

// String is the ISO form; none is "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.civil().Format(iso)
}

// YMD gives year, month and day of the month; zeros for none.
func (d Date) YMD() (int, int, int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	y, m, day := d.civil().Date()
	return y, int(m), day
}

// Year is the year; 0 for none.
func (d Date) Year() int {
	y, _, _ := d.YMD()
	return y
}

// Start is the first instant of the day, in UTC; the zero time for none.
func (d Date) Start() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.civil().Add(-offset * time.Second)
}

// End is the last microsecond of the day, in UTC; the zero time for none.
func (d Date) End() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.Start().Add(daySecs*time.Second - time.Microsecond)
}

// AddDays is n days later (earlier when n is negative); none stays none.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return clamp(int64(d.n) + int64(n))
}

// AddMonths is n months later on the same day of the month, or on the last day
// of that month when it is shorter; none stays none.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	y, m, day := d.YMD()
	months := int64(y)*12 + int64(m-1) + int64(n)
	switch {
	case months < 12:
		return Date{1}
	case months >= 10_000*12:
		return Date{last}
	}
	y, m = int(months/12), int(months%12)+1
	end := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return New(y, m, min(day, end))
}

// Sub is the number of days from o to d; 0 when either is none.
func (d Date) Sub(o Date) int {
	if d.IsZero() || o.IsZero() {
		return 0
	}
	return int(d.n - o.n)
}

// Before tells whether d is an earlier day than o; none is before nothing and
// nothing is before none.
func (d Date) Before(o Date) bool { return !d.IsZero() && !o.IsZero() && d.n < o.n }

// After tells whether d is a later day than o, by the rule of Before.
func (d Date) After(o Date) bool { return o.Before(d) }

// Equal is ==, for packages that compare by method.
func (d Date) Equal(o Date) bool { return d == o }

// Weekday is the day of the week; Sunday for none.
func (d Date) Weekday() time.Weekday { return time.Weekday(d.n % 7) }

// IsZero tells whether this is none.
func (d Date) IsZero() bool { return d.n == 0 }

// AgeOn is the number of full years on a day of a person born on birth; -1
// when either is none or the day lies before the birth. One born on 29
// February is a year older on 1 March of a common year.
func AgeOn(birth, day Date) int {
	if birth.IsZero() || day.IsZero() || day.Before(birth) {
		return -1
	}
	by, bm, bd := birth.YMD()
	y, m, d := day.YMD()
	age := y - by
	if m < bm || m == bm && d < bd {
		age--
	}
	return age
}

func (d Date) civil() time.Time {
	return time.Unix(epoch+int64(d.n-1)*daySecs, 0).UTC()
}

func clamp(n int64) Date { return Date{int32(max(1, min(n, int64(last))))} }
