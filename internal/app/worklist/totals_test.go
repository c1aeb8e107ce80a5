package worklist_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// The level above counts place by place, the gravest first; each number is that
// of the rows it opens, and others have no totals.
func TestTotalsAreTheirRows(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	accept := func(c casework.Case) {
		w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	}
	threatened := open(t, w, "curator1@lake", casework.Low)
	accept(threatened)
	accept(open(t, w, "curator1@lake", casework.High))
	open(t, w, "curator2@lake", casework.Medium)
	w.Pass(time.Hour)
	assess(w, "curator1@lake", threatened.ID, 3)
	check := func(who, under string, want []worklist.PlaceTotal) {
		t.Helper()
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			got, err := worklist.Totals(ctx, v, text.RU, under)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %+v", who, got)
			}
			for _, p := range got {
				for need, n := range map[casework.Need]int{"": p.Open, casework.Uncurated: p.Uncurated, casework.Unseen: p.Unseen, casework.InDanger: p.InDanger} {
					rows, _, err := worklist.Cases(ctx, v, worklist.CaseFilter{Territory: p.Territory, Need: need, Lang: text.RU}, nil)
					if err != nil || len(rows) != n {
						t.Errorf("%s, %s: %d rows of %d, %v", who, need, len(rows), n, err)
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	lake := worklist.PlaceTotal{Name: "Lake", Total: casework.Total{Territory: trial.Lake, Open: 3, Uncurated: 1, InDanger: 1}}
	north := worklist.PlaceTotal{Name: "North", Total: casework.Total{Territory: trial.North, Open: 3, Uncurated: 1, InDanger: 1}}
	check("regional@north", "", []worklist.PlaceTotal{lake})
	check("republican", "", []worklist.PlaceTotal{north})
	check("republican", trial.North, []worklist.PlaceTotal{lake})
	check("regional@south", "", nil)
	check("regional@south", trial.North, nil)
	check("secretary@lake", "", nil)
	w.Pass(48 * time.Hour) // each of them is seen daily: fear for life
	lake.Unseen = 3
	check("regional@north", "", []worklist.PlaceTotal{lake})
	var late int
	for _, who := range []string{"curator1@lake", "secretary@lake"} {
		for _, l := range day(t, w, who).Lines {
			if l.Kind == casework.LineContact && l.Late {
				late++
			}
		}
	}
	if late != 3 {
		t.Errorf("the days say %d are late", late)
	}
}
