package casework_test

import (
	"context"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/wire/trial"
)

// Who carries a case and may no longer work on it is counted, as a number.
func TestLapsed(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	held(t, w, "curator1@lake")
	held(t, w, "curator1@lake")
	held(t, w, "curator2@lake")
	counted := func(wantPeople, wantCases int) {
		t.Helper()
		err := w.Run.Show(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, v *act.View) error {
			people, cases, err := casework.Lapsed(ctx, v)
			if people != wantPeople || cases != wantCases {
				t.Errorf("%d people, %d cases; %d and %d expected", people, cases, wantPeople, wantCases)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	counted(0, 0)
	endGrant(t, w, "curator1@lake")
	w.Pass(1)
	counted(1, 2)
	suspend(t, w, "curator2@lake")
	w.Pass(1)
	counted(2, 3)
}
