package worklist_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
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
	check := func(who, under string, sum string, want ...worklist.PlaceTotal) {
		t.Helper()
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			got, err := worklist.Totals(ctx, v, text.RU, under)
			if !slices.Equal(got.Rows, want) {
				t.Errorf("%s: %+v", who, got)
			}
			all := casework.Total{Territory: sum}
			for _, p := range want {
				all.Open, all.Uncurated, all.Unseen, all.InDanger = all.Open+p.Open, all.Uncurated+p.Uncurated, all.Unseen+p.Unseen, all.InDanger+p.InDanger
			}
			if got.Sum != all {
				t.Errorf("%s: the sum is %+v of %+v", who, got.Sum, all)
			}
			for _, p := range append([]worklist.PlaceTotal{{Total: got.Sum}}, got.Rows...) {
				if p.Territory == "" {
					continue
				}
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
	check("regional@north", "", trial.North, lake)
	check("republican", "", trial.Republic, north)
	check("republican", trial.North, trial.North, lake)
	check("regional@south", "", trial.South)
	check("regional@south", trial.North, trial.South)
	check("secretary@lake", "", "")
	steppe := worklist.PlaceTotal{Name: "Steppe", Total: casework.Total{Territory: trial.Steppe, Open: 1, Uncurated: 1}}
	child := w.Child(trial.Steppe, date.New(2012, 5, 17))
	w.Must("secretary@steppe", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, casework.Opening{Child: child, Territory: trial.Steppe,
			Problems: []string{"suicide_risk"}, Risk: casework.Low, Reason: "seen by the psychologist"}, registry.Home)
		return err
	})
	check("regional@north", "", trial.North, lake, steppe)
	check("republican", trial.North, trial.North, lake, steppe)
	w.Pass(48 * time.Hour) // each of them is seen daily: fear for life
	lake.Unseen, steppe.Unseen = 3, 1
	check("regional@north", "", trial.North, lake, steppe)
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
