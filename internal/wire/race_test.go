package wire_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/internal/wire/trial"
)

var born = date.New(2012, 5, 17)

type deed = func(context.Context, *act.Act) error

// atOnce lets people act at the same instant and gives what each got.
func atOnce(w *trial.World, deeds map[string]deed) map[string]error {
	out := make(map[string]error, len(deeds))
	var mu sync.Mutex
	var all sync.WaitGroup
	gun := make(chan struct{})
	for who, fn := range deeds {
		all.Go(func() {
			<-gun
			err := w.Do(who, fn)
			mu.Lock()
			defer mu.Unlock()
			out[who] = err
		})
	}
	close(gun)
	all.Wait()
	return out
}

// oneWins expects that one deed was done and each other refused with one of
// some faults.
func oneWins(t *testing.T, got map[string]error, refusals ...error) {
	t.Helper()
	done := 0
	for who, err := range got {
		switch {
		case err == nil:
			done++
		case !slices.ContainsFunc(refusals, func(f error) bool { return errors.Is(err, f) }):
			t.Errorf("%s: %v", who, err)
		}
	}
	if done != 1 {
		t.Errorf("%d were done: %v", done, got)
	}
}

// Of two who open a case for one child at once one is told that it is open.
func TestTwoOpenOneCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for range 5 {
		child := w.Child(trial.Lake, born)
		deeds := map[string]deed{}
		for _, who := range []string{"secretary@lake", "secretary2@lake", "chair@lake"} {
			deeds[who] = func(ctx context.Context, a *act.Act) error {
				_, err := casework.Open(ctx, a, casework.Opening{Child: child, Territory: trial.Lake, Problems: []string{"truancy"}, Risk: casework.Low, Reason: "told by the school"}, registry.Home)
				return err
			}
		}
		oneWins(t, atOnce(w, deeds), fault.Clash("case.already_open"))
	}
}

// A number belongs to one child, whoever is first.
func TestTwoRegisterOneNumber(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for n := range 5 {
		p := registry.Particulars{IIN: iinOf(t, born, 100*n), Family: "Invented", Given: "Twin", Born: born, Sex: "f", Lang: "kk", Source: "school"}
		deeds := map[string]deed{}
		for place, path := range map[string]string{"lake": trial.Lake, "steppe": trial.Steppe, "river": trial.River} {
			deeds["secretary@"+place] = func(ctx context.Context, a *act.Act) error {
				_, err := registry.Register(ctx, a, registry.Registration{Territory: path, Particulars: p})
				return err
			}
		}
		oneWins(t, atOnce(w, deeds), fault.Clash("child.iin_taken"))
	}
}

// Two triage one message; two are the second person; both halves keep.
func TestTwoTriageOneMessage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	refute := func(ctx context.Context, a *act.Act) error {
		_, err := signal.NotConfirm(ctx, a, s.checked, "visited, all was calm", 0)
		return err
	}
	oneWins(t, atOnce(w, map[string]deed{"secretary@lake": refute, "secretary2@lake": refute}),
		fault.Clash("signal.ended"), fault.Clash("signal.waits_for_second"))
	harm := s.message(t, w, s.sibling)
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		return signal.AnswerSafety(ctx, a, harm, signal.Safety{WithWhom: "at home", FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		if err := signal.Confirm(ctx, a, harm, "violence_family", 0); err != nil {
			return err
		}
		_, err := signal.NotConfirm(ctx, a, harm, "visited, all was calm", 0)
		return err
	})
	second := func(agree bool) deed {
		return func(ctx context.Context, a *act.Act) error {
			return signal.Second(ctx, a, harm, signal.Opinion{Agree: agree, Reason: "read the record of the visit"})
		}
	}
	oneWins(t, atOnce(w, map[string]deed{"chair@lake": second(true), "secretary2@lake": second(false)}),
		fault.Clash("signal.ended"), fault.Clash("signal.no_second_wanted"))
}

// A lowering of risk has one second person.
func TestTwoSecondPersons(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	var change casework.RiskChange
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		change, err = casework.SetRisk(ctx, a, s.walked, casework.RiskInput{Level: casework.Low, Reason: "the school has seen calm weeks"})
		return err
	})
	second := func(agree bool) deed {
		return func(ctx context.Context, a *act.Act) error {
			return casework.SecondRisk(ctx, a, s.walked, change.ID, agree, "spoke with the class teacher")
		}
	}
	oneWins(t, atOnce(w, map[string]deed{"secretary@lake": second(true), "secretary2@lake": second(false), "chair@lake": second(true)}),
		fault.Clash("case.second_done"))
}

