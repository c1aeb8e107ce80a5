package kit

import (
	"strconv"
	"strings"
)

// maxDigits bounds what a person types into a box for a number.
const maxDigits = 12

// Int is a posted whole number; empty is none.
func (q *Req) Int(name string) *int {
	n := q.number(name)
	if n == nil {
		return nil
	}
	if strings.Contains(*n, ".") {
		q.bad.Add(name, "fault.number_whole")
		return nil
	}
	out, err := strconv.Atoi(*n)
	if err != nil { // as wide as the machine's
		q.bad.Add(name, "fault.number_whole")
		return nil
	}
	return &out
}

// Float is a posted number with a comma or a point; empty is none.
func (q *Req) Float(name string) *float64 {
	n := q.number(name)
	if n == nil {
		return nil
	}
	out, err := strconv.ParseFloat(*n, 64)
	if err != nil {
		q.bad.Add(name, "fault.number")
		return nil
	}
	return &out
}

func (q *Req) number(name string) *string {
	s := q.Text(name)
	if s == "" {
		return nil
	}
	n, ok := plain(s)
	if !ok {
		q.bad.Add(name, "fault.number")
		return nil
	}
	return &n
}

// plain reads a number as people write it: digits, a minus before them, one
// comma or point with digits after it, and blanks between groups of three. What
// only machines write (1e9, 0x10, Inf) is none. The answer has a point and no
// blanks.
func plain(s string) (string, bool) {
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u2212", "-", ",", ".").Replace(s)
	body, minus := strings.CutPrefix(s, "-")
	whole, part, pointed := strings.Cut(body, ".")
	groups := strings.Split(whole, " ")
	for i, g := range groups {
		wide := len(groups) == 1 || len(g) == 3 || i == 0 && len(g) < 3
		if !digits(g) || !wide {
			return "", false
		}
	}
	whole = strings.Join(groups, "")
	if pointed && !digits(part) || len(whole)+len(part) > maxDigits {
		return "", false
	}
	if pointed {
		whole += "." + part
	}
	if minus {
		whole = "-" + whole
	}
	return whole, true
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
