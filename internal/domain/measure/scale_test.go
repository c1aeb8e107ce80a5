package measure_test

import (
	"slices"
	"testing"

	"serik/internal/domain/measure"
	"serik/internal/wire/trial"
)

// The database keeps the ranges of the catalogue.
func TestTheDatabaseKeepsTheCatalogue(t *testing.T) {
	t.Parallel()
	var rows []struct {
		Key    string
		Least  int
		Most   int
		Whole  bool
		Better int
	}
	if err := trial.New(t).DB.R.NewSelect().Table("indicator").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(measure.Indicators()) {
		t.Errorf("%d in the database, %d in the catalogue", len(rows), len(measure.Indicators()))
	}
	for _, r := range rows {
		s, ok := measure.ScaleOf(r.Key)
		if want := (measure.Scale{Min: r.Least, Max: r.Most, Whole: r.Whole, Better: r.Better}); !ok || s != want || s.Min >= s.Max {
			t.Errorf("%s: %+v in the catalogue, %+v in the database", r.Key, s, want)
		}
	}
}

// Every kind is usually read by an indicator of the catalogue.
func TestUsualIndicatorsAreInTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, k := range measure.Kinds() {
		if i := measure.UsualOf(k).Indicator; !slices.Contains(measure.Indicators(), i) {
			t.Errorf("%s: %s", k, i)
		}
	}
	if _, ok := measure.ScaleOf("luck"); ok {
		t.Error("luck is counted in nothing")
	}
}
