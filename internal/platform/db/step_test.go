package db_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
)

func files(more string) fstest.MapFS {
	return fstest.MapFS{
		"0001_x.sql": {Data: []byte("CREATE TABLE parent (id {int} PRIMARY KEY, old TEXT); CREATE TABLE son (parent {int} REFERENCES parent (id));" +
			"INSERT INTO parent VALUES (1, 'plain'); INSERT INTO son VALUES (1);")},
		"0002_x.sql": {Data: []byte(more)},
	}
}

// A table that others point at is made anew, and a step with the number of a
// file is the second half of it: both or neither.
func TestAStepIsTheSecondHalfOfAFile(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), dbtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }() // nothing of it is kept
	anew := files("-- sqlite:\nCREATE TABLE anew (id {int} PRIMARY KEY, now TEXT); INSERT INTO anew SELECT id, old FROM parent; DROP TABLE parent; ALTER TABLE anew RENAME TO parent;\n" +
		"-- postgres:\nALTER TABLE parent RENAME COLUMN old TO now;\n")
	failing := d.Step(2, func(ctx context.Context, in db.Within) error {
		if _, err := in.NewRaw("UPDATE parent SET now = ?", "half").Exec(ctx); err != nil {
			return err
		}
		return context.Canceled
	})
	if err := d.Migrate(t.Context(), anew, failing); err == nil {
		t.Fatal("a step that fails passes")
	}
	var was string
	if err := d.R.NewRaw("SELECT old FROM parent").Scan(t.Context(), &was); err != nil || was != "plain" {
		t.Fatalf("half of it stands: %q, %v", was, err)
	}
	step := d.Step(2, func(ctx context.Context, in db.Within) error {
		_, err := in.NewRaw("UPDATE parent SET now = ?", "sealed").Exec(ctx)
		return err
	})
	for range 2 {
		if err := d.Migrate(t.Context(), anew, step); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.R.NewRaw("SELECT now FROM parent").Scan(t.Context(), &was); err != nil || was != "sealed" {
		t.Errorf("%q, %v", was, err)
	}
	if _, err := d.W.ExecContext(t.Context(), "INSERT INTO son VALUES (2)"); db.Violates(err) == "" {
		t.Errorf("foreign keys are off after a migration: %v", err)
	}
	if err := d.Rewrite(t.Context(), "parent"); err != nil {
		t.Error(err)
	}
	for table, want := range map[string]bool{"parent": true, "anew": false} {
		if has, err := d.Has(t.Context(), table); err != nil || has != want {
			t.Errorf("%s: %v, %v", table, has, err)
		}
	}
}

// A migration that leaves rows pointing nowhere is refused.
func TestAMigrationThatLosesAParent(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), dbtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }() // nothing of it is kept
	err = d.Migrate(t.Context(), files("DELETE FROM parent;"))
	if err == nil || d.Engine == db.SQLite && !strings.Contains(err.Error(), "son") {
		t.Errorf("got %v", err)
	}
}
