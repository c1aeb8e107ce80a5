package casework

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// How a measure was delivered.
const (
	Full   = "full"
	Partly = "partly"
	Not    = "not"
)

// DeliveryReasons lists why a measure was not delivered.
func DeliveryReasons() []string {
	return []string{"executor_did_not", "refused", "not_available", "cancelled", "overtaken"}
}

// DeliveryInput says whether what was ordered happened.
type DeliveryInput struct {
	How     string
	Reason  string // when not
	Note    string
	Version int // of the measure
}

func checkDelivery(m Measure, in DeliveryInput, today date.Date) error {
	var bad fault.Fields
	bad.Check(slices.Contains([]string{Full, Partly, Not}, in.How), "how", "fault.choice")
	bad.Max(in.Note, 2000, "note")
	switch in.How {
	case Not:
		bad.Check(slices.Contains(DeliveryReasons(), in.Reason), "reason", "case.delivery_reason_wanted")
	case Partly:
		bad.Text(in.Note, 2000, "note")
	}
	bad.Check(in.How == Not || !today.Before(m.FromDay), "how", "case.not_begun")
	if err := bad.Err(); err != nil {
		return err
	}
	if m.State == Judged || m.State == Interrupted {
		return fault.Clash("case.measure_done")
	}
	return nil
}

// Deliver says whether a measure was delivered: full, partly, or not and why.
// A refusal by the family is a reason like another and nobody's failure. What
// was said may be corrected until the result is given.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.ended", "fault.stale",
// "case.measure_done", "case.second_waits".
func Deliver(ctx context.Context, a *act.Act, key id.ID, in DeliveryInput) error {
	c, m, err := takeMeasure(ctx, a, MayDeliver, key)
	if err != nil {
		return err
	}
	if in.Version != 0 && in.Version != m.Version {
		return fault.Clash("fault.stale")
	}
	if err := checkDelivery(m, in, date.Of(a.Now())); err != nil {
		return err
	}
	r, err := resultOf(ctx, a.DB(), m.ID)
	if err != nil {
		return err
	}
	if r != nil {
		return fault.Clash("case.second_waits")
	}
	state := Delivered
	if in.How == Not {
		state = NotDelivered
	} else {
		in.Reason = ""
	}
	_, err = a.DB().NewUpdate().Table("measure").Set("state = ?", state).Set("delivery = ?", in.How).
		Set("delivery_reason = ?", in.Reason).Set("delivery_note = ?", in.Note).Set("delivered_at = ?", a.Now()).
		Set("delivered_by = ?", a.Actor().Person).Set("version = version + 1").Where("id = ?", m.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("deliver measure: %w", err)
	}
	a.Record("measure.deliver", m.on(), map[string]any{"how": in.How, "reason": in.Reason, "note": in.Note})
	g, err := curatorOf(ctx, a.DB(), c.ID)
	if err != nil {
		return err
	}
	if g != nil {
		a.Notify(g.Person, "notice.measure_delivered", m.on())
	}
	return touch(ctx, a, c, nil)
}
