package api

import (
	"context"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/measure"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const tagMeasures = "measures"

// measures are the operations on ordered measures. Their executors come here
// and see nothing else of the child.
func measures(d *desk) {
	reads(d, tagMeasures, op{id: "listMeasures", route: "GET /measures", says: "Measures that wait for delivery, the most urgent first"}, listMeasures)
	reads(d, tagMeasures, op{id: "getMeasure", route: "GET /measures/{measure}", says: "One measure, to its executor without the case"}, getMeasure)
	writes(d, tagMeasures, op{id: "orderMeasure", route: "POST /cases/{case}/measures", says: "Order a measure", made: true}, orderMeasure)
	writes(d, tagMeasures, op{id: "deliverMeasure", route: "POST /measures/{measure}/delivery", says: "Say whether it was delivered"}, deliverMeasure)
}

// Measure is one ordered measure.
type Measure struct {
	ID             id.ID      `json:"id"`
	Case           id.ID      `json:"case"`
	Kind           string     `json:"kind"`
	Subject        string     `json:"subject"`
	Executor       id.ID      `json:"executor,omitempty"`
	Body           id.ID      `json:"body,omitempty"`
	Ground         string     `json:"ground"`
	GroundNote     string     `json:"ground_note,omitempty"`
	Exempt         string     `json:"exempt,omitempty"`
	Indicator      string     `json:"indicator,omitempty"`
	Baseline       *float64   `json:"baseline,omitempty"`
	Target         *float64   `json:"target,omitempty"`
	CheckDay       date.Date  `json:"check,omitempty,omitzero"`
	FromDay        date.Date  `json:"from"`
	DueDay         date.Date  `json:"due"`
	Dose           string     `json:"dose,omitempty"`
	Cost           *int       `json:"cost,omitempty"`
	OrderedAt      time.Time  `json:"ordered_at"`
	OrderedBy      id.ID      `json:"ordered_by,omitempty"`
	State          string     `json:"state"`
	Delivery       string     `json:"delivery,omitempty"`
	DeliveryReason string     `json:"delivery_reason,omitempty"`
	DeliveryNote   string     `json:"delivery_note,omitempty"`
	DeliveredAt    *time.Time `json:"delivered_at,omitempty"`
	DeliveredBy    id.ID      `json:"delivered_by,omitempty"`
	Version        int        `json:"version"`
}

// MeasureWhole is a measure with what was read and whether it helped, for who
// may see the case.
type MeasureWhole struct {
	Measure
	Readings  []Reading `json:"readings"`
	Results   []Result  `json:"results"`
	ResultDue date.Date `json:"result_due,omitempty,omitzero"`
	Meeting   *Meeting  `json:"meeting,omitempty" doc:"For an executor without the case, while something is to be done."`
}

// Meeting is the least that an executor must know to see the child safely
// (practice rule 9): how the safe contact is reached, but no family name, no home
// address, no identification number, no other telephone, nothing of why.
type Meeting struct {
	Child   string      `json:"child" doc:"First name and initial."`
	Born    date.Date   `json:"born,omitempty,omitzero"`
	Known   date.Known  `json:"born_known,omitempty"`
	Card    ContactCard `json:"contact_card"`
	Not     []string    `json:"not" doc:"Who must not know: what the contact card says, then each unsafe person by relation to the child and given name."`
	MayTell bool        `json:"may_tell" doc:"False: nobody of the household may be told yet (hold)."`
}

// meetingOf adds whom the executor is to see.
func meetingOf(ctx context.Context, v *act.View, m casework.Measure, out *MeasureWhole) error {
	k, err := worklist.MeetingOf(ctx, v, m)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	t := callerOf(ctx).t
	out.Meeting = &Meeting{Child: k.Child, Born: k.Born.Day, Known: k.Born.Known, Card: ContactCard(k.Card), Not: k.Hidden(func(code string) string { return t.T("child_code.kin." + code) }), MayTell: !k.Held}
	return nil
}

func (m MeasureWhole) version() int { return m.Version }

func measureOf(m casework.Measure) Measure {
	return Measure{m.ID, m.CaseID, m.Kind, m.Subject, m.Executor, m.Body, m.Ground, m.GroundNote, m.Exempt, m.Indicator, m.Baseline, m.Target,
		m.CheckDay, m.FromDay, m.DueDay, m.Dose, m.Cost, m.OrderedAt, m.OrderedBy, m.State, m.Delivery, m.DeliveryReason, m.DeliveryNote,
		m.DeliveredAt, m.DeliveredBy, m.Version}
}

func wholeOf(m casework.MeasureView) MeasureWhole {
	return MeasureWhole{Measure: measureOf(m.Measure), Readings: readingsOf(m.Readings), Results: resultsOf(m.Results), ResultDue: m.ResultDue}
}

func lookAt(v *act.View, m casework.Measure, why string) {
	v.Look(act.On{Noun: "measure", ID: m.ID, Child: m.Child, Territory: m.Territory}, why)
}

func listMeasures(ctx context.Context, v *act.View, _ *groundIn) (Rows[Measure], error) {
	out := Rows[Measure]{Items: []Measure{}}
	all, err := casework.Tasks(ctx, v)
	for _, m := range all {
		lookAt(v, m, "list")
		out.Items = append(out.Items, measureOf(m))
	}
	return out, err
}

// OneMeasure names the measure of an address.
type OneMeasure struct {
	Measure string `path:"measure"`
}

type getMeasureIn struct {
	OneMeasure
	Grounding
}

func getMeasure(ctx context.Context, v *act.View, in *getMeasureIn) (MeasureWhole, error) {
	k, err := key(in.Measure)
	if err != nil {
		return MeasureWhole{}, err
	}
	m, err := casework.GetMeasure(ctx, v, k)
	if err != nil {
		return MeasureWhole{}, err
	}
	lookAt(v, m, "")
	out := wholeOf(casework.MeasureView{Measure: m})
	w, err := casework.Overview(ctx, v, m.CaseID)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return out, meetingOf(ctx, v, m, &out)
	}
	for _, x := range w.Measures {
		if x.ID == k {
			out = wholeOf(x)
		}
	}
	return out, err
}

