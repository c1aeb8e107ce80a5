package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// The states of a measure.
const (
	Ordered      = "ordered"
	Delivered    = "delivered"
	NotDelivered = "not_delivered"
	Judged       = "judged"
	Interrupted  = "interrupted"
)

// The kinds that need no expected result.
const (
	Urgent = "urgent"  // protective action now; the assessment follows
	OneOff = "one_off" // help given once: received? used after the norm's days?
)

// Subjects lists whom a measure works on.
func Subjects() []string { return []string{"child", "parent", "family", "class", "school"} }

// Grounds lists on what a measure stands.
func Grounds() []string { return []string{"consent", "law", "court"} }

// Measure is one thing ordered for the child, with what is expected of it.
type Measure struct {
	bun.BaseModel  `bun:"table:measure,alias:m"`
	ID             id.ID `bun:",pk"`
	CaseID         id.ID
	Territory      string
	Child          id.ID
	Kind           string
	Subject        string
	Executor       id.ID
	Body           id.ID
	Ground         string
	GroundNote     string `bun:"-"`
	Exempt         string
	Indicator      string
	Baseline       *float64
	Target         *float64
	CheckDay       date.Date
	FromDay        date.Date
	DueDay         date.Date
	Dose           string `bun:"-"`
	Cost           *int
	OrderedAt      time.Time
	OrderedBy      id.ID
	State          string
	Delivery       string
	DeliveryReason string
	DeliveryNote   string `bun:"-"`
	DeliveredAt    *time.Time
	DeliveredBy    id.ID
	Version        int

	GroundSealed   string `bun:"ground_note"`
	DoseSealed     string `bun:"dose"`
	DeliverySealed string `bun:"delivery_note"`
}

func (m Measure) on() act.On {
	return act.On{Noun: "measure", ID: m.ID, Under: m.CaseID, Child: m.Child, Territory: m.Territory}
}

func (m Measure) detail() map[string]any {
	return map[string]any{"case": m.CaseID, "kind": m.Kind, "executor": m.Executor, "body": m.Body,
		"ground": m.Ground, "exempt": m.Exempt, "due": m.DueDay, "indicator": m.Indicator, "baseline": m.Baseline, "target": m.Target}
}

// moved tells whether a value lies on the target's side of the baseline.
func (m Measure) moved(value float64) bool {
	if m.Baseline == nil || m.Target == nil {
		return false
	}
	return (*m.Target-*m.Baseline)*(value-*m.Baseline) > 0
}

// Catalogue is what the caller knows of kinds of measures and indicators; the
// catalogue itself is another room's.
type Catalogue struct {
	Kind      func(string) bool
	Indicator func(string) (Scale, bool)
}

// MeasureInput orders a measure.
type MeasureInput struct {
	ID         id.ID
	Kind       string
	Subject    string
	Executor   id.ID // a person, or
	Body       id.ID // a body, or both
	Ground     string
	GroundNote string // whose consent and when, which article, which court act
	Exempt     string
	Indicator  string
	Baseline   *float64
	Target     *float64
	Check      date.Date
	From       date.Date
	Due        date.Date
	Dose       string
	Cost       *int
	Catalogue  Catalogue
}

// measureFacts is what the rule of ordering must know.
type measureFacts struct {
	c         Case
	result    int  // the norm's days for a result
	serves    bool // the executor may act in the case's place
	elsewhere bool // the executor is not of the named body
	foreign   bool // the body serves another place
	closed    bool // the child is closed to the executor or the body
}

const maxTermMonths = 24

func checkMeasure(f measureFacts, m Measure, cat Catalogue) error {
	var bad fault.Fields
	bad.Check(cat.Kind != nil && cat.Kind(m.Kind), "kind", "fault.choice")
	bad.Check(slices.Contains(Subjects(), m.Subject), "subject", "fault.choice")
	bad.Check(slices.Contains(Grounds(), m.Ground), "ground", "case.ground_wanted")
	bad.Text(m.GroundNote, 500, "ground_note")
	bad.Check(slices.Contains([]string{"", Urgent, OneOff}, m.Exempt), "exempt", "fault.choice")
	bad.Max(m.Dose, 200, "dose")
	bad.Check(m.Cost == nil || *m.Cost >= 0, "cost", "case.cost_negative")
	switch {
	case m.Executor == "" && m.Body == "":
		bad.Add("executor", "case.executor_wanted")
	case m.Executor != "" && !f.serves:
		bad.Add("executor", "case.executor_elsewhere")
	case f.elsewhere:
		bad.Add("executor", "case.executor_other_body")
	case f.foreign:
		bad.Add("executor", "case.body_elsewhere")
	case f.closed:
		bad.Add("executor", "case.executor_closed")
	}
	checkTerm(&bad, f, m)
	checkExpected(&bad, f, m, cat)
	if err := bad.Err(); err != nil {
		return err
	}
	return ReadyToOrder(f.c, m.Exempt)
}

