package world

import (
	"slices"
	"time"

	"serik/internal/platform/id"
)

// holding is a stretch in which one person walks with the child.
type holding struct {
	who      id.ID
	from, to time.Time // to is zero while it lasts
	deputy   bool
}

// holder is who walks with the child at an instant: the deputy in the
// curator's absence; with nobody, the secretary.
func (c *kase) holder(at time.Time) id.ID {
	who := c.place.secretary
	for _, h := range c.spans {
		if !at.Before(h.from) && (h.to.IsZero() || at.Before(h.to)) {
			who = h.who
			if h.deputy {
				return who
			}
		}
	}
	return who
}

func (c *kase) firstActive() time.Time {
	if len(c.spans) == 0 {
		return time.Time{}
	}
	return c.spans[0].from
}

// choose draws the less burdened of two who serve then and have not declined.
func (g *gen) choose(p *place, at, until time.Time, not map[id.ID]bool) *curator {
	var fit []*curator
	for i, c := range p.curators {
		if p.show && i < 2 {
			continue // their lines are planned
		}
		if c.serves(at) && c.serves(until) && !not[c.id] {
			fit = append(fit, c)
		}
	}
	a, b := one(g, fit), one(g, fit)
	if a != nil && b.load < a.load {
		a = b
	}
	return a
}

// walk finds the curators of a case one after another up to its limit:
// proposals, declines, the chair's appointment after two of them, the end of
// service with a handover, deputies for each absence.
func (g *gen) walk(c *kase) {
	at := c.row.OpenedAt
	if c.wish.line == "proposal" {
		if late := g.now.Add(-3 * time.Hour); late.After(at) {
			at = late
		}
		g.propose(c, c.wish.curator, at)
		return
	}
	not := map[id.ID]bool{}
	for declines := 0; !at.After(c.limit); {
		who := c.wish.curator
		if who == nil || not[who.id] {
			who = g.choose(c.place, at, at.Add(4*day), not)
		}
		if who == nil { // all have declined: the chair decides
			who, declines = g.choose(c.place, at, at, nil), 2
		}
		if who == nil {
			at = g.after(at, 20*time.Hour, 30*time.Hour)
			continue
		}
		not[who.id] = true
		if declines >= 2 {
			g.appoint(c, who, at)
		} else {
			t := g.propose(c, who, at)
			answer := g.after(at, 30*time.Minute, 22*time.Hour)
			if answer.After(c.limit) {
				return
			}
			if c.wish.curator == nil && g.chance(0.08) {
				t.State, t.EndedAt, t.Reason = "declined", answer, g.say("decline", g.langs[who.id])
				declines++
				at = g.after(answer, 10*time.Minute, 5*time.Hour)
				continue
			}
			t.State, t.ActiveAt = "active", answer
		}
		next := g.hold(c, who)
		if next.IsZero() {
			return
		}
		at, declines = next, 0
	}
}

func (g *gen) propose(c *kase, who *curator, at time.Time) *Assignment {
	c.turns = append(c.turns, Assignment{ID: g.id("assignment", at), CaseID: c.row.ID, Person: who.id, Role: "curator",
		State: "proposed", ProposedAt: at, ProposedBy: c.place.secretary})
	return &c.turns[len(c.turns)-1]
}

func (g *gen) appoint(c *kase, who *curator, at time.Time) {
	t := g.propose(c, who, at)
	t.State, t.ActiveAt, t.Appointed, t.ProposedBy = "active", at, true, c.place.chair
	t.Reason = g.say("appointed", g.langs[c.place.chair])
}

// hold is one curator's time with the case; it gives the instant at which
// another is asked, or zero.
func (g *gen) hold(c *kase, who *curator) time.Time {
	i := len(c.turns) - 1
	from := c.turns[i].ActiveAt
	who.load++
	end, next := time.Time{}, time.Time{}
	if !who.to.IsZero() && who.to.Before(c.limit) && who.to.After(from) {
		end = who.to
	}
	c.spans = append(c.spans, holding{who: who.id, from: from, to: end})
	g.deputies(c, who, from, end)
	if end.IsZero() {
		return next
	}
	if g.now.Sub(end) > 48*time.Hour { // else nobody has handed the case over yet
		c.turns[i].State, c.turns[i].EndedAt, c.turns[i].Reason = "ended", end, g.say("resigned", g.langs[c.place.secretary])
		next = g.after(end, 10*time.Minute, 30*time.Hour)
	}
	return next
}

