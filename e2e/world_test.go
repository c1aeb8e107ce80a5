//go:build e2e

package e2e

import (
	"context"

	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// born makes a child of eleven or so in a trial world.
var born = date.New(2014, 9, 12)

// identify says which child on file a message is about.
func (s *stage) identify(who, message string, child id.ID) {
	s.t.Helper()
	s.w.Must(who, func(ctx context.Context, a *act.Act) error {
		return signal.Identify(ctx, a, id.ID(message), child, 0)
	})
}
