package worklist

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/measure"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// DayLine is one thing that waits for a person today: of a case or of a
// message. It never names a problem (practice rule 11).
type DayLine struct {
	Kind   string        // words key: "line." + Kind
	Rank   casework.Rank // danger, law, paper
	Case   id.ID
	Signal id.ID
	On     id.ID
	No     string
	Child  string // first name and initial, where the reader may know
	Born   date.Birth
	Urgent bool
	Due    date.Date
	At     time.Time // the hour, where hours matter
	Late   bool
	// Measure is the kind of measure the line is of. Beside a child's name it
	// stands only where a list may tell it (practice rule 11); its executor, who
	// is told nothing of the child in a list, reads any.
	Measure string
	// Problem is what a message tells of, where a list may name it, and
	// Received its hour.
	Problem  string
	Received time.Time
	// Risk and Now tell who is asked to be curator how grave the case is.
	Risk casework.Risk
	Now  bool // danger now stands unanswered

	child id.ID // whose short name is yet to be asked
}

// Today is what waits for a person: some lines, danger first, then law, then
// paper (practice rule 16), and how many more there are.
type Today struct {
	Lines     []DayLine
	Rest      int
	Uncovered int // children without a curator in the scope, for office and above
	Office    bool
}

// DayLines is how many lines a day has; the others are read on a page of their
// own.
const DayLines = 10

// MyDay gathers the first lines of the actor, and the figures of an office.
func MyDay(ctx context.Context, v *act.View) (Today, error) {
	out, err := Later(ctx, v, 0, DayLines)
	if err == nil && v.May(casework.SeeUncovered) == nil {
		out.Office = true
		out.Uncovered, err = casework.CountUncovered(ctx, v, "")
	}
	return out, err
}

// Later gathers so many lines of the actor's day after the first ones.
func Later(ctx context.Context, v *act.View, from, most int) (Today, error) {
	var out Today
	day, err := casework.Lines(ctx, v) // the order with the messages decides who comes first
	if err != nil {
		return out, err
	}
	lines := make([]DayLine, 0, len(day))
	for _, l := range day {
		lines = append(lines, ofCase(l))
	}
	if v.May(signal.ListAll) == nil {
		more, err := signal.Lines(ctx, v)
		if err != nil {
			return out, err
		}
		for _, l := range more {
			lines = append(lines, ofSignal(l))
		}
	}
	slices.SortStableFunc(lines, func(a, b DayLine) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), tonight(b)-tonight(a), late(b)-late(a), a.Due.Sub(b.Due), a.At.Compare(b.At))
	})
	first := min(from, len(lines))
	last := min(first+most, len(lines))
	out.Lines, out.Rest = lines[first:last], len(lines)-last
	return out, named(ctx, v, out.Lines)
}

// tonight: an urgent message whose safety question nobody has answered, and an
// assessment that says danger now, stand before everything (practice rule 1).
func tonight(l DayLine) int {
	if l.Kind == "signal_safety" && l.Urgent || l.Kind == casework.LineSafety || l.Now {
		return 1
	}
	return 0
}

func late(l DayLine) int {
	if l.Late {
		return 1
	}
	return 0
}

// spoken is the kind of a message as a line of a day may name it: fear for a
// child's life and sexual harm never are (practice rules 8 and 11).
func spoken(kind string) string {
	if kind == "sexual_harm" || !casework.Listed(kind) {
		return ""
	}
	return kind
}

// ofSignal ranks a line of a message: what threatens a child is danger.
func ofSignal(l signal.Line) DayLine {
	rank := casework.Law
	if l.What == "safety" || l.What == "repeat" || (l.What == "offered" && l.Signal.Urgent) {
		rank = casework.Danger
	}
	return DayLine{Kind: "signal_" + l.What, Rank: rank, Signal: l.Signal.ID, On: l.Signal.ID, Urgent: l.Signal.Urgent,
		Due: date.Of(l.Due), At: l.Due, Late: l.Late, Problem: spoken(l.Signal.Kind()), Received: l.Signal.ReceivedAt}
}

// ofCase is a line of a case before anybody is named in it.
func ofCase(l casework.Line) DayLine {
	return DayLine{Kind: l.Kind, Rank: l.Rank, Case: l.Case, On: l.On, No: l.No, Due: l.Due, At: l.At, Late: l.Late, Risk: l.Risk, Now: l.Now, child: l.Child}
}

// named puts the child's short name to each line of a case, where the reader may
// know it; each is a look.
func named(ctx context.Context, v *act.View, lines []DayLine) error {
	var keys []id.ID
	by := through{}
	for _, l := range lines {
		if l.child != "" {
			keys = append(keys, l.child)
			by.add(l.child, act.On{Noun: "case", ID: l.Case})
		}
	}
	type short struct {
		ID            id.ID
		Family, Given string
		Born          date.Date
		BornKnown     date.Known
		Territory     string
	}
	known := map[id.ID]short{}
	if len(keys) > 0 {
		var rows []short
		err := v.DB().NewSelect().TableExpr("child AS k").Column("k.id", "k.family", "k.given", "k.born", "k.born_known", "k.territory").
			Where("k.id IN (?)", bun.List(keys)).Apply(v.Scope(registry.ListAll, access.Row{Alias: "k"})).Limit(int64(len(keys))).Scan(ctx, &rows)
		if err != nil {
			return fmt.Errorf("names of the day: %w", err)
		}
		for _, r := range rows {
			known[r.ID] = r
			for _, on := range by[r.ID] {
				on.Child, on.Territory = r.ID, r.Territory
				v.Look(on, "day")
			}
		}
	}
	kinds, err := measureKinds(ctx, v, lines)
	if err != nil {
		return err
	}
	for i, l := range lines {
		if k, ok := known[l.child]; ok {
			lines[i].Child, lines[i].Born = name.Initial(k.Family, k.Given), date.Birth{Day: k.Born, Known: k.BornKnown}
		}
		if kind := kinds[l.On]; l.child == "" || measure.Listed(kind) {
			lines[i].Measure = kind
		}
	}
	return nil
}

// measureKinds gives the kinds of the measures that lines are of. The line of an
// executor shows the measure alone, and is a look at it.
func measureKinds(ctx context.Context, v *act.View, lines []DayLine) (map[id.ID]string, error) {
	var keys []id.ID
	alone := map[id.ID]bool{}
	for _, l := range lines {
		switch l.Kind {
		case casework.LineDelivery, casework.LineOrdered, casework.LineReading, casework.LineResult:
			keys = append(keys, l.On)
			alone[l.On] = alone[l.On] || l.child == ""
		}
	}
	out := map[id.ID]string{}
	if len(keys) == 0 {
		return out, nil
	}
	var rows []casework.Measure
	err := v.DB().NewSelect().Model(&rows).Column("m.id", "m.kind", "m.child", "m.territory").Where("m.id IN (?)", bun.List(keys)).
		Apply(v.Scope(casework.MaySeeMeasure, casework.MeasureRow())).Limit(int64(len(keys))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("measures of the day: %w", err)
	}
	for _, m := range rows {
		out[m.ID] = m.Kind
		if alone[m.ID] {
			v.Look(act.On{Noun: "measure", ID: m.ID, Child: m.Child, Territory: m.Territory}, "day")
		}
	}
	return out, nil
}
