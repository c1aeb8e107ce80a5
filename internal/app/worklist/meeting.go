package worklist

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/name"
)

// Meeting is the least that the executor of a measure must know to see the
// child safely (practice rule 9): whom to see, how to reach safely, who must
// not learn of it. It holds no address, no number, nothing of why.
type Meeting struct {
	Child string // first name and initial
	Born  date.Birth
	Card  registry.Card
	Not   []string // who must not know
	Held  bool     // nobody of the household may be told yet
}

// MeetingOf gives it to whoever may see the measure while something is still to
// be done on it. It is a look at the child.
//
// Faults: Denied; NotFound; also when the measure is over.
func MeetingOf(ctx context.Context, v *act.View, m casework.Measure) (Meeting, error) {
	var out Meeting
	if err := v.May(casework.MaySeeMeasure); err != nil {
		return out, err
	}
	var k registry.Child
	err := v.DB().NewSelect().Model(&k).Column("c.id", "c.family", "c.given", "c.born", "c.born_known", "c.contact_who", "c.contact_how", "c.contact_hours", "c.contact_lang", "c.contact_not").
		Join("JOIN measure AS m ON m.child = c.id").Where("m.id = ?", m.ID).Where("m.state IN (?, ?)", casework.Ordered, casework.Delivered).
		Apply(v.Scope(casework.MaySeeMeasure, casework.MeasureRow())).Scan(ctx)
	if db.IsNone(err) {
		return out, fault.Missing()
	}
	if err != nil {
		return out, fmt.Errorf("meeting: %w", err)
	}
	out = Meeting{Child: k.Short(), Born: k.Birth(), Card: k.Card()}
	if out.Not, err = feared(ctx, v, m); err != nil {
		return out, err
	}
	if k.ContactNot != "" {
		out.Not = slices.Insert(out.Not, 0, k.ContactNot)
	}
	if out.Held, err = signal.Held(ctx, v, m.Child); err != nil {
		return out, err
	}
	v.Look(act.On{Noun: "measure", ID: m.ID, Child: m.Child, Territory: m.Territory}, "measure")
	return out, nil
}

// feared names the people who are unsafe for the child now.
func feared(ctx context.Context, v *act.View, m casework.Measure) ([]string, error) {
	var rows []struct{ Family, Given string }
	err := v.DB().NewSelect().TableExpr("unsafe AS u").Join("JOIN adult AS a ON a.id = u.adult").Column("a.family", "a.given").
		Where("u.child = ?", m.Child).Where("u.to_at IS NULL").OrderExpr("u.from_at, u.id").Limit(20).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("who must not know: %w", err)
	}
	var out []string
	for _, r := range rows {
		out = append(out, name.Official(r.Family, r.Given))
	}
	return out, nil
}
