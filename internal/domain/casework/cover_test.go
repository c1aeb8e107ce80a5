package casework_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// held opens a case whose curator has accepted.
func held(t *testing.T, w *trial.World, who string, change ...func(*casework.Opening)) casework.Case {
	t.Helper()
	c := open(t, w, append(change, withCurator(who))...)
	accept(t, w, who, c)
	return c
}

// listed gives the row of a case in "Without a curator", or nil.
func listed(t *testing.T, w *trial.World, c casework.Case) *casework.UncoveredRow {
	t.Helper()
	var out *casework.UncoveredRow
	err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		rows, all, err := casework.Uncovered(ctx, v, casework.UncoveredPage{})
		if err != nil {
			return err
		}
		n, err := casework.CountUncovered(ctx, v, "")
		if err != nil {
			return err
		}
		if n != len(rows) || n != all {
			t.Errorf("count %d, list %d of %d", n, len(rows), all)
		}
		for i := range rows {
			if rows[i].ID == c.ID {
				out = &rows[i]
			}
		}
		cover, err := casework.CoverAt(ctx, v, v.Now(), casework.CoverFilter{})
		for _, x := range cover {
			if x.Case == c.ID && x.Covered == (out != nil) {
				t.Error("cover and list disagree")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func run(t *testing.T, w *trial.World, q string, args ...any) {
	t.Helper()
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(q, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func endGrant(t *testing.T, w *trial.World, who string) {
	t.Helper()
	run(t, w, "UPDATE access_grant SET to_at = ? WHERE person = ? AND role = 'curator'", w.Now(), trial.Person(who))
}

func absent(w *trial.World, who string, from, to time.Time) error {
	return w.Do("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.SetAbsence(ctx, a, casework.Absence{ID: id.New(), Person: trial.Person(who), FromAt: from, ToAt: to, Reason: "leave"})
	})
}

func suspend(t *testing.T, w *trial.World, who string) {
	t.Helper()
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, trial.Person(who), "an inquiry")
	})
}

// Promise 1: each way in which a case loses its curator shows at once, with
// its reason and the beginning of the gap.
func TestUncoveredSaysSinceWhenAndWhy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lose func(*testing.T, *trial.World, casework.Case)
		why  casework.Why
	}{
		"suspended":   {func(t *testing.T, w *trial.World, _ casework.Case) { suspend(t, w, "curator1@lake") }, casework.Suspended},
		"grant ended": {func(t *testing.T, w *trial.World, _ casework.Case) { endGrant(t, w, "curator1@lake") }, casework.GrantEnded},
		"absent": {func(t *testing.T, w *trial.World, _ casework.Case) {
			if err := absent(w, "curator1@lake", w.Now(), w.Now().Add(99*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}, casework.Away},
		"resigned": {func(t *testing.T, w *trial.World, c casework.Case) {
			handOver(t, w, map[id.ID]id.ID{c.ID: trial.Person("curator2@lake")}, false)
		}, casework.Resigned},
		"moved": {func(t *testing.T, w *trial.World, c casework.Case) {
			run(t, w, "UPDATE access_grant SET territory = ? WHERE person = ? AND role = 'secretary'", trial.North, trial.Person("secretary@lake"))
			run(t, w, "UPDATE case_file SET territory = ?, moved_at = ? WHERE id = ?", trial.Steppe, w.Now(), c.ID)
		}, casework.MovedAway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			c := held(t, w, "curator1@lake")
			w.Pass(time.Hour)
			if listed(t, w, c) != nil {
				t.Fatal("a case with a curator is listed")
			}
			lost := w.Now()
			tc.lose(t, w, c)
			r := listed(t, w, c)
			if r == nil || r.Why != tc.why || !r.Since.Equal(lost) || r.MayAppoint || r.Overdue {
				t.Fatalf("got %+v", r)
			}
			w.Pass(24 * time.Hour)
			if r = listed(t, w, c); r == nil || !r.Since.Equal(lost) || !r.MayAppoint || !r.Overdue || r.Curator != trial.Person("curator1@lake") {
				t.Fatalf("got %+v", r)
			}
		})
	}
}

func TestUncoveredBeforeAnyCurator(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, withCurator("curator1@lake"))
	r := listed(t, w, c)
	if r == nil || r.Why != casework.NeverAccepted || !r.Since.Equal(c.OpenedAt) || r.Asked != trial.Person("curator1@lake") {
		t.Fatalf("got %+v", r)
	}
	w.Pass(time.Minute)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Decline(ctx, a, c.ID, "too far away") })
	if r = listed(t, w, c); r == nil || r.Why != casework.Declined || r.Declines != 1 || r.Asked != "" {
		t.Fatalf("got %+v", r)
	}
}

func TestUncoveredListsDangerFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	var want []id.ID
	for _, group := range [][]casework.Risk{{casework.Acute, casework.Acute}, {casework.High, casework.High}, {casework.Medium, casework.Medium}, {casework.Low, casework.Low}} {
		n := len(want)
		for _, r := range group {
			c := open(t, w, func(o *casework.Opening) { o.Risk = r })
			want = append(want, c.ID)
			w.Pass(-time.Hour) // the older stand behind, were it not for the danger
		}
		slices.Reverse(want[n:])
	}
	w.Pass(1000 * time.Hour)
	var got []id.ID
	for {
		p := casework.UncoveredPage{Limit: 3}
		if len(got) > 0 {
			p.After = got[len(got)-1]
		}
		n := len(got)
		err := w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
			rows, _, err := casework.Uncovered(ctx, v, p)
			for _, r := range rows {
				got = append(got, r.ID)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == n {
			break
		}
	}
	if len(got) != len(want) {
		t.Fatalf("got %d of %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("row %d is not the one of its danger and age", i)
		}
	}
}

