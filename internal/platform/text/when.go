package text

import (
	"fmt"
	"strconv"
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/fault"
)

// Date is the day as 24.11.2026; none is "".
func (p *Printer) Date(d date.Date) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.YMD()
	return fmt.Sprintf("%02d.%02d.%04d", day, m, y)
}

// DateTime is the instant by the clock of Kazakhstan, as 24.11.2026, 09:05;
// the zero time is "".
func (p *Printer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	d := date.Of(t)
	m := int(t.Sub(d.Start()).Minutes())
	return fmt.Sprintf("%s, %02d:%02d", p.Date(d), m/60, m%60)
}

// Long is the day in words, with its weekday and its distance from today; the
// year stands only when it is not this one. None is "".
func (p *Printer) Long(d, today date.Date) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.YMD()
	args := fault.Args{
		"Day":     day,
		"Month":   p.T("date.month." + strconv.Itoa(m)),
		"Weekday": p.T("date.weekday." + strconv.Itoa(int(d.Weekday()))),
		"When":    p.When(d, today),
	}
	if y == today.Year() {
		return p.T("date.day", args)
	}
	args["Year"] = y
	return p.T("date.day_of_year", args)
}

// When is the distance of a day from today: today, tomorrow, in 3 days.
func (p *Printer) When(d, today date.Date) string {
	switch n := d.Sub(today); {
	case n == 0:
		return p.T("date.today")
	case n == 1:
		return p.T("date.tomorrow")
	case n == -1:
		return p.T("date.yesterday")
	case n > 0:
		return p.N("date.in_days", n)
	default:
		return p.N("date.days_ago", -n)
	}
}

// Ago tells how long ago something was: just now, 5 min ago, 3 days ago.
func (p *Printer) Ago(d time.Duration) string {
	if d < time.Minute {
		return p.T("date.now")
	}
	return p.T("date.ago", fault.Args{"Span": p.Span(d)})
}

// Span is a length of time in its largest unit, cut down: 5 min, 2 h, 3 days.
// The sign is left out.
func (p *Printer) Span(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = d.Abs(); {
	case d < time.Hour:
		return p.T("date.minutes", fault.Args{"N": int(d / time.Minute)})
	case d < day:
		return p.T("date.hours", fault.Args{"N": int(d / time.Hour)})
	default:
		return p.N("date.days", int(d/day))
	}
}
