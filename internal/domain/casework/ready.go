package casework

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// running tells that a case has not ended.
func (c Case) running() error {
	if c.State == Ended {
		return fault.Clash("case.ended")
	}
	return nil
}

// over tells that it has.
func (c Case) over() error {
	if c.State != Ended {
		return fault.Clash("case.not_ended")
	}
	return nil
}

// Ready tells why the state of a case forbids an action to the viewer whatever
// is written: what the action's own verb would answer in the end. It does not
// ask whether the viewer may do it at all, see Allowed.
//
// Faults: Conflict, with the keys of the verb.
func Ready(ctx context.Context, v *act.View, c Case, what access.Action) error {
	switch what {
	case MayCheck, MayLook, MayReopen:
		if err := c.over(); err != nil {
			return err
		}
	default:
		if err := c.running(); err != nil {
			return err
		}
	}
	switch what {
	case AnswerOffer:
		_, err := offeredTo(ctx, v, c)
		return err
	case AppointOne:
		return appointable(ctx, v, c)
	case MayPlan:
		return plannable(c)
	case MayLook:
		return lookable(c, v.Actor().Person)
	case MayReopen:
		return reopenable(c)
	case MayCheck:
		all, err := checksOf(ctx, v.DB(), c.ID)
		if err != nil {
			return err
		}
		for _, k := range all {
			if k.DoneAt == nil {
				return checkable(k, date.Of(v.Now()))
			}
		}
		return fault.Clash("case.no_check")
	}
	return nil
}

// ReadySecond is Ready for the second person's answer to a change of risk.
//
// Faults: NotFound; Conflict, with the keys of SecondRisk.
func ReadySecond(ctx context.Context, v *act.View, c Case, change id.ID) error {
	if err := c.running(); err != nil {
		return err
	}
	var r RiskChange
	err := v.DB().NewSelect().Model(&r).Where("r.id = ?", change).Where("r.case_id = ?", c.ID).Scan(ctx)
	if db.IsNone(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("find change of risk: %w", err)
	}
	f, err := riskOf(ctx, v.DB(), c)
	if err != nil {
		return err
	}
	return checkSecond(f, r, c, v)
}

// ReadyFor is Ready on one measure.
//
// Faults: Conflict, with the keys of the verb.
func ReadyFor(ctx context.Context, v *act.View, m Measure, what access.Action) error {
	var c Case
	if err := v.DB().NewSelect().Model(&c).Where("c.id = ?", m.CaseID).Scan(ctx); err != nil {
		return fmt.Errorf("case of measure: %w", err)
	}
	if err := c.running(); err != nil {
		return err
	}
	if what == MayRead {
		return nil
	}
	given, err := resultOf(ctx, v.DB(), m.ID)
	if err != nil {
		return err
	}
	switch what {
	case MayDeliver:
		return deliverable(m, given != nil)
	case MayJudge:
		f, err := resultFactsOf(ctx, v, m, ResultInput{})
		if err != nil {
			return err
		}
		return f.judgeable(f.independence(true), v.Now())
	case MaySecondResult:
		if given == nil {
			return fault.Clash("case.second_done")
		}
		return given.secondable(m, v.Actor().Person)
	}
	return nil
}
