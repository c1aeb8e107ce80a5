package casework

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Absence is a time when a curator is away: leave, illness, a journey.
type Absence struct {
	bun.BaseModel `bun:"table:absence,alias:b"`
	ID            id.ID `bun:",pk"`
	Person        id.ID
	FromAt        time.Time
	ToAt          time.Time
	Reason        string `bun:"-"`

	ReasonSealed string `bun:"reason"`
}

func (b Absence) on() act.On { return act.On{Noun: "absence", ID: b.ID} }

// An absence is told of at most a month late and lasts at most a year.
const (
	absenceLate = 31 * 24 * time.Hour
	absenceLong = 366 * 24 * time.Hour
)

// checkAbsence is the rule, pure: taken tells that another absence of the
// person overlaps.
func checkAbsence(b Absence, now time.Time, taken bool) error {
	var bad fault.Fields
	bad.Text(b.Reason, 500, "reason")
	bad.Check(!b.FromAt.IsZero() && !b.FromAt.Before(now.Add(-absenceLate)), "from", "case.absence_from")
	bad.Check(b.ToAt.After(b.FromAt) && b.ToAt.After(now) && !b.ToAt.After(b.FromAt.Add(absenceLong)), "to", "case.absence_to")
	if err := bad.Err(); err != nil {
		return err
	}
	if taken {
		return fault.Bad("from", "case.absence_overlap")
	}
	return nil
}

// SetAbsence writes down when a curator is away. From the first instant on
// each case of theirs without a deputy is without a curator: nothing else has
// to happen for that.
//
// Faults: Denied; NotFound; Invalid "case.absence_from", "case.absence_to",
// "case.absence_overlap"; Conflict "fault.sent_twice".
func SetAbsence(ctx context.Context, a *act.Act, b Absence) error {
	if err := curatorHere(ctx, a, WriteAbsence, b.Person); err != nil {
		return err
	}
	var same []Absence
	err := a.DB().NewSelect().Model(&same).Where("b.person = ?", b.Person).Where("b.to_at > ?", b.FromAt).
		Where("b.from_at < ?", b.ToAt).Limit(10).Scan(ctx)
	if err != nil {
		return fmt.Errorf("set absence: %w", err)
	}
	if b.ID != "" && slices.ContainsFunc(same, func(o Absence) bool { return o.ID == b.ID }) {
		return fault.Tell("fault.sent_twice")
	}
	if err := checkAbsence(b, a.Now(), len(same) > 0); err != nil {
		return err
	}
	b.ID = b.ID.OrNew()
	if _, err := a.DB().NewInsert().Model(&b).Exec(ctx); err != nil {
		if slices.Contains([]string{"absence_pkey", "absence.id"}, db.Violates(err)) {
			return fault.Tell("fault.sent_twice")
		}
		return fmt.Errorf("set absence: %w", err)
	}
	a.Record("absence.set", b.on(),
		map[string]any{"person": b.Person, "from": b.FromAt, "to": b.ToAt, "reason": b.Reason})
	var cases []id.ID
	err = a.DB().NewSelect().TableExpr("assignment AS g").ColumnExpr("g.case_id").Where("g.person = ?", b.Person).
		Where("g.role = 'curator'").Where("g.state = 'active'").Scan(ctx, &cases)
	if err != nil {
		return fmt.Errorf("set absence: %w", err)
	}
	for _, c := range cases {
		a.Enqueue(AwaitCurator{Case: c}, b.ID.String()+c.String(), b.FromAt.Add(a.Norm("curator.answer_hours").Hours()))
	}
	return nil
}

