// Package retention tells which rows have been kept for longer than the norms
// of their noun say (retention.*_years), counted from the end: of a case, of a
// message, of all that concerned a child. It only lists. A legal hold keeps
// what concerns its child, and so does an open case: the history of a child is
// not taken apart while somebody works with it.
//
// Not a goal: to erase what it lists; that takes two persons and a ground.
package retention

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Line is one noun of the list.
type Line struct {
	Noun     string  `json:"noun"`
	Norm     string  `json:"norm"`
	Years    int     `json:"years"`
	Verified bool    `json:"verified"` // the norm, by a lawyer
	Due      int     `json:"due"`      // rows whose years are over and that nothing keeps
	Held     int     `json:"held"`     // of the same, those kept by a legal hold
	IDs      []id.ID `json:"ids,omitempty"`
}

// List counts, noun by noun, what is due; with at most so many identifiers
// each. It is for an operator: identifiers, nobody's name.
//
// Faults: Denied to anybody else.
func List(ctx context.Context, v *act.View, most int) ([]Line, error) {
	if !v.Actor().Machine {
		return nil, fault.Deny("fault.denied")
	}
	var out []Line
	for _, n := range nouns() {
		norm := v.Norm(n.norm)
		l := Line{Noun: n.name, Norm: n.norm, Years: norm.Int(), Verified: norm.Verified}
		before := date.Of(v.Now()).AddMonths(-12 * l.Years)
		held, err := n.due(v, before).Where("?", n.held()).Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("retention: %w", err)
		}
		due, err := n.due(v, before).Where("NOT ?", n.held()).Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("retention: %w", err)
		}
		l.Due, l.Held = int(due), int(held)
		if most > 0 {
			err := n.due(v, before).Where("NOT ?", n.held()).ColumnExpr("x.id").OrderExpr("x.id").Limit(int64(most)).Scan(ctx, &l.IDs)
			if err != nil {
				return nil, fmt.Errorf("retention: %w", err)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// noun is one rule: which rows x have ended before a day.
type noun struct {
	name, norm string
	due        func(v *act.View, before date.Date) *bun.SelectQuery
	held       func() any
}

func nouns() []noun {
	return []noun{
		{"case", "retention.case_years", cases, func() any { return registry.Held("x.child") }},
		{"message", "retention.message_years", messages, func() any {
			return bun.SafeQuery("(? OR EXISTS (SELECT 1 FROM signal_child AS sc WHERE sc.signal = x.id AND ?))", registry.Held("x.child"), registry.Held("sc.child"))
		}},
		{"child", "retention.child_years", children, func() any { return registry.Held("x.id") }},
	}
}

// cases that ended before the day, of children without an open one.
func cases(v *act.View, before date.Date) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("case_file AS x").Where("x.ended_at < ?", before.Start()).
		Where("NOT EXISTS (SELECT 1 FROM case_file AS o WHERE o.child = x.child AND o.ended_at IS NULL)")
}

// messages that ended before the day; one that concerns several children waits
// for the last of them.
func messages(v *act.View, before date.Date) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("signal AS x").Where("x.ended_at < ?", before.Start()).
		Where("NOT EXISTS (SELECT 1 FROM case_file AS o WHERE o.ended_at IS NULL AND (o.child = x.child OR o.child IN" +
			" (SELECT sc.child FROM signal_child AS sc WHERE sc.signal = x.id)))")
}

// children who came of age before the day, and whose last case and message
// ended before it; a file without either counts from its making.
func children(v *act.View, before date.Date) *bun.SelectQuery {
	adult := before.AddMonths(-12 * v.Norm("child.adult_age").Int())
	return v.DB().NewSelect().TableExpr("child AS x").Where("x.merged_into IS NULL").Where("x.born < ?", adult).
		Where("(x.born_known <> 'estimate' OR x.born < ?)", adult.AddMonths(-12)).
		Where("x.created_at < ?", before.Start()).
		Where("NOT EXISTS (SELECT 1 FROM case_file AS o WHERE o.child = x.id AND (o.ended_at IS NULL OR o.ended_at >= ?))", before.Start()).
		Where("NOT EXISTS (SELECT 1 FROM signal AS m LEFT JOIN signal_child AS sc ON sc.signal = m.id WHERE (m.child = x.id OR sc.child = x.id)"+
			" AND (m.ended_at IS NULL OR m.ended_at >= ?))", before.Start())
}
