package text

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/kk"
	"github.com/go-playground/locales/ru"

	"serik/internal/platform/fault"
)

// group parts thousands: a thin space that does not break the line.
const group = "\u202f"

// Number is a whole number with its thousands apart.
func (p *Printer) Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Percent prints a share of one: 0.374 is 37%, and below ten percent one
// decimal stands. What is not a number is a dash.
func (p *Printer) Percent(share float64) string {
	v := share * 100
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	decimals := uint64(0)
	if tenths := math.Round(v*10) / 10; math.Abs(tenths) < 10 && tenths != math.Trunc(tenths) {
		v, decimals = tenths, 1
	}
	return p.habits().FmtPercent(v, decimals)
}

func (p *Printer) habits() locales.Translator {
	switch p.lang {
	case RU:
		return ru.New()
	case EN:
		return en.New()
	}
	return kk.New()
}

// List joins as people do: a, b and c.
func (p *Printer) List(items []string) string { return p.joined("form.and", items) }

// Either is List of what is a choice: a, b or c.
func (p *Printer) Either(items []string) string { return p.joined("form.or", items) }

func (p *Printer) joined(key string, items []string) string {
	n := len(items)
	if n < 2 {
		return strings.Join(items, "")
	}
	return p.T(key, fault.Args{"First": strings.Join(items[:n-1], ", "), "Last": items[n-1]})
}
