package procedure

import (
	"context"
	"fmt"

	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// Enter takes a message; each child it names must be one that the actor may
// search for.
//
// Faults: those of registry.Known and signal.Enter.
func Enter(ctx context.Context, a *act.Act, in signal.Input) (signal.Signal, error) {
	var children []id.ID
	if in.Child != "" {
		children = append(children, in.Child)
	}
	for _, o := range in.Others {
		children = append(children, o.Child)
	}
	for _, c := range children {
		if err := registry.Known(ctx, &a.View, c); err != nil {
			return signal.Signal{}, err
		}
	}
	return signal.Enter(ctx, a, in)
}

// Identify says which child a message is about.
//
// Faults: those of signal.Identify and registry.Known.
func Identify(ctx context.Context, a *act.Act, message, child id.ID, version int) error {
	if err := signal.Identify(ctx, a, message, child, version); err != nil {
		return err
	}
	return registry.Known(ctx, &a.View, child)
}

// AddOther notes another child of a message.
//
// Faults: those of signal.AddOther and registry.Known.
func AddOther(ctx context.Context, a *act.Act, message id.ID, p signal.Party, version int) error {
	if err := signal.AddOther(ctx, a, message, p, version); err != nil {
		return err
	}
	return registry.Known(ctx, &a.View, p.Child)
}

// namedBy tells whether a message is about a child already; a message that
// another place has passed on may be about a child who is on file there.
func namedBy(ctx context.Context, a *act.Act, message, child id.ID) (bool, error) {
	var of id.ID
	err := a.DB().NewSelect().TableExpr("signal AS s").Column("s.child").Where("s.id = ?", message).Scan(ctx, &of)
	if err != nil && !db.IsNone(err) {
		return false, fmt.Errorf("child of message: %w", err)
	}
	return of != "" && of == child, nil
}
