package text

import (
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/fault"
)

// Term tells a term of days, in the same words on each page: due today, due in
// 3 days, overdue by 2 days. None is "".
func (p *Printer) Term(due, today date.Date) string {
	const day = 24 * time.Hour
	switch {
	case due.IsZero():
		return ""
	case due.Before(today):
		return p.overdue(time.Duration(today.Sub(due)) * day)
	}
	return p.T("date.due", fault.Args{"When": p.When(due, today)})
}

// TermAt tells a term of hours: how long is left, or by how long it is over;
// never less than a minute. None is "".
func (p *Printer) TermAt(due, now time.Time) string {
	switch {
	case due.IsZero():
		return ""
	case now.Before(due):
		return p.T("date.left", fault.Args{"Span": p.Span(max(time.Minute, due.Sub(now)))})
	}
	return p.overdue(max(time.Minute, now.Sub(due)))
}

func (p *Printer) overdue(by time.Duration) string {
	return p.T("date.overdue", fault.Args{"Span": p.Span(by)})
}
