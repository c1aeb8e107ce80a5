package cli

import (
	"context"
	"fmt"
	"os"

	"serik/internal/platform/db"
)

// Migrate brings a schema forward.
type Migrate struct{ Where }

// Run migrates; a second run does nothing.
func (m *Migrate) Run(ctx context.Context, w Ways) error {
	cfg, err := m.config()
	if err != nil {
		return err
	}
	if m.Data != "" {
		if err := os.MkdirAll(m.Data, 0o700); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
	}
	d, err := db.Open(ctx, cfg)
	if err != nil {
		return err
	}
	keys, made, err := m.first(ctx, d, m.Data)
	if err == nil {
		err = w.Migrate(ctx, d, keys)
	}
	if err != nil {
		_ = d.Close() // the migration's error is the one to tell
		return err
	}
	fmt.Fprint(w.Out, made)
	fmt.Fprintln(w.Out, "schema is up to date")
	return d.Close()
}
