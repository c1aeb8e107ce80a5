package text

import (
	"fmt"

	"serik/internal/platform/date"
	"serik/internal/platform/fault"
)

// Born is a birth date as far as it is known; a year alone says that it is one.
func (p *Printer) Born(b date.Birth) string {
	y, m, _ := b.Day.YMD()
	switch {
	case b.Day.IsZero():
		return ""
	case b.Known == date.ToMonth:
		return p.T("date.born_month", fault.Args{"Month": fmt.Sprintf("%02d", m), "Year": y})
	case b.Known == date.ToYear:
		return p.T("date.born_year", fault.Args{"Year": y})
	case b.Known == date.Guessed:
		return p.T("date.born_about", fault.Args{"Year": y})
	}
	return p.Date(b.Day)
}

// Age is how old somebody is on a day, with what is not known of it: 11 years,
// 11–12 years, about 12 years.
func (p *Printer) Age(b date.Birth, on date.Date) string {
	if b.Known == date.Guessed {
		return p.N("date.age_about", max(0, on.Year()-b.Day.Year()))
	}
	least, most := b.Ages(on)
	if least != most {
		return p.N("date.age_between", most, fault.Args{"Low": least})
	}
	return p.N("date.age", most)
}
