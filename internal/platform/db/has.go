package db

import (
	"context"
	"fmt"
)

// Has tells whether the database has a table.
func (d *DB) Has(ctx context.Context, table string) (bool, error) {
	q := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if d.Engine == Postgres {
		q = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?"
	}
	var n int
	if err := d.R.NewRaw(q, table).Scan(ctx, &n); err != nil {
		return false, fmt.Errorf("look for a table: %w", err)
	}
	return n > 0, nil
}
