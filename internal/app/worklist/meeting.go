package worklist

import (
	"context"
	"fmt"

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
// not learn of it. The safe contact says how the child is reached, a telephone
// among that; the child's family name, home address and identification number,
// other telephones and why are not in it.
type Meeting struct {
	Child string // first name and initial
	Born  date.Birth
	Card  registry.Card
	Not   string   // how not to reach the child, and through whom
	Fear  []Feared // who must not know
	Held  bool     // nobody of the household may be told yet
}

// Feared is somebody unsafe for the child, as an executor learns of them: a family
// name would mostly be the child's.
type Feared struct {
	Kin  string // who it is to the child, a code of relation; "other" where none is known
	Name string // given name and initial; none where the given name is not known
}

// Hidden lists from whom the meeting is kept, each code of relation in the words
// that are given.
func (m Meeting) Hidden(kin func(code string) string) []string {
	out := []string{}
	if m.Not != "" {
		out = append(out, m.Not)
	}
	for _, f := range m.Fear {
		if f.Name == "" {
			out = append(out, kin(f.Kin))
			continue
		}
		out = append(out, kin(f.Kin)+" ("+f.Name+")")
	}
	return out
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
	out.Not = k.ContactNot
	if out.Fear, err = feared(ctx, v, m); err != nil {
		return out, err
	}
	if out.Held, err = signal.Held(ctx, v, m.Child); err != nil {
		return out, err
	}
	v.Look(act.On{Noun: "measure", ID: m.ID, Child: m.Child, Territory: m.Territory}, "measure")
	return out, nil
}

// feared tells of the people who are unsafe for the child now.
func feared(ctx context.Context, v *act.View, m casework.Measure) ([]Feared, error) {
	var rows []struct{ Family, Given, Kind string }
	err := v.DB().NewSelect().TableExpr("unsafe AS u").Join("JOIN adult AS a ON a.id = u.adult").Column("a.family", "a.given").
		ColumnExpr("coalesce((SELECT min(r.kind) FROM relation AS r WHERE r.child = u.child AND r.adult = u.adult), 'other') AS kind").
		Where("u.child = ?", m.Child).Where("u.to_at IS NULL").OrderExpr("u.from_at, u.id").Limit(20).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("who must not know: %w", err)
	}
	var out []Feared
	for _, r := range rows {
		f := Feared{Kin: r.Kind}
		if r.Given != "" {
			f.Name = name.Initial(r.Family, r.Given)
		}
		out = append(out, f)
	}
	return out, nil
}
