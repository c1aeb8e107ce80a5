package world

import (
	"math"
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// scale is how an indicator is counted: where a worried child stands, what is
// aimed at, the bounds and the step.
type scale struct {
	key              string
	badLo, badHi     float64
	goodLo, goodHi   float64
	floor, roof, one float64
}

func scaleOf(key string) scale {
	for _, s := range []scale{
		{"attendance_percent", 30, 75, 85, 96, 0, 100, 1},
		{"lessons_missed_week", 6, 22, 0, 3, 0, 40, 1},
		{"conflicts_month", 4, 12, 0, 2, 0, 40, 1},
		{"grade_average", 2.3, 3.1, 3.6, 4.3, 2, 5, 0.1},
		{"sleep_hours", 4, 6, 7.5, 9, 0, 12, 0.5},
		{"contact_hours_week", 0, 3, 5, 9, 0, 60, 1},
		{"safety_score", 1, 4, 7, 9, 0, 10, 1},
		{"mood_score", 2, 4, 6, 8, 0, 10, 1},
		{"income_security", 1, 4, 6, 8, 0, 10, 1},
		{"documents_ready", 0, 1, 4, 5, 0, 5, 1},
	} {
		if s.key == key {
			return s
		}
	}
	return scale{key: key, badLo: 1, badHi: 4, goodLo: 6, goodHi: 8, roof: 10, one: 1}
}

func (s scale) round(x float64) float64 {
	x = min(s.roof, max(s.floor, x))
	return math.Round(math.Round(x/s.one)*s.one*10) / 10
}

func (g *gen) draw(s scale, lo, hi float64) float64 { return s.round(lo + g.rng.Float64()*(hi-lo)) }

// orderRound orders the measures of one round: two or three first, later one.
func (g *gen) orderRound(c *kase, at time.Time, round int) {
	n := g.between(g.size.measures[0], g.size.measures[1])
	if round > 1 {
		n = 1
	}
	used, expected := map[string]bool{}, round > 1
	for range n {
		k := one(g, c.pr.kinds)
		if used[k] || at.After(c.limit) || (k == "school_mediation" && grave(c.pr.key)) {
			continue
		}
		used[k] = true
		expected = expected || g.kind(k).exempt == ""
		g.order(c, g.kind(k), at, c.holder(at))
		at = at.Add(g.span(2*time.Minute, 12*time.Minute))
	}
	if (len(used) == 0 || !expected) && !at.After(c.limit) { // help alone is no plan
		g.order(c, g.kind("talk"), at, c.holder(at))
	}
	c.row.State = "running"
}

// order orders one measure and lives it as far as the limit lets it.
func (g *gen) order(c *kase, k kindOf, at time.Time, by id.ID) {
	lang := g.langs[by]
	ordered := date.Of(at)
	m := &Measure{ID: g.id("measure", at), CaseID: c.row.ID, Territory: c.row.Territory, Child: c.row.Child, Kind: k.key,
		Subject: k.subject, Ground: "consent", GroundNote: g.say("ground", lang), Exempt: k.exempt, OrderedAt: at, OrderedBy: by,
		State: "ordered", FromDay: ordered.AddDays(g.between(0, 6)), Cost: 1000 * g.between(k.cost[0], k.cost[1])}
	switch {
	case k.key == "police_patrol_talk" || k.exempt == "urgent":
		m.Ground, m.GroundNote = "law", g.say("ground_law", lang)
	case g.chance(0.015):
		m.Ground, m.GroundNote = "court", g.say("ground_court", lang)
	}
	m.DueDay = m.FromDay.AddDays(g.between(20, 80))
	if k.exempt == "urgent" {
		m.FromDay, m.DueDay = ordered, ordered.AddDays(1)
	} else if c.wish.line == "result_due" {
		m.DueDay = m.FromDay.AddDays(18)
	}
	g.executor(c, m, k, at)
	if k.exempt == "" {
		m.Dose = g.say("dose", lang)
		g.expect(c, m)
	}
	c.measures = append(c.measures, m)
	g.deliver(c, m)
}

// executor names the body that executes; a school that a message names does
// not, nor a kind of body that is not there: then the curator.
func (g *gen) executor(c *kase, m *Measure, k kindOf, at time.Time) {
	a := c.place.body(g, k.body)
	if k.body == "school" {
		a = c.child.school
		if c.child.closed {
			a = c.place.body(g, "ngo")
		}
	}
	if a == nil {
		m.Executor = c.holder(at)
		return
	}
	m.Body, m.Executor = a.row.ID, a.hand()
}

// expect writes the expected result on one of the problem's indicators.
func (g *gen) expect(c *kase, m *Measure) {
	key := one(g, c.pr.indicators)
	switch m.Kind {
	case "documents":
		key = "documents_ready"
	case "job_help":
		key = "income_security"
	case "tutoring":
		key = "grade_average"
	}
	s := scaleOf(key)
	m.Expects, m.Indicator = true, key
	m.Baseline, m.Target = g.draw(s, s.badLo, s.badHi), g.draw(s, s.goodLo, s.goodHi)
	m.CheckDay = m.DueDay.AddDays(g.between(3, 14)) // the norm's days for a result
}

// deliver answers the first question: was it delivered?
func (g *gen) deliver(c *kase, m *Measure) {
	length := m.DueDay.Sub(m.FromDay)
	at := g.work(m.FromDay.AddDays(g.between(length*6/10, length+4)).Start().Add(g.span(9*time.Hour, 12*time.Hour)))
	if m.Exempt == "urgent" {
		at = m.OrderedAt.Add(g.span(time.Hour, 6*time.Hour))
	}
	if at.Before(m.OrderedAt) {
		at = g.after(m.OrderedAt, time.Hour, 5*time.Hour)
	}
	if at.After(c.limit) {
		return
	}
	lang := g.langs[c.place.secretary]
	m.DeliveredAt, m.DeliveredBy, m.State, m.Delivery = at, m.Executor, "delivered", "full"
	switch x := g.rng.Float64(); {
	case m.Exempt == "urgent" || c.wish.line == "result_due":
	case x < 0.09:
		m.State, m.Delivery = "not_delivered", "not"
		m.DeliveryReason = []string{"executor_did_not", "refused", "not_available", "cancelled", "overtaken"}[g.weighted(20, 30, 25, 15, 10)]
		m.DeliveryNote = g.say(m.DeliveryReason, lang)
		c.after(at)
		return
	case x < 0.22:
		m.Delivery = "partly"
	}
	m.DeliveryNote = g.say(m.Delivery, lang)
	g.judge(c, m)
}

func (c *kase) after(t time.Time) {
	if t.After(c.last) {
		c.last = t
	}
}

// judge answers the second question: did it help? On a reading after the check
// day, by somebody who did not execute.
func (g *gen) judge(c *kase, m *Measure) {
	if m.Exempt != "" {
		g.judgeExempt(c, m)
		return
	}
	if c.wish.line == "result_due" {
		if due := g.today.AddDays(-g.between(0, 2)); due.After(date.Of(m.DeliveredAt)) {
			m.CheckDay = due
			if last := due.AddDays(-g.between(3, 12)); m.DueDay.Before(last) {
				m.DueDay = last
			}
		}
		return
	}
	at := g.work(m.CheckDay.AddDays(g.between(-1, 4)).Start().Add(g.span(9*time.Hour, 13*time.Hour)))
	if low := m.DeliveredAt.Add(20 * time.Hour); at.Before(low) {
		at = g.work(low)
	}
	if at.After(c.limit) {
		return
	}
	s := scaleOf(m.Indicator)
	closed := g.effect(m.Kind, c.pr.key) + g.rng.NormFloat64()*0.35
	if m.Delivery == "partly" {
		closed *= 0.6
	}
	r := g.reading(c, m, at, s.round(m.Baseline+(m.Target-m.Baseline)*closed))
	when := g.after(at, time.Hour, 8*day)
	if when.After(c.limit) {
		return
	}
	g.result(c, m, r, when)
}

func (g *gen) reading(c *kase, m *Measure, at time.Time, value float64) Reading {
	r := Reading{ID: g.id("reading", at), CaseID: c.row.ID, Measure: m.ID, Indicator: m.Indicator, Value: value, Day: date.Of(at),
		Source: one(g, []string{"own_records", "school", "family", "child", "clinic"}), At: at, By: c.holder(at)}
	g.out.Readings = append(g.out.Readings, r)
	return r
}

// outcome reads the share of the way that was gone.
func outcome(m *Measure, value float64) string {
	switch share := (value - m.Baseline) / (m.Target - m.Baseline); {
	case share >= 0.7:
		return "helped"
	case share >= 0.25:
		return "partly"
	case share > -0.15:
		return "no_change"
	}
	return "harmed"
}

func (g *gen) result(c *kase, m *Measure, r Reading, at time.Time) {
	x := Result{ID: g.id("result", at), Measure: m.ID, CaseID: c.row.ID, Outcome: outcome(m, r.Value), Reading: r.ID, At: at, State: "given"}
	g.judgeBy(c, m, &x)
	lang := g.langs[x.By]
	x.Reason = g.say("judged", lang)
	if x.Outcome == "harmed" {
		x.Reason = g.say("harmed", lang)
	}
	if x.Outcome != "helped" && g.chance(0.06) {
		second := g.after(at, time.Hour, 2*day)
		if !second.After(c.limit) {
			x.Outcome, x.Reason, x.SecondBy, x.SecondAt = "cannot_tell", g.say("cannot_tell", lang), c.place.chair, second
			x.SecondReason = g.say("second", g.langs[c.place.chair])
			c.after(second)
		}
	}
	m.State = "judged"
	c.after(at)
	g.out.Results = append(g.out.Results, x)
}

// judgeBy finds who judges: the curator, the secretary by call when the
// curator executed, now and then the head of another body.
func (g *gen) judgeBy(c *kase, m *Measure, x *Result) {
	x.By, x.Independence = c.holder(x.At), "curator"
	if x.By == m.Executor || x.By == c.place.secretary || g.chance(0.12) {
		x.By, x.Independence = c.place.secretary, "secretary_call"
	}
	if x.By == m.Executor {
		x.By = c.place.chair
	}
}

// judgeExempt asks of one-off help whether it is used after thirty days, of
// urgent help whether the danger came back.
func (g *gen) judgeExempt(c *kase, m *Measure) {
	at := g.after(m.DeliveredAt, 31*day, 38*day)
	if m.Exempt == "urgent" {
		at = g.after(m.DeliveredAt, 2*day, 9*day)
	}
	if at.After(c.limit) {
		return
	}
	x := Result{ID: g.id("result", at), Measure: m.ID, CaseID: c.row.ID, Outcome: []string{"helped", "partly", "no_change"}[g.weighted(72, 20, 8)], At: at, State: "given"}
	g.judgeBy(c, m, &x)
	x.Reason = g.say(m.Exempt, g.langs[x.By])
	m.State = "judged"
	c.after(at)
	g.out.Results = append(g.out.Results, x)
}
