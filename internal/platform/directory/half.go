package directory

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
)

// MayAppoint asks for a page what giving a role asks in its act: whoever let the
// person in gives no role. It is the counterpart of MayLetIn.
//
// Faults: Conflict "people.other_hand".
func MayAppoint(ctx context.Context, v *act.View, p Person) error {
	let, err := ownHand(ctx, v, handsSince(v, p), p.ID, waysIn()...)
	if err == nil && let {
		return fault.Clash("people.other_hand")
	}
	return err
}
