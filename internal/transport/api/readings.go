package api

import (
	"context"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const tagReadings = "readings"

// readings are the operations on what was read of an indicator.
func readings(d *desk) {
	reads(d, tagReadings, op{id: "listReadings", route: "GET /cases/{case}/readings", says: "The readings of a case, by day"}, listReadings)
	writes(d, tagReadings, op{id: "takeReading", route: "POST /measures/{measure}/readings", says: "Write a reading down", made: true}, takeReading)
}

// Reading is one value of an indicator.
type Reading struct {
	ID        id.ID     `json:"id"`
	Domain    string    `json:"domain,omitempty"`
	Goal      int       `json:"goal,omitempty"`
	Indicator string    `json:"indicator,omitempty"`
	Value     float64   `json:"value"`
	Day       date.Date `json:"day"`
	Source    string    `json:"source"`
	At        time.Time `json:"at"`
	By        id.ID     `json:"by,omitempty"`
}

func readingsOf(all []casework.Reading) []Reading {
	out := []Reading{}
	for _, x := range all {
		out = append(out, Reading{x.ID, x.Domain, x.Goal, x.Indicator, x.Value, x.Day, x.Source, x.At, x.By})
	}
	return out
}

func listReadings(ctx context.Context, v *act.View, in *getCaseIn) (Rows[Reading], error) {
	k, err := key(in.Case)
	if err != nil {
		return Rows[Reading]{}, err
	}
	w, err := casework.Overview(ctx, v, k)
	return Rows[Reading]{Items: readingsOf(w.Readings)}, err
}

type readingIn struct {
	OneMeasure
	Once
	Body struct {
		Value  float64   `json:"value" minimum:"-1000000000" maximum:"1000000000"`
		Day    date.Date `json:"day"`
		Source string    `json:"source" maxLength:"60"`
	}
}

func takeReading(ctx context.Context, a *act.Act, in *readingIn) (Made, error) {
	k, err := key(in.Measure)
	if err != nil {
		return Made{}, err
	}
	m, err := casework.GetMeasure(ctx, &a.View, k)
	if err != nil {
		return Made{}, err
	}
	x := casework.ReadingInput{ID: form(ctx), Indicator: m.Indicator, Value: in.Body.Value, Day: in.Body.Day, Source: in.Body.Source, Catalogue: catalogue()}
	if x.Measures, err = alike(ctx, a, m); err != nil {
		return Made{}, err
	}
	r, err := casework.TakeReading(ctx, a, m.CaseID, x)
	return Made{ID: r.ID}, err
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
	for _, x := range w.Measures {
		open := x.State == casework.Ordered || x.State == casework.Delivered
		if x.ID != m.ID && open && x.Exempt == "" && x.Indicator == m.Indicator {
			out = append(out, x.ID)
		}
	}
	return out, err
}
