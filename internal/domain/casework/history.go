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
// when not: the turns, and of the people in them absences and standing.
type history struct {
	c     Case
	turns []Assignment // by proposed_at
	away  map[id.ID][]Absence
	staff map[id.ID]access.Standing
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
	}
	away, staff, err := standing(ctx, d, people)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].away, out[i].staff = away, staff
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

// serves tells whether a person serves where the case was: before it came
// here, any territory of theirs.
func (h history) serves(person id.ID, at time.Time) bool {
	s := h.staff[person]
	if h.c.MovedAt != nil && at.Before(*h.c.MovedAt) {
		return s.Active(at) && s.Holds(at)
	}
	return s.Serves(h.c.Territory, at)
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
	add(h.c.MovedAt)
	for _, g := range h.turns {
		add(g.ActiveAt, g.EndedAt, g.UntilAt, h.staff[g.Person].StateAt)
		for _, b := range h.away[g.Person] {
			add(&b.FromAt, &b.ToAt)
		}
		for _, x := range h.staff[g.Person].Grants {
			add(&x.FromAt, x.ToAt)
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
	s := h.staff[g.Person]
	switch {
	case !s.Active(at):
		return Suspended
	case s.Covers(h.c.Territory, at):
		return Away
	case s.Holds(at) && h.c.MovedAt != nil && !h.c.MovedAt.Before(*g.ActiveAt):
		return MovedAway
	}
	return GrantEnded
}
