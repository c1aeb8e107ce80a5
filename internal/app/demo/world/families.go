package world

import (
	"fmt"
	"time"

	"serik/internal/platform/date"
)

// child is a child in hand.
type child struct {
	row       Child
	place     *place
	around    []kin
	relations []Relation
	school    *agency
	none      string // why no school
	closed    bool   // a message names the school
	siblings  []*child
	last      *kase
	taken     bool // has a history already
}

type adult struct{ row Adult }

// kin is an adult around a child.
type kin struct {
	who   *adult
	kind  string
	lives bool
}

// peopleOfPlaces makes families until each place has its children.
func (g *gen) peopleOfPlaces() {
	for _, p := range g.places {
		for len(p.kids) < p.children {
			g.family(p, p.children-len(p.kids))
		}
	}
}

// family makes one household with at most room children.
func (g *gen) family(p *place, room int) {
	people := g.people(p.russian)
	lang := "kk"
	if people == "ru" || g.chance(max(0, float64(p.langRU-p.russian))/float64(max(1, 100-p.russian))) {
		lang = "ru"
	}
	c := g.clan(people, lang)
	n := min(room, 1+g.weighted(56, 27, 12, 5))
	oldest := g.today.AddDays(-g.between(4*365, 18*365+120))
	adults := g.elders(c, oldest)
	home := g.address(lang)
	var kids []*child
	born := oldest
	for i := range n {
		if i > 0 {
			born = born.AddDays(g.between(450, 1100))
		}
		if !born.Before(g.today.AddDays(-60)) {
			break
		}
		kids = append(kids, g.child(p, c, born, lang, adults, home))
	}
	for i, k := range kids {
		for j, s := range kids {
			if i != j {
				k.siblings = append(k.siblings, s)
			}
		}
	}
	p.kids = append(p.kids, kids...)
	g.kids = append(g.kids, kids...)
}

// elders makes the adults of a household by a handful of usual shapes.
func (g *gen) elders(c clan, oldest date.Date) []kin {
	mother := func(lives bool) kin {
		other := g.clan(c.people, c.spell)
		other.sur = c.sur
		return kin{g.adult(other.name(g.givenOf(c.people, "f"), "f"), oldest.AddDays(-g.between(19*365, 38*365))), "mother", lives}
	}
	father := func(lives bool) kin {
		own := g.clan(c.people, c.spell)
		own.sur = c.sur
		return kin{g.adult(own.name(c.father, "m"), oldest.AddDays(-g.between(21*365, 42*365))), "father", lives}
	}
	more := func(kind, sex string, lo, hi int) kin {
		return kin{g.adult(g.nameOf(c.people, sex, c.spell), oldest.AddDays(-g.between(lo*365, hi*365))), kind, true}
	}
	switch g.weighted(52, 18, 9, 10, 6, 5) {
	case 0:
		return []kin{mother(true), father(true)}
	case 1:
		return []kin{mother(true), father(false)}
	case 2:
		return []kin{mother(true), more("stepfather", "m", 24, 45)}
	case 3:
		return []kin{mother(true), father(true), more("grandparent", "f", 44, 58)}
	case 4:
		return []kin{father(true), more("grandparent", "f", 44, 58)}
	}
	return []kin{more("guardian", "f", 28, 50)}
}

func (g *gen) adult(n fullName, born date.Date) *adult {
	a := &adult{Adult{ID: g.id("adult", g.start), Family: n.family, Given: n.given, Patronymic: n.patronymic,
		Phone: g.phone(), Born: born, CreatedAt: g.now}}
	g.adults = append(g.adults, a)
	return a
}

func (g *gen) child(p *place, c clan, born date.Date, lang string, adults []kin, home string) *child {
	sex := "m"
	if g.chance(0.47) {
		sex = "f"
	}
	n := c.name(g.givenOf(c.people, sex), sex)
	row := Child{ID: g.id("child", g.start), Territory: p.Path, Family: n.family, Given: n.given, Patronymic: n.patronymic,
		Latin: n.latin, Born: born, Sex: sex, Lang: lang, Source: one(g, []string{"birth_certificate", "birth_certificate", "school", "iin_register", "family", "identity_card"})}
	if g.chance(0.01) {
		row.Lang = "other"
	}
	if g.chance(0.04) {
		row.Patronymic = ""
	}
	g.number12(&row)
	k := &child{row: row, place: p, around: adults}
	g.created(k, g.work(g.start.Add(g.span(0, g.now.Sub(g.start)-5*day))))
	for _, a := range adults {
		from := born
		if lived := g.today.Sub(born); lived > 400 && (a.kind == "guardian" || a.kind == "stepfather") {
			from = born.AddDays(g.between(200, min(2000, lived-30)))
		}
		legal := a.kind == "mother" || a.kind == "father" || a.kind == "guardian"
		k.relations = append(k.relations, Relation{ID: g.id("relation", g.start), Child: row.ID, Adult: a.who.row.ID,
			Kind: a.kind, Legal: legal, LivesWith: a.lives, FromDay: from})
	}
	g.out.Addresses = append(g.out.Addresses, Address{ID: g.id("address", g.start), Child: row.ID, Text: home, FromDay: born})
	g.card(k)
	g.enrol(k)
	return k
}

