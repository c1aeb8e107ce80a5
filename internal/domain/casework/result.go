package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Outcomes lists the answers to "did it help?".
func Outcomes() []string { return []string{"helped", "partly", "no_change", harmed, cannotTell} }

const (
	cannotTell = "cannot_tell"
	harmed     = "harmed"
)

// Result is the answer to "did it help?" of one delivered measure.
type Result struct {
	bun.BaseModel `bun:"table:result,alias:u"`
	ID            id.ID `bun:",pk"`
	Measure       id.ID
	CaseID        id.ID
	Outcome       string
	Reading       id.ID
	Reason        string `bun:"-"`
	Independence  string // other_body, same_body_call, secretary_call, curator
	At            time.Time
	By            id.ID
	SecondBy      id.ID
	SecondAt      *time.Time
	SecondReason  string `bun:"-"`
	State         string // given, second_wanted, refused

	ReasonSealed string `bun:"reason"`
	SecondSealed string `bun:"second_reason"`
}

func (r Result) detail() map[string]any {
	return map[string]any{"case": r.CaseID, "outcome": r.Outcome, "reading": r.Reading, "reason": r.Reason, "independence": r.Independence}
}

// ResultInput says whether a delivered measure helped.
type ResultInput struct {
	ID      id.ID
	Outcome string
	Reading id.ID // none: the last one that serves the measure
	Reason  string
	Call    bool // the giver asked the family by a call
	Version int  // of the measure
}

// resultFacts is what the rule of results must know.
type resultFacts struct {
	m        Measure
	waiting  bool // a result waits for its second person
	reading  *Reading
	unaided  int  // the norm's days before one-off help is judged
	executor bool // the giver executed
	ofBody   bool // the giver works for the executing body
	office   bool // the giver is secretary or chair
	curator  bool // the giver is the case's curator or deputy
}

// independence is the distance between who gives the result and who executed;
// "" means too near.
func (f resultFacts) independence(call bool) string {
	switch {
	case f.executor:
		return ""
	case f.ofBody && f.office && call:
		return "same_body_call"
	case f.ofBody:
		return ""
	case f.curator:
		return "curator"
	case f.office && call:
		return "secretary_call"
	}
	return "other_body"
}

