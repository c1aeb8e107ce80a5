package casework_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// coverAt tells whether a case was covered at an instant.
func coverAt(t *testing.T, w *trial.World, c casework.Case, at time.Time) bool {
	t.Helper()
	out := false
	err := w.Show("republican", func(ctx context.Context, v *act.View) error {
		all, err := casework.CoverAt(ctx, v, at, casework.CoverFilter{})
		for _, x := range all {
			out = out || x.Case == c.ID && x.Covered
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What closes the file to its curator after acceptance, by whatever path it is
// written, leaves the case without a curator from that instant (practice rule 6).
func TestRule06AnyClosingLeavesTheCaseUncovered(t *testing.T) {
	t.Parallel()
	shut := func(column string, who id.ID, subject func(casework.Case) id.ID) func(*testing.T, *trial.World, casework.Case) {
		return func(t *testing.T, w *trial.World, c casework.Case) {
			run(t, w, "INSERT INTO access_closed (id, ?, subject, ground, from_at) VALUES (?, ?, ?, 'kin', ?)", bun.Ident(column), id.New(), who, subject(c), w.Now())
		}
	}
	ofCase := func(c casework.Case) id.ID { return c.ID }
	ofChild := func(c casework.Case) id.ID { return c.Child }
	me, school := trial.Person("curator1@lake"), trial.Agency("school@lake")
	for name, tc := range map[string]struct {
		before func(*testing.T, *trial.World)
		close  func(*testing.T, *trial.World, casework.Case)
	}{
		"the case to the person":  {nil, shut("person", me, ofCase)},
		"the child to the person": {nil, shut("person", me, ofChild)},
		"the child to the body of the account": {func(_ *testing.T, w *trial.World) { w.Employ("curator1@lake", "school@lake") },
			shut("agency", school, ofChild)},
		"the child to the body of another role": {func(t *testing.T, w *trial.World) {
			run(t, w, "INSERT INTO access_grant (id, person, role, territory, agency, from_at) VALUES (?, ?, 'executor', ?, ?, ?)", id.New(), me, trial.Lake, school, w.Now())
		}, shut("agency", school, ofChild)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			if tc.before != nil {
				tc.before(t, w)
			}
			c := held(t, w, "curator1@lake")
			w.Pass(time.Hour)
			lost := w.Now()
			tc.close(t, w, c)
			r := listed(t, w, c)
			if r == nil || r.Why != casework.Shut || !r.Since.Equal(lost) {
				t.Fatalf("got %+v", r)
			}
			if !coverAt(t, w, c, lost.Add(-time.Minute)) || coverAt(t, w, c, lost) {
				t.Error("the closing begins at another instant")
			}
			err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error { _, err := casework.Get(ctx, v, c.ID); return err })
			if !errors.Is(err, fault.Missing()) {
				t.Errorf("the curator sees the case: %v", err)
			}
			w.Pass(24 * time.Hour)
			w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
				return casework.Appoint(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake")})
			})
			if listed(t, w, c) != nil {
				t.Error("an appointment does not mend it")
			}
		})
	}
}

// A restored curator and a case that comes back cover again, and what was true
// in between stays true of that time.
func TestCoverOfThePast(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	marks := []time.Time{}
	mark := func() { w.Pass(time.Hour); marks = append(marks, w.Now()); w.Pass(time.Hour) }
	move := func(who, to string) {
		w.Must(who, func(ctx context.Context, a *act.Act) error {
			_, err := casework.Move(ctx, a, c.Child, to, "the family has moved")
			return err
		})
	}
	mark()
	suspend(t, w, "curator1@lake")
	mark()
	w.Must("chair@lake", func(ctx context.Context, a *act.Act) error {
		return directory.Restore(ctx, a, trial.Person("curator1@lake"))
	})
	mark()
	move("secretary@lake", trial.Steppe)
	mark()
	move("secretary@steppe", trial.Lake)
	mark()
	suspend(t, w, "curator1@lake")
	lost := w.Now()
	mark()
	for i, want := range []bool{true, false, true, false, true, false} {
		if got := coverAt(t, w, c, marks[i]); got != want {
			t.Errorf("instant %d: covered %v", i, got)
		}
	}
	if r := listed(t, w, c); r == nil || r.Why != casework.Suspended || !r.Since.Equal(lost) {
		t.Errorf("got %+v", r)
	}
	for _, q := range []string{"DELETE FROM person_cut", "DELETE FROM case_place", "UPDATE person_cut SET from_at = to_at WHERE to_at IS NOT NULL",
		"UPDATE case_place SET to_at = NULL WHERE n = 1", "INSERT INTO person_cut SELECT person, 9, state, from_at, NULL FROM person_cut WHERE to_at IS NULL"} {
		err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(q).Exec(ctx); return err })
		if err == nil {
			t.Errorf("%s: the past can be changed", q)
		}
	}
}

