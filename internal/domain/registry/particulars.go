package registry

import (
	"slices"

	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
	"serik/internal/platform/text"
)

// Particulars are what a file says of who the child is.
type Particulars struct {
	IIN        string // "" with a reason
	IINAbsent  string
	Family     string
	Given      string
	Patronymic string
	Born       date.Date
	BornKnown  date.Known // how exactly: Born may be any day of the month or year
	Sex        string
	Lang       string
	Source     string
}

// AbsentReasons lists why a child may have no identification number.
func AbsentReasons() []string { return []string{"newborn", "no_documents", "foreign", "unknown"} }

// Sources lists where particulars come from.
func Sources() []string {
	return []string{"birth_certificate", "identity_card", "iin_register", "school", "clinic", "police",
		"guardianship", "family", "own_words", "import", "other"}
}

// Langs lists the languages of a child's life.
func Langs() []string { return []string{"kk", "ru", "other"} }

const (
	maxName   = 80
	maxReason = 1000
)

// particularFacts is what the rule must know.
type particularFacts struct {
	today    date.Date
	since    date.Date // the day of registration: a child then
	adultAge int
	iinTaken bool // another file has the number
}

// checkParticulars is the rule of a child's particulars, pure. It gives them
// tidied.
func checkParticulars(f particularFacts, p Particulars) (Particulars, error) {
	p.Family, p.Given, p.Patronymic = name.Clean(p.Family), name.Clean(p.Given), name.Clean(p.Patronymic)
	var bad fault.Fields
	checkName(&bad, p.Family, "family")
	checkName(&bad, p.Given, "given")
	if p.Patronymic != "" {
		checkName(&bad, p.Patronymic, "patronymic")
	}
	p = checkBorn(&bad, f, p)
	bad.Check(p.Sex == "m" || p.Sex == "f", "sex", "fault.choice")
	bad.Check(slices.Contains(Langs(), p.Lang), "lang", "fault.choice")
	bad.Check(slices.Contains(Sources(), p.Source), "source", "fault.choice")
	p = checkIIN(&bad, p)
	if err := bad.Err(); err != nil {
		return p, err
	}
	if f.iinTaken {
		return p, fault.Tell("child.iin_taken")
	}
	return p, nil
}

func checkName(bad *fault.Fields, s, field string) {
	n := len(*bad)
	bad.Text(s, maxName, field)
	if len(*bad) == n && name.Key(s) == "" {
		bad.Add(field, "child.name_letters")
	}
}

// checkBorn refuses what has not come yet, and whom no doubt leaves a child. Of
// a month, a year or a guess the last day it may be stands in the file.
func checkBorn(bad *fault.Fields, f particularFacts, p Particulars) Particulars {
	b := p.birth()
	if !slices.Contains(date.KnownBy(), b.Known) {
		bad.Add("born_known", "fault.choice")
		return p
	}
	whole := b // the month or year itself, without the doubt about a guess
	if b.Known == date.Guessed {
		whole.Known = date.ToYear
	}
	from, _ := whole.Bounds()
	switch {
	case b.Day.IsZero():
		bad.Add("born", "fault.blank")
	case from.After(f.today):
		bad.Add("born", "child.born_future")
	case date.AgeOn(b.Last(), f.since) >= f.adultAge:
		bad.Add("born", "child.born_adult", fault.Args{"Age": f.adultAge})
	}
	p.Born = b.Settled(f.today).Day
	return p
}

func (p Particulars) birth() date.Birth { return date.Birth{Day: p.Born, Known: p.BornKnown} }

// checkIIN holds the number to its checksum, to the birth date and to the sex.
// The number says the day where only the month, the year or a guess was known.
func checkIIN(bad *fault.Fields, p Particulars) Particulars {
	if p.IIN == "" {
		bad.Check(slices.Contains(AbsentReasons(), p.IINAbsent), "iin_absent", "child.iin_reason")
		return p
	}
	p.IINAbsent = ""
	iin, err := id.ParseIIN(p.IIN)
	if err != nil {
		bad.Add("iin", err.Error())
		return p
	}
	p.IIN = string(iin)
	y, m, d, ok := iin.Birth()
	bad.Check(ok && (p.Born.IsZero() || p.birth().Holds(date.New(y, m, d))), "iin", "child.iin_birth")
	if ok && p.BornKnown != date.ToDay {
		p.Born, p.BornKnown = date.New(y, m, d), date.ToDay
	}
	bad.Check(!ok || p.Sex == "" || iin.Sex() == p.Sex, "iin", "child.iin_sex")
	return p
}

// put writes particulars into a file.
func (p Particulars) put(c *Child) {
	c.IIN, c.IINAbsent = id.IIN(p.IIN), p.IINAbsent
	c.Family, c.Given, c.Patronymic = p.Family, p.Given, p.Patronymic
	c.Latin = name.Latin(p.Family + " " + p.Given)
	c.SortKey = text.SortKey(p.Family + " " + p.Given + " " + p.Patronymic)
	c.Born, c.BornKnown, c.Sex, c.Lang, c.Source = p.Born, p.BornKnown, p.Sex, p.Lang, p.Source
}

// Particulars gives back what put wrote, for a form.
func (c Child) Particulars() Particulars {
	return Particulars{IIN: string(c.IIN), IINAbsent: c.IINAbsent, Family: c.Family, Given: c.Given, Patronymic: c.Patronymic,
		Born: c.Born, BornKnown: c.BornKnown, Sex: c.Sex, Lang: c.Lang, Source: c.Source}
}
