package world

import (
	"time"

	"serik/internal/platform/date"
)

// contacts writes the meetings in the rhythm of the risk, from the first day
// with a curator to the end: some late, some in vain, then tried again soon.
func (g *gen) contacts(c *kase) {
	at := c.firstActive()
	if at.IsZero() {
		return
	}
	stop := c.row.EndedAt
	if stop.IsZero() {
		stop = c.limit
	}
	rounds := stop
	if c.wish.line == "not_seen" {
		rounds = g.now.Add(-5 * day)
	}
	if late := stop.Add(-g.size.lately); g.size.lately > 0 && late.After(at) {
		at = late
	}
	at = g.after(at, 2*time.Hour, 2*day)
	for at.Before(rounds) {
		seen := []string{"alone", "with_others", "not_seen"}[g.weighted(55, 40, 5)]
		g.contact(c, at, seen, stop)
		at = g.next(c.riskThen(at), at, seen)
	}
	if c.wish.line == "not_seen" {
		for _, back := range []time.Duration{80 * time.Hour, 30 * time.Hour} {
			g.contact(c, g.workBefore(g.now.Add(-back)), "not_seen", stop)
		}
	}
}

// next is when the child is to be seen again.
func (g *gen) next(risk string, at time.Time, seen string) time.Time {
	if risk == "acute" {
		l := at.In(zone())
		return time.Date(l.Year(), l.Month(), l.Day()+1, g.between(10, 18), g.between(0, 59), 0, 0, l.Location()).UTC()
	}
	if seen == "not_seen" {
		return g.after(at, 20*time.Hour, 50*time.Hour)
	}
	every := map[string]time.Duration{"low": 30 * day, "medium": 14 * day, "high": 7 * day}[risk]
	late := time.Duration(1)
	if g.chance(0.025) {
		late = 2
	}
	return g.after(at, every*late*7/10, every*late*23/25)
}

// workBefore is a working instant no later than t.
func (g *gen) workBefore(t time.Time) time.Time {
	for !atWork(t) {
		t = t.Add(-time.Hour)
	}
	return t
}

func (g *gen) contact(c *kase, at time.Time, seen string, stop time.Time) {
	by := c.holder(at)
	x := Contact{ID: g.id("contact", at), CaseID: c.row.ID, Seen: seen, HappenedAt: at, By: by,
		Kind: []string{"visit", "school", "office", "video"}[g.weighted(58, 28, 10, 4)]}
	x.EnteredAt = at.Add(g.span(8*time.Minute, 5*time.Hour))
	if g.chance(0.05) {
		x.EnteredAt = g.after(at, 2*day, 6*day)
	}
	if x.EnteredAt.After(stop) {
		x.EnteredAt = at.Add(5 * time.Minute)
	}
	if x.EnteredAt.After(stop) {
		return
	}
	key := "*"
	if seen == "not_seen" {
		key, x.Kind = "away", []string{"visit", "school"}[g.weighted(75, 25)]
	}
	if !c.final.IsZero() && !c.seen { // no good end of a child that nobody has met
		c.seen = true
		if seen == "not_seen" || x.Kind == "video" {
			key, x.Kind, x.Seen = "*", "visit", "with_others"
		}
	}
	x.Note = one(g, g.t.note[key]).in(g.langs[by])
	if seen == "alone" && date.AgeOn(c.child.row.Born, date.Of(at)) >= 4 && g.chance(0.75) {
		x.ChildWords = one(g, g.t.words).in(c.child.row.Lang)
	}
	g.out.Contacts = append(g.out.Contacts, x)
	if later := at.Add(g.span(20*time.Hour, 60*time.Hour)); g.chance(0.14) && atWork(later) && later.Add(30*time.Minute).Before(stop) {
		g.out.Contacts = append(g.out.Contacts, Contact{ID: g.id("contact", later), CaseID: c.row.ID, Seen: "with_others", HappenedAt: later,
			By: c.holder(later), Kind: "call", EnteredAt: later.Add(10 * time.Minute), Note: one(g, g.t.note["*"]).in(g.langs[by])})
	}
}
