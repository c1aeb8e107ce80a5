package act_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/job"
	"serik/internal/platform/norm"
	"serik/internal/platform/secret"
	"serik/migrations"
)

var (
	start = time.Date(2026, 3, 3, 5, 0, 0, 123456789, time.UTC)
	me    = id.Derive(1, "me", 0, start)
	other = id.Derive(1, "other", 0, start)
	thing = id.Derive(1, "thing", 0, start)
)

const touch access.Action = "thing.touch"

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error {
	if err := d.Migrate(ctx, migrations.FS, job.Steps(d)...); err != nil {
		return err
	}
	return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		exec := func(q string, args ...any) error { _, err := tx.NewRaw(q, args...).Exec(ctx); return err }
		err := exec("INSERT INTO territory (id, no, path, level, kind, name_kk, name_ru, name_en) VALUES (?, 1, '1.', 'republic', 'x', 'a', 'a', 'a')", thing)
		for _, p := range []id.ID{me, other} {
			if err == nil {
				err = exec("INSERT INTO person (id, login, family, given, territory, created_at) VALUES (?, ?, 'x', 'y', '1.', ?)", p, p, start)
			}
			if err == nil {
				err = exec("INSERT INTO access_grant (id, person, role, territory, from_at) VALUES (?, ?, 'secretary', '1.', ?)", p, p, start.AddDate(-1, 0, 0))
			}
		}
		return err
	})
}}

type ping struct {
	Key id.ID `json:"key"`
}

func (ping) Kind() string { return "test.ping" }

type bench struct {
	*act.Runner
	t  *testing.T
	db *db.DB
}

func newBench(t *testing.T) bench {
	t.Helper()
	d := template.Open(t)
	jobs := job.NewRegistry()
	q, err := job.Open(d, jobs, job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	job.Register(jobs, func(context.Context, job.Run[ping]) error { return nil })
	book, err := norm.NewBook([]norm.Default{{Key: "test.hours", Value: "24", Unit: norm.Hours}})
	if err != nil {
		t.Fatal(err)
	}
	policy := access.NewPolicy([]access.Rule{{Action: touch, Cells: access.Cells{access.Secretary: access.All()}}})
	keys, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	return bench{act.NewRunner(d, policy, book, q, keys, func() time.Time { return start }), t, d}
}

func (b bench) count(table string) int64 {
	b.t.Helper()
	n, err := b.db.R.NewSelect().Table(table).Count(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

var (
	mine = access.Who{Person: me}
	on   = act.On{Noun: "thing", ID: thing, Territory: "1."}
)

// everything a verb can leave behind.
func everything(a *act.Act) {
	a.Record("thing.touch", on, map[string]any{"n": 1})
	a.Reach(act.Reach{Person: other, Subject: thing, Ground: access.AsOpened, Source: thing, From: a.Now()})
	a.Notify(other, "notice.test", on)
	a.Enqueue(ping{thing}, "one")
}

func TestAnActLeavesAllOrNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	boom := errors.New("boom")
	tables := []string{"audit", "audit_detail", "access_reach", "notice", "river_job"}
	err := b.Do(t.Context(), mine, func(_ context.Context, a *act.Act) error { everything(a); return boom })
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	for _, x := range tables {
		if n := b.count(x); n != 0 {
			t.Errorf("after a refusal %s has %d rows", x, n)
		}
	}
	if err := b.Do(t.Context(), mine, func(_ context.Context, a *act.Act) error { everything(a); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, x := range tables {
		if n := b.count(x); n != 1 {
			t.Errorf("after the act %s has %d rows", x, n)
		}
	}
}

// What the runner writes after the verb is part of the act: when a job cannot
// be enqueued, the verb's rows go too.
func TestAFailedSettlementTakesTheVerbBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	err := b.Do(t.Context(), mine, func(ctx context.Context, a *act.Act) error {
		a.Enqueue(unknown{}, "x")
		_, err := a.DB().NewRaw("INSERT INTO setting (key, value) VALUES ('a', 'b')").Exec(ctx)
		return err
	})
	if !errors.Is(err, job.ErrUnknown) || b.count("setting") != 0 {
		t.Fatalf("got %v, %d rows", err, b.count("setting"))
	}
}

type unknown struct{}

func (unknown) Kind() string { return "test.unknown" }

func TestALookIsWrittenBeforeAnythingIsShown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	look := func(_ context.Context, v *act.View) error {
		v.Look(on, "reason")
		v.Look(on, "reason") // once is enough
		return nil
	}
	if err := b.Show(t.Context(), mine, look); err != nil || b.count("audit") != 1 {
		t.Fatalf("%v, %d records", err, b.count("audit"))
	}
	err := b.Show(t.Context(), mine, func(ctx context.Context, v *act.View) error {
		_ = look(ctx, v)
		return fault.Missing()
	})
	if fault.KindOf(err) != fault.NotFound || b.count("audit") != 1 {
		t.Fatalf("a page that was not shown: %v, %d records", err, b.count("audit"))
	}
	if err := b.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("DROP TABLE audit_detail").Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := b.Show(t.Context(), mine, look); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("the log is broken, yet the page is shown: %v", err)
	}
}

func TestAccessIsCutInASecond(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	may := func() error {
		return b.Show(t.Context(), mine, func(_ context.Context, v *act.View) error { return v.May(touch, "1.") })
	}
	if err := may(); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"UPDATE person SET state = 'suspended'", "UPDATE person SET state = 'active'", "UPDATE access_grant SET to_at = from_at"} {
		if err := b.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { _, err := tx.NewRaw(q).Exec(ctx); return err }); err != nil {
			t.Fatal(err)
		}
		if got, want := may() == nil, q == "UPDATE person SET state = 'active'"; got != want {
			t.Errorf("after %s: may is %v", q, got)
		}
	}
}

func TestBrokenPromisesAreNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for name, f := range map[string]func(context.Context, *act.Act) error{
		"unknown action": func(_ context.Context, a *act.Act) error { _ = a.May("thing.unheard"); return nil },
		"unknown norm":   func(_ context.Context, a *act.Act) error { a.Norm("test.unheard"); return nil },
		"act in an act": func(ctx context.Context, _ *act.Act) error {
			return b.Do(ctx, mine, func(context.Context, *act.Act) error { return nil })
		},
	} {
		err := b.Do(t.Context(), mine, f)
		if err == nil || fault.KindOf(err) != "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestNowIsFixedAndInMicroseconds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	err := b.Do(t.Context(), mine, func(_ context.Context, a *act.Act) error {
		if want := start.Truncate(time.Microsecond); !a.Now().Equal(want) {
			t.Errorf("got %s", a.Now())
		}
		at := start.AddDate(0, -1, 0)
		return act.As(a, at, access.Principal{Person: other, Actor: "person:other"}, func(a *act.Act) error {
			a.Record("thing.touch", on, nil)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var row struct {
		At    time.Time
		Actor string
	}
	if err := b.db.R.NewSelect().Table("audit").Column("at", "actor").Scan(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	if row.Actor != "person:other" || !row.At.Equal(start.AddDate(0, -1, 0).Truncate(time.Microsecond)) {
		t.Errorf("got %+v", row)
	}
}

func TestReachEndsAndIsOneRow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	end := start.Add(time.Hour)
	for _, to := range []*time.Time{nil, &end} {
		err := b.Do(t.Context(), mine, func(_ context.Context, a *act.Act) error {
			a.Reach(act.Reach{Person: other, Subject: thing, Ground: access.AsCurator, Source: thing, From: start})
			a.Reach(act.Reach{Person: other, Subject: thing, Ground: access.AsCurator, Source: thing, From: start, To: to})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var row struct{ ToAt *time.Time }
	if err := b.db.R.NewSelect().Table("access_reach").Column("to_at").Scan(t.Context(), &row); err != nil || row.ToAt == nil {
		t.Fatalf("%v %v", row, err)
	}
}

// A job's effect and its completion are one act.
func TestWorkIsAnActOfTheSystem(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var ran atomic.Int32
	h := act.Work(b.Runner, func(_ context.Context, a *act.Act, _ ping) error {
		ran.Add(1)
		a.Record("thing.pinged", on, nil)
		return nil
	})
	if err := h(t.Context(), job.Run[ping]{Args: ping{thing}}); err != nil {
		t.Fatal(err)
	}
	var actor string
	if err := b.db.R.NewSelect().Table("audit").Column("actor").Scan(t.Context(), &actor); err != nil || actor != "system:test.ping" || ran.Load() != 1 {
		t.Fatalf("%q %v", actor, err)
	}
}

func TestClosedDatabaseIsAFault(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	err := b.Do(t.Context(), mine, func(context.Context, *act.Act) error { return nil })
	if fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("got %v", err)
	}
}
