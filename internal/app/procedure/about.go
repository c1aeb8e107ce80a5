package procedure

import (
	"context"

	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Enter takes a message, through signal.Enter, about children whose files its
// receiver may find; about any other child it is told in words.
//
// Faults: those of signal.Enter; Invalid, of the field "child".
func Enter(ctx context.Context, a *act.Act, in signal.Input) (signal.Signal, error) {
	return signal.Enter(ctx, a, in, registry.Home)
}

// Identify says, through signal.Identify, which child a message is about: one
// whose file the actor may find.
//
// Faults: those of signal.Identify; Invalid, of the field "child".
func Identify(ctx context.Context, a *act.Act, key, child id.ID, version int) error {
	if err := a.May(signal.TriageOne); err != nil {
		return err
	}
	if err := mayFind(ctx, a, child, "child"); err != nil {
		return err
	}
	return signal.Identify(ctx, a, key, child, version)
}

// AddOther names, through signal.AddOther, another child of a message: one
// whose file the actor may find.
//
// Faults: those of signal.AddOther; Invalid, of the field "child".
func AddOther(ctx context.Context, a *act.Act, key id.ID, p signal.Party, version int) error {
	if err := a.May(signal.TriageOne); err != nil {
		return err
	}
	if err := mayFind(ctx, a, p.Child, "child"); err != nil {
		return err
	}
	return signal.AddOther(ctx, a, key, p, version)
}

// mayFind refuses a child whose file the actor may not find, in the words for a
// child that does not exist. None at all is for the verb to judge.
func mayFind(ctx context.Context, a *act.Act, child id.ID, field string) error {
	if child == "" {
		return nil
	}
	_, err := registry.Home(ctx, &a.View, child)
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.Denied {
		return fault.Bad(field, "fault.id")
	}
	return err
}
