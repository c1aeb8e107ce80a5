package demo

import (
	"context"
	"strings"

	"serik/internal/app/demo/world"
	"serik/internal/domain/casework"
	"serik/internal/domain/measure"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// cases loads the cases wave by wave. A child's next case may open only after
// the former has ended, and numbers run in the order of opening: so a wave ends
// before the first case whose former one is part of it.
func (l *loader) cases(ctx context.Context) error {
	of, n := waves(l.c.Cases)
	l.done += len(l.c.Numbers)
	w := wave{
		openings:    split(l.c.Cases, of, n, func(c world.Case) id.ID { return c.ID }),
		turns:       split(l.c.Assignments, of, n, func(g world.Assignment) id.ID { return g.CaseID }),
		risks:       split(l.c.RiskChanges, of, n, func(r world.RiskChange) id.ID { return r.CaseID }),
		assessments: split(l.c.Assessments, of, n, func(s world.Assessment) id.ID { return s.CaseID }),
		plans:       split(l.c.Plans, of, n, func(p world.Plan) id.ID { return p.CaseID }),
		measures:    split(l.c.Measures, of, n, func(m world.Measure) id.ID { return m.CaseID }),
		readings:    split(l.c.Readings, of, n, func(r world.Reading) id.ID { return r.CaseID }),
		results:     split(l.c.Results, of, n, func(r world.Result) id.ID { return r.CaseID }),
		contacts:    split(l.c.Contacts, of, n, func(k world.Contact) id.ID { return k.CaseID }),
		checks:      split(l.c.EndChecks, of, n, func(k world.EndCheck) id.ID { return k.CaseID }),
		cases:       map[id.ID]world.Case{}, born: map[id.ID]date.Date{}, first: map[id.ID]world.RiskChange{},
	}
	for _, c := range l.c.Cases {
		w.cases[c.ID] = c
	}
	for _, k := range l.c.Children {
		w.born[k.ID] = k.Born
	}
	for _, r := range l.c.RiskChanges {
		if r.Was == "" {
			w.first[r.CaseID] = r
		}
	}
	for i := range n {
		if err := w.load(ctx, l, i); err != nil {
			return err
		}
	}
	return nil
}

// waves numbers the cases, which stand in the order of their opening.
func waves(cases []world.Case) (map[id.ID]int, int) {
	of, n := make(map[id.ID]int, len(cases)), 0
	for _, c := range cases {
		if former, ok := of[c.ReopenedFrom]; ok && former == n {
			n++
		}
		of[c.ID] = n
	}
	return of, n + 1
}

// split deals rows out to the waves of their cases.
func split[T any](rows []T, of map[id.ID]int, n int, caseOf func(T) id.ID) [][]T {
	out := make([][]T, n)
	for _, r := range rows {
		w := of[caseOf(r)]
		out[w] = append(out[w], r)
	}
	return out
}

// wave is the rows of all cases by wave.
type wave struct {
	openings    [][]world.Case
	turns       [][]world.Assignment
	risks       [][]world.RiskChange
	assessments [][]world.Assessment
	plans       [][]world.Plan
	measures    [][]world.Measure
	readings    [][]world.Reading
	results     [][]world.Result
	contacts    [][]world.Contact
	checks      [][]world.EndCheck
	cases       map[id.ID]world.Case
	born        map[id.ID]date.Date
	first       map[id.ID]world.RiskChange
}

// load loads wave i: openings, what went on, endings, checks.
func (w *wave) load(ctx context.Context, l *loader, i int) error {
	cat := casework.Catalogue{Kind: measure.IsKind, Indicator: func(k string) (casework.Scale, bool) {
		s, ok := measure.ScaleOf(k)
		return casework.Scale(s), ok
	}}
	if err := blocks(ctx, l, w.openings[i], w.opening, casework.LoadOpenings); err != nil {
		return err
	}
	if err := blocks(ctx, l, w.turns[i], w.turn, casework.LoadAssignments); err != nil {
		return err
	}
	if err := blocks(ctx, l, w.assessments[i], assessment, casework.LoadAssessments); err != nil {
		return err
	}
	if err := w.writePlans(ctx, l, w.plans[i]); err != nil {
		return err
	}
	err := blocks(ctx, l, w.measures[i], ordered, func(ctx context.Context, a *act.Act, rows []casework.Measure) error {
		return casework.LoadMeasures(ctx, a, rows, cat)
	})
	if err != nil {
		return err
	}
	err = blocks(ctx, l, w.readings[i], reading, func(ctx context.Context, a *act.Act, rows []casework.LoadedReading) error {
		return casework.LoadReadings(ctx, a, rows, cat)
	})
	if err != nil {
		return err
	}
	if err := blocks(ctx, l, w.results[i], result, casework.LoadResults); err != nil {
		return err
	}
	if err := blocks(ctx, l, changes(w.risks[i]), risk, casework.LoadRisks); err != nil {
		return err
	}
	if err := blocks(ctx, l, w.contacts[i], contact, casework.LoadContacts); err != nil {
		return err
	}
	if err := blocks(ctx, l, ended(w.openings[i]), w.ending, casework.LoadEndings); err != nil {
		return err
	}
	return blocks(ctx, l, w.doneChecks(i), func(_ *act.Act, k casework.LoadedCheck) casework.LoadedCheck { return k }, casework.LoadChecks)
}

func (w *wave) opening(_ *act.Act, c world.Case) casework.LoadedOpening {
	r := w.first[c.ID]
	return casework.LoadedOpening{RiskID: r.ID, At: c.OpenedAt, By: c.OpenedBy, Opening: casework.Opening{ID: c.ID, Child: c.Child,
		Territory: c.Territory, Problems: strings.Fields(c.Problems), Risk: casework.Risk(r.Level), Reason: r.Reason, Signal: c.Signal}}
}

// turn is a turn as it was before the case ended: the end closes what runs.
func (w *wave) turn(_ *act.Act, g world.Assignment) casework.Assignment {
	out := casework.Assignment{ID: g.ID, CaseID: g.CaseID, Person: g.Person, Role: g.Role, State: g.State, ProposedAt: g.ProposedAt,
		ProposedBy: g.ProposedBy, ActiveAt: some(g.ActiveAt), Appointed: g.Appointed, EndedAt: some(g.EndedAt), UntilAt: some(g.UntilAt), Reason: g.Reason}
	if end := w.cases[g.CaseID].EndedAt; !end.IsZero() && g.EndedAt.Equal(end) && g.State != "declined" {
		out.EndedAt, out.State = nil, "active"
		if g.ActiveAt.IsZero() {
			out.State = "proposed"
		}
	}
	return out
}

// writePlans loads the first writing of each plan and its last review.
func (w *wave) writePlans(ctx context.Context, l *loader, rows []world.Plan) error {
	return blocks(ctx, l, rows, func(_ *act.Act, p world.Plan) []casework.Plan {
		last := casework.Plan{ID: p.ID, CaseID: p.CaseID, Goals: p.Goals, ChildView: p.ChildView, ViewAbsent: p.ViewAbsent,
			ReviewDay: p.ReviewDay, At: p.At, By: p.By}
		if p.At.Equal(p.WrittenAt) {
			return []casework.Plan{last}
		}
		first := last
		first.At, first.By, first.ReviewDay = p.WrittenAt, p.WrittenBy, date.Of(p.WrittenAt).AddDays(90)
		return []casework.Plan{first, last}
	}, func(ctx context.Context, a *act.Act, all [][]casework.Plan) error {
		var flat []casework.Plan
		for _, p := range all {
			flat = append(flat, p...)
		}
		return casework.LoadPlans(ctx, a, flat)
	})
}

func (w *wave) ending(_ *act.Act, c world.Case) casework.LoadedEnding {
	return casework.LoadedEnding{Case: c.ID, At: c.EndedAt, By: c.EndedBy,
		Ending: casework.Ending{Kind: c.EndKind, Reason: c.EndReason, Safety: c.EndSafety, Born: w.born[c.Child]}}
}

// doneChecks are the checks that were made, each by its place among those of
// its case.
func (w *wave) doneChecks(i int) []casework.LoadedCheck {
	at := map[id.ID]int{}
	var out []casework.LoadedCheck
	for _, k := range w.checks[i] {
		n := at[k.CaseID]
		at[k.CaseID]++
		if !k.DoneAt.IsZero() {
			out = append(out, casework.LoadedCheck{Case: k.CaseID, N: n, At: k.DoneAt, By: k.DoneBy,
				CheckInput: casework.CheckInput{Source: k.Source, Outcome: k.Outcome, Note: k.Note}})
		}
	}
	return out
}
