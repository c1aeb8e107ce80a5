package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Reading is one value of an indicator on a day.
type Reading struct {
	bun.BaseModel `bun:"table:reading,alias:d"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	Domain        string
	Goal          int // line of the plan's goals, from 1
	Indicator     string
	Value         float64
	Day           date.Date
	Source        string
	At            time.Time
	By            id.ID
}

func (r Reading) detail(measures []id.ID) map[string]any {
	return map[string]any{"reading": r.ID, "indicator": r.Indicator, "value": r.Value,
		"day": r.Day, "measures": measures, "domain": r.Domain, "goal": r.Goal}
}

// readingFor ties a reading to a measure.
type readingFor struct {
	bun.BaseModel `bun:"table:reading_for,alias:f"`
	Measure       id.ID
	Reading       id.ID
}

// Sources lists where a value was read.
func Sources() []string {
	return []string{"own_records", "child", "family", "school", "clinic", "police", "other"}
}

// ReadingInput takes a reading. It is entered once and serves a domain, a goal
// of the plan and any number of measures.
type ReadingInput struct {
	ID        id.ID
	Measures  []id.ID
	Domain    string
	Goal      int
	Indicator string
	Value     float64
	Day       date.Date
	Source    string
	Catalogue Catalogue
}

// readingFacts is what the rule of readings must know.
type readingFacts struct {
	c        Case
	measures []Measure
	goals    int
}

func checkReading(f readingFacts, r Reading, cat Catalogue) error {
	var bad fault.Fields
	s, known := cat.scale(r.Indicator)
	bad.Check(known, "indicator", "fault.choice")
	for _, m := range f.measures {
		bad.Check(m.Indicator == "" || m.Indicator == r.Indicator, "indicator", "case.reading_other_indicator")
	}
	bad.Check(len(f.measures) > 0 || r.Domain != "" || r.Goal > 0, "measures", "case.reading_for_nothing")
	bad.Check(r.Domain == "" || slices.Contains(Domains(), r.Domain), "domain", "fault.choice")
	bad.Check(r.Goal >= 0 && r.Goal <= f.goals, "goal", "fault.choice")
	if known {
		s.checkValue(&bad, "value", r.Value)
	}
	bad.Check(slices.Contains(Sources(), r.Source), "source", "fault.choice")
	switch {
	case r.Day.IsZero():
		bad.Add("day", "fault.blank")
	case r.Day.After(date.Of(r.At)):
		bad.Add("day", "case.day_future")
	case r.Day.Before(date.Of(f.c.OpenedAt)):
		bad.Add("day", "case.before_opening")
	}
	return bad.Err()
}

// TakeReading writes a value of an indicator. An executor may for the measures
// entrusted to them; a domain and a goal are for the case's own people.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended", "fault.sent_twice",
// "case.reading_same" of a value that the same person has taken already (Said).
func TakeReading(ctx context.Context, a *act.Act, key id.ID, in ReadingInput) (Reading, error) {
	c, err := readable(ctx, a, key, in)
	if err != nil {
		return Reading{}, err
	}
	f := readingFacts{c: c}
	if f.measures, err = measuresFor(ctx, a, c, in.Measures); err != nil {
		return Reading{}, err
	}
	p, err := planOf(ctx, a.DB(), c.ID)
	if err != nil {
		return Reading{}, err
	}
	if p != nil {
		f.goals = len(p.GoalLines())
	}
	r := Reading{ID: in.ID.OrNew(), CaseID: c.ID, Domain: in.Domain, Goal: in.Goal, Indicator: in.Indicator,
		Value: in.Value, Day: in.Day, Source: in.Source, At: a.Now(), By: a.Actor().Person}
	if err := checkReading(f, r, in.Catalogue); err != nil {
		return Reading{}, err
	}
	if err := sameReading(ctx, a, r, f.measures); err != nil {
		return Reading{}, err
	}
	if err := add(ctx, a, &r, "reading"); err != nil {
		return Reading{}, err
	}
	var ties []readingFor
	for _, m := range f.measures {
		ties = append(ties, readingFor{Measure: m.ID, Reading: r.ID})
	}
	if err := addAll(ctx, a, ties); err != nil {
		return Reading{}, err
	}
	a.Record("reading.take", c.on(), r.detail(in.Measures))
	return r, nil
}

// readable locks the case. Who reads for entrusted measures alone need not see
// the case itself.
func readable(ctx context.Context, a *act.Act, key id.ID, in ReadingInput) (Case, error) {
	if len(in.Measures) == 0 || in.Domain != "" || in.Goal != 0 {
		return take(ctx, a, MayRead, key)
	}
	var c Case
	if err := a.May(MayRead); err != nil {
		return c, err
	}
	if err := a.Lock(ctx, "case_file", key); err != nil {
		return c, err
	}
	// The measures' own scope, asked next, decides who may read for them.
	err := a.DB().NewSelect().Model(&c).Where("c.id = ?", key).Scan(ctx)
	if db.IsNone(err) {
		return c, fault.Missing()
	}
	if err != nil {
		return c, fmt.Errorf("case of reading: %w", err)
	}
	if _, err := measuresFor(ctx, a, c, in.Measures); err != nil {
		return c, err
	}
	return c, c.running()
}

// measuresFor finds the named measures of a case within scope, all or none.
func measuresFor(ctx context.Context, a *act.Act, c Case, keys []id.ID) ([]Measure, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	keys = slices.Compact(slices.Sorted(slices.Values(keys)))
	var ms []Measure
	err := a.DB().NewSelect().Model(&ms).Where("m.case_id = ?", c.ID).Where("m.id IN (?)", bun.List(keys)).
		Apply(a.Scope(MayRead, MeasureRow())).Limit(block).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("measures of reading: %w", err)
	}
	if len(ms) != len(keys) {
		return nil, fault.Missing()
	}
	return ms, nil
}

// lastReading is the last reading that serves a measure, or nil.
func lastReading(ctx context.Context, d bun.IDB, measure id.ID) (*Reading, error) {
	var r Reading
	err := d.NewSelect().Model(&r).Join("JOIN reading_for AS f ON f.reading = d.id").Where("f.measure = ?", measure).
		OrderExpr("d.day DESC, d.at DESC, d.id DESC").Limit(1).Scan(ctx)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("last reading: %w", err)
	}
	return &r, nil
}
