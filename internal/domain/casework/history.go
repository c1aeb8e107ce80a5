package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/id"
)

// history is all that decides, for one case, whether it is covered and since
// when not: where it was, the turns, of the people in them absences and
// standing, and to whom the case is closed.
type history struct {
	c      Case
	places []stay       // the oldest first, without a gap
	turns  []Assignment // by proposed_at
	away   map[id.ID][]Absence
	staff  map[id.ID]access.Standing
	closed access.Closures
}

// stay is where a case was from–to.
type stay struct {
	bun.BaseModel `bun:"table:case_place,alias:p"`
	CaseID        id.ID
	N             int
	Territory     string
	FromAt        time.Time
	ToAt          *time.Time
}

// histories reads the histories of cases, in their order.
func histories(ctx context.Context, d bun.IDB, cases []Case) ([]history, error) {
	out := make([]history, len(cases))
	at := map[id.ID]int{}
	keys := make([]id.ID, len(cases))
	for i, c := range cases {
		at[c.ID], keys[i] = i, c.ID
		out[i].c = c
	}
	people := map[id.ID]bool{}
	var subjects []id.ID
	for block := range slices.Chunk(keys, 500) {
		var turns []Assignment
		err := d.NewSelect().Model(&turns).Where("g.case_id IN (?)", bun.List(block)).OrderExpr("g.proposed_at, g.id").Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("turns of cases: %w", err)
		}
		for _, g := range turns {
			h := &out[at[g.CaseID]]
			h.turns = append(h.turns, g)
			people[g.Person] = true
		}
		var places []stay
		if err := d.NewSelect().Model(&places).Where("p.case_id IN (?)", bun.List(block)).OrderExpr("p.case_id, p.n").Scan(ctx); err != nil {
			return nil, fmt.Errorf("places of cases: %w", err)
		}
		for _, p := range places {
			h := &out[at[p.CaseID]]
			h.places = append(h.places, p)
		}
	}
	for _, c := range cases {
		subjects = append(subjects, c.subjects()...)
	}
	closed, err := access.ClosuresOf(ctx, d, subjects...)
	if err != nil {
		return nil, err
	}
	away, staff, err := standing(ctx, d, people)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].away, out[i].staff, out[i].closed = away, staff, closed
	}
	return out, nil
}

// standing reads absences and curators' standing of people.
func standing(ctx context.Context, d bun.IDB, people map[id.ID]bool) (map[id.ID][]Absence, map[id.ID]access.Standing, error) {
	keys := make([]id.ID, 0, len(people))
	for p := range people {
		keys = append(keys, p)
	}
	away := map[id.ID][]Absence{}
	for block := range slices.Chunk(keys, 500) {
		var rows []Absence
		if err := d.NewSelect().Model(&rows).Where("b.person IN (?)", bun.List(block)).Scan(ctx); err != nil {
			return nil, nil, fmt.Errorf("absences: %w", err)
		}
		for _, b := range rows {
			away[b.Person] = append(away[b.Person], b)
		}
	}
	staff, err := access.Standings(ctx, d, access.Curator, keys...)
	return away, staff, err
}

// runs tells whether the turn runs at an instant.
func (g Assignment) runs(at time.Time) bool {
	return g.ActiveAt != nil && !g.ActiveAt.After(at) && (g.EndedAt == nil || g.EndedAt.After(at)) &&
		(g.UntilAt == nil || g.UntilAt.After(at))
}

func (h history) absent(person id.ID, at time.Time) bool {
	return slices.ContainsFunc(h.away[person], func(b Absence) bool { return !b.FromAt.After(at) && b.ToAt.After(at) })
}

// in is where the case was at an instant.
func (h history) in(at time.Time) stay {
	for _, p := range h.places {
		if !p.FromAt.After(at) && (p.ToAt == nil || p.ToAt.After(at)) {
			return p
		}
	}
	return stay{}
}

