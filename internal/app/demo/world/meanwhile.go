package world

import (
	"slices"
	"time"
)

// event is what happens beside the measures: a repeated assessment, a new
// message about the same child.
type event struct {
	at      time.Time
	message bool
}

// meanwhile lives what goes on beside the measures until the end, or until
// now: repeated assessments with changes of risk, further messages, and the
// last assessment.
func (g *gen) meanwhile(c *kase, end time.Time) {
	stop := end
	if stop.IsZero() {
		stop = c.limit
	}
	for _, e := range g.events(c, stop, !end.IsZero()) {
		if e.message {
			g.again(c, e.at, stop)
		} else {
			g.lookAgain(c, e.at, stop)
		}
	}
	if !c.final.IsZero() {
		g.improve(c, 0.75)
		c.scores[0] = min(c.scores[0], 2) // no good end in danger
		g.assess(c, c.final)
	}
	c.row.Risk = c.risks[len(c.risks)-1].level
}

func (g *gen) events(c *kase, stop time.Time, ended bool) []event {
	var all []event
	calm := stop // before an end nothing waits for a second person
	if ended {
		calm = stop.Add(-10 * day)
		if last := c.final.Add(-time.Hour); !c.final.IsZero() && last.Before(calm) {
			calm = last // danger seen then is answered before the last look
		}
	}
	if !c.assessed.IsZero() {
		at := g.after(c.assessed, 50*day, 90*day)
		if c.row.Risk == "acute" {
			at = g.after(c.assessed, 12*day, 20*day)
			if c.pr.key == "suicide_risk" {
				at = g.after(c.assessed, 31*day, 36*day)
			}
		}
		for ; at.Before(calm); at = g.after(at, 50*day, 90*day) {
			all = append(all, event{at, false})
		}
	}
	if from := c.row.OpenedAt.Add(7 * day); g.chance(0.16) && from.Before(calm) {
		all = append(all, event{from.Add(g.span(0, calm.Sub(from))), true})
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return all
}

// lookAgain repeats the assessment; an improvement may lower the risk, with a
// second person.
func (g *gen) lookAgain(c *kase, at, stop time.Time) {
	before := sum(c.scores)
	g.improve(c, 0.42)
	if at.Before(c.settled) {
		c.scores[0] = min(c.scores[0], 2) // a lowering still waits
	}
	look := g.assess(c, at)
	if g.answerDanger(c, at, stop) {
		return
	}
	now := c.risks[len(c.risks)-1]
	if sum(c.scores) >= before || now.level == "low" || at.Before(c.settled) || !g.chance(0.75) {
		return
	}
	by := c.holder(at)
	r := RiskChange{ID: g.id("risk", at), CaseID: c.row.ID, Was: now.level, Level: lower(now.level), Reason: g.say("risk_down", g.langs[by]),
		At: at.Add(g.span(2*time.Minute, 20*time.Minute)), By: by, Assessment: look, State: "second_wanted"}
	if r.At.After(stop) {
		return
	}
	c.settled = g.after(r.At, time.Hour, 2*day)
	if !c.settled.After(stop) {
		r.SecondBy, r.SecondAt, r.State = c.place.secretary, c.settled, "in_force"
		if by == r.SecondBy {
			r.SecondBy = c.place.chair
		}
		if g.chance(0.06) {
			r.State, r.SecondReason = "refused", g.say("risk_refused", g.langs[r.SecondBy])
		} else {
			r.SecondReason = g.say("second", g.langs[r.SecondBy])
			c.risks = append(c.risks, riskAt{r.SecondAt, r.Level})
		}
	}
	g.out.RiskChanges = append(g.out.RiskChanges, r)
}

func sum(s [8]int) int {
	n := 0
	for _, x := range s {
		n += x
	}
	return n
}

func lower(level string) string {
	return map[string]string{"acute": "high", "high": "medium", "medium": "low"}[level]
}

func higher(level string) string {
	return map[string]string{"low": "medium", "medium": "high", "high": "acute"}[level]
}

// again is a further message about the same child: it is added to the case and
// may raise the risk at once.
func (g *gen) again(c *kase, at, stop time.Time) {
	k := c.child
	s := g.receive(k, at, c.pr)
	defer func() { g.keep(s) }()
	if !g.answer(&s, k) {
		return
	}
	done := g.after(s.AnsweredAt, 30*time.Minute, 20*time.Hour)
	if done.After(stop) {
		return
	}
	lang := g.langs[c.place.secretary]
	g.settle(&s, k, done, "added", "", c.row.ID)
	now := c.risks[len(c.risks)-1]
	if now.level == "acute" || done.Before(c.settled) || !g.chance(0.35) {
		return
	}
	up := done.Add(g.span(3*time.Minute, 15*time.Minute))
	if now.level == "high" && c.pr.key != "suicide_risk" || up.After(stop) {
		return
	}
	g.out.RiskChanges = append(g.out.RiskChanges, RiskChange{ID: g.id("risk", up), CaseID: c.row.ID, Was: now.level, Level: higher(now.level),
		Reason: g.say("risk_up", lang), At: up, By: c.place.secretary, State: "in_force"})
	c.risks = append(c.risks, riskAt{up, higher(now.level)})
	c.settled = up
}

// riskThen is the level in force at an instant.
func (c *kase) riskThen(at time.Time) string {
	level := c.risks[0].level
	for _, r := range c.risks {
		if !r.at.After(at) {
			level = r.level
		}
	}
	return level
}
