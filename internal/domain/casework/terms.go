package casework

import (
	"slices"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// terms are the norms of the act's day that say when a thing is due.
type terms struct {
	assess, plan, result, unaided, overdue, attempts, suicide int
	contact                                                   map[Risk]int
}

func termsOf(v *act.View) terms {
	return terms{
		assess: v.Norm("case.assess_days").Int(), plan: v.Norm("case.plan_days").Int(),
		result: v.Norm("result.days").Int(), unaided: v.Norm("measure.unaided_days").Int(),
		overdue: v.Norm("risk.overdue_days").Int(), attempts: v.Norm("contact.attempts").Int(),
		suicide: v.Norm("risk.suicide_days").Int(),
		contact: map[Risk]int{Low: v.Norm("contact.low_days").Int(), Medium: v.Norm("contact.medium_days").Int(),
			High: v.Norm("contact.high_days").Int(), Acute: v.Norm("contact.acute_days").Int()},
	}
}

// rhythm is the number of days within which the child is to be seen again.
// Where suicide is feared the rhythm is that of acute risk (practice rule 11).
func (t terms) rhythm(c Case) int {
	if Daily(c) {
		return t.contact[Acute]
	}
	return t.contact[c.Risk]
}

// Daily tells that a child is seen each day whatever the level of its risk.
func Daily(c Case) bool { return slices.Contains(c.ProblemKeys(), suicideRisk) }

// contactDue is the day by which the child is to be seen; the rhythm begins
// with the opening.
func (t terms) contactDue(c Case, seen time.Time) date.Date {
	if seen.IsZero() {
		seen = c.OpenedAt
	}
	return date.Of(seen).AddDays(t.rhythm(c))
}

// resultDue is the day by which a delivered measure is to have its result.
func (t terms) resultDue(m Measure) date.Date {
	if m.DeliveredAt == nil {
		return date.Date{}
	}
	from := date.Of(*m.DeliveredAt)
	switch {
	case m.Exempt == OneOff:
		from = from.AddDays(t.unaided)
	case m.CheckDay.After(from):
		from = m.CheckDay
	}
	return from.AddDays(t.result)
}

// lately tells whether within the norm's days before today something stood
// overdue: a contact, a measure, a result (practice rule 26). Past contacts are
// judged by the present rhythm.
func (t terms) lately(c Case, seen []time.Time, ms []Measure, given map[id.ID]time.Time, today date.Date) bool {
	since := today.AddDays(-t.overdue)
	missed := func(due, done date.Date) bool { return done.After(due) && done.After(since) }
	last := date.Of(c.OpenedAt)
	for _, s := range seen {
		day := date.Of(s)
		if missed(last.AddDays(t.rhythm(c)), day) {
			return true
		}
		last = day
	}
	if missed(last.AddDays(t.rhythm(c)), today) {
		return true
	}
	return slices.ContainsFunc(ms, func(m Measure) bool {
		if m.State == Ordered {
			return missed(m.DueDay, today)
		}
		if m.DeliveredAt == nil {
			return false
		}
		if missed(m.DueDay, date.Of(*m.DeliveredAt)) {
			return true
		}
		due := t.resultDue(m)
		if at, ok := given[m.ID]; ok {
			return missed(due, date.Of(at))
		}
		return m.State == Delivered && missed(due, today)
	})
}
