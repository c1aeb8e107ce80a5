package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// MeasureView is one measure with its readings and results; refused results
// stand among Results, the one that counts in Result.
type MeasureView struct {
	Measure
	Readings  []Reading
	Result    *Result
	Results   []Result
	ResultDue date.Date // of a delivered measure
}

// Whole is all that the page of a case shows.
type Whole struct {
	Case        Case
	Turns       []Assignment
	Risks       []RiskChange
	Assessments []Assessment
	Plan        *Plan
	Measures    []MeasureView
	Readings    []Reading // all of the case, by day
	Contacts    []Contact // the last first
	Checks      []EndCheck
	Gaps        []Gap // before its goals are met; none when ended
	Due         []Line
	Next        Line // the one thing to do next; no kind when there is none
	NotSeen     bool
	Covered     bool      // somebody walks with the child now: the curator or a deputy
	Narrowed    bool      // to who is only asked to be the curator
	Seen        time.Time // when the child was last seen; zero when never
	ContactDue  date.Date
	Rhythm      int // days within which the child is to be seen again
}

// The next steps that are not lines of a day.
const (
	StepCurator = "curator_wanted"
	StepAnswer  = "curator_asked"
	StepRiskTwo = LineRiskTwo
	StepMeasure = "measure_wanted"
	StepEnd     = "end"
)

// Overview gives one case with everything its page shows, in a fixed number of
// queries. The look is logged. Who is only asked to be the curator is shown
// what the decision needs: the problems, the risk and why, how the child fares,
// who walked before; not the child's words, the plan, nor what is done.
//
// Faults: Denied; NotFound.
func Overview(ctx context.Context, v *act.View, key id.ID) (Whole, error) {
	c, err := find(ctx, v, See, key)
	if err != nil {
		return Whole{}, err
	}
	v.Look(c.on(), "")
	files, err := gather(ctx, v, []Case{c})
	if err != nil {
		return Whole{}, err
	}
	f, t, today := files[c.ID], termsOf(v), date.Of(v.Now())
	w := Whole{Case: c, Plan: f.plan, Seen: f.seen}
	if err := w.read(ctx, v.DB()); err != nil {
		return Whole{}, fmt.Errorf("overview: %w", err)
	}
	if err := w.join(ctx, v.DB(), f, t); err != nil {
		return Whole{}, fmt.Errorf("overview: %w", err)
	}
	may, err := Allowed(ctx, v, c, SeeCaseRecord)
	if err != nil {
		return Whole{}, err
	}
	if !may[SeeCaseRecord] {
		w.narrow()
	}
	if c.State == Ended {
		w.Next = nextCheck(w.Checks, c, today)
		if c.Unlooked() {
			w.Next = c.ended()
		}
		return w, nil
	}
	err = v.DB().NewSelect().TableExpr("case_file AS c").ColumnExpr("?", covered(v.Now())).Where("c.id = ?", c.ID).Scan(ctx, &w.Covered)
	if err != nil {
		return Whole{}, fmt.Errorf("overview: %w", err)
	}
	office, err := ofOffice(ctx, v, c)
	if err != nil {
		return Whole{}, err
	}
	w.Gaps, w.Due = gaps(f, office), lines(f, t, today)
	slices.SortStableFunc(w.Due, byUrgency)
	w.NotSeen, w.ContactDue, w.Rhythm = len(f.tries) >= t.attempts, t.contactDue(c, f.seen), t.rhythm(c)
	answer := v.Norm("curator.answer_hours").Hours()
	w.Next = next(f, w.Due, w.Gaps, answer, today)
	return w, nil
}

// narrow leaves what the decision of who is asked needs: of the risk the level in
// force and why, without what the second person said; no message by which the case
// came.
func (w *Whole) narrow() {
	w.Narrowed, w.Plan, w.Measures, w.Readings, w.Contacts, w.Checks = true, nil, nil, nil, nil, nil
	w.Risks, w.Case.Signal = inForce(w.Risks), ""
	for i := range w.Assessments {
		w.Assessments[i].Note = ""
	}
}

// inForce is the last change of risk that is in force, as its author wrote it.
func inForce(all []RiskChange) []RiskChange {
	for _, r := range slices.Backward(all) {
		if r.State == "in_force" {
			r.SecondBy, r.SecondAt, r.SecondReason, r.SecondSealed = "", nil, "", ""
			return []RiskChange{r}
		}
	}
	return nil
}

