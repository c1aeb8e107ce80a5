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

// deliveryFacts is what the rule of deliveries must know.
type deliveryFacts struct {
	m      Measure
	today  date.Date
	judged bool // a result is given or waits for its second person
	office bool // secretary or chair who does not walk with the child
}

func checkDelivery(f deliveryFacts, in DeliveryInput) error {
	m, back := f.m, f.m.State == Delivered && in.How == Not
	var bad fault.Fields
	bad.Check(slices.Contains([]string{Full, Partly, Not}, in.How), "how", "fault.choice")
	bad.Max(in.Note, 2000, "note")
	switch in.How {
	case Not:
		bad.Check(slices.Contains(DeliveryReasons(), in.Reason), "reason", "case.delivery_reason_wanted")
	case Partly:
		bad.Text(in.Note, 2000, "note")
	}
	if back && f.office {
		bad.Text(in.Note, 2000, "note")
	}
	bad.Check(in.How == Not || !f.today.Before(m.FromDay), "how", "case.not_begun")
	if err := bad.Err(); err != nil {
		return err
	}
	if err := deliverable(m, f.judged); err != nil {
		return err
	}
	if back && !f.office {
		return fault.Deny("case.delivery_by_office")
	}
	return nil
}

func deliverable(m Measure, judged bool) error {
	switch {
	case m.State == Judged, m.State == Interrupted:
		return fault.Clash("case.measure_done")
	case judged:
		return fault.Clash("case.second_waits")
	}
	return nil
}

// Deliver says whether a measure was delivered: full, partly, or not and why.
// A refusal by the family is a reason like another and nobody's failure. What
// was said may be corrected until the result is given; that what was delivered
// was not, after all, is for secretary or chair to say, with a reason, and never
// for who walks with the child.
//
// Faults: Denied, "case.delivery_by_office"; NotFound; Invalid;
// Conflict "case.ended", "fault.stale", "case.measure_done", "case.second_waits".
func Deliver(ctx context.Context, a *act.Act, key id.ID, in DeliveryInput) error {
	c, m, err := takeMeasure(ctx, a, MayDeliver, key)
	if err != nil {
		return err
	}
	if in.Version != 0 && in.Version != m.Version {
		return fault.Clash("fault.stale")
	}
	g, err := curatorOf(ctx, a.DB(), c.ID)
	if err != nil {
		return err
	}
	r, err := resultOf(ctx, a.DB(), m.ID)
	if err != nil {
		return err
	}
	office, err := ofOffice(ctx, &a.View, c)
	if err != nil {
		return err
	}
	if err := checkDelivery(deliveryFacts{m: m, today: date.Of(a.Now()), judged: r != nil, office: office}, in); err != nil {
		return err
	}
	state := Delivered
	if in.How == Not {
		state = NotDelivered
	} else {
		in.Reason = ""
	}
	note, err := deliveryColumn.Seal(ctx, m.ID, in.Note)
	if err != nil {
		return err
	}
	_, err = a.DB().NewUpdate().Table("measure").Set("state = ?", state).Set("delivery = ?", in.How).
		Set("delivery_reason = ?", in.Reason).Set("delivery_note = ?", note).Set("delivered_at = ?", a.Now()).
		Set("delivered_by = ?", a.Actor().Person).Set("version = version + 1").Where("id = ?", m.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("deliver measure: %w", err)
	}
	a.Record("measure.deliver", m.on(), map[string]any{"how": in.How, "reason": in.Reason, "note": in.Note})
	if g != nil {
		a.Notify(g.Person, "notice.measure_delivered", m.on())
	}
	return touch(ctx, a, c, nil)
}
