package world

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/directory/kz"
	"serik/internal/platform/id"
)

// kase is a case in hand.
type kase struct {
	row      Case
	child    *child
	place    *place
	pr       problem
	wish     wish
	limit    time.Time // nothing of the case is later: now, or a lawful end
	lawful   string    // the lawful end's kind, "" while now is the limit
	turns    []Assignment
	spans    []holding
	measures []*Measure
	assessed time.Time // zero until the first assessment
	planned  time.Time
	last     time.Time // the last result or failed delivery
	seen     bool      // the child was met since the opening
	scores   [8]int
	risks    []riskAt
	settled  time.Time // until when a change of risk waits for its second person
	final    time.Time // the last assessment before a good end
}

type riskAt struct {
	at    time.Time
	level string
}

// open makes the case row and its first risk.
func (g *gen) open(k *child, s Signal, at time.Time, pr problem, w wish) *kase {
	levels := []string{"low", "medium", "high", "acute"}
	risk := levels[g.weighted(pr.risk[:]...)]
	c := &kase{child: k, place: k.place, pr: pr, wish: w, limit: g.now}
	c.row = Case{ID: g.id("case", at), Territory: k.place.Path, Child: k.row.ID, State: "opened", Risk: risk,
		Problems: g.problemsOf(pr, k, at), OpenedAt: at, OpenedBy: k.place.secretary, Signal: s.ID}
	if k.last != nil {
		c.row.ReopenedFrom = k.last.row.ID
		g.dropChecks(k.last.row.ID, at)
		c.row.Repeat = date.Of(k.last.row.EndedAt).AddMonths(12).After(date.Of(at))
		if former := k.last.row; c.row.Repeat && former.EndKind != "wrong_child" && slices.Index(levels, risk) < slices.Index(levels, former.Risk) {
			risk = former.Risk // an end lowers no risk
			c.row.Risk = risk
		}
	}
	k.last = c
	c.risks = []riskAt{{at, risk}}
	g.out.RiskChanges = append(g.out.RiskChanges, RiskChange{ID: g.id("risk", at), CaseID: c.row.ID, Level: risk,
		Reason: g.say("risk_first", g.langs[k.place.secretary]), At: at, By: k.place.secretary, State: "in_force"})
	g.cases = append(g.cases, c)
	return c
}

// problemsOf is the confirmed problem and, of a quarter, a second one.
func (g *gen) problemsOf(pr problem, k *child, at time.Time) string {
	keys := []string{pr.key}
	if g.chance(0.25) {
		if o := g.drawProblem(date.AgeOn(k.row.Born, date.Of(at))); o.key != pr.key && !grave(o.key) {
			keys = append(keys, o.key)
		}
	}
	return strings.Join(keys, " ")
}

// live takes a case from its opening to its end or to now: curators, urgent
// help, assessment, plan, measures, then what goes on beside them.
func (g *gen) live(c *kase) {
	g.lawfulEnd(c)
	g.walk(c)
	first := c.firstActive()
	if c.row.Risk == "high" || c.row.Risk == "acute" {
		if held(c.pr.key) && g.chance(0.45) {
			g.order(c, g.kind("safe_place"), c.row.OpenedAt, c.place.secretary)
		}
	}
	if !first.IsZero() {
		g.assessFirst(c, first)
	}
	end := g.planAndRun(c)
	if end.IsZero() && c.lawful != "" {
		end = c.limit
	}
	g.meanwhile(c, end)
	if !end.IsZero() {
		g.end(c, end)
	}
	g.contacts(c)
	g.out.Assignments = append(g.out.Assignments, c.turns...)
	for _, m := range c.measures {
		g.out.Measures = append(g.out.Measures, *m)
	}
}

// lawfulEnd draws the ends that do not wait for the measures: a wrong child, a
// move abroad, a court's act, a refusal; and the eighteenth birthday.
func (g *gen) lawfulEnd(c *kase) {
	from := c.row.OpenedAt
	stop := func(kind string, at time.Time) {
		if at.Before(c.limit) {
			c.limit, c.lawful = at, kind
		}
	}
	if !c.wish.open {
		switch g.weighted(25, 22, 16, 46, 1, 890) {
		case 0:
			stop("wrong_child", g.after(from, 2*day, 10*day))
		case 1:
			stop("moved_abroad", g.after(from, 30*day, 300*day))
		case 2:
			stop("court", g.after(from, 30*day, 200*day))
		case 3:
			stop("refusal", g.after(from, 20*day, 150*day))
		case 4:
			stop("died", g.after(from, 40*day, 300*day))
		}
	}
	stop("turned_18", g.work(c.child.row.Born.AddMonths(18*12).Start().Add(9*time.Hour)))
}

// assessFirst is the first assessment, within days of the opening.
func (g *gen) assessFirst(c *kase, first time.Time) {
	at := g.after(first, 20*time.Hour, 8*day)
	if c.row.Risk == "acute" {
		at = g.after(first, 3*time.Hour, 2*day)
	}
	if at.After(c.limit) {
		return
	}
	for i := range c.scores {
		c.scores[i] = g.weighted(45, 35, 17, 3)
	}
	for i, d := range c.pr.domains {
		c.scores[d] = max(c.scores[d], g.between(1, 2))
		if i == 0 {
			c.scores[d] = g.between(2, 3)
		}
	}
	g.assess(c, at)
	g.answerDanger(c, at, c.limit)
	c.assessed, c.row.State = at, "assessed"
}

