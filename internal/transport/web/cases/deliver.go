package cases

import (
	"context"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// deliverForm asks whether what was ordered happened.
func deliverForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := taken(ctx, v, q, casework.MayDeliver)
	if err != nil {
		return kit.Screen{}, err
	}
	why := kit.Radios{Field: q.Field("reason", "cases.delivery_reason"),
		Options: q.Options("reason", "choice.delivery_reason.", casework.DeliveryReasons(), p.Measure.DeliveryReason)}
	how := kit.Radios{Field: q.Field("how", "cases.delivery_how"),
		Options: q.Options("how", "choice.delivery.", []string{casework.Full, casework.Partly, casework.Not}, p.Measure.Delivery)}
	how.Options[2].Reveal = why
	return p.sheet("delivery", "cases.delivery_title", "cases.delivery_button", how,
		kit.Textarea{Field: q.Field("note", "cases.delivery_note"), Value: q.Value("note", p.Measure.DeliveryNote), Max: 2000}), nil
}

func deliver(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	err = casework.Deliver(ctx, a, key, casework.DeliveryInput{How: q.Text("how"), Reason: q.Text("reason"), Note: q.Text("note"), Version: q.Version()})
	return kit.Next{URL: MeasuresURL + "/" + key.String(), Done: "cases.delivery_done"}, err
}

// readForm asks one value of the measure's indicator.
func readForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := taken(ctx, v, q, casework.MayRead)
	if err != nil {
		return kit.Screen{}, err
	}
	m := p.Measure
	if m.Exempt != "" {
		return kit.Screen{}, fault.Missing()
	}
	p.Above = append(p.Above, paragraph(expected(q.T, *m)))
	value := q.Field("value", "cases.reading_value")
	value.Hint = counting(q.T, m.Indicator)
	return p.sheet("reading", "cases.reading_title", "cases.reading_button",
		kit.Input{Field: value, Value: q.Value("value", ""), Mode: "decimal", Chars: 5},
		q.DateBoxes("day", "cases.reading_day", q.Today()),
		kit.Radios{Field: q.Field("source", "cases.reading_source"), Options: q.Options("source", "choice.source.", casework.Sources())}), nil
}

func read(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	m, err := casework.GetMeasure(ctx, &a.View, key)
	if err != nil {
		return kit.Next{}, err
	}
	value := q.Float("value")
	in := casework.ReadingInput{ID: q.Made(), Indicator: m.Indicator, Day: q.Date("day"), Source: q.Text("source"),
		Catalogue: catalogue()}
	if in.Measures, err = alike(ctx, a, m); err != nil {
		return kit.Next{}, err
	}
	if value != nil {
		in.Value = *value
	}
	_, err = casework.TakeReading(ctx, a, m.CaseID, in)
	if value == nil {
		err = missing(err, "value")
	}
	next := kit.Next{URL: MeasuresURL + "/" + key.String(), Done: "cases.reading_done"}
	if casework.Said(err) {
		next.Done, err = "kit.saved_before", nil
	}
	return next, err
}

// missing adds a field left blank to what else was refused.
func missing(err error, field string) error {
	out := &fault.Fault{Kind: fault.Invalid, Key: "fault.invalid"}
	if f, ok := fault.Of(err); ok {
		if f.Kind != fault.Invalid {
			return err
		}
		out.Fields = slices.DeleteFunc(slices.Clone(f.Fields), func(x fault.Field) bool { return x.Name == field })
	} else if err != nil {
		return err
	}
	out.Fields = append(out.Fields, fault.Field{Name: field, Key: "fault.blank"})
	return out
}

// alike are the measures of the case that are read by the same indicator: one
// value, entered once, serves them all (practice rule 18). An executor reads
// for the entrusted measure alone.
func alike(ctx context.Context, a *act.Act, m casework.Measure) ([]id.ID, error) {
	out := []id.ID{m.ID}
	w, err := casework.Overview(ctx, &a.View, m.CaseID)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for _, x := range w.Measures {
		open := x.State == casework.Ordered || x.State == casework.Delivered
		if x.ID != m.ID && open && x.Exempt == "" && x.Indicator == m.Indicator {
			out = append(out, x.ID)
		}
	}
	return out, nil
}
