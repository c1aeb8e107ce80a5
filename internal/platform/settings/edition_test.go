package settings_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
	"serik/internal/platform/settings"
)

const planDays = "case.plan_days"

// seen is the number of days by which a runner judges an act or a view.
func (w *world) seen(r *act.Runner) (in, by int) {
	w.Helper()
	w.must(r.Do(w.Context(), w.admin, func(_ context.Context, a *act.Act) error { in = a.Norm(planDays).Int(); return nil }))
	w.must(r.Show(w.Context(), w.admin, func(_ context.Context, v *act.View) error { by = v.Norm(planDays).Int(); return nil }))
	return in, by
}

func (w *world) sees(r *act.Runner, want int, when string) {
	w.Helper()
	if in, by := w.seen(r); in != want || by != want {
		w.Errorf("%s: an act sees %d, a view %d, want %d", when, in, by, want)
	}
}

// beside is a second house over the same database.
func (w *world) beside() *act.Runner {
	w.Helper()
	book, err := norm.NewBook([]norm.Default{{Key: planDays, Value: "10", Unit: norm.Workdays}})
	w.must(err)
	keys, err := secret.New()
	w.must(err)
	return act.NewRunner(w.Database(), access.NewPolicy(settings.Rules()), book, nil, keys, w.Now)
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// in runs statements in one transaction and then ends it with an error of its own.
func (w *world) in(end error, statements ...string) {
	w.Helper()
	err := w.Database().Write(w.Context(), func(ctx context.Context, tx bun.Tx) error {
		for _, q := range statements {
			if _, err := tx.NewRaw(q).Exec(ctx); err != nil {
				return err
			}
		}
		// What is read here is of a state that may never come to be.
		if _, err := w.Book().Load(ctx, tx, date.Of(w.Now())); err != nil {
			return err
		}
		return end
	})
	if !errors.Is(err, end) {
		w.Fatal(err)
	}
}

// A change of a norm binds the next act and view, in its own process and in each
// other over the same database; one taken back binds nobody.
func TestAChangeBindsTheNextAct(t *testing.T) {
	w := newWorld(t)
	other := w.beside()
	both := func(want int, when string) {
		t.Helper()
		w.sees(w.Runner, want, when)
		w.sees(other, want, when+", beside")
	}
	both(10, "at first")
	w.in(nil, "UPDATE norm SET value = '11' WHERE key = 'case.plan_days'")
	both(11, "after a change")

	boom := errors.New("boom")
	w.in(boom, "UPDATE norm SET value = '99' WHERE key = 'case.plan_days'")
	both(11, "after one taken back")
	w.in(boom, "UPDATE norm SET value = '98' WHERE key = 'case.plan_days'")
	w.in(nil, "UPDATE norm SET value = '12' WHERE key = 'case.plan_days'")
	both(12, "after two taken back and one kept")

	w.in(nil, "UPDATE norm SET to_day = '2026-03-01' WHERE key = 'case.plan_days'",
		"INSERT INTO norm (id, key, value, from_day) VALUES ('00000000-0000-7000-8000-000000000001', 'case.plan_days', '13', '2026-03-02')")
	both(13, "after a new row")
	w.in(nil, "DELETE FROM norm WHERE key = 'case.plan_days' AND value = '13'")
	both(10, "after its end")
}

// An act's own change is seen inside it, and a change from a later day begins on
// that day.
func TestAChangeBindsFromItsDay(t *testing.T) {
	w := newWorld(t)
	w.sees(w.Runner, 10, "at first")
	w.must(w.Do(t.Context(), w.admin, func(ctx context.Context, a *act.Act) error {
		c := settings.Change{Key: planDays, Value: "20", From: date.Of(w.Now()).AddDays(2), Version: 1}
		if _, err := settings.Set(ctx, a, w.Book(), c); err != nil {
			return err
		}
		s, err := w.Book().Load(ctx, a.DB(), c.From)
		if n, _ := s.Get(planDays); err != nil || n.Int() != 20 {
			t.Errorf("inside the act: %d, %v", n.Int(), err)
		}
		return err
	}))
	w.sees(w.Runner, 10, "before its day")
	w.clock.Add((2 * 24 * time.Hour).Microseconds())
	w.sees(w.Runner, 20, "on its day")
	w.clock.Add(-(2 * 24 * time.Hour).Microseconds())
	w.sees(w.Runner, 10, "before its day, again")
}

// Acts read by the same norms while somebody changes them all the time.
func TestNormsAreOfOneStateWhileTheyChange(t *testing.T) {
	w := newWorld(t)
	w.in(nil, "UPDATE norm SET value = '0' WHERE key IN ('case.plan_days', 'case.repeat')")
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			err := w.Database().Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw("UPDATE norm SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key IN ('case.plan_days', 'case.repeat')").Exec(ctx)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}()
	last := -1
	for range 100 {
		w.must(w.Show(t.Context(), w.admin, func(_ context.Context, v *act.View) error {
			a, b := v.Norm(planDays).Int(), v.Norm("case.repeat").Int()
			if a != b || a < last {
				t.Errorf("%d and %d after %d", a, b, last)
			}
			last = a
			return nil
		}))
	}
	close(stop)
	<-done
}
