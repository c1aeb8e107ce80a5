package world

import (
	"slices"
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// end closes the case: a good end when its measures have brought it there, a
// lawful one else, which leaves what is unfinished interrupted.
func (g *gen) end(c *kase, at time.Time) {
	r := &c.row
	r.EndKind = "goals_met"
	if c.final.IsZero() {
		r.EndKind = c.lawful
	}
	if r.EndKind == "goals_met" && !c.judged() {
		r.EndKind = "refusal" // nothing was ever delivered
	}
	by := c.holder(at)
	lang := g.langs[by]
	r.State, r.EndedAt, r.EndedBy = "ended", at, by
	key := r.EndKind
	if key == "refusal" {
		key = "refusal_end"
	}
	r.EndReason, r.EndSafety = g.say(key, lang), g.say("safety", lang)
	if r.EndKind == "court" { // with the number and date of the act
		r.EndReason += " (№ 2-1187, " + at.AddDate(0, 0, -9).Format("02.01.2006") + ")"
	}
	if r.EndKind == "died" {
		c.child.row.DiedOn, r.EndSafety = date.Of(at), ""
	}
	for _, m := range c.measures {
		if m.State == "ordered" || m.State == "delivered" {
			m.State = "interrupted"
		}
	}
	g.release(c, at)
	if r.EndKind != "died" && r.EndKind != "wrong_child" {
		g.checks(c)
	}
}

// dropChecks takes back what is not done when a child's next case opens.
func (g *gen) dropChecks(former id.ID, at time.Time) {
	g.out.EndChecks = slices.DeleteFunc(g.out.EndChecks, func(e EndCheck) bool {
		return e.CaseID == former && (e.DoneAt.IsZero() || e.DoneAt.After(at))
	})
}

// checks books the passive checks three, six and twelve months after the end.
func (g *gen) checks(c *kase) {
	for _, months := range []int{3, 6, 12} {
		due := date.Of(c.row.EndedAt).AddMonths(months)
		e := EndCheck{ID: g.id("end_check", c.row.EndedAt), CaseID: c.row.ID, DueDay: due}
		if at := g.work(due.AddDays(g.between(0, 6)).Start().Add(9 * time.Hour)); !at.After(g.now) && at.After(c.row.EndedAt) {
			lang := g.langs[c.place.secretary]
			e.DoneAt, e.DoneBy, e.Outcome, e.Note = at, c.place.secretary, "calm", g.say("check", lang)
			e.Source = one(g, []string{"own_records", "school_line", "clinic_line"})
			if g.chance(0.06) {
				e.Outcome, e.Note = "worry", g.say("worry", lang)
			}
		}
		g.out.EndChecks = append(g.out.EndChecks, e)
	}
}
