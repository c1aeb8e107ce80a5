package job

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"serik/internal/platform/db"
)

// Steps are migrations 2 and 3: the tables of the queue. They are two since
// PostgreSQL will not use a new value of an enumeration in the transaction
// that adds it.
func Steps(d *db.DB) []db.Step {
	return []db.Step{step(d, 2, 5), step(d, 3, 6)}
}

func step(d *db.DB, version int64, river int) db.Step {
	return db.Step{Version: version, Run: func(ctx context.Context, tx *sql.Tx) error {
		var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(d.Jobs)
		if d.Engine == db.Postgres {
			driver = riverdatabasesql.New(d.Jobs)
		}
		m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(nil)})
		if err != nil {
			return fmt.Errorf("migrate jobs: %w", err)
		}
		//nolint:staticcheck // Migrate hangs on SQLite's one connection inside goose; two steps make this safe.
		_, err = m.MigrateTx(ctx, tx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: river})
		if err != nil {
			return fmt.Errorf("migrate jobs: %w", err)
		}
		return nil
	}}
}
