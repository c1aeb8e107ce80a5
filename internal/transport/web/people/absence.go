package people

import (
	"context"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// absences is the table of a curator's absences; nil for a person who serves
// here no longer.
func absences(ctx context.Context, v *act.View, q *kit.Req, person id.ID) (*kit.Table, error) {
	all, err := casework.Absences(ctx, v, person)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := kit.Table{Caption: q.T.T("curators.absences"),
		Columns: []kit.Column{{Text: q.T.T("curators.from")}, {Text: q.T.T("curators.to")}, {Text: q.T.T("curators.absence_reason")}, {Text: q.T.T("uncovered.col_do")}},
		Empty:   &kit.Empty{Why: q.T.T("curators.no_absences")}}
	for _, b := range all {
		end := "curators.absence_end"
		if b.FromAt.After(v.Now()) {
			end = "curators.absence_cancel"
		}
		t.Rows = append(t.Rows, []kit.Cell{{Text: q.T.Date(date.Of(b.FromAt))}, {Text: q.T.Date(lastDay(b.ToAt))}, {Text: b.Reason},
			{Content: kit.Action{Text: q.T.T(end), About: q.T.Date(date.Of(b.FromAt)), Post: true, URL: at(person, "/absence/"+b.ID.String()+"/end")}}})
	}
	return &t, nil
}

// absenceForm asks from when to when, and why.
func absenceForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(casework.WriteAbsence); err != nil {
		return kit.Screen{}, err
	}
	l, _, err := carried(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	form := absenceView{Warning: kit.Warning{Text: q.T.T("curators.absence_warning")},
		Form: kit.Form{URL: at(l.Person, "/absence"), Keep: "absence-" + l.Person.String(),
			Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		From: q.DateBoxes("from", "curators.from", q.Today()), To: q.DateBoxes("to", "curators.to", date.Date{}),
		Reason: kit.Textarea{Field: q.Field("reason", "curators.absence_reason"), Value: q.Value("reason", ""), Max: 500},
		Button: kit.Button{Text: q.T.T("curators.save")}}
	return kit.Screen{Tab: true, Section: URL, Back: back(q, l.Person), Title: kit.Title{Text: q.T.T("curators.absence")}, Body: absencePage(form)}, nil
}

func setAbsence(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = casework.SetAbsence(ctx, a, casework.Absence{ID: q.Made(), Person: key,
			FromAt: q.Date("from").Start(), ToAt: endOf(q.Date("to")), Reason: q.Text("reason")})
	}
	return kit.Next{URL: at(key, ""), Done: "curators.absence_set"}, err
}

// endOf is the instant at which a day is over.
func endOf(d date.Date) time.Time { return d.AddDays(1).Start() }

func endAbsence(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	b, err := q.ID("absence")
	if err == nil {
		err = casework.EndAbsence(ctx, a, key, b)
	}
	return kit.Next{URL: at(key, ""), Done: "curators.absence_ended"}, err
}
