package timeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// Case is one case of the child as its file shows it.
type Case struct {
	ID        id.ID
	No        string
	State     casework.State
	Risk      casework.Risk
	Territory string
	OpenedAt  time.Time
	EndedAt   *time.Time
	Curator   string // who walks with the child now
	Asked     string // who has been asked and has not answered
	Turns     []Turn `bun:"-"`
}

// Turn is when a curator began.
type Turn struct {
	Who string
	At  time.Time
}

// Cases lists the cases of a child that the viewer may see, newest first; none
// for whom sees no cases at all.
func Cases(ctx context.Context, v *act.View, child id.ID) ([]Case, error) {
	if v.May(casework.See) != nil {
		return nil, nil
	}
	var out []Case
	err := v.DB().NewSelect().TableExpr("case_file AS c").Column("c.id", "c.no", "c.state", "c.risk", "c.territory", "c.opened_at", "c.ended_at").
		Where("c.child = ?", child).Apply(v.Scope(casework.See, access.Rows("c"))).OrderExpr("c.opened_at DESC, c.id DESC").Limit(50).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("cases of a child: %w", err)
	}
	return out, turns(ctx, v, out)
}

// turns fills in who walked with the child.
func turns(ctx context.Context, v *act.View, cases []Case) error {
	if len(cases) == 0 {
		return nil
	}
	keys := make([]id.ID, len(cases))
	for i, c := range cases {
		keys[i] = c.ID
	}
	var rows []struct {
		CaseID        id.ID
		State         string
		ActiveAt      *time.Time
		Family, Given string
	}
	err := v.DB().NewSelect().TableExpr("assignment AS g").Join("JOIN person AS p ON p.id = g.person").
		Column("g.case_id", "g.state", "g.active_at", "p.family", "p.given").Where("g.case_id IN (?)", bun.List(keys)).
		Where("g.role = 'curator'").OrderExpr("g.proposed_at, g.id").Limit(500).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("curators of a child: %w", err)
	}
	for _, r := range rows {
		c := &cases[slices.Index(keys, r.CaseID)]
		who := name.Official(r.Family, r.Given)
		switch r.State {
		case "active":
			c.Curator = who
		case "proposed":
			c.Asked = who
		}
		if r.ActiveAt != nil {
			c.Turns = append(c.Turns, Turn{Who: who, At: *r.ActiveAt})
		}
	}
	return nil
}

// Event is one thing that happened.
type Event struct {
	Day    date.Date
	At     time.Time // zero where only the day is known
	What   string    // registered, address, school, no_school, unsafe, lifted, message, opened, curator, ended
	Detail string    // a text, a name, or the key of a kind
	On     id.ID     // the school, the adult, the message, the case
}

// when orders events; a day alone is its end, so that a file begins with its
// registration.
func (e Event) when() time.Time {
	if e.At.IsZero() {
		return e.Day.End()
	}
	return e.At
}

// Events puts what is known of a child in order, newest first. It is pure: what the
// viewer may not know was not given.
func Events(f registry.File, cases []Case, messages []signal.Brief) []Event {
	var out []Event
	at := func(t time.Time, what, detail string, on id.ID) {
		out = append(out, Event{Day: date.Of(t), At: t, What: what, Detail: detail, On: on})
	}
	at(f.Child.CreatedAt, "registered", "", "")
	for _, x := range f.Addresses {
		out = append(out, Event{Day: x.FromDay, What: "address", Detail: x.Text})
	}
	for _, x := range schools(f.Schooling) {
		e := Event{Day: x.FromDay, What: "school", On: x.School}
		if x.None != "" {
			e.What, e.Detail = "no_school", x.None
		}
		out = append(out, e)
	}
	for _, u := range f.Unsafe {
		at(u.FromAt, "unsafe", u.Ground, u.Adult)
		if u.ToAt != nil {
			at(*u.ToAt, "lifted", "", u.Adult)
		}
	}
	for _, m := range messages {
		at(m.ReceivedAt, "message", m.Kind, m.ID)
	}
	for _, c := range cases {
		at(c.OpenedAt, "opened", c.No, c.ID)
		for _, t := range c.Turns {
			at(t.At, "curator", t.Who, c.ID)
		}
		if c.EndedAt != nil {
			at(*c.EndedAt, "ended", c.No, c.ID)
		}
	}
	slices.Reverse(out) // of one instant, what was noted last stands first
	slices.SortStableFunc(out, func(a, b Event) int { return b.when().Compare(a.when()) })
	return out
}

// schools are the places of learning, oldest first. A new year or grade at the
// same school is no event of its own.
func schools(all []registry.Schooling) []registry.Schooling {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b registry.Schooling) int { return a.FromDay.Sub(b.FromDay) })
	return slices.CompactFunc(out, func(a, b registry.Schooling) bool { return a.School == b.School && a.None == b.None })
}
