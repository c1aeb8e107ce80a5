package directory

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Commission is a commission on minors' affairs (КДН и ЗП) as a body: where it
// works and what it is called. Its composition and sittings live elsewhere.
type Commission struct {
	bun.BaseModel `bun:"table:commission,alias:c"`

	ID        id.ID `bun:"id,pk"`
	Territory string
	Level     string
	NameKK    string `bun:"name_kk"`
	NameRU    string `bun:"name_ru"`
}

// Commissions lists the commissions of a territory and below, the highest
// first. They are known to everybody who has signed in.
func Commissions(ctx context.Context, v *act.View, territory string) ([]Commission, error) {
	lo, hi := db.Under(territory)
	q := v.DB().NewSelect().Model((*Commission)(nil)).OrderExpr("c.territory, c.id").Limit(1000)
	if territory != "" {
		q = q.Where("c.territory >= ? AND c.territory < ?", lo, hi)
	}
	var out []Commission
	if err := q.Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("commissions: %w", err)
	}
	return out, nil
}

// LoadCommissions adds commissions.
//
// Faults: Denied; Invalid at the first that is wrong.
func LoadCommissions(ctx context.Context, a *act.Act, all []Commission) error {
	var paths []string
	for _, c := range all {
		paths = append(paths, c.Territory)
	}
	if err := a.May(writeCommission, distinct(paths)...); err != nil {
		return err
	}
	known, err := knownPaths(ctx, a.DB(), paths)
	if err != nil {
		return err
	}
	for i := range all {
		c := &all[i]
		var bad fault.Fields
		bad.Check(known[c.Territory], "territory", "people.territory_unknown")
		bad.Check(slices.Contains(levels, c.Level), "level", "people.territory_path")
		bad.Text(c.NameKK, 300, "name_kk")
		bad.Text(c.NameRU, 300, "name_ru")
		if err := bad.Err(); err != nil {
			return fmt.Errorf("commission %d: %w", i, err)
		}
		c.ID = c.ID.OrNew()
		a.Record("commission.add", act.On{Noun: "commission", ID: c.ID, Territory: c.Territory},
			map[string]any{"level": c.Level, "name_ru": c.NameRU})
	}
	if err := insert(ctx, a.DB(), all); err != nil {
		return fmt.Errorf("load commissions: %w", err)
	}
	return nil
}
