package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/secret"
)

// Migrate brings a schema forward.
type Migrate struct{ Where }

// Run migrates and enters the country; a second run does nothing.
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
	entered := ""
	if err == nil {
		entered, err = m.country(ctx, d, keys, w)
	}
	if err != nil {
		_ = d.Close() // the migration's error is the one to tell
		return err
	}
	fmt.Fprint(w.Out, made+entered)
	fmt.Fprintln(w.Out, "schema is up to date")
	return d.Close()
}

func (m *Migrate) country(ctx context.Context, d *db.DB, keys *secret.Ring, w Ways) (string, error) {
	h, err := w.Open(d, keys, time.Now, m.Data, w.Err)
	if err != nil {
		return "", err
	}
	return h.settle(ctx)
}

// settle enters Kazakhstan, by the operator, where no place is on file; the
// text says so and is to be shown. Of two that start at once one may find its
// rows written by the other: that is as well.
func (h *House) settle(ctx context.Context) (string, error) {
	done := false
	err := h.Run.Do(ctx, operator(), func(ctx context.Context, a *act.Act) error {
		var err error
		done, err = directory.Settle(ctx, a)
		return err
	})
	if db.Violates(err) != "" && h.Run.Show(ctx, operator(), func(ctx context.Context, v *act.View) error {
		other, e := directory.Settled(ctx, v)
		if e == nil && !other {
			e = err
		}
		return e
	}) == nil {
		return "", nil
	}
	if err != nil || !done {
		return "", err
	}
	return "the regions and districts of Kazakhstan and their commissions are entered\n", nil
}

// nobody says how the first administrator is added, where nobody can sign in.
func (h *House) nobody(ctx context.Context, where string) (string, error) {
	hint := ""
	err := h.Run.Show(ctx, operator(), func(ctx context.Context, v *act.View) error {
		page, err := directory.People(ctx, v, directory.Filter{Limit: 1})
		if err == nil && len(page.People) == 0 {
			hint = "serik: nobody can sign in yet; stop this and add the first administrator: serik user add LOGIN --family NAME --given NAME --role administrator " + where + "\n"
		}
		return err
	})
	return hint, err
}
