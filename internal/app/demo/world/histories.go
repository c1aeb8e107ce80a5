package world

import (
	"math"
	"slices"
	"time"

	"serik/internal/platform/date"
)

// histories draws what has happened to the children of a place.
func (g *gen) histories(p *place) {
	if p.show {
		g.showCases(p)
	}
	for _, k := range p.kids {
		if k.taken {
			continue
		}
		switch x := g.rng.Float64(); {
		case x < g.size.cases:
			g.episode(k, g.moment(), wish{})
		case x < g.size.calm:
			g.calm(k, g.moment())
		}
	}
}

// moment draws the instant of a message: mostly office hours, a fifth in the
// evening, at night or at a week end; somewhat more of late, as offices join.
func (g *gen) moment() time.Time {
	t := g.start.Add(time.Duration(math.Pow(g.rng.Float64(), 0.72) * float64(g.now.Sub(g.start)-time.Hour)))
	if g.chance(0.8) {
		t = g.work(t)
	}
	for t.After(g.now.Add(-5 * time.Minute)) {
		t = t.Add(-9 * time.Hour)
	}
	return t
}

// calm is a message that is not confirmed, or not yet looked at.
func (g *gen) calm(k *child, at time.Time) {
	age := date.AgeOn(k.row.Born, date.Of(at))
	if age > 17 || at.Before(k.row.Born.AddDays(15).Start()) {
		return
	}
	s := g.receive(k, at, g.drawProblem(age))
	defer func() { g.keep(s) }()
	k.taken = true
	g.created(k, at)
	if !g.answer(&s, k) {
		return
	}
	if g.chance(0.05) && !g.byPass(&s, k) {
		return
	}
	g.nameSchool(s, k)
	from := g.accepted(s)
	done := g.after(from, 2*time.Hour, 3*day)
	if done.After(g.now) {
		return
	}
	g.refute(&s, k, done)
	g.others(s, k)
}

// accepted is when the place could begin to look at the message.
func (g *gen) accepted(s Signal) time.Time {
	if n := len(g.out.Passes); n > 0 && g.out.Passes[n-1].Signal == s.ID && !g.out.Passes[n-1].AcceptedAt.IsZero() {
		return g.out.Passes[n-1].AcceptedAt
	}
	return s.AnsweredAt
}

// refute ends the message as not confirmed; the grave kinds wait for a second
// person.
func (g *gen) refute(s *Signal, k *child, at time.Time) {
	reason := g.say("not_confirmed", g.langs[k.place.secretary])
	if !grave(s.KindReported) {
		g.settle(s, k, at, "not_confirmed", reason, "")
		return
	}
	second := g.after(at, time.Hour, 2*day)
	if second.After(g.now) {
		s.State, s.Reason, s.TriagedBy, s.TriagedAt = "second_wanted", reason, k.place.secretary, at
		return
	}
	g.settle(s, k, at, "not_confirmed", reason, "")
	s.SecondBy, s.SecondReason, s.EndedAt = k.place.chair, g.say("second", g.langs[k.place.chair]), second
}

// wish is what the lines of the demo people want of a case.
type wish struct {
	open    bool // still open now
	curator *curator
	line    string // result_due, not_seen, proposal
	problem string // "" draws one
}

// episode is a message that becomes a case, lived to its end or to now; some
// come back.
func (g *gen) episode(k *child, at time.Time, w wish) {
	age := date.AgeOn(k.row.Born, date.Of(at))
	if at.Before(k.row.Born.AddDays(15).Start()) || at.Add(20*day).After(k.row.Born.AddMonths(18*12).Start()) {
		return
	}
	k.taken = true
	g.created(k, at)
	pr := g.drawProblem(age)
	if w.problem != "" {
		pr = g.problem(w.problem)
	}
	s := g.receive(k, at, pr)
	opened, ok := g.triage(&s, k, w)
	if !ok {
		g.keep(s)
		return
	}
	c := g.open(k, s, opened, pr, w)
	g.settle(&s, k, opened, "case", "", c.row.ID)
	g.keep(s)
	g.others(s, k)
	g.unsafe(k, s)
	g.live(c)
	if c.row.EndedAt.IsZero() || !slices.Contains([]string{"goals_met", "refusal"}, c.row.EndKind) {
		return
	}
	if again := g.work(c.row.EndedAt.Add(g.span(20*day, 300*day))); g.chance(0.16*c.repeatFactor()) && again.Before(g.now.Add(-day)) {
		g.episode(k, again, wish{})
	}
}

// triage takes a message to the instant at which a case may open.
func (g *gen) triage(s *Signal, k *child, w wish) (time.Time, bool) {
	if !g.answer(s, k) {
		return time.Time{}, false
	}
	if !w.open && g.chance(0.04) && !g.byPass(s, k) {
		return time.Time{}, false
	}
	g.nameSchool(*s, k)
	at := g.after(g.accepted(*s), time.Hour, 40*time.Hour)
	if s.Urgent {
		at = g.after(g.accepted(*s), 20*time.Minute, 8*time.Hour)
	}
	return at, !at.After(g.now)
}

// unsafe marks an adult of the household after violence at home or neglect.
func (g *gen) unsafe(k *child, s Signal) {
	if s.KindReported != "violence_family" || !g.chance(0.7) {
		return
	}
	for _, a := range k.around {
		if a.kind != "father" && a.kind != "stepfather" {
			continue
		}
		lang := g.langs[k.place.secretary]
		u := Unsafe{ID: g.id("unsafe", s.TriagedAt), Child: k.row.ID, Adult: a.who.row.ID, Ground: "suspected",
			Reason: g.say("unsafe", lang), FromAt: s.TriagedAt, By: k.place.secretary}
		if g.chance(0.25) {
			u.Ground = "protective_order"
		}
		if to := g.after(u.FromAt, 60*day, 240*day); g.chance(0.3) && to.Before(g.now) {
			u.ToAt, u.LiftedReason = to, g.say("lifted", lang)
		} else {
			k.row.ContactNot = a.who.row.Family + " " + a.who.row.Given
			g.cardWithout(k, a)
		}
		if !g.marked(u) {
			g.out.Unsafe = append(g.out.Unsafe, u)
		}
		return
	}
}

// marked tells whether the adult is marked for the child already.
func (g *gen) marked(u Unsafe) bool {
	return slices.ContainsFunc(g.out.Unsafe, func(o Unsafe) bool { return o.Child == u.Child && o.Adult == u.Adult })
}
