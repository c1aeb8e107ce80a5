package casework_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/db"
	"serik/internal/wire/trial"
)

// The database itself refuses what lies outside a range or goes the worse way.
func TestTheDatabaseKeepsRanges(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	w.Must("curator1@lake", read(w, c, 60, m))
	for name, tc := range map[string]struct{ set, table, want string }{
		"conflicts that rise":    {"indicator = 'conflicts_month', baseline = 1, target = 5", "measure", "measure_range"},
		"attendance above 100":   {"target = 120", "measure", "measure_range"},
		"a part of a score":      {"indicator = 'mood_score', baseline = 1.5, target = 5", "measure", "measure_range"},
		"counted in nothing":     {"indicator = 'luck'", "measure", "measure_range"},
		"a reading below 0":      {"value = -5", "reading", "reading_range"},
		"a reading of a luck":    {"indicator = 'luck'", "reading", "reading_range"},
		"a part of a whole one":  {"indicator = 'mood_score', value = 4.5", "reading", "reading_range"},
		"a reading without ends": {"value = 1e300", "reading", "reading_range"},
	} {
		err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("UPDATE "+tc.table+" SET "+tc.set+" WHERE case_id = ?", c.ID).Exec(ctx)
			return err
		})
		if got := db.Violates(err); got != tc.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// Practice rule 24: "helped" of a reading that moved the wrong way, or not at
// all, needs a written reason; blanks are none.
func TestHelpedNeedsAReadingThatMoved(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	for _, value := range []float64{40, 20} { // it began at 40
		w.Must("curator1@lake", read(w, c, value, m))
		for _, reason := range []string{"", "  "} {
			fields(t, w, "curator1@lake", "reason", "case.result_unmoved", judge(m, casework.ResultInput{Outcome: "helped", Reason: reason}))
		}
	}
	w.Must("curator1@lake", judge(m, casework.ResultInput{Outcome: "helped", Reason: "came each day but was ill this week"}))
}
