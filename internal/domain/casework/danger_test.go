package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func noticesOf(t *testing.T, w *trial.World, who, key string) int {
	t.Helper()
	n, err := w.DB.R.NewSelect().Table("notice").Where("person = ?", trial.Person(who)).Where("key = ?", key).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

var inDanger = casework.AssessmentInput{Levels: map[string]int{"safety": 3}}

// Practice rule 1 and promise 12: a score that says danger now changes nothing
// by itself; it stands first with the curator until a person answers.
func TestDangerNowWaitsForAPerson(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		risk   casework.Risk
		answer func(*trial.World, casework.Case) verb
		ends   bool
	}{
		"the risk is raised": {casework.Medium, func(_ *trial.World, c casework.Case) verb { return to(c, casework.High) }, true},
		"it stays, with why": {casework.Medium, func(_ *trial.World, c casework.Case) verb { return to(c, casework.Medium) }, true},
		"already acute, why": {casework.Acute, func(_ *trial.World, c casework.Case) verb { return to(c, casework.Acute) }, true},
		"urgent protection":  {casework.High, func(w *trial.World, c casework.Case) verb { return order(c, ordering(w, exempt(casework.Urgent))) }, true},
		"help given once":    {casework.High, func(w *trial.World, c casework.Case) verb { return order(c, ordering(w, exempt(casework.OneOff))) }, false},
		"a wish to lower it": {casework.High, func(_ *trial.World, c casework.Case) verb { return to(c, casework.Low) }, false},
		"the child was met":  {casework.High, func(w *trial.World, c casework.Case) verb { return meet(w, c, "alone") }, false},
		"looked, still so": {casework.High, func(_ *trial.World, c casework.Case) verb {
			return assess(c, casework.AssessmentInput{Note: "as before"})
		}, false},
		"its writer takes it back": {casework.High, func(_ *trial.World, c casework.Case) verb {
			return assess(c, casework.AssessmentInput{Levels: map[string]int{"safety": 1}})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trial.New(t)
			c := walked(t, w, func(o *casework.Opening) { o.Risk = tc.risk })
			w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
			w.Pass(time.Minute)
			w.Must("curator1@lake", assess(c, inDanger))
			if l := dayOf(t, w, "curator1@lake")[0]; l.Kind != casework.LineSafety || l.Rank != casework.Danger {
				t.Fatalf("the first line is %+v", l)
			}
			if o := now(t, w, c); o.Next.Kind != casework.LineSafety || o.Case.Risk != tc.risk || !slices.Contains(keys(o.Gaps), "case.gap.safety") {
				t.Fatalf("next %s, risk %s, gaps %v", o.Next.Kind, o.Case.Risk, keys(o.Gaps))
			}
			if n := noticesOf(t, w, "secretary@lake", "notice.safety_now"); n != 1 {
				t.Errorf("the secretary has %d notices", n)
			}
			for _, who := range []string{"secretary@lake", "chair@lake"} {
				if l := dayOf(t, w, who)[0]; l.Kind != casework.LineSafety || l.Case != c.ID {
					t.Errorf("the first line of %s is %+v", who, l)
				}
			}
			w.Pass(time.Minute)
			w.Must("curator1@lake", tc.answer(w, c))
			if stands := now(t, w, c).Next.Kind == casework.LineSafety; stands == tc.ends {
				t.Errorf("danger stands: %v", stands)
			}
		})
	}
}

// Who wrote danger now does not take it back alone: another person looks, or it
// is answered, with the risk kept and why.
func TestDangerNowIsNotTakenBackByItsWriter(t *testing.T) {
	t.Parallel()
	safe := casework.AssessmentInput{Levels: map[string]int{"safety": 1}}
	for name, answer := range map[string]func(*trial.World, casework.Case){
		"another looks": func(w *trial.World, c casework.Case) { w.Must("secretary@lake", assess(c, safe)) },
		"kept, and why": func(w *trial.World, c casework.Case) { w.Must("curator1@lake", to(c, c.Risk)) },
	} {
		w := trial.New(t)
		c := walked(t, w)
		w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(3)}))
		w.Pass(time.Minute)
		w.Must("curator1@lake", assess(c, safe))
		if now(t, w, c).Next.Kind != casework.LineSafety {
			t.Fatal("danger is taken back by who wrote it")
		}
		w.Pass(time.Minute)
		answer(w, c)
		if now(t, w, c).Next.Kind == casework.LineSafety {
			t.Errorf("%s: danger stands", name)
		}
	}
}

func to(c casework.Case, r casework.Risk) verb {
	return setRisk(c.ID, casework.RiskInput{Level: r, Reason: "the aunt took the child to hers tonight"})
}