// deputies asks somebody for each absence of the curator.
func (g *gen) deputies(c *kase, who *curator, from, end time.Time) {
	for _, a := range who.away {
		lo := a.from
		if lo.Before(from) {
			lo = from
		}
		if a.alone || lo.After(c.limit) || !lo.Before(a.to) || (!end.IsZero() && !a.to.Before(end)) {
			continue
		}
		dep := g.choose(c.place, lo, a.to.Add(-time.Hour), map[id.ID]bool{who.id: true})
		if dep == nil {
			continue
		}
		key := "deputy"
		t := Assignment{ID: g.id("assignment", lo), CaseID: c.row.ID, Person: dep.id, Role: "deputy", State: "active", ProposedAt: lo,
			ProposedBy: c.place.secretary, ActiveAt: lo, UntilAt: a.to, Reason: g.say(key, g.langs[c.place.secretary])}
		if !a.to.After(g.now) {
			t.State, t.EndedAt = "ended", a.to
		}
		c.turns = append(c.turns, t)
		c.spans = append(c.spans, holding{who: dep.id, from: lo, to: a.to, deputy: true})
	}
}

// cover keeps the list of children without a curator short: where absences
// happen to leave more than one open case of twelve with nobody, a deputy was
// asked for the newest of them within the last day.
func (g *gen) cover() {
	open := 0
	var bare []*kase
	for _, c := range g.cases {
		if c.row.State == "ended" {
			continue
		}
		open++
		if g.uncovered(c) {
			bare = append(bare, c)
		}
	}
	for i := len(bare) - 1; i >= 0 && len(bare) > open/12; i-- {
		if g.standIn(bare[i]) {
			bare = slices.Delete(bare, i, i+1)
		}
	}
}

// uncovered: nobody walks with the child now, or whoever does is not there.
func (g *gen) uncovered(c *kase) bool {
	return !slices.ContainsFunc(c.turns, func(t Assignment) bool {
		i := slices.IndexFunc(c.place.curators, func(w *curator) bool { return w.id == t.Person })
		return t.State == "active" && i >= 0 && c.place.curators[i].serves(g.now)
	})
}

// standIn asks a deputy for a case whose curator is away now.
func (g *gen) standIn(c *kase) bool {
	for _, t := range c.turns {
		i := slices.IndexFunc(c.place.curators, func(w *curator) bool { return w.id == t.Person })
		if t.State != "active" || t.Role != "curator" || i < 0 {
			continue
		}
		for _, a := range c.place.curators[i].away {
			if g.now.Before(a.from) || !g.now.Before(a.to) {
				continue
			}
			from := slices.MaxFunc([]time.Time{a.from, t.ActiveAt, g.now.Add(-20 * time.Hour)}, time.Time.Compare)
			dep := g.choose(c.place, from, g.now, map[id.ID]bool{t.Person: true})
			if dep == nil {
				return false
			}
			g.out.Assignments = append(g.out.Assignments, Assignment{ID: g.id("assignment", from), CaseID: c.row.ID, Person: dep.id, Role: "deputy",
				State: "active", ProposedAt: from, ProposedBy: c.place.secretary, ActiveAt: from, UntilAt: a.to, Reason: g.say("deputy", g.langs[c.place.secretary])})
			return true
		}
	}
	return false
}

// release ends every turn with the case; what was not yet begun is left out.
func (g *gen) release(c *kase, end time.Time) {
	kept := c.turns[:0]
	for _, t := range c.turns {
		if !t.ProposedAt.Before(end) {
			continue
		}
		over := t.EndedAt.IsZero() || t.EndedAt.After(end)
		switch {
		case !over:
		case t.ActiveAt.IsZero() || !t.ActiveAt.Before(end):
			t.State, t.ActiveAt, t.EndedAt = "withdrawn", time.Time{}, end
		default:
			t.State, t.EndedAt = "ended", end
		}
		kept = append(kept, t)
	}
	c.turns = kept
	for i, h := range c.spans {
		if h.to.IsZero() || h.to.After(end) {
			c.spans[i].to = end
		}
	}
}

// finishAbsences writes the absences of every curator.
func (g *gen) finishAbsences() {
	for _, p := range g.places {
		lang := g.langs[p.secretary]
		for _, c := range p.curators {
			for _, a := range c.away {
				key := "leave"
				if a.sick {
					key = "sick"
				}
				g.out.Absences = append(g.out.Absences, Absence{ID: g.id("absence", a.from), Person: c.id, FromAt: a.from, ToAt: a.to, Reason: g.say(key, lang)})
			}
		}
	}
}
