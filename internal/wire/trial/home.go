package trial

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Home is where a child's file is, as the product tells the verbs that ask.
func Home(ctx context.Context, v *act.View, child id.ID) (string, error) {
	return registry.Home(ctx, v, child)
}

// Reach lets a person reach a child as its curator from now on, by plain SQL:
// the turns of a case have tests of their own.
func (w *World) Reach(name string, child id.ID) {
	w.T.Helper()
	err := w.DB.Write(w.T.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO access_reach (id, person, subject, ground, source, from_at) VALUES (?, ?, ?, ?, ?, ?)",
			id.New(), Person(name), child, access.AsCurator, child, w.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
}
