package worklist

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/notify"
)

// Subject is what a line of the inbox leads to now.
type Subject struct {
	Noun string
	ID   id.ID
	// Name says which: the number of a case, the kind of a measure; nothing of
	// the child.
	Name string
}

// Leads tells by line where those about a case or a measure lead the reader
// now: a measure that is closed to them leads to its case, where they may see
// that. A line that is missing leads nowhere any more: the case has ended, is
// another's or is closed. Lines about other things are not its matter.
func Leads(ctx context.Context, v *act.View, all []notify.Notice) (map[id.ID]Subject, error) {
	var cases, measures []id.ID
	for _, n := range all {
		switch n.Noun {
		case "case":
			cases = append(cases, n.Subject)
		case "measure":
			measures = append(measures, n.Subject)
		}
	}
	caseOf, err := casesOfMeasures(ctx, v, measures)
	if err != nil {
		return nil, err
	}
	for _, c := range caseOf {
		cases = append(cases, c)
	}
	open, err := openTo(ctx, v, casework.See, access.Rows("c"), "case_file", "no", cases)
	if err != nil {
		return nil, err
	}
	seen, err := openTo(ctx, v, casework.MaySeeMeasure, casework.MeasureRow(), "measure", "kind", measures)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]Subject{}
	for _, n := range all {
		no, kind := open[n.Subject], seen[n.Subject]
		switch c := caseOf[n.Subject]; {
		case n.Noun == "case" && no != "":
			out[n.ID] = Subject{"case", n.Subject, no}
		case n.Noun == "measure" && kind != "":
			out[n.ID] = Subject{"measure", n.Subject, kind}
		case n.Noun == "measure" && open[c] != "":
			out[n.ID] = Subject{"case", c, open[c]}
		}
	}
	return out, nil
}

// casesOfMeasures is only for asking whether the reader may see the case.
func casesOfMeasures(ctx context.Context, v *act.View, keys []id.ID) (map[id.ID]id.ID, error) {
	out := map[id.ID]id.ID{}
	if len(keys) == 0 {
		return out, nil
	}
	var rows []struct{ ID, CaseID id.ID }
	err := v.DB().NewSelect().TableExpr("measure AS m").Column("m.id", "m.case_id").Where("m.id IN (?)", bun.List(keys)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("cases of the inbox: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = r.CaseID
	}
	return out, nil
}

// openTo gives a column of the rows that the reader may open.
func openTo(ctx context.Context, v *act.View, what access.Action, row access.Row, table, column string, keys []id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	if len(keys) == 0 || v.May(what) != nil {
		return out, nil
	}
	var rows []struct {
		ID   id.ID
		Name string
	}
	err := v.DB().NewSelect().TableExpr("? AS ?", bun.Ident(table), bun.Ident(row.Alias)).ColumnExpr("?.id, ? AS name", bun.Ident(row.Alias), bun.Ident(row.Alias+"."+column)).
		Where("?.id IN (?)", bun.Ident(row.Alias), bun.List(keys)).Apply(v.Scope(what, row)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("what the inbox opens: %w", err)
	}
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, nil
}
