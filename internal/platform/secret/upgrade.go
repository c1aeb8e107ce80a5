package secret

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"serik/internal/platform/db"
)

// block is how many rows go through memory at once.
const block = 500

// first is the migration that made sealed columns.
const first = 10

// Upgrade gives the second half of each migration that made columns sealed:
// what a former version wrote in the open is sealed in the same transaction,
// and the tables whose former bytes are still in the database are noted for
// Settle.
func Upgrade(d *db.DB, r *Ring, all []Sealed) []db.Step {
	by := map[int64][]Sealed{first: nil}
	for _, s := range all {
		if !s.Born {
			by[s.since()] = append(by[s.since()], s)
		}
	}
	var out []db.Step
	for _, version := range slices.Sorted(maps.Keys(by)) {
		out = append(out, d.Step(version, func(ctx context.Context, in db.Within) error {
			if err := r.Vouch(ctx, in, time.Now().UTC().Truncate(time.Microsecond)); err != nil {
				return err
			}
			for _, s := range by[version] {
				if err := r.begin(ctx, in, s); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return out
}

func (r *Ring) begin(ctx context.Context, in db.Within, s Sealed) error {
	for after := First; ; {
		last, err := r.Begin(ctx, in, s, after, block)
		if err != nil {
			return err
		}
		if last == "" {
			return nil
		}
		after = last
		_, err = in.NewRaw("INSERT INTO secret_debt (name) VALUES (?) ON CONFLICT (name) DO NOTHING", s.Column.Table()).Exec(ctx)
		if err != nil {
			return fmt.Errorf("begin to seal: %w", err)
		}
	}
}

// Settle writes anew the tables that Upgrade has noted, so that nothing of what
// stood in the open is left in the database. Killed on its way, it begins again
// at the next start.
func Settle(ctx context.Context, d *db.DB) error {
	var names []string
	if err := d.W.NewRaw("SELECT name FROM secret_debt ORDER BY name LIMIT 1000").Scan(ctx, &names); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	if len(names) == 0 {
		return nil
	}
	if err := d.Rewrite(ctx, names...); err != nil {
		return err
	}
	if _, err := d.W.NewRaw("DELETE FROM secret_debt").Exec(ctx); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}
