// Package retention tells which rows have been kept for longer than the norms
// of their noun say (retention.*_years), counted from the end: of a case, of a
// message, of all that concerned a child; and erases them when one person has
// asked and another has agreed. A legal hold keeps what concerns its child, and
// so does an open case: the history of a child is not taken apart while somebody
// works with it. Rows stay to be counted; content and identity go.
//
// Serves the Law of 21.05.2013 No 94-V on personal data: kept no longer than
// their purpose asks. The years are invented norms, none verified.
package retention

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// The actions of the room: who asks for an erasure never answers it.
const (
	AskOne    access.Action = "erasure.ask"
	AnswerOne access.Action = "erasure.answer"
)

// Rules is the room's part of the policy.
func Rules() []access.Rule {
	all := access.All()
	return []access.Rule{
		{Action: AskOne, Cells: access.Cells{access.DataOfficer: all}},
		{Action: AnswerOne, Cells: access.Cells{access.DataOfficer: all, access.Chair: all, access.Protection: all}},
	}
}

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
// each. An operator sees all, who may ask for an erasure what is theirs to ask
// for: identifiers, nobody's name.
//
// Faults: Denied to anybody else.
func List(ctx context.Context, v *act.View, most int) ([]Line, error) {
	if err := v.May(AskOne); err != nil {
		return nil, err
	}
	if most < 0 || most > 10_000 {
		return nil, fault.Bad("limit", "fault.choice")
	}
	var out []Line
	for _, n := range nouns() {
		norm := v.Norm(n.norm)
		l := Line{Noun: n.name, Norm: n.norm, Years: norm.Int(), Verified: norm.Verified}
		held, err := n.due(v).Where("?", n.held()).Apply(v.Scope(AskOne, n.row)).Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("retention: %w", err)
		}
		due, err := n.ripe(v).Apply(v.Scope(AskOne, n.row)).Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("retention: %w", err)
		}
		l.Due, l.Held = int(due), int(held)
		if most > 0 {
			err := n.ripe(v).Apply(v.Scope(AskOne, n.row)).ColumnExpr("z.id").OrderExpr("z.id").Limit(int64(most)).Scan(ctx, &l.IDs)
			if err != nil {
				return nil, fmt.Errorf("retention: %w", err)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// noun is one rule: which rows z have ended for longer than their norm says.
type noun struct {
	name, norm string
	table      string
	row        access.Row
	due        func(v *act.View) *bun.SelectQuery
	held       func() any
}

// ripe are the rows that are due and that no legal hold keeps: what may be
// erased, now.
func (n noun) ripe(v *act.View) *bun.SelectQuery { return n.due(v).Where("NOT ?", n.held()) }

// The alias is none that the row filter uses inside.
func nouns() []noun {
	return []noun{
		{"case", "retention.case_years", "case_file", access.Rows("z"), cases, func() any { return registry.Held("z.child") }},
		{"message", "retention.message_years", "signal", access.Rows("z"), messages, func() any {
			return bun.SafeQuery("(? OR EXISTS (SELECT 1 FROM signal_child AS sc WHERE sc.signal = z.id AND ?))", registry.Held("z.child"), registry.Held("sc.child"))
		}},
		{"child", "retention.child_years", "child", access.Row{Alias: "z"}, children, func() any {
			return bun.SafeQuery("(? OR EXISTS (SELECT 1 FROM signal AS hm LEFT JOIN signal_child AS hc ON hc.signal = hm.id"+
				" WHERE hm.erased_at IS NULL AND (hm.child = z.id OR hm.id IN (SELECT ho.signal FROM signal_child AS ho WHERE ho.child = z.id)) AND (? OR ?)))",
				registry.Held("z.id"), registry.Held("hm.child"), registry.Held("hc.child"))
		}},
	}
}

func nounOf(name string) (noun, bool) {
	for _, n := range nouns() {
		if n.name == name {
			return n, true
		}
	}
	return noun{}, false
}

// over is the day before which what is kept by a norm has ended.
func over(v *act.View, key string) date.Date {
	return date.Of(v.Now()).AddMonths(-12 * v.Norm(key).Int())
}

// cases that ended before the day, of children without an open one.
func cases(v *act.View) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("case_file AS z").Where("z.erased_at IS NULL").Where("z.ended_at < ?", over(v, "retention.case_years").Start()).
		Where("NOT EXISTS (SELECT 1 FROM case_file AS o WHERE o.child = z.child AND o.ended_at IS NULL)")
}

// open is the condition that a child of message m has an open case.
const open = "EXISTS (SELECT 1 FROM case_file AS o WHERE o.ended_at IS NULL AND (o.child = m.child OR o.child IN" +
	" (SELECT sc.child FROM signal_child AS sc WHERE sc.signal = m.id)))"

// messages that ended before the day; one that concerns several children waits
// for the last of them.
func messages(v *act.View) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("signal AS z").Join("JOIN signal AS m ON m.id = z.id").Where("z.erased_at IS NULL").
		Where("z.ended_at < ?", over(v, "retention.message_years").Start()).Where("NOT " + open)
}

// children who came of age before the day, and whose last case and message
// ended before it, and before the days of their own norms: with the child all of
// them go. A file without either counts from its making.
func children(v *act.View) *bun.SelectQuery {
	before := over(v, "retention.child_years")
	earlier := func(key string) date.Date {
		if d := over(v, key); d.Before(before) {
			return d
		}
		return before
	}
	adult := before.AddMonths(-12 * v.Norm("child.adult_age").Int())
	return v.DB().NewSelect().TableExpr("child AS z").Where("z.merged_into IS NULL").Where("z.erased_at IS NULL").Where("z.born < ?", adult).
		Where("(z.born_known <> 'estimate' OR z.born < ?)", adult.AddMonths(-12)).
		Where("z.created_at < ?", before.Start()).
		Where("NOT EXISTS (SELECT 1 FROM case_file AS k WHERE k.child = z.id AND (k.ended_at IS NULL OR k.ended_at >= ?))",
			earlier("retention.case_years").Start()).
		Where("NOT EXISTS (SELECT 1 FROM signal AS m WHERE m.erased_at IS NULL AND (m.child = z.id OR m.id IN"+
			" (SELECT oc.signal FROM signal_child AS oc WHERE oc.child = z.id)) AND (m.ended_at IS NULL OR m.ended_at >= ? OR "+open+"))",
			earlier("retention.message_years").Start())
}