// read fills the histories.
func (w *Whole) read(ctx context.Context, d bun.IDB) error {
	for _, q := range []struct {
		rows  any
		order string
		limit int64
	}{
		{&w.Turns, "proposed_at, id", 200}, {&w.Risks, "at, id", 200}, {&w.Assessments, "at, id", 200},
		{&w.Readings, "day, at, id", 1000}, {&w.Contacts, "happened_at DESC, id DESC", 500}, {&w.Checks, "due_day", 20},
	} {
		err := d.NewSelect().Model(q.rows).Where("case_id = ?", w.Case.ID).OrderExpr(q.order).Limit(q.limit).Scan(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// join puts readings and results to their measures.
func (w *Whole) join(ctx context.Context, d bun.IDB, f *file, t terms) error {
	if len(f.measures) == 0 {
		return nil
	}
	at := map[id.ID]int{}
	var keys []id.ID
	for i, m := range f.measures {
		at[m.ID] = i
		keys = append(keys, m.ID)
		w.Measures = append(w.Measures, MeasureView{Measure: m, ResultDue: t.resultDue(m)})
	}
	var ties []readingFor
	if err := d.NewSelect().Model(&ties).Where("f.measure IN (?)", bun.List(keys)).Limit(manyRows).Scan(ctx); err != nil {
		return err
	}
	serves := map[id.ID][]id.ID{}
	for _, tie := range ties {
		serves[tie.Reading] = append(serves[tie.Reading], tie.Measure)
	}
	for _, r := range w.Readings {
		for _, m := range serves[r.ID] {
			w.Measures[at[m]].Readings = append(w.Measures[at[m]].Readings, r)
		}
	}
	var rs []Result
	if err := d.NewSelect().Model(&rs).Where("u.case_id = ?", w.Case.ID).OrderExpr("u.at, u.id").Limit(1000).Scan(ctx); err != nil {
		return err
	}
	for i, r := range rs {
		m := &w.Measures[at[r.Measure]]
		m.Results = append(m.Results, r)
		if r.State != "refused" {
			m.Result = &rs[i]
		}
	}
	return nil
}

// next is the one thing to do next: what stands over, danger first; then what
// the state of the case waits for; the end, when nothing is missing; then the
// assessment and the plan, unless the child was not seen yet and is to be before;
// then what is due the earliest.
func next(f *file, due []Line, missing []Gap, answer time.Duration, today date.Date) Line {
	step := func(kind string, on id.ID, day date.Date) Line {
		return Line{Kind: kind, Rank: Law, Case: f.c.ID, No: f.c.No, Child: f.c.Child, On: on, Due: day, Late: day.Before(today)}
	}
	if len(due) > 0 && due[0].Rank == Danger {
		return due[0]
	}
	has := func(state string) int {
		return slices.IndexFunc(f.turns, func(g Assignment) bool { return g.Role == "curator" && g.State == state })
	}
	if has("active") < 0 {
		if i := has("proposed"); i >= 0 {
			return step(StepAnswer, f.turns[i].ID, date.Of(f.turns[i].ProposedAt.Add(answer)))
		}
		return step(StepCurator, f.c.ID, date.Of(f.c.OpenedAt.Add(answer)))
	}
	for _, l := range due {
		if l.Late || l.Due == today {
			return l
		}
	}
	switch {
	case f.lowering != nil:
		return step(StepRiskTwo, f.lowering.ID, date.Of(f.lowering.At))
	case f.c.State == Planned:
		return step(StepMeasure, f.c.ID, date.Date{})
	case f.c.State == Running && len(missing) == 0:
		return step(StepEnd, f.c.ID, date.Date{})
	}
	first := soonest(due)
	for _, kind := range []string{LineAssessment, LinePlan} {
		i := slices.IndexFunc(due, func(l Line) bool { return l.Kind == kind })
		if i >= 0 && !(neverSeen(f.c, f.seen) && first.Due.Before(due[i].Due)) { // a child nobody has seen does not wait for paper
			return due[i]
		}
	}
	return first
}

func soonest(due []Line) Line {
	var out Line
	for _, l := range due {
		if out.Kind == "" || l.Due.Before(out.Due) {
			out = l
		}
	}
	return out
}

func nextCheck(all []EndCheck, c Case, today date.Date) Line {
	for _, k := range all {
		if k.DoneAt == nil {
			return Line{Kind: LineEndCheck, Rank: Paper, Case: c.ID, No: c.No, Child: c.Child, On: k.ID, Due: k.DueDay, Late: k.DueDay.Before(today)}
		}
	}
	return Line{}
}
