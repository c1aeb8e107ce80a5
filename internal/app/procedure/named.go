package procedure

import (
	"context"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// closeToNamed closes a case, and with it the child's file, to whom a message is
// closed: where the child is kept safe and through whom it is reached stand in
// the file. Where the curator is
// among them the turn ends, and the secretaries and chairs who are not are told
// that the case is without a curator.
func closeToNamed(ctx context.Context, a *act.Act, c casework.Case, message id.ID) error {
	for _, subject := range []id.ID{c.ID, c.Child} {
		if err := copyClosed(ctx, a, subject, message); err != nil {
			return err
		}
	}
	return leaveClosed(ctx, a, c)
}

// leaveClosed ends the turns in a case of those to whom it is closed by now, and
// tells the office where the curator was among them.
func leaveClosed(ctx context.Context, a *act.Act, c casework.Case) error {
	left, err := casework.LeaveClosed(ctx, a, c.ID)
	if err != nil || !left {
		return err
	}
	on := act.On{Noun: "case", ID: c.ID, Child: c.Child, Territory: c.Territory}
	for _, role := range []access.Role{access.Secretary, access.Chair} {
		people, err := access.Holders(ctx, a.DB(), role, c.Territory, a.Now())
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := tellOpen(ctx, a, p, on); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellOpen leaves the line with one person, unless the case is closed to them.
func tellOpen(ctx context.Context, a *act.Act, person id.ID, on act.On) error {
	who, err := access.Load(ctx, a.DB(), access.Who{Person: person}, a.Now())
	if fault.KindOf(err) == fault.Denied { // no longer serves
		return nil
	}
	if err != nil {
		return err
	}
	closed, err := access.IsClosed(ctx, a.DB(), who, on.ID, on.Child)
	if err == nil && !closed {
		a.Notify(person, "notice.curator_left", on)
	}
	return err
}
