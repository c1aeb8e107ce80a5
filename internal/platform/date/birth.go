package date

import "fmt"

// Known says how exactly a birth date is known.
type Known string

// The degrees; the zero value is a whole date.
const (
	ToDay   Known = ""
	ToMonth Known = "month"
	ToYear  Known = "year"
	Guessed Known = "estimate" // the year, a year more or less
)

// KnownBy lists the degrees.
func KnownBy() []Known { return []Known{ToDay, ToMonth, ToYear, Guessed} }

// Birth is a birth date as far as it is known: Day is the day itself, or any day
// of the month or year that is known.
type Birth struct {
	Day   Date
	Known Known
}

// Bounds are the first and the last day it may be.
func (b Birth) Bounds() (from, to Date) {
	if b.Day.IsZero() {
		return b.Day, b.Day
	}
	y, m, _ := b.Day.YMD()
	switch b.Known {
	case ToMonth:
		from = New(y, m, 1)
		return from, from.AddMonths(1).AddDays(-1)
	case ToYear:
		return New(y, 1, 1), New(y, 12, 31)
	case Guessed:
		return New(y-1, 1, 1), New(y+1, 12, 31)
	}
	return b.Day, b.Day
}

// Last is the last day it may be: by it somebody is no older than is certain.
func (b Birth) Last() Date {
	_, to := b.Bounds()
	return to
}

// Settled is the birth with the day that stands for it: the last of the month or
// year that is not after today.
func (b Birth) Settled(today Date) Birth {
	if b.Known == ToDay || b.Day.IsZero() {
		return b
	}
	whole := b
	if b.Known == Guessed {
		whole.Known = ToYear
	}
	from, to := whole.Bounds()
	if to.After(today) && !from.After(today) {
		to = today
	}
	b.Day = to
	return b
}

// Holds tells whether a day is one of those it may be.
func (b Birth) Holds(day Date) bool {
	from, to := b.Bounds()
	return !day.Before(from) && !day.After(to)
}

// Ages are the least and the greatest number of full years on a day.
func (b Birth) Ages(on Date) (least, most int) {
	from, to := b.Bounds()
	return max(0, AgeOn(to, on)), max(0, AgeOn(from, on))
}

// String is the date as far as it is known, for a record: 2014-05-17, 2014-05,
// 2014, ~2014.
func (b Birth) String() string {
	if b.Day.IsZero() {
		return ""
	}
	y, m, _ := b.Day.YMD()
	switch b.Known {
	case ToMonth:
		return fmt.Sprintf("%04d-%02d", y, m)
	case ToYear:
		return fmt.Sprintf("%04d", y)
	case Guessed:
		return fmt.Sprintf("~%04d", y)
	}
	return b.Day.String()
}