// A head appointed later sees the measures of the body, a head of another body
// does not, nor a former head, nor anybody after the end.
func TestHeadsSeeTheMeasuresOfTheirBody(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	w.Must("curator1@lake", plan(w, c))
	in := ordering(w, func(m *casework.MeasureInput) { m.Executor, m.Body = "", trial.Agency("school@lake") })
	w.Must("curator1@lake", order(c, in))
	sees := func(who string) bool {
		one := w.Show(who, func(ctx context.Context, v *act.View) error { _, err := casework.GetMeasure(ctx, v, in.ID); return err })
		listed := 0
		err := w.Show(who, func(ctx context.Context, v *act.View) error {
			ms, err := casework.Tasks(ctx, v)
			listed = len(ms)
			return err
		})
		if (one == nil) != (err == nil && listed == 1) {
			t.Errorf("%s: one %v, list %d %v", who, one, listed, err)
		}
		return one == nil
	}
	appoint := func(who, body string) {
		run(t, w, "INSERT INTO access_grant (id, person, role, territory, agency, from_at) VALUES (?, ?, 'agency_head', ?, ?, ?)",
			id.New(), trial.Person(who), trial.Lake, trial.Agency(body), w.Now())
	}
	w.Pass(day)
	appoint("curator3@lake", "school@lake")
	appoint("curator2@lake", "police@steppe")
	if !sees("curator3@lake") || sees("curator2@lake") {
		t.Error("the new head does not see an older measure, or another's head does")
	}
	run(t, w, "UPDATE access_grant SET to_at = ? WHERE person = ? AND role = 'agency_head'", w.Now(), trial.Person("curator3@lake"))
	appoint("curator3@lake", "police@steppe")
	if sees("curator3@lake") {
		t.Error("a former head sees the measure")
	}
	appoint("curator2@lake", "school@lake")
	if !sees("curator2@lake") {
		t.Error("the next head does not see the measure")
	}
	w.Must("secretary@lake", ending(c, casework.MovedAbroad))
	if sees("curator2@lake") {
		t.Error("the head sees the measure after the end")
	}
}

// The checks of a curator who has left fall to the secretary; where the child
// was in danger they climb to the chair after a working day (practice rule 16).
func TestRule16ChecksOfWhoHasLeft(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*testing.T, *trial.World, casework.Case){
		"grant ended": func(t *testing.T, w *trial.World, _ casework.Case) { endGrant(t, w, "curator1@lake") },
		"suspended":   func(t *testing.T, w *trial.World, _ casework.Case) { suspend(t, w, "curator1@lake") },
		"closed": func(t *testing.T, w *trial.World, c casework.Case) {
			run(t, w, "INSERT INTO access_closed (id, person, subject, ground, from_at) VALUES (?, ?, ?, 'kin', ?)", id.New(), trial.Person("curator1@lake"), c.Child, w.Now())
		},
	} {
		for _, risk := range []casework.Risk{casework.Medium, casework.High} {
			t.Run(name+" "+string(risk), func(t *testing.T) {
				t.Parallel()
				w := trial.New(t)
				c := held(t, w, "curator1@lake", func(o *casework.Opening) { o.Risk = risk })
				w.Must("curator1@lake", ending(c, casework.MovedAbroad))
				w.Set(today(w).AddMonths(3).Start())
				has := func(who string) bool { return lineOf(t, w, who, casework.LineEndCheck).Case == c.ID }
				if !has("curator1@lake") || has("secretary@lake") || has("chair@lake") {
					t.Fatal("while the curator serves the check is the curator's alone")
				}
				leave(t, w, c)
				if !has("secretary@lake") || has("chair@lake") || has("secretary@steppe") {
					t.Error("the check does not fall to the secretary of the place alone")
				}
				w.Pass(7 * day)
				if !has("secretary@lake") || has("chair@lake") != (risk == casework.High) {
					t.Error("only the child's safety climbs to the chair")
				}
				w.Must("secretary@lake", checked(c.ID, casework.CheckInput{Source: "own_records", Outcome: "calm"}))
				if has("secretary@lake") || has("chair@lake") {
					t.Error("the check is done")
				}
			})
		}
	}
}
