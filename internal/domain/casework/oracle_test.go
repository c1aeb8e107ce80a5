package casework_test

import (
	"slices"
	"time"

	"serik/internal/platform/id"
)

// The oracle of the simulated year: what should be true, told from plain
// memory and in no hurry. It shares nothing with the rule under test.

type span struct{ from, to time.Time } // [from, to); a zero to is open

func (s span) holds(at time.Time) bool {
	return !at.Before(s.from) && (s.to.IsZero() || at.Before(s.to))
}

func anyHolds(all []span, at time.Time) bool {
	return slices.ContainsFunc(all, func(s span) bool { return s.holds(at) })
}

// closeLast ends the span that is still open.
func closeLast(all []span, at time.Time) {
	if n := len(all); n > 0 && all[n-1].to.IsZero() {
		all[n-1].to = at
	}
}

type worker struct {
	name      string
	place     string // "lake"
	territory string
	granted   []span
	suspended []span
	away      []span
}

func (p *worker) active(at time.Time) bool { return !anyHolds(p.suspended, at) }

func (p *worker) serves(territory string, at time.Time) bool {
	return p.territory == territory && p.active(at) && anyHolds(p.granted, at)
}

type turn struct {
	who *worker
	span
}

type stay struct {
	territory string
	span
}

type closing struct {
	who *worker
	at  time.Time
}

type child struct {
	id, child id.ID
	territory string // now
	places    []stay
	opened    time.Time
	ended     time.Time
	shut      []closing
	curators  []turn
	deputies  []turn
	asked     *worker
	declined  []*worker
	declines  int       // since the last curator began
	since     time.Time // when the present gap began; zero while covered
}

// in is where the case was.
func (c *child) in(at time.Time) string {
	for _, p := range c.places {
		if p.holds(at) {
			return p.territory
		}
	}
	return ""
}

// may tells whether a worker serves where the case was and was not shut out.
func (c *child) may(p *worker, at time.Time) bool {
	return p.serves(c.in(at), at) && !slices.ContainsFunc(c.shut, func(x closing) bool { return x.who == p && !at.Before(x.at) })
}

func (c *child) open(at time.Time) bool { return span{c.opened, c.ended}.holds(at) }

// covered is promise 1, word for word.
func (c *child) covered(at time.Time) bool {
	for _, g := range c.curators {
		if !g.holds(at) || !c.may(g.who, at) {
			continue
		}
		if !anyHolds(g.who.away, at) {
			return true
		}
		for _, d := range c.deputies {
			if d.holds(at) && c.may(d.who, at) && !anyHolds(d.who.away, at) {
				return true
			}
		}
	}
	return false
}

// curator is who holds the turn now, whether or not they may act.
func (c *child) curator(at time.Time) *worker {
	for _, g := range c.curators {
		if g.holds(at) {
			return g.who
		}
	}
	return nil
}

func (c *child) endTurns(at time.Time) {
	for i := range c.curators {
		if c.curators[i].to.IsZero() {
			c.curators[i].to = at
		}
	}
	c.endDeputies(at)
}

func (c *child) endDeputies(at time.Time) {
	for i := range c.deputies {
		if at.Before(c.deputies[i].to) {
			c.deputies[i].to = at
		}
	}
}

func (c *child) begin(who *worker, at time.Time) {
	c.endTurns(at)
	c.curators = append(c.curators, turn{who, span{from: at}})
	c.asked, c.declines = nil, 0
}

// inReach tells whether the case is shown to a worker.
func (c *child) inReach(p *worker, at time.Time) bool {
	if !p.active(at) || !anyHolds(p.granted, at) || slices.ContainsFunc(c.shut, func(x closing) bool { return x.who == p && !at.Before(x.at) }) {
		return false
	}
	mine := func(g turn) bool { return g.who == p && g.holds(at) }
	return c.asked == p || slices.ContainsFunc(c.curators, mine) || slices.ContainsFunc(c.deputies, mine)
}

// due tells whether the chair may appoint.
func (c *child) due(at time.Time) bool {
	return !c.covered(at) && (c.declines >= 2 || !at.Before(c.since.Add(24*time.Hour)))
}

// barred are those to whom the case is closed.
func (c *child) barred() []*worker {
	var out []*worker
	for _, x := range c.shut {
		out = append(out, x.who)
	}
	return out
}
