package wire_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Whoever is shown a part is shown that part and no more: each person's pages
// hold no planted word but those they need.
func TestEachSeesTheirMinimum(t *testing.T) {
	long(t)
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	other := furnish(t, w, "river", trial.River, 2)
	w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
		_, err := casework.Propose(ctx, a, s.walked, casework.Proposal{Person: trial.Person(s.who("curator2"))})
		return err
	})
	plain, rows := under(routes(t, w), "GET")
	for who, may := range map[string][]string{
		// The executor: whom to see, how to reach safely, who must not know, what
		// to do, by when (practice rule 9). An executor elsewhere: nothing.
		s.who("executor"): {plantedGiven, plantedAunt, plantedCall, plantedAdult}, s.who("head"): {plantedGiven, plantedAunt, plantedCall, plantedAdult},
		other.who("executor"): {plantedGiven, plantedAunt, plantedCall, plantedAdult}, "executor@steppe": {}, "head@steppe": {},
		// Who is asked: of whom, what troubles, how grave and why.
		s.who("curator2"): {plantedGiven, plantedWhy},
		// The curator: all of the child; nothing of who told.
		s.who("curator1"): {plantedFamily, plantedGiven, plantedAdult, plantedPhone, plantedAddress, plantedTold, plantedWhy, plantedGoal, plantedView, plantedGround, plantedNote, plantedAunt, plantedCall},
		s.who("curator3"): {}, "analyst": {}, "administrator": {}, "regional@north": {}, "republican": {}, "protection": {}, "prosecutor@north": {},
		"secretary@steppe": {}, "curator1@steppe": {},
	} {
		b := w.Browse(who, text.RU)
		all := plain
		for _, p := range rows {
			all = append(all, s.addresses(t, p)...)
			all = append(all, other.addresses(t, p)...)
		}
		for _, path := range all {
			a := b.Get(path)
			if a.Status >= 500 {
				t.Errorf("%s at %s: %d", who, path, a.Status)
			}
			for _, x := range planted() {
				if a.Has(x) && !slices.Contains(may, x) {
					t.Errorf("%s at %s: shows %s", who, path, x)
				}
			}
			if a.Has(s.iin) && who != s.who("curator1") || a.Has(other.iin) {
				t.Errorf("%s at %s: shows a number", who, path)
			}
		}
	}
}

// A child of another district, of whom somebody knows the identifier, is not
// drawn into a message or a case of one's own: neither by verb nor by page.
func TestForeignChildrenStayForeign(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s, other := furnish(t, w, "lake", trial.Lake, 1), furnish(t, w, "river", trial.River, 2)
	var free id.ID
	w.Must(other.who("secretary"), func(ctx context.Context, a *act.Act) error {
		c, err := registry.Register(ctx, a, registry.Registration{Territory: other.path, Particulars: registry.Particulars{IINAbsent: "unknown",
			Family: plantedFamily, Given: plantedGiven, Born: s.born, Sex: "f", Lang: "kk", Source: "school"}})
		free = c.ID
		return err
	})
	before := digest(t, w)
	if err := s.fromMessage(w, s.who("secretary"), free); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.NotFound {
		t.Errorf("a case from a message: %v", err)
	}
	b := w.Browse(s.who("secretary"), text.RU)
	send := func(path string, more map[string]string) {
		t.Helper()
		for _, f := range forms(t, b.Get(path).Body) {
			for _, field := range f.typed {
				f.values.Set(field, "typed text of some length")
			}
			for k, v := range more {
				f.values.Set(k, v)
			}
			if f.action == "/sign-out" || f.action == "/lang" || f.action == "/children/search" {
				continue
			}
			if a, _ := b.Push(f.action, f.values); a.Status < 400 && a.Status != http.StatusOK {
				t.Errorf("%s: %d", f.action, a.Status)
			}
		}
	}
	child := map[string]string{"child": free.String()}
	send("/messages/new?child="+free.String(), child)
	for _, step := range []string{"child", "other"} {
		a, _ := b.Push("/messages/"+s.checked.String()+"/"+step, map[string][]string{"child": {free.String()}, "part": {"witness"}})
		if a.Status < 400 {
			t.Errorf("%s: %d", step, a.Status)
		}
	}
	a, _ := b.Push("/messages/"+s.checked.String()+"/case/"+free.String(), map[string][]string{"risk": {"low"}, "reason": {"typed text"}, "problems": {"truancy"}})
	if a.Status < 400 {
		t.Errorf("a case: %d", a.Status)
	}
	if digest(t, w) != before {
		t.Error("something was written")
	}
}

// What does not exist is refused, not broken.
func TestUnknownReferences(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	none := id.New()
	for name, fn := range map[string]deed{
		"open": func(ctx context.Context, a *act.Act) error {
			_, err := casework.Open(ctx, a, casework.Opening{Child: none, Territory: s.path, Problems: []string{"truancy"}, Risk: casework.Low, Reason: "told by the school"}, registry.Home)
			return err
		},
		"curator": func(ctx context.Context, a *act.Act) error {
			_, err := casework.Propose(ctx, a, s.walked, casework.Proposal{Person: none})
			return err
		},
		"uncovered after nobody": func(ctx context.Context, a *act.Act) error {
			_, _, err := casework.Uncovered(ctx, &a.View, casework.UncoveredPage{After: none})
			if err == nil {
				err = fault.Missing()
			}
			return err
		},
		"message about nobody": func(ctx context.Context, a *act.Act) error {
			return signal.AddOther(ctx, a, s.checked, signal.Party{Child: none, Part: "witness"}, 0)
		},
		"a place that is none": func(ctx context.Context, a *act.Act) error {
			return signal.PassOn(ctx, a, s.checked, signal.Handing{To: "1.99.", Reason: "moved away"})
		},
	} {
		if err := w.Do(s.who("secretary"), fn); fault.KindOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
