package retention

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// maxReason bounds why somebody asks or answers.
const maxReason = 1000

// Asking is what one person wants erased, and why.
type Asking struct {
	ID      id.ID // made with the form
	Noun    string
	Subject id.ID
	Reason  string
}

// Nouns lists what can be erased.
func Nouns() []string { return []string{"case", "message", "child"} }

func (e Erasure) on() act.On {
	return act.On{Noun: "erasure", ID: e.ID, Territory: e.Territory}
}

// Ask asks for the erasure of something that the list names as due. Nothing is
// erased before another person has agreed.
//
// Faults: Denied; Invalid; NotFound of what is not due, held, or of another
// place; Conflict "erasure.already", "fault.sent_twice".
func Ask(ctx context.Context, a *act.Act, in Asking) (Erasure, error) {
	if err := a.May(AskOne); err != nil {
		return Erasure{}, err
	}
	var bad fault.Fields
	bad.Check(slices.Contains(Nouns(), in.Noun), "noun", "fault.choice")
	bad.Text(in.Reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return Erasure{}, err
	}
	n, _ := nounOf(in.Noun)
	territory, err := n.where(ctx, &a.View, AskOne, in.Subject)
	if err != nil {
		return Erasure{}, err
	}
	e := Erasure{ID: in.ID.OrNew(), Noun: n.name, Subject: in.Subject, Territory: territory, Norm: n.norm, Years: a.Norm(n.norm).Int(),
		Reason: in.Reason, AskedBy: a.Actor().Person, AskedAt: a.Now(), State: "asked"}
	if _, err := a.DB().NewInsert().Model(&e).Exec(ctx); err != nil {
		switch db.Violates(err) {
		case "erasure_one", "erasure.noun, erasure.subject":
			return e, fault.Clash("erasure.already")
		case "erasure_pkey", "erasure.id":
			return e, fault.Clash("fault.sent_twice")
		}
		return e, fmt.Errorf("ask for erasure: %w", err)
	}
	a.Record("erasure.ask", e.on(), map[string]any{"noun": e.Noun, "subject": e.Subject, "norm": e.Norm, "years": e.Years, "reason": e.Reason})
	for _, role := range []access.Role{access.DataOfficer, access.Chair, access.Protection} {
		people, err := access.Holders(ctx, a.DB(), role, territory, a.Now())
		if err != nil {
			return e, err
		}
		for _, p := range people {
			a.Notify(p, "notice.erasure_asked", e.on())
		}
	}
	return e, nil
}

// where tells the place of a row that is due and not held, to whom an action
// covers it. Anything else is not there.
func (n noun) where(ctx context.Context, v *act.View, what access.Action, subject id.ID) (string, error) {
	if _, err := id.Parse(subject.String()); err != nil {
		return "", fault.Missing()
	}
	var territory string
	err := n.ripe(v).Where("z.id = ?", subject).Apply(v.Scope(what, n.row)).ColumnExpr("z.territory").Limit(1).Scan(ctx, &territory)
	if db.IsNone(err) {
		return "", fault.Missing()
	}
	if err != nil {
		return "", fmt.Errorf("what is due: %w", err)
	}
	return territory, nil
}

// row is how the one row filter sees an erasure.
func row() access.Row { return access.Row{Alias: "e", Subjects: []string{"subject"}} }

// Get gives one erasure to whoever may ask for or answer one of its place.
//
// Faults: Denied; NotFound.
func Get(ctx context.Context, v *act.View, key id.ID) (Erasure, error) {
	var e Erasure
	if err := v.May(AnswerOne); err != nil {
		return e, err
	}
	if _, err := id.Parse(key.String()); err != nil {
		return e, fault.Missing()
	}
	err := v.DB().NewSelect().Model(&e).Where("e.id = ?", key).Apply(v.Scope(AnswerOne, row())).Scan(ctx)
	if db.IsNone(err) {
		return e, fault.Missing()
	}
	if err != nil {
		return e, fmt.Errorf("find erasure: %w", err)
	}
	return e, nil
}

// Erasures lists erasures, those that wait first, then the newest.
//
// Faults: Denied.
func Erasures(ctx context.Context, v *act.View, most int) ([]Erasure, error) {
	if err := v.May(AnswerOne); err != nil {
		return nil, err
	}
	var out []Erasure
	err := v.DB().NewSelect().Model(&out).Apply(v.Scope(AnswerOne, row())).
		OrderExpr("CASE WHEN e.state = 'asked' THEN 0 ELSE 1 END, e.asked_at DESC, e.id DESC").Limit(int64(max(1, min(most, 1000)))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("erasures: %w", err)
	}
	return out, nil
}

