package casework_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/internal/wire/trial"
)

// What was loaded cannot be told from what was lived: turns that verbs wrote in
// one world and a load writes in another leave the same cover, reach and log.
func TestLoadEqualsTheVerbs(t *testing.T) {
	t.Parallel()
	lived, loaded := trial.New(t), trial.New(t)
	child := id.New()
	key := id.New()
	for _, w := range []*trial.World{lived, loaded} {
		run(t, w, "INSERT INTO child (id, territory, iin_absent, family, given, sort_key, born, sex, lang, source, created_at) "+
			"VALUES (?, ?, 'unknown', 'Invented', 'Child', 'invented', '2012-05-17', 'f', 'kk', 'test', ?)", child, trial.Lake, w.Now())
		o := opening(child)
		o.ID = key
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			_, err := casework.Open(ctx, a, o, trial.Home)
			return err
		})
	}
	c := casework.Case{ID: key}
	propose := func(who string) {
		lived.Pass(time.Hour)
		lived.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			_, err := casework.Propose(ctx, a, key, casework.Proposal{Person: trial.Person(who)})
			return err
		})
		lived.Pass(time.Hour)
	}
	propose("curator1@lake")
	lived.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Decline(ctx, a, key, "too far away") })
	propose("curator2@lake")
	accept(t, lived, "curator2@lake", c)
	lived.Pass(time.Hour)
	lived.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Deputise(ctx, a, casework.Deputation{Curator: trial.Person("curator2@lake"), Deputy: trial.Person("curator1@lake"), Until: lived.Now().Add(99 * time.Hour)})
		return err
	})
	propose("curator3@lake")
	lived.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.EndDeputy(ctx, a, trial.Person("curator2@lake"), key)
	})
	propose("curator3@lake")
	accept(t, lived, "curator3@lake", c)
	propose("curator2@lake")

	var rows []casework.Assignment
	if err := lived.DB.R.NewSelect().Model(&rows).OrderExpr("g.proposed_at").Scan(secret.With(t.Context(), lived.Run.Keys())); err != nil {
		t.Fatal(err)
	}
	loaded.Pass(lived.Now().Sub(loaded.Now()))
	load := func(who string, rows []casework.Assignment) error {
		return loaded.Do(who, func(ctx context.Context, a *act.Act) error { return casework.LoadAssignments(ctx, a, rows) })
	}
	refuseLoads(t, load, rows)
	if err := load("secretary@lake", rows); err != nil {
		t.Fatal(err)
	}
	a, b := trail(t, lived), trail(t, loaded)
	if !slices.Equal(a, b) {
		t.Errorf("lived\n%v\nloaded\n%v", a, b)
	}
	if len(a) < 12 {
		t.Errorf("only %d lines to compare", len(a))
	}
}

// trail is what turns leave behind, one line each, in order.
func trail(t *testing.T, w *trial.World) []string {
	t.Helper()
	var reach []struct {
		Person, Ground string
		FromAt         time.Time
		ToAt           *time.Time
	}
	var log []struct {
		At          time.Time
		Actor, Verb string
	}
	ctx := t.Context()
	if err := w.DB.R.NewRaw("SELECT person, ground, from_at, to_at FROM access_reach").Scan(ctx, &reach); err != nil {
		t.Fatal(err)
	}
	if err := w.DB.R.NewRaw("SELECT at, actor, verb FROM audit WHERE verb LIKE 'curator.%'").Scan(ctx, &log); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range reach {
		to := ""
		if r.ToAt != nil {
			to = r.ToAt.UTC().String()
		}
		out = append(out, fmt.Sprintf("%s %s %s %s\n", r.Person, r.Ground, r.FromAt.UTC(), to))
	}
	for _, l := range log {
		out = append(out, fmt.Sprintf("%s %s %s\n", l.At.UTC(), l.Actor, l.Verb))
	}
	slices.Sort(out)
	return out
}

func refuseLoads(t *testing.T, load func(string, []casework.Assignment) error, rows []casework.Assignment) {
	t.Helper()
	first := func(change func(*casework.Assignment)) []casework.Assignment {
		out := slices.Clone(rows)
		change(&out[0])
		return out
	}
	early, late := rows[0].ProposedAt.AddDate(-1, 0, 0), rows[0].ProposedAt.AddDate(1, 0, 0)
	for name, tc := range map[string]struct {
		rows []casework.Assignment
		key  string
	}{
		"an unknown case":   {first(func(g *casework.Assignment) { g.CaseID = id.New() }), "case.turn_unknown"},
		"an unknown person": {first(func(g *casework.Assignment) { g.Person = id.New() }), "case.turn_unknown"},
		"before the case":   {first(func(g *casework.Assignment) { g.ProposedAt = early }), "case.turn_order"},
		"in the future":     {first(func(g *casework.Assignment) { g.EndedAt = &late }), "case.turn_order"},
		"a state by halves": {first(func(g *casework.Assignment) { g.State = "active" }), "case.turn_order"},
		"two asked at once": {first(func(g *casework.Assignment) {
			g.EndedAt = rows[len(rows)-1].ActiveAt
			g.State, g.EndedAt = "proposed", nil
		}), "case.turn_overlap"},
		"a foreign curator":  {first(func(g *casework.Assignment) { g.Person = trial.Person("curator1@river") }), "case.curator_elsewhere"},
		"asked after having": {append(slices.Clone(rows[:1]), func() casework.Assignment { g := rows[1]; g.Person = rows[0].Person; return g }()), "case.curator_declined"},
	} {
		err := load("secretary@lake", tc.rows)
		f, ok := fault.Of(err)
		if !ok || len(f.Fields) == 0 || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Key == tc.key }) {
			t.Errorf("%s: got %v, want %s", name, err, tc.key)
		}
	}
	if err := load("curator1@lake", rows); !errors.Is(err, fault.Deny("fault.denied")) {
		t.Errorf("got %v", err)
	}
	if err := load("secretary@steppe", rows); !fault.Has(err, "rows.0", "case.turn_unknown") {
		t.Errorf("got %v", err)
	}
}

func TestLoadAbsences(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	row := func(who string, from int) casework.Absence {
		at := w.Now().AddDate(0, 0, from)
		return casework.Absence{ID: id.New(), Person: trial.Person(who), FromAt: at, ToAt: at.Add(7 * 24 * time.Hour), Reason: "leave"}
	}
	load := func(who string, rows ...casework.Absence) error {
		return w.Do(who, func(ctx context.Context, a *act.Act) error { return casework.LoadAbsences(ctx, a, rows) })
	}
	if err := load("secretary@lake", row("curator1@lake", -300), row("curator1@lake", -298)); !fault.Has(err, "rows.1", "case.absence_overlap") {
		t.Errorf("got %v", err)
	}
	if err := load("secretary@lake", row("curator1@river", 1)); !fault.Has(err, "rows.0", "case.turn_unknown") {
		t.Errorf("got %v", err)
	}
	if err := load("analyst", row("curator1@lake", 1)); !errors.Is(err, fault.Deny("fault.denied")) {
		t.Errorf("got %v", err)
	}
	c := held(t, w, "curator1@lake")
	w.Pass(time.Hour)
	now := row("curator1@lake", 0)
	if err := load("secretary@lake", row("curator1@lake", -300), now); err != nil {
		t.Fatal(err)
	}
	if r := listed(t, w, c); r == nil || r.Why != casework.Away || !r.Since.Equal(now.FromAt) {
		t.Errorf("got %+v", r)
	}
}
