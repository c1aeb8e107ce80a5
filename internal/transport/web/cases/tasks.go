package cases

import (
	"context"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/transport/web/kit"
)

// tasks lists what was ordered and is not delivered yet, from the day of the
// order: an executor sees what they will be asked for, the most urgent first.
func tasks(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	all, err := casework.Tasks(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	table := kit.Table{Caption: t.T("cases.tasks_title"), Quiet: true,
		Columns: []kit.Column{{Text: t.T("cases.col_measure")}, {Text: t.T("cases.due")}, {Text: t.T("cases.col_state")}},
		Empty:   &kit.Empty{Why: t.T("cases.tasks_none"), Do: t.T("cases.tasks_none_do")}}
	for _, m := range all {
		v.Look(act.On{Noun: "measure", ID: m.ID, Child: m.Child, Territory: m.Territory}, "list")
		tag := measureTag(t, casework.MeasureView{Measure: m}, q.Today())
		table.Rows = append(table.Rows, []kit.Cell{
			{Text: t.T("measure_kind." + m.Kind), URL: MeasuresURL + "/" + m.ID.String(), Sub: m.Dose},
			{Text: t.Date(m.DueDay), Sub: t.Term(m.DueDay, q.Today())}, {Tag: tag}})
	}
	return kit.Screen{Tab: true, Back: &kit.Link{Text: t.T("kit.home"), URL: "/"}, Title: kit.Title{Text: t.T("cases.tasks_title")}, Body: table}, nil
}
