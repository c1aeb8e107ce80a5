package world

import (
	"fmt"
	"time"

	"serik/internal/platform/directory/kz"
	"serik/internal/platform/id"
)

// post is what a new person of the service is told.
type post struct {
	login, role, words string
	at                 string // territory path
	agency, commission id.ID
	russian, langRU    int
	from, to           time.Time
	state              string
}

// staff makes the people of the service, from the republic down.
func (g *gen) staff() {
	hired := g.start.AddDate(0, -6, 0)
	for _, r := range []struct{ login, role string }{{"republican", "republican"}, {"analyst", "analyst"}, {"data", "data_officer"},
		{"protection", "protection"}, {"prosecutor", "prosecutor"}, {"admin", "administrator"}} {
		g.person(post{login: r.login, role: r.role, words: r.role, at: "1.", russian: 20, langRU: 50, from: hired})
	}
	commissions := kz.Commissions()
	for i := range g.regions {
		r := &g.regions[i]
		mix := g.t.peoples[r.KATO[:2]]
		p := post{at: r.Path, commission: commissions[i].ID, russian: mix[0], langRU: mix[1], from: hired}
		p.login, p.role, p.words = "regional."+r.Slug, "regional", "regional"
		r.coordinator = g.person(p)
		p.login, p.role, p.words = "chair."+r.Slug, "chair", "chair"
		r.chair = g.person(p)
		p.login, p.role, p.words = "member."+r.Slug, "member", "member"
		g.person(p)
	}
	for _, p := range g.places {
		g.agenciesOf(p)
		g.staffOf(p, hired)
	}
}

// secondHand adds another administrator, for what one alone may not do. It comes
// last, so that the country around it stays as it was.
func (g *gen) secondHand() {
	g.person(post{login: "admin2", role: "administrator", words: "admin", at: "1.", russian: 20, langRU: 50, from: g.start.AddDate(0, -6, 0)})
}

// staffOf makes the people of one place.
func (g *gen) staffOf(p *place, hired time.Time) {
	base := post{at: p.Path, commission: p.commission, russian: p.russian, langRU: p.langRU, from: hired}
	with := func(login, role, words string) post {
		x := base
		x.login, x.role, x.words = login+"."+p.Slug, role, words
		return x
	}
	p.secretary = g.person(with("secretary", "secretary", "secretary"))
	p.chair = g.person(with("chair", "chair", "chair"))
	if p.Level != kz.Rural {
		p.duty = g.person(with("duty", "duty", "duty"))
		g.staffAgencies(p, with)
	}
	if p.show {
		g.person(with("member", "member", "member"))
	}
	n := max(2, min(g.size.curators, p.children/16))
	if p.show {
		n = max(n, 6)
	}
	for i := range n {
		g.curator(p, i, n, with)
	}
}

func (g *gen) staffAgencies(p *place, with func(login, role, words string) post) {
	schools := 0
	for _, a := range p.agencies {
		login, k := a.row.Kind, a.row.Kind
		if k == "school" {
			schools++
			if schools > 1 {
				login = fmt.Sprintf("school%d", schools)
			}
		}
		x := with(login, "agency_head", "head_"+k)
		x.agency, x.commission = a.row.ID, ""
		a.head = g.person(x)
		if k == "police" || k == "social" || (k == "school" && schools == 1) {
			x = with("executor-"+k, "executor", "do_"+k)
			x.agency, x.commission = a.row.ID, ""
			a.exec = g.person(x)
		}
	}
}

// curator makes the i-th of n curators of a place. Some of those who are three
// or more have resigned; one in fifty is suspended now; in the show district
// the first two stay, the last is on leave with nobody in her stead.
func (g *gen) curator(p *place, i, n int, with func(login, role, words string) post) {
	login := "curator"
	if i > 0 {
		login = fmt.Sprintf("curator%d", i+1)
	}
	x := with(login, "curator", "curator")
	stays := p.show && i != 3
	switch {
	case !stays && i == n-1 && n >= 3 && g.chance(0.4):
		x.to = g.work(g.start.Add(g.span(60*day, g.now.Sub(g.start)-10*day)))
		x.state = "deactivated"
	case !stays && i == 1 && g.chance(0.04):
		x.to = g.now.Add(-g.span(20*time.Hour, 40*time.Hour))
		x.state = "suspended"
	case i >= 2 && !p.show && g.chance(0.3):
		x.from = g.work(g.start.Add(g.span(30*day, 300*day)))
	}
	c := &curator{id: g.person(x), from: x.from, to: x.to}
	p.curators = append(p.curators, c)
	g.leaves(p, c, i)
}

// leaves books a yearly leave in a month of each curator's own, so that a
// deputy is there, and now and then a week of illness.
func (g *gen) leaves(p *place, c *curator, i int) {
	offset := (p.No*5 + i*2) % 12
	if p.show && i < 5 {
		offset = i*2 + 1 // not near now: the months run back from it
	}
	for year := range 3 {
		from := g.now.AddDate(0, -offset-12*(year-1), -g.between(6, 9)).Truncate(day).Add(4 * time.Hour)
		if p.show && i < 5 && from.After(g.now.Add(-20*day)) && from.Before(g.now.Add(20*day)) {
			continue
		}
		g.absence(c, away{from: from, to: from.Add(24 * day)})
	}
	if p.show && i == 5 {
		from := g.now.Add(-3 * day).Truncate(day).Add(4 * time.Hour)
		c.away = nil
		g.absence(c, away{from: from, to: from.Add(20 * day), alone: true})
		return
	}
	if g.chance(0.3) && !p.show {
		from := g.work(g.start.Add(g.span(0, g.now.Sub(g.start))))
		g.absence(c, away{from: from, to: from.Add(g.span(5*day, 12*day)), sick: true})
	}
}

func (g *gen) absence(c *curator, a away) {
	if a.to.Before(g.start) || a.from.Before(c.from) || a.from.After(g.now.Add(45*day)) || (!c.to.IsZero() && a.to.After(c.to)) {
		return
	}
	for _, b := range c.away {
		if a.from.Before(b.to) && b.from.Before(a.to) {
			return
		}
	}
	if a.to.After(g.now) && a.from.Before(g.now) {
		a.alone = a.alone || g.chance(0.15)
	}
	c.away = append(c.away, a)
}

// person makes a person of the service with one grant.
func (g *gen) person(p post) id.ID {
	lang := "kk"
	if g.chance(float64(p.langRU) / 100) {
		lang = "ru"
	}
	sex := "f"
	if g.chance(0.35) {
		sex = "m"
	}
	n := g.nameOf(g.people(p.russian), sex, lang)
	words := one(g, g.t.posts[p.words])
	if p.state == "" {
		p.state = "active"
	}
	row := Person{ID: g.id("person", p.from), Login: p.login, Family: n.family, Given: n.given, Patronymic: n.patronymic,
		PostKK: words.kk, PostRU: words.ru, Lang: lang, Agency: p.agency, Territory: p.at, State: p.state, StateAt: p.to, CreatedAt: p.from}
	if p.state == "suspended" {
		row.StateReason = g.say("suspended", lang)
	}
	g.langs[row.ID] = lang
	g.out.Persons = append(g.out.Persons, row)
	to := p.to
	if p.state == "suspended" {
		to = time.Time{} // cut off in a second, the grant stands
	}
	g.out.Grants = append(g.out.Grants, Grant{ID: g.id("grant", p.from), Person: row.ID, Role: p.role, Territory: p.at,
		Agency: p.agency, Commission: p.commission, FromAt: p.from, ToAt: to})
	return row.ID
}
