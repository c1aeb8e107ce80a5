package wire_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/app/timeline"
	"serik/internal/app/worklist"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// repeats counts the lines about repeats in the inbox of the lake's chair.
func repeats(t *testing.T, w *trial.World) int {
	t.Helper()
	n, err := w.DB.R.NewSelect().Table("notice").Where("person = ?", trial.Person("chair@lake")).Where("key = 'notice.signal_repeat'").Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// taken enters a message and does no more with it.
func taken(t *testing.T, w *trial.World, change func(*signal.Input)) signal.Signal {
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
	return repeats(t, w), lines, counted
}

// Practice rule 6: a chair whom a message names does not learn from the next one
// that it is not the first, nor from who has read it; two that are open make a
// repeat as for anybody.
func TestRule06NoRepeatTellsTheNamedChair(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, known := range []bool{true, false} {
		child := w.Child(trial.Lake, date.New(2012, 5, 17))
		was := repeats(t, w)
		first := taken(t, w, func(in *signal.Input) {
			in.Child, in.Named = child, []signal.Named{{Person: trial.Person("chair@lake")}}
		})
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
			s := taken(t, w, func(in *signal.Input) {
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
		if n := repeats(t, w); n != was+1 {
			t.Errorf("known %v: of two open messages the chair is told %d times", known, n-was)
		}
	}
}
