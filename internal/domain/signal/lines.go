package signal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
)

// Line is one thing a message asks of the viewer today.
type Line struct {
	What   string // safety, offered, second, up, repeat, triage, pass
	Signal Signal
	Due    time.Time
	Late   bool
}

// Lines gives what messages ask of the viewer, danger first: unanswered safety
// (urgent before ordinary), what was passed here, a second person, what went
// up, repeats for the chair, triage and answers that are overdue.
//
// Faults: Denied.
func Lines(ctx context.Context, v *act.View) ([]Line, error) {
	if err := may(v, ListAll); err != nil {
		return nil, err
	}
	var rows []Signal
	err := v.DB().NewSelect().Model(&rows).ExcludeColumn("how_known", "what", "whom").Where("s.state <> 'ended'").Apply(within(v, ListAll)).
		OrderExpr("CASE WHEN s.state <> 'new' THEN 2 WHEN s.urgent THEN 0 ELSE 1 END, s.received_at, s.id").Limit(200).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("lines of messages: %w", err)
	}
	first, err := firsts(ctx, v)
	if err != nil {
		return nil, err
	}
	first.mend(rows)
	var out []Line
	for _, s := range rows {
		out = append(out, lines(v, s)...)
	}
	if v.May(AnswerPass) == nil {
		waiting, err := Waiting(ctx, v)
		if err != nil {
			return nil, err
		}
		for _, s := range waiting {
			out = append(out, line(v, s, "offered"))
		}
	}
	slices.SortStableFunc(out, func(a, b Line) int { return danger(a) - danger(b) })
	return out, nil
}

func line(v *act.View, s Signal, what string) Line {
	c := Due(s, v.Norm)
	s.HowKnown = ""
	return Line{What: what, Signal: s, Due: c.At, Late: c.Late(v.Now())}
}

func lines(v *act.View, s Signal) []Line {
	var out []Line
	add := func(what string) { out = append(out, line(v, s, what)) }
	late := Due(s, v.Norm).Late(v.Now())
	me := v.Actor()
	switch {
	case s.State == New:
		add("safety")
	case s.State == SecondWanted && s.TriagedBy != me.Person && may(v, SecondOne) == nil:
		add("second")
	case s.Up && v.May(HandleUp) == nil:
		add("up")
	case s.State == SafeChecked && me.Has(access.Secretary):
		add("triage")
	case s.State == Passed && late && me.Has(access.Secretary):
		add("pass")
	}
	if s.Repeat && me.Has(access.Chair) && s.State != New {
		add("repeat")
	}
	return out
}

// danger is the rank of a line: what threatens a child stands first.
func danger(l Line) int {
	late := 1
	if l.Late {
		late = 0
	}
	order := []string{"safety", "offered", "up", "second", "repeat", "triage", "pass"}
	rank := 4*slices.Index(order, l.What) + 2*late
	if l.What == "safety" {
		rank = 2 * late
		if !l.Signal.Urgent {
			rank++
		}
	}
	return rank
}