// EndAbsence ends an absence of a person now; one that has not begun is taken
// back.
//
// Faults: Denied; NotFound; Conflict "case.absence_over".
func EndAbsence(ctx context.Context, a *act.Act, person, key id.ID) error {
	if err := a.May(WriteAbsence); err != nil {
		return err
	}
	var b Absence
	err := a.DB().NewSelect().Model(&b).Where("b.id = ?", key).Where("b.person = ?", person).Scan(ctx)
	if db.IsNone(err) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("end absence: %w", err)
	}
	if err := curatorHere(ctx, a, WriteAbsence, b.Person); err != nil {
		return err
	}
	now := a.Now()
	switch {
	case !b.ToAt.After(now):
		return fault.Clash("case.absence_over")
	case b.FromAt.Before(now):
		_, err = a.DB().NewUpdate().Model(&b).Set("to_at = ?", now).WherePK().Exec(ctx)
	default:
		_, err = a.DB().NewDelete().Model(&b).WherePK().Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("end absence: %w", err)
	}
	a.Record("absence.end", b.on(), map[string]any{"person": b.Person, "from": b.FromAt, "to": b.ToAt})
	return nil
}

// Absences lists the absences of a curator of the actor's territory that have
// not ended, the nearest first.
//
// Faults: Denied; NotFound.
func Absences(ctx context.Context, v *act.View, person id.ID) ([]Absence, error) {
	if err := servesHere(ctx, v, WriteAbsence, person); err != nil {
		return nil, err
	}
	var out []Absence
	err := v.DB().NewSelect().Model(&out).Where("b.person = ?", person).Where("b.to_at > ?", v.Now()).
		OrderExpr("b.from_at").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("absences: %w", err)
	}
	return out, nil
}

// LoadAbsences writes absences as they were, through the check of SetAbsence as
// of each one's beginning.
//
// Faults: Denied; Invalid by row ("rows.7").
func LoadAbsences(ctx context.Context, a *act.Act, rows []Absence) error {
	if err := a.May(WriteAbsence); err != nil {
		return err
	}
	people := map[id.ID]bool{}
	for _, b := range rows {
		people[b.Person] = true
	}
	have, staff, err := standing(ctx, a.DB(), people)
	if err != nil {
		return err
	}
	var bad fault.Fields
	for i, b := range rows {
		taken := slices.ContainsFunc(have[b.Person], func(o Absence) bool { return o.FromAt.Before(b.ToAt) && b.FromAt.Before(o.ToAt) })
		key := keyOf(checkAbsence(b, b.FromAt, taken))
		if !slices.ContainsFunc(staff[b.Person].Grants, func(g access.Grant) bool { return a.May(WriteAbsence, g.Territory) == nil }) {
			key = "case.turn_unknown"
		}
		if key != "" {
			bad.Add("rows."+strconv.Itoa(i), key)
		}
		have[b.Person] = append(have[b.Person], b)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	for block := range slices.Chunk(rows, 500) {
		if _, err := a.DB().NewInsert().Model(&block).Exec(ctx); err != nil {
			return fmt.Errorf("load absences: %w", err)
		}
	}
	for _, b := range rows {
		at := b.FromAt
		if at.After(a.Now()) {
			at = a.Now()
		}
		err := act.As(a, at, a.Actor(), func(a *act.Act) error {
			a.Record("absence.set", b.on(), map[string]any{"person": b.Person, "from": b.FromAt, "to": b.ToAt, "reason": b.Reason})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// curatorHere locks a curator who serves where the actor has the action.
func curatorHere(ctx context.Context, a *act.Act, what access.Action, person id.ID) error {
	if err := a.Lock(ctx, "person", person); err != nil {
		return err
	}
	return servesHere(ctx, &a.View, what, person)
}

func servesHere(ctx context.Context, v *act.View, what access.Action, person id.ID) error {
	if err := v.May(what); err != nil {
		return err
	}
	if person == "" {
		return fault.Missing()
	}
	here, err := access.Serve(ctx, v.DB(), access.Curator, v.Now(), func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("g.person = ?", person).Apply(v.Scope(what, access.GrantRows()))
	})
	if err == nil && len(here) == 0 {
		return fault.Missing()
	}
	return err
}