// number12 gives the child its IIN, or the reason why it has none.
func (g *gen) number12(row *Child) {
	switch {
	case g.chance(0.012):
		row.IINAbsent, row.BornKnown = "no_documents", date.ToYear // nor does anybody know the day
	case g.chance(0.008):
		row.IINAbsent = "foreign"
	case g.today.Sub(row.Born) < 120:
		row.IINAbsent = "newborn"
	default:
		if row.IIN = g.iin(row.Born, row.Sex); row.IIN == "" {
			row.IINAbsent = "unknown"
		}
	}
}

// card fills the safe-contact card from an adult the child lives with.
func (g *gen) card(k *child) {
	if len(k.around) == 0 {
		return
	}
	a := k.around[0].who.row
	k.row.ContactWho, k.row.ContactHow = a.Family+" "+a.Given, a.Phone
	k.row.ContactHours, k.row.ContactLang = g.say("hours", k.row.Lang), k.row.Lang
}

// cardWithout takes an unsafe adult off the card.
func (g *gen) cardWithout(k *child, unsafe kin) {
	if k.row.ContactWho != k.row.ContactNot {
		return
	}
	was := k.row
	k.row.ContactWho, k.row.ContactHow, k.row.ContactHours, k.row.ContactLang, k.row.ContactNot = "", "", "", "", ""
	for _, a := range k.around {
		if a.who != unsafe.who {
			k.row.ContactHours, k.row.ContactLang, k.row.ContactNot = was.ContactHours, was.ContactLang, was.ContactNot
			k.row.ContactWho, k.row.ContactHow = a.who.row.Family+" "+a.who.row.Given, a.who.row.Phone
			return
		}
	}
}

// enrol finds the child's school, if there is one.
func (g *gen) enrol(k *child) {
	age := date.AgeOn(k.row.Born, g.today)
	if age < 6 || age > 17 || g.chance(0.025) {
		k.none = one(g, []string{"not_enrolled", "not_enrolled", "homeschool", "unknown"})
		return
	}
	k.school = k.place.body(g, "school")
}

// settleFile writes what could not be known before the child's whole history:
// when the file began, who is what to the child, each school year since.
func (g *gen) settleFile(k *child) {
	if last := k.row.Born.AddMonths(18 * 12).AddDays(-40).Start(); k.row.CreatedAt.After(last) {
		g.created(k, g.workBefore(last))
	}
	if first := k.row.Born.AddDays(1).Start(); k.row.CreatedAt.Before(first) {
		k.row.CreatedAt = g.by(g.work(first))
	}
	since := date.Of(k.row.CreatedAt)
	for _, r := range k.relations {
		if r.FromDay.After(since) {
			r.FromDay = since
		}
		g.out.Relations = append(g.out.Relations, r)
	}
	y, m, _ := since.YMD()
	if m < 9 {
		y--
	}
	var rows []Schooling
	for sept := date.New(y, 9, 1); !sept.After(g.today); y, sept = y+1, date.New(y+1, 9, 1) {
		s := g.year(k, sept)
		if n := len(rows); n == 0 || rows[n-1].School != s.School || rows[n-1].None != s.None || rows[n-1].Grade != s.Grade {
			if n > 0 {
				rows[n-1].ToDay = s.FromDay
			}
			rows = append(rows, s)
		}
	}
	g.out.Schoolings = append(g.out.Schoolings, rows...)
}

// year is where the child learns in the school year that begins on a day.
func (g *gen) year(k *child, sept date.Date) Schooling {
	s := Schooling{ID: g.id("schooling", g.start), Child: k.row.ID, FromDay: sept}
	age := date.AgeOn(k.row.Born, sept)
	switch {
	case age < 0:
		s.None, s.FromDay = "preschool", k.row.Born
	case age < 6:
		s.None = "preschool"
	case age >= 17:
		s.None = "finished"
	case k.school == nil:
		s.None = k.none
	default:
		s.School, s.Grade = k.school.row.ID, fmt.Sprint(min(11, age-5))
	}
	return s
}

// created puts the file's beginning no later than t, with its adults.
func (g *gen) created(k *child, t time.Time) {
	if k.row.CreatedAt.IsZero() || t.Before(k.row.CreatedAt) {
		k.row.CreatedAt = t
	}
	for _, a := range k.around {
		if t.Before(a.who.row.CreatedAt) {
			a.who.row.CreatedAt = t
		}
	}
}
