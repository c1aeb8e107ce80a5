package world

import (
	"fmt"
	"strings"

	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// fullName is a name as a register writes it.
type fullName struct{ family, given, patronymic, latin string }

// clan is what the members of a family share: the people its names come from,
// the surname, the spelling.
type clan struct {
	people string // kk or ru
	spell  string // kk or ru: the language of the papers
	sur    surname
	father given // his name makes the patronymics
}

// people draws the people of a family: Kazakh names or Russian ones.
func (g *gen) people(russianPct int) string {
	if g.chance(float64(russianPct) / 100) {
		return "ru"
	}
	return "kk"
}

func (g *gen) clan(people, spell string) clan {
	if people == "ru" {
		spell = "ru"
	}
	return clan{people: people, spell: spell, sur: one(g, g.t.surnames[people]), father: one(g, g.t.male[people])}
}

// nameOf draws a name outside any family.
func (g *gen) nameOf(people, sex, lang string) fullName {
	c := g.clan(people, lang)
	return c.name(g.givenOf(people, sex), sex)
}

func (g *gen) givenOf(people, sex string) given {
	if sex == "m" {
		return one(g, g.t.male[people])
	}
	return one(g, g.t.female[people])
}

// name writes a member of the clan: surname, given name, the father's name.
func (c clan) name(n given, sex string) fullName {
	f := fullName{family: c.surname(sex), given: n.ru, patronymic: c.patronymic(sex)}
	if c.spell == "kk" {
		f.given = n.kk
	}
	f.latin = c.sur.latinM + " " + n.latin
	if sex == "f" {
		f.latin = c.sur.latinF + " " + n.latin
	}
	return f
}

func (c clan) surname(sex string) string {
	switch {
	case c.spell == "kk" && sex == "m":
		return c.sur.kkM
	case c.spell == "kk":
		return c.sur.kkF
	case sex == "m":
		return c.sur.ruM
	}
	return c.sur.ruF
}

func (c clan) patronymic(sex string) string {
	switch {
	case c.spell == "kk" && c.people == "kk" && sex == "m":
		return c.father.kkSon
	case c.spell == "kk" && c.people == "kk":
		return c.father.kkDau
	case sex == "m":
		return c.father.ruSon
	}
	return c.father.ruDau
}

// iin makes a valid number that no other child of the country has, from the
// high end of the day's register numbers; "" when the day is used up.
func (g *gen) iin(born date.Date, sex string) string {
	y, m, d := born.YMD()
	century := 5 // a boy of this century
	if sex == "f" {
		century = 6
	}
	prefix := fmt.Sprintf("%02d%02d%02d%d", y%100, m, d, century)
	for range 50 {
		n := 9000 + (g.iins[prefix]*37+m*13+d)%1000
		g.iins[prefix]++
		body := fmt.Sprintf("%s%04d", prefix, n)
		for last := range 10 {
			x, err := id.ParseIIN(fmt.Sprintf("%s%d", body, last))
			if err == nil {
				return string(x)
			}
		}
	}
	return ""
}

// phone is a number with a code that no network has.
func (g *gen) phone() string {
	return fmt.Sprintf("+7 000 %03d %02d %02d", g.between(100, 999), g.between(0, 99), g.between(0, 99))
}

// address is a street of a plain word and a drawn house.
func (g *gen) address(lang string) string {
	key := "house"
	if g.chance(0.6) {
		key = "flat"
	}
	return strings.NewReplacer("{street}", one(g, g.t.streets).in(lang), "{n}", fmt.Sprint(g.between(1, 96)),
		"{m}", fmt.Sprint(g.between(1, 120))).Replace(one(g, g.t.posts[key]).in(lang))
}
