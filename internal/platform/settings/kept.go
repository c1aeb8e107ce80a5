package settings

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
)

// kept is one note about the installation itself.
type kept struct {
	bun.BaseModel `bun:"table:setting"`

	Key   string `bun:",pk"`
	Value string
}

// Keep notes something about the installation itself, such as which build made
// a demonstration. Only the machine does.
//
// Faults: Denied.
func Keep(ctx context.Context, a *act.Act, key, value string) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	row := kept{Key: key, Value: value}
	_, err := a.DB().NewInsert().Model(&row).On("CONFLICT (key) DO UPDATE").Set("value = EXCLUDED.value").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep setting: %w", err)
	}
	a.Record("setting.keep", act.On{Noun: "setting"}, map[string]any{"key": key, "value": value})
	return nil
}

// Kept gives all that was noted, also before the house stands on the database.
func Kept(ctx context.Context, d bun.IDB) (map[string]string, error) {
	var rows []kept
	if err := d.NewSelect().Model(&rows).Limit(1000).Scan(ctx); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Key] = r.Value
	}
	return out, nil
}
