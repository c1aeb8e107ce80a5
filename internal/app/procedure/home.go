package procedure

import (
	"context"
	"fmt"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Open opens a case where the child's file is now, for whoever may find the
// child.
//
// Faults: Denied; Invalid, of the field "child" when there is no such child for
// the actor; those of casework.Open.
func Open(ctx context.Context, a *act.Act, o casework.Opening) (casework.Case, error) {
	return casework.Open(ctx, a, o, registry.Home)
}

// Reopen opens a new case for the child of an ended one, where the child's file
// is now.
//
// Faults: Denied; NotFound when the old case or the child's file is not the
// actor's to see; those of casework.Reopen.
func Reopen(ctx context.Context, a *act.Act, key id.ID, o casework.Opening) (casework.Case, error) {
	return casework.Reopen(ctx, a, key, o, registry.Home)
}

// outside is the fault of a case for a child that is not the actor's: with a
// message that was accepted the child is known, and its file is what is missing.
func outside(ctx context.Context, v *act.View, s signal.Signal) error {
	n, err := v.DB().NewSelect().Table("signal_pass").Where("signal = ?", s.ID).Where("accepted_at IS NOT NULL").Count(ctx)
	if err != nil {
		return fmt.Errorf("passings of message: %w", err)
	}
	if n > 0 {
		return fault.Clash("case.child_elsewhere")
	}
	return fault.Bad("child", "fault.id")
}