// Waiting counts the erasures that another has asked for and that wait for an
// answer the viewer may give.
//
// Faults: Denied.
func Waiting(ctx context.Context, v *act.View) (int, error) {
	if err := v.May(AnswerOne); err != nil {
		return 0, err
	}
	n, err := v.DB().NewSelect().Model((*Erasure)(nil)).Apply(v.Scope(AnswerOne, row())).
		Where("e.state = 'asked'").Where("e.asked_by <> ?", v.Actor().Person).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("erasures that wait: %w", err)
	}
	return int(n), nil
}

// Item is one thing that is due, as a list shows it.
type Item struct {
	Subject   id.ID
	Territory string
	No        string    // of a case
	At        time.Time // when the case ended, the message came, the file was made
	Name      string    // of a child, short
}

// Due lists what of a noun the viewer may ask to have erased, by identifier. A
// child is named as lists name it, and the look is noted. They come by
// identifier, from behind the given one on.
//
// Faults: Denied; Invalid.
func Due(ctx context.Context, v *act.View, what string, after id.ID, most int) ([]Item, error) {
	if err := v.May(AskOne); err != nil {
		return nil, err
	}
	n, ok := nounOf(what)
	if !ok {
		return nil, fault.Bad("noun", "fault.choice")
	}
	q := n.ripe(v).Apply(v.Scope(AskOne, n.row)).ColumnExpr("z.id AS subject, z.territory").OrderExpr("z.id").Limit(int64(max(1, min(most, 1000))))
	if after != "" {
		q = q.Where("z.id > ?", after)
	}
	return n.items(ctx, v, q)
}

// One gives one thing that is due, for the page that asks for its erasure.
//
// Faults: Denied; NotFound.
func One(ctx context.Context, v *act.View, what string, subject id.ID) (Item, error) {
	if err := v.May(AskOne); err != nil {
		return Item{}, err
	}
	n, ok := nounOf(what)
	if _, err := id.Parse(subject.String()); err != nil || !ok {
		return Item{}, fault.Missing()
	}
	q := n.ripe(v).Apply(v.Scope(AskOne, n.row)).Where("z.id = ?", subject).ColumnExpr("z.id AS subject, z.territory").Limit(1)
	all, err := n.items(ctx, v, q)
	if err == nil && len(all) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return Item{}, err
	}
	return all[0], nil
}

// About gives what an erasure that waits is about, so that nobody agrees to what
// cannot be told from another: the number and the day of a case, the day of a
// message; of a child nothing but that it is there, the file itself says whose
// it is to who may open it. Once it is answered there is nothing to give.
//
// Faults: Denied.
func About(ctx context.Context, v *act.View, e Erasure) (Item, error) {
	if err := v.May(AnswerOne); err != nil {
		return Item{}, err
	}
	n, ok := nounOf(e.Noun)
	switch {
	case !ok || e.State != "asked":
		return Item{}, nil
	case n.name == "child":
		return Item{Subject: e.Subject, Territory: e.Territory}, nil
	}
	q := v.DB().NewSelect().TableExpr("? AS z", bun.Ident(n.table)).Where("z.id = ?", e.Subject).Where("z.erased_at IS NULL").
		Apply(v.Scope(AnswerOne, n.row)).ColumnExpr("z.id AS subject, z.territory").Limit(1)
	all, err := n.items(ctx, v, q)
	if err != nil || len(all) == 0 {
		return Item{}, err
	}
	return all[0], nil
}

func (n noun) items(ctx context.Context, v *act.View, q *bun.SelectQuery) ([]Item, error) {
	var rows []struct {
		Item
		Family, Given string
	}
	switch n.name {
	case "case":
		q = q.ColumnExpr("z.no, z.ended_at AS at")
	case "message":
		q = q.ColumnExpr("z.received_at AS at")
	default:
		q = q.ColumnExpr("z.created_at AS at, z.family, z.given")
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("what is due: %w", err)
	}
	out := make([]Item, 0, len(rows))
	for _, r := range rows {
		if n.name == "child" {
			r.Name = name.Initial(r.Family, r.Given)
			v.Look(act.On{Noun: "child", ID: r.Subject, Child: r.Subject, Territory: r.Territory}, "list")
		}
		out = append(out, r.Item)
	}
	return out, nil
}