// serves tells whether a person served where the case then was, and was not
// shut out of it.
func (h history) serves(person id.ID, at time.Time) bool {
	s, p := h.staff[person], h.in(at)
	return p.N > 0 && s.Serves(p.Territory, at) && !h.shut(person, at)
}

// shut tells whether the case was closed to a person at an instant.
func (h history) shut(person id.ID, at time.Time) bool {
	return h.closed.ToAt(h.staff[person], at, h.c.subjects()...)
}

// covered is the rule of covered in SQL, for one case.
func (h history) covered(at time.Time) bool {
	inTurn := func(role string) []Assignment {
		var out []Assignment
		for _, g := range h.turns {
			if g.Role == role && g.runs(at) && h.serves(g.Person, at) {
				out = append(out, g)
			}
		}
		return out
	}
	present := func(g Assignment) bool { return !h.absent(g.Person, at) }
	curators := inTurn("curator")
	return len(curators) > 0 && (slices.ContainsFunc(curators, present) || slices.ContainsFunc(inTurn("deputy"), present))
}

// gap is when the gap that lasts at an instant began: cover changes only where
// an interval begins or ends, so the walk goes back from one to the next.
func (h history) gap(at time.Time) time.Time {
	bounds := slices.DeleteFunc(h.bounds(), func(t time.Time) bool { return t.After(at) || t.Before(h.c.OpenedAt) })
	slices.SortFunc(bounds, func(a, b time.Time) int { return b.Compare(a) })
	since := at
	for _, t := range bounds {
		if h.covered(t) {
			return since
		}
		since = t
	}
	return h.c.OpenedAt
}

// bounds are the instants at which cover may change.
func (h history) bounds() []time.Time {
	var out []time.Time
	add := func(all ...*time.Time) {
		for _, t := range all {
			if t != nil {
				out = append(out, *t)
			}
		}
	}
	for _, p := range h.places {
		add(&p.FromAt, p.ToAt)
	}
	for _, x := range h.c.subjects() {
		out = append(out, h.closed.Since(x)...)
	}
	for _, g := range h.turns {
		add(g.ActiveAt, g.EndedAt, g.UntilAt)
		out = append(out, h.staff[g.Person].Bounds()...)
		for _, b := range h.away[g.Person] {
			add(&b.FromAt, &b.ToAt)
		}
	}
	return out
}

// last is the curator's turn that runs at an instant or was the last to run.
func (h history) last(at time.Time) *Assignment {
	var out *Assignment
	for i, g := range h.turns {
		if g.Role == "curator" && g.ActiveAt != nil && !g.ActiveAt.After(at) && (out == nil || !g.ActiveAt.Before(*out.ActiveAt)) {
			out = &h.turns[i]
		}
	}
	return out
}

// asked is the proposal that waits.
func (h history) asked(at time.Time) *Assignment {
	for i, g := range h.turns {
		if g.State == "proposed" && !g.ProposedAt.After(at) {
			return &h.turns[i]
		}
	}
	return nil
}

// declines counts who declined since the last curator began.
func (h history) declines(at time.Time) int {
	from, n := h.c.OpenedAt, 0
	if g := h.last(at); g != nil {
		from = *g.ActiveAt
	}
	for _, g := range h.turns {
		if g.State == "declined" && !g.EndedAt.Before(from) && !g.EndedAt.After(at) {
			n++
		}
	}
	return n
}

// why names the root of the gap at an instant.
func (h history) why(at time.Time) Why {
	g := h.last(at)
	if g == nil || !g.runs(at) {
		switch {
		case h.asked(at) == nil && h.declines(at) > 0:
			return Declined
		case g == nil:
			return NeverAccepted
		}
		return Resigned
	}
	s, p := h.staff[g.Person], h.in(at)
	switch {
	case !s.Active(at):
		return Suspended
	case h.shut(g.Person, at):
		return Shut
	case s.Covers(p.Territory, at):
		return Away
	case s.Holds(at) && p.N > 1 && !p.FromAt.Before(*g.ActiveAt):
		return MovedAway
	}
	return GrantEnded
}
