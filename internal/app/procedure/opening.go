// Package procedure holds the writes that look across domains: a message that
// becomes a case, and what else one act of the commission causes in several
// rooms at once. Each procedure is one transaction through the verbs of the
// domains, whose rules and faults stay theirs.
package procedure

import (
	"context"
	"fmt"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// FromSignal opens a case from a message.
type FromSignal struct {
	Signal  id.ID
	Version int // of the message
	// Opening is the case; its child is the message's own or another child of
	// it. It opens where the child's file is.
	Opening casework.Opening
	// New registers the child in the same act, when no file of it is found; it
	// stands for the opening's child.
	New *registry.Registration
	// Of another child of the message: what was found, and what is needed.
	Checked string
	Need    string
}

// OpenFromSignal opens a case from a message, proposes its curator and ends the
// message, in one act. It needs the answer about safety and the confirmed kind.
// For another child of the message the message stays as it is; for a child said
// to have harmed the facts must have been checked and a need found, and the
// curator of the hurt child is not asked (practice rule 7).
//
// Faults: those of signal.EndInCase, signal.CaseForOther, registry.Register and
// Open; Invalid "signal.one_curator"; Conflict "case.child_elsewhere" when the
// message was passed on and the child's file was not. A message that the level
// above has given to this place brings the file with it.
func OpenFromSignal(ctx context.Context, a *act.Act, f FromSignal) (casework.Case, error) {
	o := f.Opening
	o.ID, o.Signal = o.ID.OrNew(), f.Signal
	if f.New != nil {
		c, err := registry.Register(ctx, a, *f.New)
		if err != nil {
			return casework.Case{}, err
		}
		o.Child = c.ID
	}
	if err := wellFormed(f.Signal, o.Child); err != nil {
		return casework.Case{}, err
	}
	s, err := endOrNote(ctx, a, f, o)
	if err != nil {
		return casework.Case{}, err
	}
	if len(o.Problems) == 0 && s.KindConfirmed != "" {
		o.Problems = []string{s.KindConfirmed}
	}
	if err := apart(ctx, a, o); err != nil {
		return casework.Case{}, err
	}
	if err := copyClosed(ctx, a, o.ID, s.ID); err != nil {
		return casework.Case{}, err
	}
	c, err := casework.Open(ctx, a, o, func(ctx context.Context, v *act.View, child id.ID) (string, error) {
		home, err := registry.Home(ctx, v, child)
		if fault.KindOf(err) != fault.NotFound {
			return home, err
		}
		given, err := signal.GivenFromAbove(ctx, v, s)
		if err != nil {
			return "", err
		}
		if !given || child != s.Child {
			return "", outside(ctx, v, s)
		}
		return s.Territory, follow(ctx, a, s)
	})
	if err != nil {
		return casework.Case{}, err
	}
	return c, copyClosed(ctx, a, c.Child, s.ID)
}

// follow brings the child's file, with the cases that have ended, to where the
// level above has given the message.
func follow(ctx context.Context, a *act.Act, s signal.Signal) error {
	if err := registry.Follow(ctx, a, s.Child, s.ID, s.Territory); err != nil {
		return err
	}
	return casework.MoveEnded(ctx, a, s.Child, s.Territory)
}

// wellFormed says of what is no identifier what is said of an unknown one.
func wellFormed(message, child id.ID) error {
	if _, err := id.Parse(message.String()); err != nil {
		return fault.Missing()
	}
	if _, err := id.Parse(child.String()); err != nil && child != "" {
		return fault.Bad("child", "fault.id")
	}
	return nil
}

// endOrNote ends the message in the case of its own child, or notes the case of
// another child.
func endOrNote(ctx context.Context, a *act.Act, f FromSignal, o casework.Opening) (signal.Signal, error) {
	other, err := isOther(ctx, a, f.Signal, o.Child)
	if err != nil {
		return signal.Signal{}, err
	}
	if other {
		return signal.CaseForOther(ctx, a, f.Signal, signal.Basis{Version: f.Version, Child: o.Child, Case: o.ID,
			Checked: f.Checked, Need: f.Need})
	}
	named, err := namedBy(ctx, a, f.Signal, o.Child)
	if err != nil {
		return signal.Signal{}, err
	}
	s, err := signal.EndInCase(ctx, a, f.Signal, signal.Ending{Version: f.Version, Outcome: signal.BecameCase, Case: o.ID, Child: o.Child})
	if err == nil && !named {
		err = mayFind(ctx, a, o.Child, "child")
	}
	return s, err
}

func isOther(ctx context.Context, a *act.Act, message, child id.ID) (bool, error) {
	n, err := a.DB().NewSelect().TableExpr("signal_child AS o").Where("o.signal = ?", message).Where("o.child = ?", child).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("children of message: %w", err)
	}
	return n > 0, nil
}

// apart refuses one curator for a hurt child and a child said to have harmed.
func apart(ctx context.Context, a *act.Act, o casework.Opening) error {
	if o.Curator == "" {
		return nil
	}
	var harming []id.ID
	err := a.DB().NewSelect().TableExpr("signal_child AS o").Column("o.child").Where("o.signal = ?", o.Signal).
		Where("o.part = 'harming'").Limit(50).Scan(ctx, &harming)
	if err != nil {
		return fmt.Errorf("children of message: %w", err)
	}
	var walks []id.ID
	err = a.DB().NewSelect().TableExpr("assignment AS g").Join("JOIN case_file AS c ON c.id = g.case_id").Column("c.child").
		Where("c.signal = ?", o.Signal).Where("c.child <> ?", o.Child).Where("g.person = ?", o.Curator).
		Where("g.role = 'curator'").Where("g.state IN ('proposed', 'active')").Limit(50).Scan(ctx, &walks)
	if err != nil {
		return fmt.Errorf("curators of message: %w", err)
	}
	mine := slices.Contains(harming, o.Child)
	for _, c := range walks {
		if slices.Contains(harming, c) != mine {
			return fault.Bad("curator", "signal.one_curator")
		}
	}
	return nil
}

// AddSignal ends a message as part of the open case of its child, and tells the
// curator. Whom the message names loses the case in the same act, and the turn
// in it (practice rule 6).
//
// Faults: those of casework.Get and signal.EndInCase; Conflict "case.ended".
func AddSignal(ctx context.Context, a *act.Act, message, key id.ID, version int) error {
	if _, err := id.Parse(key.String()); err != nil {
		return fault.Missing()
	}
	if err := a.Lock(ctx, "case_file", key); err != nil {
		return err
	}
	c, err := casework.Get(ctx, &a.View, key)
	if err != nil {
		return err
	}
	if c.State == casework.Ended {
		return fault.Clash("case.ended")
	}
	_, err = signal.EndInCase(ctx, a, message, signal.Ending{Version: version, Outcome: signal.AddedToCase, Case: c.ID, Child: c.Child})
	if err != nil {
		return err
	}
	if err := closeToNamed(ctx, a, c, message); err != nil {
		return err
	}
	var curator id.ID
	err = a.DB().NewSelect().TableExpr("assignment AS g").Column("g.person").Where("g.case_id = ?", c.ID).
		Where("g.role = 'curator'").Where("g.state = 'active'").Scan(ctx, &curator)
	if db.IsNone(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("curator of case: %w", err)
	}
	a.Notify(curator, "notice.signal_added", act.On{Noun: "case", ID: c.ID, Child: c.Child, Territory: c.Territory})
	return nil
}