// answerDanger: when the assessment says danger now, somebody raises the risk
// or keeps it and says why, within the hour.
func (g *gen) answerDanger(c *kase, at, stop time.Time) bool {
	if c.scores[0] < 3 {
		return false
	}
	up := at.Add(g.span(3*time.Minute, 50*time.Minute))
	if up.After(stop) {
		return true
	}
	now, by := c.risks[len(c.risks)-1].level, c.holder(up)
	level, why := now, "risk_keep"
	if now == "low" || now == "medium" {
		level, why = "high", "risk_up"
	}
	g.out.RiskChanges = append(g.out.RiskChanges, RiskChange{ID: g.id("risk", up), CaseID: c.row.ID, Was: now, Level: level,
		Reason: g.say(why, g.langs[by]), At: up, By: by, State: "in_force"})
	c.risks, c.settled = append(c.risks, riskAt{up, level}), up
	return true
}

func (g *gen) assess(c *kase, at time.Time) id.ID {
	by := c.holder(at)
	s := c.scores
	a := Assessment{ID: g.id("assessment", at), CaseID: c.row.ID, At: at, By: by,
		Domains: Domains{s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]}, Note: g.say("assessed", g.langs[by])}
	g.out.Assessments = append(g.out.Assessments, a)
	return a.ID
}

// plan writes the plan with the child's view, in the child's own language.
func (g *gen) plan(c *kase) bool {
	at := g.after(c.assessed, 2*time.Hour, 8*day)
	if at.After(c.limit) {
		return false
	}
	by := c.holder(at)
	lang := g.langs[by]
	p := Plan{ID: g.id("plan", at), CaseID: c.row.ID, WrittenAt: at, WrittenBy: by, At: at, By: by, ReviewDay: date.Of(at).AddDays(90)}
	for _, l := range g.t.goals[c.pr.key] {
		p.Goals = strings.TrimSpace(p.Goals + "\n" + l.in(lang))
	}
	if date.AgeOn(c.child.row.Born, date.Of(at)) >= 5 && g.chance(0.95) {
		p.ChildView = one(g, g.t.view).in(c.child.row.Lang)
	} else {
		p.ViewAbsent = g.say("view_absent", lang)
	}
	g.out.Plans = append(g.out.Plans, p)
	c.planned, c.row.State = at, "planned"
	return true
}

// planAndRun writes the plan, orders measures round by round and gives the
// instant of a good end, if it comes before the limit.
func (g *gen) planAndRun(c *kase) time.Time {
	if c.assessed.IsZero() || !g.plan(c) {
		return time.Time{}
	}
	plan := len(g.out.Plans) - 1
	at := c.planned.Add(g.span(5*time.Minute, 40*time.Minute))
	for round := 1; ; round++ {
		if at.After(c.limit) {
			return time.Time{}
		}
		g.orderRound(c, at, round)
		if round > 1 {
			g.review(c, plan, at)
		}
		if slices.ContainsFunc(c.measures, func(m *Measure) bool { return m.State == "ordered" || m.State == "delivered" }) {
			return time.Time{}
		}
		at = g.after(c.last, day, 24*day)
		if c.wish.open || (round < 4 && g.chance(0.58)) {
			continue
		}
		if final := g.after(c.last, time.Hour, 6*day); !at.Before(final.Add(time.Hour)) {
			return g.finalLook(c, plan, final, at)
		}
		return g.finalLook(c, plan, at, at.Add(g.span(time.Hour, 3*time.Hour)))
	}
}

// judged: a measure with an expected result was delivered and judged.
func (c *kase) judged() bool {
	return slices.ContainsFunc(c.measures, func(m *Measure) bool { return m.Exempt == "" && m.State == "judged" })
}

// review goes through the plan again.
func (g *gen) review(c *kase, plan int, at time.Time) {
	p := &g.out.Plans[plan]
	p.At, p.By, p.ReviewDay = at, c.holder(at), date.Of(at).AddDays(90)
}

// finalLook books the review and the assessment that a good end needs.
func (g *gen) finalLook(c *kase, plan int, look, end time.Time) time.Time {
	if end.After(c.limit) {
		return time.Time{}
	}
	c.final = look
	g.review(c, plan, look)
	return end
}

// improve lets the scores fall on average.
func (g *gen) improve(c *kase, p float64) {
	for i, s := range c.scores {
		switch {
		case s > 0 && g.chance(p):
			c.scores[i]--
		case s < 3 && g.chance(0.05):
			c.scores[i]++
		}
	}
}

// number gives the case numbers: the region's number, the year, a running
// number without a gap in the order of opening.
func (g *gen) number() {
	type key struct {
		region string
		year   int
	}
	codes := map[int]string{} // of regions, as numbers of cases begin
	for _, t := range kz.Territories() {
		if t.Level == "region" {
			codes[t.No] = t.KATO[:2]
		}
	}
	last := map[key]int{}
	var order []key
	for _, c := range g.cases {
		k := key{fmt.Sprintf("1.%d.", c.place.region), date.Of(c.row.OpenedAt).Year()}
		if last[k] == 0 {
			order = append(order, k)
		}
		last[k]++
		c.row.No = fmt.Sprintf("%s-%d-%05d", codes[c.place.region], k.year, last[k])
	}
	for _, k := range order {
		g.out.Numbers = append(g.out.Numbers, Number{Region: k.region, Year: k.year, Last: last[k]})
	}
}
