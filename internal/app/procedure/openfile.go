package procedure

import (
	"context"

	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// OpenFile opens one child's file with a typed reason. A secretary from whom a
// message about the child is closed is not told that somebody who handles it
// has looked (practice rule 6).
//
// Faults: those of registry.OpenFile.
func OpenFile(ctx context.Context, a *act.Act, child id.ID, reason string) error {
	return registry.OpenFile(ctx, a, child, reason, untold)
}

func untold(ctx context.Context, a *act.Act, person, child id.ID) (bool, error) {
	who, err := access.Load(ctx, a.DB(), access.Who{Person: person}, a.Now())
	if fault.KindOf(err) == fault.Denied { // no longer serves
		return true, nil
	}
	if err != nil {
		return false, err
	}
	hands, err := signal.UnseenHands(ctx, a.DB(), who, child, a.Now())
	return hands.Has(a.Actor().Actor, a.Now()), err
}