// What failed is no protection: the line is back. Unanswered overnight, or
// without a curator, it stands with the secretary.
func TestDangerNowComesBackAndClimbs(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	w.Must("curator1@lake", assess(c, casework.AssessmentInput{Levels: levels(1)}))
	fields(t, w, "curator1@lake", "level", "case.risk_same", to(c, c.Risk)) // nobody asked
	w.Must("curator1@lake", assess(c, inDanger))
	in := ordering(w, exempt(casework.Urgent))
	w.Must("curator1@lake", order(c, in))
	w.Must("executor@lake", deliver(in.ID, casework.Not))
	if now(t, w, c).Next.Kind != casework.LineSafety {
		t.Error("a measure that was not delivered protects")
	}
	w.Pass(day)
	if l := lineOf(t, w, "secretary@lake", casework.LineSafety); l.Case != c.ID || !l.Late {
		t.Errorf("the secretary has %+v", l)
	}
	if l := lineOf(t, w, "secretary@steppe", casework.LineSafety); l.Kind != "" {
		t.Errorf("another district has %+v", l)
	}
	w.Must("secretary@lake", to(c, c.Risk))
	if l := lineOf(t, w, "secretary@lake", casework.LineSafety); l.Kind != "" {
		t.Errorf("answered, and %+v", l)
	}
	if o := now(t, w, c); o.Risks[len(o.Risks)-1].Was != c.Risk || o.Case.Risk != c.Risk {
		t.Errorf("kept: %+v", o.Risks)
	}
	alone := open(t, w)
	w.Must("secretary@lake", assess(alone, casework.AssessmentInput{Levels: levels(3)}))
	if l := lineOf(t, w, "secretary@lake", casework.LineSafety); l.Case != alone.ID {
		t.Errorf("the acting holder has %+v", l)
	}
}

// Practice rule 14: what a curator ends alone is told to the secretary and
// stands with the office until somebody there has looked.
func TestAnEndByTheCuratorAloneIsLookedAt(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	refused := ending(c, casework.Refusal, func(e *casework.Ending) { e.Safety = "seen at school, calm" })
	w.Must("curator1@lake", refused)
	if n := noticesOf(t, w, "secretary@lake", "notice.ended_alone"); n != 1 {
		t.Errorf("the secretary has %d notices", n)
	}
	if l := lineOf(t, w, "secretary@lake", casework.LineEnded); l.Case != c.ID || l.Rank != casework.Danger {
		t.Fatalf("the secretary has %+v", l)
	}
	look := func(note string) func(id.ID) verb {
		return func(k id.ID) verb {
			return func(ctx context.Context, a *act.Act) error { return casework.LookAtEnd(ctx, a, k, note) }
		}
	}
	strangers(t, w, c.ID, look("well"))
	refuse(t, w, "curator1@lake", fault.Deny("fault.denied"), look("well")(c.ID))
	fields(t, w, "secretary@lake", "note", "fault.blank", look(" ")(c.ID))
	w.Must("secretary@lake", look("called the aunt: the child is with her")(c.ID))
	if l := lineOf(t, w, "secretary@lake", casework.LineEnded); l.Kind != "" {
		t.Errorf("looked at, and %+v", l)
	}
	refuse(t, w, "secretary@lake", fault.Clash("case.look_done"), look("again")(c.ID))

	other := walked(t, w)
	refuse(t, w, "secretary@lake", fault.Clash("case.not_ended"), look("well")(other.ID))
	w.Must("secretary@lake", ending(other, casework.MovedAbroad))
	if l := lineOf(t, w, "chair@lake", casework.LineEnded); l.Kind != "" {
		t.Errorf("the office's own end waits: %+v", l)
	}
	third := walked(t, w)
	w.Must("curator1@lake", ending(third, casework.MovedAbroad))
	if l := lineOf(t, w, "chair@lake", casework.LineEnded); l.Case != third.ID || l.Rank != casework.Law {
		t.Errorf("the chair has %+v", l)
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Reopen(ctx, a, third.ID, casework.Opening{Problems: []string{"neglect"}, Risk: casework.High, Reason: "came back"}, trial.Home)
		return err
	})
	if l := lineOf(t, w, "chair@lake", casework.LineEnded); l.Kind != "" {
		t.Errorf("reopened, and %+v", l)
	}
}

// Practice rule 14: who is of the office and walks with the child ends the case
// as any curator: a colleague looks, never the one who ended it.
func TestAnEndByACuratorOfTheOfficeIsLookedAt(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	run(t, w, "INSERT INTO access_grant (id, person, role, territory, from_at) VALUES (?, ?, 'curator', ?, ?)",
		id.New(), trial.Person("secretary@lake"), trial.Lake, w.Now())
	c := open(t, w, withCurator("secretary@lake"))
	accept(t, w, "secretary@lake", c)
	w.Must("secretary@lake", ending(c, casework.MovedAbroad))
	look := func(ctx context.Context, a *act.Act) error {
		return casework.LookAtEnd(ctx, a, c.ID, "called the new school")
	}
	if l := lineOf(t, w, "secretary@lake", casework.LineEnded); l.Kind != "" {
		t.Errorf("who ended it is asked to look: %+v", l)
	}
	refuse(t, w, "secretary@lake", fault.Clash("case.second_self"), look)
	if l := lineOf(t, w, "chair@lake", casework.LineEnded); l.Case != c.ID {
		t.Errorf("the chair has %+v", l)
	}
	w.Must("chair@lake", look)
	refuse(t, w, "chair@lake", fault.Clash("case.look_done"), look)
}
