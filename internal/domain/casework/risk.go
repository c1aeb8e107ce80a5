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

const suicideRisk = "suicide_risk"

// RiskChange is one change of the risk, with its reason.
type RiskChange struct {
	bun.BaseModel `bun:"table:risk_change,alias:r"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	Was           Risk
	Level         Risk
	Reason        string `bun:"-"`
	At            time.Time
	By            id.ID
	Assessment    id.ID
	SecondBy      id.ID
	SecondAt      *time.Time
	SecondReason  string `bun:"-"`
	State         string // in_force, second_wanted, refused
	Marked        bool   // lowered within days of an overdue line

	ReasonSealed string `bun:"reason"`
	SecondSealed string `bun:"second_reason"`
}

// since is when the change took force.
func (r RiskChange) since() time.Time {
	if r.SecondAt != nil {
		return *r.SecondAt
	}
	return r.At
}

// verb names the change in the record.
func (r RiskChange) verb() string {
	switch {
	case r.Level == r.Was:
		return "risk.keep"
	case r.Level.rank() > r.Was.rank():
		return "risk.raise"
	}
	return "risk.lower"
}

// RiskInput asks for another level of risk.
type RiskInput struct {
	ID      id.ID
	Level   Risk
	Reason  string
	Version int // of the case
}

// riskFacts is what the rule of the risk must know.
type riskFacts struct {
	now      Risk
	since    time.Time   // the last change that took force
	waiting  *RiskChange // a lowering that waits for its second person
	assessed Assessment  // the last one; none has a zero instant
	danger   bool        // danger now stands unanswered
	feared   bool        // suicide was feared in the case this one reopens
	stands   Assessment  // the one that the waiting lowering stands on
}

// stays: danger now is said, and nothing was said of the risk
// since, so that the same level, with a reason, is an answer.
func (f riskFacts) stays() bool {
	return f.danger || f.assessed.Safety == dangerNow && !f.assessed.At.Before(f.since)
}

func checkRisk(f riskFacts, r RiskInput) error {
	var bad fault.Fields
	bad.Check(r.Level.rank() >= 0, "level", "fault.choice")
	bad.Text(r.Reason, 2000, "reason")
	bad.Check(r.Level != f.now || f.stays(), "level", "case.risk_same")
	if err := bad.Err(); err != nil {
		return err
	}
	if r.Level.rank() >= f.now.rank() {
		return nil
	}
	if f.waiting != nil {
		return fault.Clash("case.risk_waits")
	}
	if f.assessed.At.IsZero() || f.assessed.At.Before(f.since) {
		return fault.Clash("case.assessment_wanted")
	}
	return nil
}

// SetRisk changes the risk. Raising takes force at once and overtakes a
// lowering that waits. Lowering needs an assessment made after the last change
// and waits for a second person; the same level, with a reason, answers an
// assessment that says the child is in danger now. When something stood overdue within the
// norm's days (risk.overdue_days) it is marked (practice rule 26).
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended", "fault.stale",
// "case.risk_waits", "case.assessment_wanted", "fault.sent_twice".
func SetRisk(ctx context.Context, a *act.Act, key id.ID, in RiskInput) (RiskChange, error) {
	c, err := take(ctx, a, MaySetRisk, key)
	if err != nil {
		return RiskChange{}, err
	}
	if err := stale(c, in.Version); err != nil {
		return RiskChange{}, err
	}
	f, err := riskOf(ctx, a.DB(), c)
	if err != nil {
		return RiskChange{}, err
	}
	if err := checkRisk(f, in); err != nil {
		return RiskChange{}, err
	}
	r := RiskChange{ID: in.ID.OrNew(), CaseID: c.ID, Was: c.Risk, Level: in.Level, Reason: in.Reason,
		At: a.Now(), By: a.Actor().Person, State: "in_force"}
	if in.Level.rank() >= c.Risk.rank() {
		return r, raise(ctx, a, c, f, r)
	}
	r.State, r.Assessment = "second_wanted", f.assessed.ID
	if r.Marked, err = overdueLately(ctx, &a.View, c); err != nil {
		return r, err
	}
	if err := add(ctx, a, &r, "risk_change"); err != nil {
		return r, err
	}
	a.Record(r.verb(), c.on(), map[string]any{"change": r.ID, "was": r.Was, "level": r.Level, "reason": r.Reason, "marked": r.Marked})
	if err := tell(ctx, a, c, access.Secretary, "notice.risk_second"); err != nil {
		return r, err
	}
	return r, touch(ctx, a, c, nil)
}

func raise(ctx context.Context, a *act.Act, c Case, f riskFacts, r RiskChange) error {
	if f.waiting != nil {
		if err := overtake(ctx, a, *f.waiting); err != nil {
			return err
		}
	}
	if err := add(ctx, a, &r, "risk_change"); err != nil {
		return err
	}
	a.Record(r.verb(), c.on(), map[string]any{"change": r.ID, "was": r.Was, "level": r.Level, "reason": r.Reason})
	if r.Level == Acute && r.Was != Acute {
		if err := tell(ctx, a, c, access.Secretary, "notice.risk_acute"); err != nil {
			return err
		}
	}
	return touch(ctx, a, c, riskIs(r.Level))
}

func riskIs(r Risk) func(*bun.UpdateQuery) *bun.UpdateQuery {
	return func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("risk = ?", r) }
}

// overtake refuses a waiting lowering that a later act has made moot.
func overtake(ctx context.Context, a *act.Act, r RiskChange) error {
	_, err := a.DB().NewUpdate().Table("risk_change").Set("state = 'refused'").Set("second_at = ?", a.Now()).
		Where("id = ?", r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("overtake lowering: %w", err)
	}
	return nil
}

// SecondRisk agrees or refuses, as the second person, to a waiting lowering:
// never the one who asked. Where suicide is feared, within the norm's days
// (risk.suicide_days) of the last change neither who made the
// assessment it stands on nor who made the last, so that one person alone never lowers it (practice
// rule 11). A refusal needs a reason.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended",
// "case.second_done", "case.second_self", "case.second_assessor".
func SecondRisk(ctx context.Context, a *act.Act, key, change id.ID, agree bool, reason string) error {
	var bad fault.Fields
	if agree {
		bad.Max(reason, 2000, "reason")
	} else {
		bad.Text(reason, 2000, "reason")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	c, r, err := takeRow[RiskChange](ctx, a, MaySecondRisk, change, func(r RiskChange) id.ID { return r.CaseID })
	if err != nil {
		return err
	}
	if c.ID != key {
		return fault.Missing()
	}
	f, err := riskOf(ctx, a.DB(), c)
	if err != nil {
		return err
	}
	if err := checkSecond(f, r, c, &a.View); err != nil {
		return err
	}
	state, verb := "refused", "risk.second_refuse"
	set := func(q *bun.UpdateQuery) *bun.UpdateQuery { return q }
	if agree {
		state, verb, set = "in_force", "risk.second_agree", riskIs(r.Level)
		late, err := overdueLately(ctx, &a.View, c)
		if err != nil {
			return err
		}
		r.Marked = r.Marked || late
	}
	sealed, err := riskSecondColumn.Seal(ctx, r.ID, reason)
	if err != nil {
		return err
	}
	_, err = a.DB().NewUpdate().Table("risk_change").Set("state = ?", state).Set("second_by = ?", a.Actor().Person).
		Set("second_at = ?", a.Now()).Set("second_reason = ?", sealed).Set("marked = ?", r.Marked).Where("id = ?", r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("second risk: %w", err)
	}
	a.Record(verb, c.on(), map[string]any{"change": r.ID, "level": r.Level, "reason": reason, "marked": r.Marked})
	a.Notify(r.By, "notice.risk_answered", c.on())
	return touch(ctx, a, c, set)
}

func checkSecond(f riskFacts, r RiskChange, c Case, a *act.View) error {
	switch {
	case r.State != "second_wanted":
		return fault.Clash("case.second_done")
	case r.By == a.Actor().Person:
		return fault.Clash("case.second_self")
	}
	feared := (slices.Contains(c.ProblemKeys(), suicideRisk) || f.feared) &&
		date.Of(a.Now()).Before(date.Of(f.since).AddDays(a.Norm("risk.suicide_days").Int()))
	if feared && (f.assessed.By == a.Actor().Person || f.stands.By == a.Actor().Person) {
		return fault.Clash("case.second_assessor")
	}
	return nil
}

func riskOf(ctx context.Context, d bun.IDB, c Case) (riskFacts, error) {
	f := riskFacts{now: c.Risk, since: c.OpenedAt}
	var rows []RiskChange
	err := d.NewSelect().Model(&rows).Where("r.case_id = ?", c.ID).Where("r.state <> 'refused'").
		OrderExpr("r.at DESC, r.id DESC").Limit(20).Scan(ctx)
	if err != nil {
		return f, fmt.Errorf("risk of case: %w", err)
	}
	for i, r := range rows {
		if r.State == "second_wanted" {
			f.waiting = &rows[i]
		} else if r.since().After(f.since) {
			f.since = r.since()
		}
	}
	if f.waiting != nil && f.waiting.Assessment != "" {
		err := d.NewSelect().Model(&f.stands).Where("s.id = ?", f.waiting.Assessment).Scan(ctx)
		if err != nil && !db.IsNone(err) {
			return f, fmt.Errorf("assessment of lowering: %w", err)
		}
	}
	if c.ReopenedFrom != "" {
		var old Case
		if err := d.NewSelect().Model(&old).Where("c.id = ?", c.ReopenedFrom).Scan(ctx); err != nil {
			return f, fmt.Errorf("reopened case: %w", err)
		}
		f.feared = slices.Contains(old.ProblemKeys(), suicideRisk)
	}
	f.danger, err = d.NewSelect().TableExpr("assessment AS s").Where("s.case_id = ?", c.ID).Where("?", unanswered()).Exists(ctx)
	if err != nil {
		return f, fmt.Errorf("danger of case: %w", err)
	}
	f.assessed, err = lastAssessment(ctx, d, c.ID)
	return f, err
}

// overdueLately gathers what terms.lately judges.
func overdueLately(ctx context.Context, v *act.View, c Case) (bool, error) {
	var seen []time.Time
	err := v.DB().NewSelect().TableExpr("contact AS k").Column("k.happened_at").Where("k.case_id = ?", c.ID).
		Where("?", eyes(v, "k")).OrderExpr("k.happened_at").Limit(5000).Scan(ctx, &seen)
	if err != nil {
		return false, fmt.Errorf("contacts of case: %w", err)
	}
	ms, err := measuresOf(ctx, v.DB(), c.ID)
	if err != nil {
		return false, err
	}
	var rs []Result
	if err := v.DB().NewSelect().Model(&rs).Where("u.case_id = ?", c.ID).Where("u.state = 'given'").Limit(1000).Scan(ctx); err != nil {
		return false, fmt.Errorf("results of case: %w", err)
	}
	given := map[id.ID]time.Time{}
	for _, r := range rs {
		given[r.Measure] = r.At
	}
	return termsOf(v).lately(c, seen, ms, given, date.Of(v.Now())), nil
}