type orderIn struct {
	OneCase
	Once
	Body struct {
		Kind       string    `json:"kind" maxLength:"60"`
		Subject    string    `json:"subject" enum:"child,parent,family,class,school"`
		Executor   id.ID     `json:"executor,omitempty" doc:"A person, or"`
		Body       id.ID     `json:"body,omitempty" doc:"a body, or both."`
		Ground     string    `json:"ground" enum:"consent,law,court"`
		GroundNote string    `json:"ground_note,omitempty" maxLength:"5000" doc:"Whose consent and when, which article, which court act."`
		Exempt     string    `json:"exempt,omitempty" maxLength:"5000" doc:"Why nothing is counted."`
		Indicator  string    `json:"indicator,omitempty" maxLength:"60"`
		Baseline   *float64  `json:"baseline,omitempty"`
		Target     *float64  `json:"target,omitempty"`
		Check      date.Date `json:"check,omitempty,omitzero"`
		From       date.Date `json:"from,omitempty,omitzero"`
		Due        date.Date `json:"due"`
		Dose       string    `json:"dose,omitempty" maxLength:"2000"`
		Cost       *int      `json:"cost,omitempty" minimum:"0" maximum:"1000000000000"`
	}
}

func orderMeasure(ctx context.Context, a *act.Act, in *orderIn) (Made, error) {
	k, err := key(in.Case)
	if err != nil {
		return Made{}, err
	}
	b, r := in.Body, refs{}
	x := casework.MeasureInput{ID: form(ctx), Kind: b.Kind, Subject: b.Subject, Executor: r.id("executor", b.Executor), Body: r.id("body", b.Body),
		Ground: b.Ground, GroundNote: b.GroundNote, Exempt: b.Exempt, Indicator: b.Indicator, Baseline: b.Baseline, Target: b.Target,
		Check: b.Check, From: b.From, Due: b.Due, Dose: b.Dose, Cost: b.Cost, Catalogue: catalogue()}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	if x.From.IsZero() {
		x.From = date.Of(a.Now())
	}
	if x.Check.IsZero() {
		x.Check = x.Due // read when it is over, unless told otherwise
	}
	m, err := casework.Order(ctx, a, k, x)
	return Made{ID: m.ID, Version: m.Version}, err
}

// catalogue is what a case must know of kinds of measures and indicators.
func catalogue() casework.Catalogue {
	return casework.Catalogue{Kind: measure.IsKind, Indicator: func(k string) (casework.Scale, bool) {
		s, ok := measure.ScaleOf(k)
		return casework.Scale(s), ok
	}}
}

type deliverIn struct {
	OneMeasure
	Match
	Once
	Body struct {
		How    string `json:"how" maxLength:"40"`
		Reason string `json:"reason,omitempty" maxLength:"60" doc:"When not."`
		Note   string `json:"note,omitempty" maxLength:"5000"`
	}
}

func deliverMeasure(ctx context.Context, a *act.Act, in *deliverIn) (Made, error) {
	return on(ctx, a, in.Measure, func(ctx context.Context, a *act.Act, k id.ID) error {
		return casework.Deliver(ctx, a, k, casework.DeliveryInput{How: in.Body.How, Reason: in.Body.Reason, Note: in.Body.Note, Version: in.v})
	})
}
