package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Territory is a place in the tree: the republic, a region (облыс), a district
// or city, a rural district.
type Territory struct {
	bun.BaseModel `bun:"table:territory,alias:t"`

	ID     id.ID `bun:"id,pk"`
	No     int
	Parent id.ID
	Path   string // numbers of the ancestors and its own, each with a point after it
	Level  string
	Kind   string
	Kato   string `bun:"kato,nullzero"`
	NameKK string `bun:"name_kk"`
	NameRU string `bun:"name_ru"`
	NameEN string `bun:"name_en"`
}

var levels = []string{"republic", "region", "district", "rural"}

// Territories lists the places right under a path; under "" the republic.
// Places are known to everybody who has signed in.
func Territories(ctx context.Context, v *act.View, parent string) ([]Territory, error) {
	q := v.DB().NewSelect().Model((*Territory)(nil)).OrderExpr("t.no").Limit(1000)
	if parent == "" {
		q = q.Where("t.parent IS NULL")
	} else {
		q = q.Where("t.parent = (SELECT id FROM territory WHERE path = ?)", parent)
	}
	var out []Territory
	if err := q.Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("territories: %w", err)
	}
	return out, nil
}

// TerritoryAt is the place of a path.
//
// Faults: NotFound.
func TerritoryAt(ctx context.Context, v *act.View, path string) (Territory, error) {
	var t Territory
	err := v.DB().NewSelect().Model(&t).Where("t.path = ?", path).Scan(ctx)
	if db.IsNone(err) {
		return Territory{}, fault.Missing()
	}
	if err != nil {
		return Territory{}, fmt.Errorf("territory: %w", err)
	}
	return t, nil
}

// TerritoryByKATO is the place of a code of the classifier of administrative
// units (КАТО).
//
// Faults: NotFound.
func TerritoryByKATO(ctx context.Context, v *act.View, code string) (Territory, error) {
	var t Territory
	err := v.DB().NewSelect().Model(&t).Where("t.kato = ?", code).OrderExpr("t.no").Limit(1).Scan(ctx)
	if db.IsNone(err) {
		return Territory{}, fault.Missing()
	}
	if err != nil {
		return Territory{}, fmt.Errorf("territory: %w", err)
	}
	return t, nil
}

// Places lists the republic, regions and districts under any of the paths, in
// the order of the tree; rural districts, which have no people of their own,
// are left out.
func Places(ctx context.Context, v *act.View, under ...string) ([]Territory, error) {
	if len(under) == 0 {
		return nil, nil
	}
	var out []Territory
	err := v.DB().NewSelect().Model((*Territory)(nil)).Where("t.level <> 'rural'").
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			for _, path := range under {
				lo, hi := db.Under(path)
				q = q.WhereOr("(t.path >= ? AND t.path < ?)", lo, hi)
			}
			return q
		}).OrderExpr("t.no").Limit(1000).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return out, nil
}

// TerritoriesAt gives the places of paths; an unknown one is missing.
func TerritoriesAt(ctx context.Context, v *act.View, paths ...string) (map[string]Territory, error) {
	rows, err := among[string, Territory](ctx, func() *bun.SelectQuery { return v.DB().NewSelect().Model((*Territory)(nil)) }, "path", paths)
	out := make(map[string]Territory, len(rows))
	for _, t := range rows {
		out[t.Path] = t
	}
	return out, err
}

// LoadTerritories adds places, parents before children.
//
// Faults: Denied; Invalid at the first place that is wrong.
func LoadTerritories(ctx context.Context, a *act.Act, all []Territory) error {
	var paths []string
	for _, t := range all {
		paths = append(paths, t.Path)
	}
	if err := a.May(writeTerritory, distinct(paths)...); err != nil {
		return err
	}
	known, err := knownTerritories(ctx, a, all)
	if err != nil {
		return err
	}
	for i := range all {
		t := &all[i]
		if err := checkTerritory(*t, known); err != nil {
			return fmt.Errorf("territory %d: %w", i, err)
		}
		t.ID = t.ID.OrNew()
		known[t.ID] = *t
		a.Record("territory.add", act.On{Noun: "territory", ID: t.ID, Territory: t.Path}, t.detail())
	}
	if err := insert(ctx, a.DB(), all); err != nil {
		return fmt.Errorf("load territories: %w", err)
	}
	return nil
}

func knownTerritories(ctx context.Context, a *act.Act, all []Territory) (map[id.ID]Territory, error) {
	var parents []id.ID
	for _, t := range all {
		parents = append(parents, t.Parent)
	}
	rows, err := among[id.ID, Territory](ctx, func() *bun.SelectQuery { return a.DB().NewSelect().Model((*Territory)(nil)) }, "id", parents)
	known := map[id.ID]Territory{}
	for _, t := range rows {
		known[t.ID] = t
	}
	return known, err
}

func checkTerritory(t Territory, known map[id.ID]Territory) error {
	var bad fault.Fields
	bad.Check(strings.HasSuffix(t.Path, ".") && len(t.Path) > 1, "path", "people.territory_path")
	bad.Check(slices.Contains(levels, t.Level), "level", "people.territory_path")
	if t.Parent != "" {
		p, ok := known[t.Parent]
		bad.Check(ok && strings.HasPrefix(t.Path, p.Path) && len(t.Path) > len(p.Path) &&
			slices.Index(levels, t.Level) > slices.Index(levels, p.Level), "parent", "people.territory_path")
	}
	bad.Text(t.NameKK, 200, "name_kk")
	bad.Text(t.NameRU, 200, "name_ru")
	bad.Text(t.NameEN, 200, "name_en")
	return bad.Err()
}

func (t Territory) detail() map[string]any {
	return map[string]any{"path": t.Path, "level": t.Level, "kind": t.Kind, "kato": t.Kato, "name_ru": t.NameRU}
}

// knownPaths tells which of the paths are places.
func knownPaths(ctx context.Context, d bun.IDB, paths []string) (map[string]bool, error) {
	rows, err := among[string, string](ctx, func() *bun.SelectQuery { return d.NewSelect().Table("territory").Column("path") }, "path", paths)
	known := map[string]bool{}
	for _, p := range rows {
		known[p] = true
	}
	return known, err
}
