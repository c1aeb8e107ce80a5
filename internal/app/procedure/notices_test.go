package procedure_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/app/timeline"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// entered enters a message and does no more with it.
func entered(t *testing.T, w *trial.World, change func(*signal.Input)) signal.Signal {
	t.Helper()
	in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "school", ReceivedAt: w.Now().Add(-time.Minute), What: "beaten after lessons",
		HowKnown: "saw it", Kind: "bullying", Reporter: signal.Reporter{Kind: "school"}}
	change(&in)
	var s signal.Signal
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = procedure.Enter(ctx, a, in)
		return err
	})
	return s
}

// hints is what a chair of the lake has learned of a child's messages: the lines
// about repeats, in the inbox, the day and the counts.
func hints(t *testing.T, w *trial.World) (int, int, int) {
	t.Helper()
	var lines, counted int
	if err := w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
		all, err := signal.Lines(ctx, v)
		for _, l := range all {
			if l.What == "repeat" || l.Signal.Repeat {
				lines++
			}
		}
		if err != nil {
			return err
		}
		groups, err := signal.Counts(ctx, v, signal.Filter{})
		counted = groups["repeat"]
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return notices(t, w, "chair@lake", "notice.signal_repeat"), lines, counted
}

// Practice rule 6: a chair whom a message names does not learn from the next one
// that it is not the first, nor from who has read it; two that are open make a
// repeat as for anybody.
func TestRule06NoRepeatTellsTheNamedChair(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, known := range []bool{true, false} {
		child := file(t, w, "lake", nil)
		was := notices(t, w, "chair@lake", "notice.signal_repeat")
		first := entered(t, w, naming(child, "chair@lake"))
		w.Pass(time.Hour)
		if err := w.Show("regional@north", func(ctx context.Context, v *act.View) error {
			m, err := signal.Get(ctx, v, first.ID)
			if err != nil {
				return err
			}
			_, err = worklist.MessageNames(ctx, v, text.RU, []signal.Signal{m.Signal})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		next := func() {
			w.Pass(time.Hour)
			s := entered(t, w, func(in *signal.Input) {
				in.Child = child
				if !known {
					in.Child, in.Whom = "", "a boy of the fifth form"
				}
			})
			w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
				return signal.AnswerSafety(ctx, a, s.ID, signal.Safety{WithWhom: "at home", FearedNear: "no", Injured: "no", Suicide: "no"})
			})
			if !known {
				w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.Identify(ctx, a, s.ID, child, 0) })
			}
		}
		before, lines, counted := hints(t, w)
		next()
		if n, l, c := hints(t, w); n != before || l != lines || c != counted {
			t.Errorf("known %v: the named chair is told %d times, in %d lines, counted %d", known, n-before, l-lines, c-counted)
		}
		if err := w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
			l, err := timeline.OfChild(ctx, v, child, nil)
			if slices.ContainsFunc(l.Rows, func(r timeline.Look) bool { return r.Person == trial.Person("regional@north") }) {
				t.Errorf("known %v: who has read the message tells of it: %+v", known, l.Rows)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		next()
		if n := notices(t, w, "chair@lake", "notice.signal_repeat"); n != was+1 {
			t.Errorf("known %v: of two open messages the chair is told %d times", known, n-was)
		}
	}
}

// Practice rule 6: from the instant a message names somebody, no line of any
// kind about it, its case or a measure of it lies in their inbox, whoever does
// what; others get theirs.
func TestRule06NoNoticeTellsTheNamed(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	w.Employ("head@lake", "school@lake")
	child := file(t, w, "lake", nil)
	c := running(t, w, "lake", child)
	w.Pass(time.Hour)
	named := []string{"curator1@lake", "executor@lake", "head@lake"}
	s := message(t, w, naming(child, named...))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error { return procedure.AddSignal(ctx, a, s.ID, c.ID, 0) })
	w.Pass(time.Hour)
	must := func(who string, fn func(context.Context, *act.Act) error) { t.Helper(); w.Must(who, fn) }
	must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator2@lake")})
		return err
	})
	must("curator2@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Decline(ctx, a, c.ID, "I walk with the other child of the class")
	})
	must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, c.ID, casework.Proposal{Person: trial.Person("curator3@lake")})
		return err
	})
	must("curator3@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	today := date.Of(w.Now())
	must("curator3@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Order(ctx, a, c.ID, casework.MeasureInput{Kind: "mentoring", Subject: "child", Body: trial.Agency("school@lake"), Ground: "law",
			GroundNote: "article 10", Exempt: casework.Urgent, Catalogue: trial.Catalogue(), From: today, Due: today.AddDays(7)})
		return err
	})
	must("curator3@lake", func(ctx context.Context, a *act.Act) error {
		return registry.SetContactCard(ctx, a, child, 0, registry.Card{Who: "the aunt", How: "call"})
	})
	must("regional@north", func(ctx context.Context, a *act.Act) error {
		return registry.OpenFile(ctx, a, child, "a complaint by the family")
	})
	if err := move(w, "secretary@lake", child, trial.Steppe, "the family has moved to the aunt"); err != nil {
		t.Fatal(err)
	}
	var told []struct{ Person, Key string }
	err := w.DB.R.NewSelect().TableExpr("notice AS n").Join("JOIN access_closed AS x ON x.person = n.person AND x.from_at <= n.at").
		ColumnExpr("n.person, n.key").Where("x.subject = n.subject OR x.subject IN (SELECT m.case_id FROM measure AS m WHERE m.id = n.subject)").Scan(t.Context(), &told)
	if err != nil || len(told) > 0 {
		t.Errorf("told to the named: %+v, %v", told, err)
	}
	for who, key := range map[string]string{"secretary@lake": "notice.curator_declined", "secretary@steppe": "notice.child_moved"} {
		if notices(t, w, who, key) == 0 {
			t.Errorf("%s is not told %s", who, key)
		}
	}
}
