package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// LoadedOpening is an opening as history has it.
type LoadedOpening struct {
	Opening
	RiskID id.ID // of the first risk
	At     time.Time
	By     id.ID
}

// LoadOpenings opens cases of the past through the check of Open, in the order
// given, with the numbers they would have got. A child's former case must be
// ended before the next is loaded. It asks no curator and wakes no job.
//
// Faults: Denied to anybody but the machine; those of Open.
func LoadOpenings(ctx context.Context, a *act.Act, rows []LoadedOpening) error {
	if err := loading(a); err != nil {
		return err
	}
	past, err := pastOf(ctx, a, rows)
	if err != nil {
		return err
	}
	numbers, err := numbersOf(ctx, a, rows)
	if err != nil {
		return err
	}
	codes := map[string]string{}
	for s := range numbers {
		if codes[s.region], err = directory.Code(ctx, a.DB(), s.region); err != nil {
			return err
		}
	}
	var cases []Case
	var risks []RiskChange
	for _, o := range rows {
		f := past[o.Child]
		if err := checkOpening(f, o.Opening); err != nil {
			return err
		}
		f.open = true // twice in one load is once too often
		past[o.Child] = f
		day := series{region(o.Territory), date.Of(o.At).Year()}
		no := number(codes[day.region], day.year, numbers[day])
		numbers[day]++
		err := act.As(a, o.At, authorOf(a, o.By), func(a *act.Act) error {
			if err := checkFormer(f, o.Opening, a); err != nil {
				return err
			}
			c := newCase(f, o.Opening, no, a)
			r := firstRisk(c, o.Opening, a)
			r.ID = o.RiskID.OrNew()
			cases, risks = append(cases, c), append(risks, r)
			if f.hasEnded {
				if err := dropChecks(ctx, a, c.Child); err != nil {
					return err
				}
			}
			a.Record("case.open", c.on(), map[string]any{"no": c.No, "risk": c.Risk, "problems": c.Problems, "reason": o.Reason, "repeat": c.Repeat})
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := addAll(ctx, a, cases); err != nil {
		return err
	}
	return addAll(ctx, a, risks)
}

// pastOf reads what the rule of opening must know of many children.
func pastOf(ctx context.Context, a *act.Act, rows []LoadedOpening) (map[id.ID]openFacts, error) {
	out := map[id.ID]openFacts{}
	for part := range slices.Chunk(rows, block) {
		var keys []id.ID
		for _, o := range part {
			keys = append(keys, o.Child)
		}
		former, err := casesOfChildren(ctx, a.DB(), keys)
		if err != nil {
			return nil, err
		}
		for child, cs := range former {
			out[child] = factsOf(cs)
		}
	}
	return out, nil
}

// series is one row of running numbers.
type series struct {
	region string
	year   int
}

// numbersOf takes the numbers for all rows at once; it gives the first of each
// series.
func numbersOf(ctx context.Context, a *act.Act, rows []LoadedOpening) (map[series]int, error) {
	count, first := map[series]int{}, map[series]string{}
	var order []series
	for _, o := range rows {
		s := series{region(o.Territory), date.Of(o.At).Year()}
		if count[s] == 0 {
			order = append(order, s)
		}
		count[s]++
		first[s] = o.Territory
	}
	out := map[series]int{}
	for _, s := range order {
		n, err := nextNumber(ctx, a, first[s], s.year, count[s])
		if err != nil {
			return nil, err
		}
		out[s] = n
	}
	return out, nil
}

// LoadRisks writes changes of risk after the first through the check of
// SetRisk, in the order given. A lowering that took force names its second
// person. Assessments must be loaded before.
//
// Faults: Denied to anybody but the machine; NotFound; Invalid; Conflict
// "case.ended", "case.assessment_wanted", "case.second_self",
// "case.risk_waits".
func LoadRisks(ctx context.Context, a *act.Act, rows []RiskChange) error {
	if err := loading(a); err != nil {
		return err
	}
	for part := range slices.Chunk(rows, block) {
		if err := loadRisks(ctx, a, part); err != nil {
			return err
		}
	}
	return nil
}

func loadRisks(ctx context.Context, a *act.Act, rows []RiskChange) error {
	cases, err := casesOf(ctx, a.DB(), rows, func(r RiskChange) id.ID { return r.CaseID })
	if err != nil {
		return err
	}
	facts, err := risksOf(ctx, a, cases)
	if err != nil {
		return err
	}
	ready := make([]RiskChange, 0, len(rows))
	for _, r := range rows {
		c, f := cases[r.CaseID], facts[r.CaseID]
		if c.State == Ended {
			return fault.Clash("case.ended")
		}
		r, err := loadedRisk(c, f, r)
		if err != nil {
			return err
		}
		if r.State == "in_force" {
			f.now, f.since, c.Risk = r.Level, r.since(), r.Level
			cases[c.ID] = c
		} else if r.State == "second_wanted" {
			f.waiting = &r
		}
		facts[c.ID] = f
		ready = append(ready, r)
		if err := recordRisk(a, c, r); err != nil {
			return err
		}
	}
	if err := addAll(ctx, a, ready); err != nil {
		return err
	}
	for _, c := range cases {
		if err := touch(ctx, a, c, riskIs(c.Risk)); err != nil {
			return err
		}
	}
	return nil
}

// loadedRisk is a row of history as SetRisk and SecondRisk would have left it.
func loadedRisk(c Case, f *riskPast, r RiskChange) (RiskChange, error) {
	r.ID, r.Was = r.ID.OrNew(), f.now
	if err := checkRisk(f.before(r.At), RiskInput{Level: r.Level, Reason: r.Reason}); err != nil {
		return r, err
	}
	if r.Level.rank() >= r.Was.rank() {
		r.State, r.Assessment, r.SecondBy, r.SecondAt = "in_force", "", "", nil
		return r, nil
	}
	r.Assessment = f.before(r.At).assessed.ID
	switch {
	case r.SecondAt == nil:
		r.State, r.SecondBy = "second_wanted", ""
	case r.SecondBy == r.By || r.SecondBy == "":
		return r, fault.Clash("case.second_self")
	case r.State != "refused":
		r.State = "in_force"
	}
	return r, nil
}

func recordRisk(a *act.Act, c Case, r RiskChange) error {
	err := act.As(a, r.At, authorOf(a, r.By), func(a *act.Act) error {
		a.Record(r.verb(), c.on(), map[string]any{"change": r.ID, "was": r.Was, "level": r.Level, "reason": r.Reason, "marked": r.Marked})
		return nil
	})
	if err != nil || r.SecondAt == nil {
		return err
	}
	verb := "risk.second_agree"
	if r.State == "refused" {
		verb = "risk.second_refuse"
	}
	return act.As(a, *r.SecondAt, authorOf(a, r.SecondBy), func(a *act.Act) error {
		a.Record(verb, c.on(), map[string]any{"change": r.ID, "level": r.Level, "reason": r.SecondReason, "marked": r.Marked})
		return nil
	})
}

// riskPast is riskFacts with all assessments of the case, since history asks
// for the one before an instant.
type riskPast struct {
	riskFacts
	all []Assessment // by instant
}

// before gives the facts as they were at an instant.
func (p *riskPast) before(at time.Time) riskFacts {
	f := p.riskFacts
	f.assessed = Assessment{}
	for _, s := range p.all {
		if !s.At.After(at) {
			f.assessed = s
		}
	}
	return f
}

func risksOf(ctx context.Context, a *act.Act, cases map[id.ID]Case) (map[id.ID]*riskPast, error) {
	out := map[id.ID]*riskPast{}
	var keys []id.ID
	for k, c := range cases {
		out[k] = &riskPast{riskFacts: riskFacts{now: c.Risk, since: c.OpenedAt}}
		keys = append(keys, k)
	}
	var changes []RiskChange
	err := a.DB().NewSelect().Model(&changes).Where("r.case_id IN (?)", bun.List(keys)).OrderExpr("r.at, r.id").Limit(50 * block).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("load risks: %w", err)
	}
	for _, r := range changes {
		switch f := out[r.CaseID]; r.State {
		case "in_force":
			f.since = r.since()
		case "second_wanted":
			f.waiting = &r
		}
	}
	var all []Assessment
	err = a.DB().NewSelect().Model(&all).Where("case_id IN (?)", bun.List(keys)).OrderExpr("at, id").Limit(50 * block).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("load risks: %w", err)
	}
	for _, s := range all {
		out[s.CaseID].all = append(out[s.CaseID].all, s)
	}
	return out, nil
}