// Eight people propose, accept, appoint, hand over and deputise in turns of
// the same cases until each has had some, however slow the machine: a child has never two active curators nor two
// waiting proposals, reach follows the turns, and nothing fails but by a fault.
func TestManyHandsOneCurator(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	var cases []casework.Case
	for range 3 {
		child := w.Child(trial.Lake, born)
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			c, err := casework.Open(ctx, a, casework.Opening{Child: child, Territory: trial.Lake, Problems: []string{"truancy"}, Risk: casework.Low, Reason: "told by the school"}, registry.Home)
			cases = append(cases, c)
			return err
		})
	}
	curators := []string{"curator1@lake", "curator2@lake", "curator3@lake"}
	office := []string{"secretary@lake", "secretary2@lake", "chair@lake", "secretary@lake", "chair@lake"}
	var deciding, answering sync.WaitGroup
	var over atomic.Bool
	given := make([]atomic.Int32, len(cases)) // turns that were given, by case
	idle := func() bool {
		for i := range given {
			if given[i].Load() < 5 {
				return true
			}
		}
		return false
	}
	step := func(i, n int, who string) {
		at := (i + n) % len(cases)
		err := w.Do(who, hand(cases[at], who, (i*7+n)/len(cases), n, curators))
		switch {
		case err == nil && !slices.Contains(curators, who):
			given[at].Add(1)
		case err != nil && fault.KindOf(err) == "":
			t.Errorf("%s: %v", who, err)
		}
		w.Pass(time.Millisecond)
	}
	for i, who := range curators {
		answering.Go(func() {
			for n := 0; !over.Load(); n++ {
				step(i, n, who)
			}
		})
	}
	for i, who := range office {
		deciding.Go(func() {
			for n := 0; n < 40 || n < 2000 && idle(); n++ {
				step(i, n, who)
			}
		})
	}
	deciding.Wait()
	over.Store(true)
	answering.Wait()
	w.Pass(time.Second)
	for _, c := range cases {
		oneCurator(t, w, c)
	}
}

// hand is the n-th deed of a person; next chooses a curator.
func hand(c casework.Case, who string, next, n int, curators []string) deed {
	person := func(n int) id.ID { return trial.Person(curators[n%len(curators)]) }
	return func(ctx context.Context, a *act.Act) error {
		if slices.Contains(curators, who) {
			return casework.Accept(ctx, a, c.ID)
		}
		var err error
		switch n % 5 {
		case 0, 1:
			_, err = casework.Propose(ctx, a, c.ID, casework.Proposal{Person: person(next)})
		case 2:
			err = casework.Appoint(ctx, a, c.ID, casework.Proposal{Person: person(next)})
		case 3:
			_, err = casework.Handover(ctx, a, casework.HandoverInput{ID: id.New(), From: person(next), To: map[id.ID]id.ID{c.ID: person(next + 1)},
				Reason: "leaves the service", KeepUntilAccepted: n%2 == 0})
		default:
			_, err = casework.Deputise(ctx, a, casework.Deputation{ID: id.New(), Curator: person(next), Cases: []id.ID{c.ID}, Deputy: person(next + 1), Until: a.Now().Add(48 * time.Hour)})
		}
		return err
	}
}

// oneCurator holds the turns of a case to the rule, whenever one looks.
func oneCurator(t *testing.T, w *trial.World, c casework.Case) {
	t.Helper()
	var turns []casework.Assignment
	if err := w.DB.R.NewSelect().Model(&turns).Where("g.case_id = ?", c.ID).OrderExpr("g.proposed_at, g.id").Scan(secret.With(t.Context(), w.Run.Keys())); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	entitled := map[string]bool{}
	for _, g := range turns {
		count[g.Role+" "+g.State]++
		if g.State == "active" || g.State == "proposed" {
			ground := access.Ground(g.Role)
			if g.State == "proposed" {
				ground = access.AsProposed
			}
			entitled[fmt.Sprint(g.Person, ground)] = true
		}
	}
	if count["curator active"] > 1 || count["curator proposed"] > 1 || count["deputy active"] > 1 {
		t.Errorf("turns: %v", count)
	}
	if len(turns) < 5 {
		t.Errorf("only %d turns: the hands were idle", len(turns))
	}
	var reach []struct {
		Person id.ID
		Ground access.Ground
	}
	err := w.DB.R.NewSelect().Table("access_reach").Column("person", "ground").Where("subject = ?", c.Child).
		Where("from_at <= ?", w.Now()).Where("(to_at IS NULL OR to_at > ?)", w.Now()).Scan(t.Context(), &reach)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reach {
		if !entitled[fmt.Sprint(r.Person, r.Ground)] {
			t.Errorf("reach without a turn: %s", r.Ground)
		}
	}
	if len(reach) != len(entitled) {
		t.Errorf("%d turns run, %d reach", len(entitled), len(reach))
	}
}