// ReadyToOrder tells whether a measure, of an exempt kind or of none, may be
// ordered in the state of a case.
//
// Faults: Conflict "case.assess_first", "case.plan_first".
func ReadyToOrder(c Case, exempt string) error {
	switch {
	case exempt == "" && c.State == Opened:
		return fault.Clash("case.assess_first")
	case exempt == "" && c.State == Assessed:
		return fault.Clash("case.plan_first")
	}
	return nil
}

func checkTerm(bad *fault.Fields, f measureFacts, m Measure) {
	switch {
	case m.FromDay.IsZero():
		bad.Add("from", "fault.blank")
	case m.FromDay.Before(date.Of(f.c.OpenedAt)):
		bad.Add("from", "case.before_opening")
	}
	switch {
	case m.DueDay.IsZero():
		bad.Add("due", "fault.blank")
	case m.DueDay.Before(m.FromDay):
		bad.Add("due", "case.due_before_start")
	case m.DueDay.After(m.FromDay.AddMonths(maxTermMonths)):
		bad.Add("due", "case.day_far")
	}
}

// checkExpected: promise 2, no measure without an expected result.
func checkExpected(bad *fault.Fields, f measureFacts, m Measure, cat Catalogue) {
	if m.Exempt != "" {
		return
	}
	s, known := cat.scale(m.Indicator)
	bad.Check(known, "indicator", "fault.choice")
	bad.Check(m.Baseline != nil, "baseline", "fault.blank")
	bad.Check(m.Target != nil, "target", "fault.blank")
	switch {
	case !known:
	case m.Baseline != nil && m.Target != nil:
		s.checkAim(bad, *m.Baseline, *m.Target)
	case m.Baseline != nil:
		s.checkValue(bad, "baseline", *m.Baseline)
	case m.Target != nil:
		s.checkValue(bad, "target", *m.Target)
	}
	switch {
	case m.CheckDay.IsZero():
		bad.Add("check", "fault.blank")
	case !m.CheckDay.After(m.FromDay), m.CheckDay.After(m.DueDay.AddDays(f.result)):
		bad.Add("check", "case.check_outside", fault.Args{"Days": f.result})
	}
}

// measuresOf lists a case's measures, oldest first.
func measuresOf(ctx context.Context, d bun.IDB, key id.ID) ([]Measure, error) {
	var ms []Measure
	err := d.NewSelect().Model(&ms).Where("m.case_id = ?", key).OrderExpr("m.ordered_at, m.id").Limit(500).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("measures of case: %w", err)
	}
	return ms, nil
}

// GetMeasure gives one measure the viewer may see: its case's people all of
// it, its executor too, who sees nothing else of the child.
//
// Faults: Denied; NotFound.
func GetMeasure(ctx context.Context, v *act.View, key id.ID) (Measure, error) {
	return findMeasure(ctx, v, MaySeeMeasure, key)
}

// Tasks lists the measures that wait for delivery and that the viewer may see,
// the most urgent first.
//
// Faults: Denied.
func Tasks(ctx context.Context, v *act.View) ([]Measure, error) {
	if err := v.May(MaySeeMeasure); err != nil {
		return nil, err
	}
	var ms []Measure
	err := v.DB().NewSelect().Model(&ms).Where("m.state = ?", Ordered).Apply(v.Scope(MaySeeMeasure, MeasureRow())).
		OrderExpr("m.due_day, m.id").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("tasks: %w", err)
	}
	return ms, nil
}

func findMeasure(ctx context.Context, v *act.View, what access.Action, key id.ID) (Measure, error) {
	var m Measure
	if err := v.May(what); err != nil {
		return m, err
	}
	err := v.DB().NewSelect().Model(&m).Where("m.id = ?", key).Apply(v.Scope(what, MeasureRow())).Scan(ctx)
	if db.IsNone(err) {
		return m, fault.Missing()
	}
	if err != nil {
		return m, fmt.Errorf("find measure: %w", err)
	}
	return m, nil
}

// takeMeasure locks the measure's case, then finds the measure within scope
// and refuses one whose case has ended.
func takeMeasure(ctx context.Context, a *act.Act, what access.Action, key id.ID) (Case, Measure, error) {
	m, err := findMeasure(ctx, &a.View, what, key)
	if err != nil {
		return Case{}, m, err
	}
	if err := a.Lock(ctx, "case_file", m.CaseID); err != nil {
		return Case{}, m, err
	}
	if m, err = findMeasure(ctx, &a.View, what, key); err != nil {
		return Case{}, m, err
	}
	var c Case
	if err := a.DB().NewSelect().Model(&c).Where("c.id = ?", m.CaseID).Scan(ctx); err != nil {
		return c, m, fmt.Errorf("case of measure: %w", err)
	}
	return c, m, c.running()
}