func checkResult(f resultFacts, r Result) error {
	var bad fault.Fields
	bad.Check(slices.Contains(Outcomes(), r.Outcome), "outcome", "fault.choice")
	bad.Max(r.Reason, 2000, "reason")
	if strings.TrimSpace(r.Reason) == "" {
		moved := f.reading != nil && f.m.moved(f.reading.Value)
		switch {
		case r.Outcome == cannotTell:
			bad.Add("reason", "case.cannot_tell_why")
		case r.Outcome == harmed:
			bad.Add("reason", "case.harmed_why")
		case (r.Outcome == "helped" || r.Outcome == "partly") && !moved:
			bad.Add("reason", "case.result_unmoved")
		case f.reading == nil:
			bad.Add("reason", "case.reading_or_reason")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return f.judgeable(r.Independence, r.At)
}

// judgeable tells that the measure waits for a result that may be given now
// from that distance.
func (f resultFacts) judgeable(independence string, at time.Time) error {
	switch {
	case f.m.State == Ordered:
		return fault.Clash("case.delivery_first")
	case f.m.State != Delivered:
		return fault.Clash("case.measure_done")
	case f.waiting:
		return fault.Clash("case.second_waits")
	case independence == "" && f.executor:
		return fault.Clash("case.result_own")
	case independence == "":
		return fault.Clash("case.result_same_body")
	}
	used := date.Of(*f.m.DeliveredAt).AddDays(f.unaided)
	if f.m.Exempt == OneOff && date.Of(at).Before(used) {
		return fault.Clash("case.result_early", fault.Args{"Day": used})
	}
	return nil
}

// GiveResult says whether a delivered measure helped. The giver neither
// executed it nor works for the executing body; where that body is their own,
// secretary or chair may by a call, and the degree of independence is kept.
// "Helped" and "partly" need a reading that moved towards the target, or a
// reason (practice rule 24); "harmed" needs a reason, is told to the secretary and
// asks for another plan (LineHarmed); "cannot tell" waits for a second person; one-off
// help is judged after the norm's days (measure.unaided_days).
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended", "fault.stale",
// "case.delivery_first", "case.measure_done", "case.second_waits",
// "case.result_own", "case.result_same_body", "case.result_early",
// "fault.sent_twice".
func GiveResult(ctx context.Context, a *act.Act, measure id.ID, in ResultInput) (Result, error) {
	c, m, err := takeMeasure(ctx, a, MayJudge, measure)
	if err != nil {
		return Result{}, err
	}
	if in.Version != 0 && in.Version != m.Version {
		return Result{}, fault.Clash("fault.stale")
	}
	f, err := resultFactsOf(ctx, &a.View, m, in)
	if err != nil {
		return Result{}, err
	}
	r := Result{ID: in.ID.OrNew(), Measure: m.ID, CaseID: c.ID, Outcome: in.Outcome, Reason: in.Reason,
		Independence: f.independence(in.Call), At: a.Now(), By: a.Actor().Person, State: "given"}
	if f.reading != nil {
		r.Reading = f.reading.ID
	}
	if err := checkResult(f, r); err != nil {
		return Result{}, err
	}
	if in.Outcome == cannotTell {
		r.State = "second_wanted"
		if err := tell(ctx, a, c, access.Secretary, "notice.result_second"); err != nil {
			return Result{}, err
		}
	}
	if in.Outcome == harmed {
		if err := tell(ctx, a, c, access.Secretary, "notice.result_harmed"); err != nil {
			return Result{}, err
		}
	}
	if err := add(ctx, a, &r, "result"); err != nil {
		return Result{}, err
	}
	a.Record("result.give", m.on(), r.detail())
	if r.State == "given" {
		if err := judged(ctx, a, m); err != nil {
			return Result{}, err
		}
	}
	return r, touch(ctx, a, c, nil)
}

func judged(ctx context.Context, a *act.Act, m Measure) error {
	_, err := a.DB().NewUpdate().Table("measure").Set("state = ?", Judged).Set("version = version + 1").Where("id = ?", m.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("judge measure: %w", err)
	}
	return nil
}

func resultFactsOf(ctx context.Context, a *act.View, m Measure, in ResultInput) (resultFacts, error) {
	me := a.Actor()
	f := resultFacts{m: m, unaided: a.Norm("measure.unaided_days").Int(), executor: m.Executor == me.Person,
		ofBody: m.Body != "" && slices.Contains(me.Agencies, m.Body)}
	f.office = slices.ContainsFunc(me.Grants, func(g access.Grant) bool {
		return (g.Role == access.Secretary || g.Role == access.Chair) && covers(g.Territory, m.Territory)
	})
	var err error
	f.curator, err = a.DB().NewSelect().Table("assignment").Where("case_id = ?", m.CaseID).Where("person = ?", me.Person).
		Where("state = 'active'").Exists(ctx)
	if err != nil {
		return f, fmt.Errorf("turn of giver: %w", err)
	}
	old, err := resultOf(ctx, a.DB(), m.ID)
	if err != nil {
		return f, err
	}
	f.waiting = old != nil && old.State == "second_wanted"
	if in.Reading == "" {
		f.reading, err = lastReading(ctx, a.DB(), m.ID)
		return f, err
	}
	var r Reading
	err = a.DB().NewSelect().Model(&r).Join("JOIN reading_for AS f ON f.reading = d.id").Where("f.measure = ?", m.ID).
		Where("d.id = ?", in.Reading).Scan(ctx)
	if db.IsNone(err) {
		return f, fault.Bad("reading", "fault.id")
	}
	if err != nil {
		return f, fmt.Errorf("reading of result: %w", err)
	}
	f.reading = &r
	return f, nil
}

// resultOf is the result given or waiting of a measure, or nil.
func resultOf(ctx context.Context, d bun.IDB, measure id.ID) (*Result, error) {
	var r Result
	err := d.NewSelect().Model(&r).Where("u.measure = ?", measure).Where("u.state <> 'refused'").Scan(ctx)
	if db.IsNone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("result of measure: %w", err)
	}
	return &r, nil
}

func (r Result) secondable(m Measure, by id.ID) error {
	switch {
	case r.State != "second_wanted":
		return fault.Clash("case.second_done")
	case r.By == by, m.Executor == by:
		return fault.Clash("case.second_self")
	}
	return nil
}

// SecondResult agrees or refuses, as the second person, to "cannot tell":
// neither the one who said it nor the executor. Agreed, the measure has its
// result; refused (with a reason), it waits for another.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended",
// "case.second_done", "case.second_self".
func SecondResult(ctx context.Context, a *act.Act, result id.ID, agree bool, reason string) error {
	var bad fault.Fields
	if agree {
		bad.Max(reason, 2000, "reason")
	} else {
		bad.Text(reason, 2000, "reason")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	c, r, err := takeRow[Result](ctx, a, MaySecondResult, result, func(r Result) id.ID { return r.CaseID })
	if err != nil {
		return err
	}
	m, err := findMeasure(ctx, &a.View, MaySecondResult, r.Measure)
	if err != nil {
		return err
	}
	if err := r.secondable(m, a.Actor().Person); err != nil {
		return err
	}
	state := "refused"
	if agree {
		state = "given"
		if err := judged(ctx, a, m); err != nil {
			return err
		}
	}
	sealed, err := resultSecondColumn.Seal(ctx, r.ID, reason)
	if err != nil {
		return err
	}
	_, err = a.DB().NewUpdate().Table("result").Set("state = ?", state).Set("second_by = ?", a.Actor().Person).
		Set("second_at = ?", a.Now()).Set("second_reason = ?", sealed).Where("id = ?", r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("second result: %w", err)
	}
	a.Record("result.second", m.on(), map[string]any{"case": c.ID, "agree": agree, "reason": reason})
	a.Notify(r.By, "notice.result_answered", c.on())
	return touch(ctx, a, c, nil)
}
