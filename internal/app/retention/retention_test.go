package retention_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/app/retention"
	"serik/internal/domain/registry"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

type due struct{ due, held int }

// listed is what the operator reads, by noun.
func listed(t *testing.T, w *trial.World) map[string]due {
	t.Helper()
	out := map[string]due{}
	err := w.Run.Show(t.Context(), access.Who{Operator: "test"}, func(ctx context.Context, v *act.View) error {
		all, err := retention.List(ctx, v, 10)
		for _, l := range all {
			out[l.Noun] = due{l.Due, l.Held}
			if len(l.IDs) != min(l.Due, 10) || l.Verified {
				t.Errorf("%+v", l)
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

// born makes a file in March 2026 of a child who comes of age in May 2030.
func born(t *testing.T, w *trial.World) registry.Child {
	t.Helper()
	var c registry.Child
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, registry.Registration{Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "unknown",
			Family: "Invented", Given: "Child", Born: date.New(2012, 5, 17), Sex: "m", Lang: "kk", Source: "school"}})
		return err
	})
	return c
}

// ended writes a case that ended at an instant.
func ended(t *testing.T, w *trial.World, child id.ID, at time.Time) {
	t.Helper()
	key := id.New()
	run(t, w, "INSERT INTO case_file (id, no, territory, child, state, risk, problems, opened_at, ended_at, end_kind) VALUES (?, ?, ?, ?, 'ended', 'low', 'other', ?, ?, 'goals_met')",
		key, key.String(), trial.Lake, child, trial.Start, at)
}

// Years count from the end, to the day; a legal hold and an open case keep.
func TestList(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := born(t, w)
	end := time.Date(2028, 3, 10, 20, 0, 0, 0, time.UTC) // 11 March in Kazakhstan
	ended(t, w, c.ID, end)
	expect := func(at time.Time, cases, children due) {
		t.Helper()
		w.Set(at)
		if l := listed(t, w); l["case"] != cases || l["child"] != children || l["message"] != (due{}) {
			t.Errorf("at %s: %v", at.Format(time.DateOnly), l)
		}
	}
	noon := func(y, m, d int) time.Time { return date.New(y, m, d).Start().Add(12 * time.Hour) }
	expect(noon(2038, 3, 11), due{0, 0}, due{}) // the last day of ten years
	expect(noon(2038, 3, 12), due{1, 0}, due{}) // over; the child's file counts from majority in 2030
	expect(noon(2040, 5, 17), due{1, 0}, due{})
	expect(noon(2040, 5, 18), due{1, 0}, due{1, 0})
	w.Set(noon(2040, 5, 18))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return registry.PlaceHold(ctx, a, c.ID, "", "a court asks")
	})
	expect(noon(2040, 5, 19), due{0, 1}, due{0, 1})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return registry.LiftHold(ctx, a, c.ID, "decided")
	})
	expect(noon(2040, 5, 20), due{1, 0}, due{1, 0})
	key := id.New()
	run(t, w, "INSERT INTO case_file (id, no, territory, child, state, risk, problems, opened_at) VALUES (?, 'open', ?, ?, 'opened', 'low', 'other', ?)",
		key, trial.Lake, c.ID, w.Now())
	expect(noon(2040, 5, 21), due{}, due{})
}

// A message is kept for its years, and while any child it speaks of is held or
// has an open case.
func TestListMessages(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	one, other := born(t, w), born(t, w)
	message(t, w, one.ID, other.ID)
	w.Set(trial.Start.AddDate(5, 0, 0))
	if l := listed(t, w); l["message"] != (due{0, 0}) {
		t.Errorf("on the last day: %v", l)
	}
	w.Set(trial.Start.AddDate(5, 0, 1))
	if l := listed(t, w); l["message"] != (due{1, 0}) {
		t.Errorf("after it: %v", l)
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return registry.PlaceHold(ctx, a, other.ID, "", "a court asks")
	})
	if l := listed(t, w); l["message"] != (due{0, 1}) {
		t.Errorf("another child of it is held: %v", l)
	}
}

// The list is an operator's.
func TestListIsForAnOperator(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	err := w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
		_, err := retention.List(ctx, v, 0)
		return err
	})
	if fault.KindOf(err) != fault.Denied {
		t.Errorf("%v", err)
	}
}

// message writes one that ended at once and concerns two children.
func message(t *testing.T, w *trial.World, child, other id.ID) {
	t.Helper()
	key := id.New()
	run(t, w, "INSERT INTO signal (id, territory, place, child, channel, received_at, entered_at, what, how_known, kind_reported, urgent, state, answered_at, held_from, outcome, reason, ended_at)"+
		" VALUES (?, ?, ?, ?, 'phone', ?, ?, '', '', 'other', FALSE, 'ended', ?, ?, 'added', '', ?)",
		key, trial.Lake, trial.Lake, child, trial.Start, trial.Start, trial.Start, trial.Start, trial.Start)
	run(t, w, "INSERT INTO signal_child (signal, child, part) VALUES (?, ?, 'witness')", key, other)
}