// An older case that lost its curator yesterday stands behind a younger one
// that has waited longer; danger now stands before both.
func TestUncoveredListsTheLongestGapFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	low := func(o *casework.Opening) { o.Risk = casework.Low }
	older := walked(t, w, low)
	w.Pass(24 * time.Hour)
	longer := open(t, w, low)
	w.Pass(24 * time.Hour)
	threatened := walked(t, w, low)
	w.Must("curator1@lake", assess(threatened, casework.AssessmentInput{Levels: levels(1)}))
	w.Pass(time.Minute)
	w.Must("curator1@lake", assess(threatened, inDanger))
	w.Pass(time.Hour)
	for _, c := range []casework.Case{older, threatened} {
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			_, err := casework.Handover(ctx, a, casework.HandoverInput{ID: id.New(), From: trial.Person("curator1@lake"),
				To: map[id.ID]id.ID{c.ID: trial.Person("curator2@lake")}, Reason: "has left the service"})
			return err
		})
	}
	var got []id.ID
	err := w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
		rows, _, err := casework.Uncovered(ctx, v, casework.UncoveredPage{})
		for _, r := range rows {
			got = append(got, r.ID)
		}
		return err
	})
	if err != nil || !slices.Equal(got, []id.ID{threatened.ID, longer.ID, older.ID}) {
		t.Errorf("%v: %v", got, err)
	}
}

func TestUncoveredIsWithinScope(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	open(t, w)
	for who, want := range map[string]int{"secretary@lake": 1, "chair@lake": 1, "regional@north": 1, "republican": 1,
		"secretary@steppe": 0, "regional@south": 0} {
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			n, err := casework.CountUncovered(ctx, v, "")
			if n != want {
				t.Errorf("%s sees %d", who, n)
			}
			return err
		})
		if err != nil {
			t.Error(who, err)
		}
	}
	for _, who := range []string{"curator1@lake", "executor@lake", "analyst"} {
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			_, _, err := casework.Uncovered(ctx, v, casework.UncoveredPage{})
			return err
		})
		if !errors.Is(err, fault.Deny("fault.denied")) {
			t.Error(who, err)
		}
	}
}

// A suspended curator does not hold up the chair: the norm's hours run from the
// suspension, then another is appointed and the turns do not overlap.
func TestChairAppointsAfterSuspension(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	appoint := func() error {
		return w.Do("chair@lake", func(ctx context.Context, a *act.Act) error {
			return casework.Appoint(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake")})
		})
	}
	w.Pass(100 * time.Hour)
	suspend(t, w, "curator1@lake")
	w.Pass(23 * time.Hour)
	if err := appoint(); !errors.Is(err, fault.Clash("case.appoint_early")) {
		t.Fatalf("got %v", err)
	}
	w.Pass(time.Hour)
	if err := appoint(); err != nil {
		t.Fatal(err)
	}
	if listed(t, w, c) != nil {
		t.Fatal("an appointment counts as acceptance")
	}
}

// Reach that outlives the grant shows nothing: the grant, not the turn, gives
// the role.
func TestEndedGrantLeavesNothingInReach(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	d := held(t, w, "curator2@lake")
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Deputise(ctx, a, casework.Deputation{Curator: trial.Person("curator2@lake"),
			Deputy: trial.Person("curator1@lake"), Until: w.Now().Add(999 * time.Hour)})
		return err
	})
	sees := func(key id.ID) error {
		return w.Show("curator1@lake", func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, key); return err })
	}
	w.Pass(time.Hour)
	if sees(c.ID) != nil || sees(d.ID) != nil {
		t.Fatal("curator and deputy see their cases")
	}
	run(t, w, "INSERT INTO access_grant (id, person, role, territory, from_at) VALUES (?, ?, 'executor', ?, ?)",
		id.New(), trial.Person("curator1@lake"), trial.Lake, w.Now())
	endGrant(t, w, "curator1@lake")
	for _, key := range []id.ID{c.ID, d.ID} {
		if err := sees(key); fault.KindOf(err) != fault.Denied && fault.KindOf(err) != fault.NotFound {
			t.Errorf("got %v", err)
		}
	}
	suspend(t, w, "curator2@lake")
	err := w.Show("curator2@lake", func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, d.ID); return err })
	if !errors.Is(err, fault.Deny("access.suspended")) {
		t.Errorf("got %v", err)
	}
	var rows int
	if err := w.DB.R.NewRaw("SELECT count(*) FROM access_reach WHERE ground IN (?) AND (to_at IS NULL OR to_at > ?)",
		bun.List([]access.Ground{access.AsCurator, access.AsDeputy}), w.Now()).Scan(t.Context(), &rows); err != nil || rows == 0 {
		t.Fatalf("the reach is open: %d %v", rows, err)
	}
}
