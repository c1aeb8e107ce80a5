package worklist_test

import (
	"context"
	"slices"
	"testing"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/wire/trial"
)

// Who may be asked to walk with a child: neither whom the child is closed to nor
// who walks already, those with fewer cases first; who has declined is told.
func TestCandidates(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	open(t, w, "curator3@lake", casework.Low) // asked, not yet walking
	c := open(t, w, "curator2@lake", casework.Low)
	w.Must("curator2@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Decline(ctx, a, c.ID, "a neighbour of the family")
	})
	taken := open(t, w, "curator1@lake", casework.Low)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, taken.ID) })
	check := func(c casework.Case, want ...worklist.Candidate) {
		t.Helper()
		err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
			got, err := worklist.Candidates(ctx, v, c)
			for i := range got {
				got[i].Name = ""
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v, want %+v", got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	one := worklist.Candidate{Person: trial.Person("curator1@lake"), Open: 1}
	two := worklist.Candidate{Person: trial.Person("curator2@lake")}
	three := worklist.Candidate{Person: trial.Person("curator3@lake")}
	check(taken, two, three)
	check(casework.Case{Child: taken.Child, Territory: trial.Lake}, two, three, one) // yet to be opened
	two.Declined = true
	check(c, two, three, one)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), two.Person, "", c.Child, "named", a.Now())
	})
	check(c, three, one)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), three.Person, "", c.ID, "named", a.Now())
	})
	check(c, one)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return access.Close(ctx, a.DB(), trial.Person("secretary@lake"), "", taken.ID, "named", a.Now())
	})
	one.Open = 0 // practice rule 6: the number would tell of the case
	check(c, one)
}
