package directory_test

import (
	"context"
	"testing"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// third adds another administrator of the region, by the operator.
func (w *world) third(login string) {
	w.Helper()
	w.people[login] = id.New()
	hash, err := hashed()
	if err != nil {
		w.Fatal(err)
	}
	w.do(operator, func(ctx context.Context, a *act.Act) error {
		err := directory.LoadPeople(ctx, a, []directory.Newcomer{{ID: w.people[login], Login: login, Family: "Invented", Given: "Aru",
			Lang: "kk", Territory: "1.2.", Hash: hash}})
		if err != nil {
			return err
		}
		return directory.LoadGrants(ctx, a, []directory.Grant{{Person: w.people[login], Role: access.Administrator, Territory: "1.2."}})
	})
}

// captures gives somebody a new password, which they change.
func (w *world) captures(by, login string) {
	w.Helper()
	first, err := w.lets(by, login)
	if err != nil {
		w.Fatal(err)
	}
	if err := directory.ChangePassword(w.Context(), w.Runner, w.as(login), directory.NewPassword{Old: first, New: "Zhuldyz-kerek-44"}); err != nil {
		w.Fatal(err)
	}
}

// Decision 22: whoever has let an administrator in acts by that name: the two
// are one hand, in whichever order the halves are done and by whichever of them,
// before and after.
func TestACapturedAdministratorIsNoOtherHand(t *testing.T) {
	appoint := func(w *world, by string) error { _, err := w.appoints(by, "dana", access.Secretary); return err }
	let := func(w *world, by string) error { _, err := w.lets(by, "dana"); return err }
	for name, x := range map[string]struct {
		first, second         func(*world, string) error
		firstHand, secondHand string
	}{
		"role, way in by the captured":  {appoint, let, "admin", "local"},
		"role by the captured, way in":  {appoint, let, "local", "admin"},
		"way in, role by the captured":  {let, appoint, "admin", "local"},
		"way in by the captured, role":  {let, appoint, "local", "admin"},
		"two captured, role and way in": {appoint, let, "local", "zere"},
		"two captured, way in and role": {let, appoint, "local", "zere"},
	} {
		for when, late := range map[string]bool{"before": false, "between": true} {
			t.Run(name+", captured "+when, func(t *testing.T) {
				w := newWorld(t)
				w.third("zere")
				w.third("other")
				capture := func() {
					w.captures("admin", "local")
					if x.secondHand == "zere" {
						w.captures("local", "zere")
					}
				}
				w.newcomer("admin", "dana")
				if !late {
					capture()
					w.pass(29 * 24 * time.Hour)
				}
				if err := x.first(w, x.firstHand); err != nil {
					t.Fatal(err)
				}
				if late {
					capture()
				}
				w.pass(29 * 24 * time.Hour)
				refused(t, x.second(w, x.secondHand), fault.Conflict, "people.other_hand")
				if err := x.second(w, "other"); err != nil {
					t.Errorf("another hand: %v", err)
				}
			})
		}
	}
}

// Whom the operator lets in is nobody's hand, and so is one long ago.
func TestTheOperatorMakesNobodyAHand(t *testing.T) {
	w := newWorld(t)
	w.do(operator, func(ctx context.Context, a *act.Act) error {
		for _, login := range []string{"admin", "local"} {
			if _, err := directory.ResetPassword(ctx, a, w.people[login]); err != nil {
				return err
			}
		}
		return nil
	})
	w.newcomer("local", "dana")
	if _, err := w.appoints("local", "dana", access.Secretary); err != nil {
		t.Fatal(err)
	}
	if _, err := w.lets("admin", "dana"); err != nil {
		t.Errorf("both were let in by the operator: %v", err)
	}
	w.captures("admin", "local")
	w.pass(31 * 24 * time.Hour)
	w.newcomer("local", "zere")
	if _, err := w.appoints("local", "zere", access.Secretary); err != nil {
		t.Fatal(err)
	}
	if _, err := w.lets("admin", "zere"); err != nil {
		t.Errorf("after the norm's days: %v", err)
	}
}

// The same where access is given back, and where the captured gives a role to
// who captured them.
func TestACapturedAdministratorWakesNobody(t *testing.T) {
	w, restore := left(t)
	w.captures("admin", "local")
	if _, err := w.lets("admin", "secretary"); err != nil {
		t.Fatal(err)
	}
	refused(t, restore("local"), fault.Conflict, "people.other_hand")
}

func TestACapturedAdministratorHasWoken(t *testing.T) {
	w, restore := left(t)
	w.captures("admin", "local")
	if err := restore("local"); err != nil {
		t.Fatal(err)
	}
	_, err := w.lets("admin", "secretary")
	refused(t, err, fault.Conflict, "people.other_hand")
}

func TestNobodyAppointsThemselvesByAnothersName(t *testing.T) {
	w := newWorld(t)
	w.third("zere")
	w.captures("zere", "local")
	give := func(by string) error {
		return w.try(w.as(by), func(ctx context.Context, a *act.Act) error {
			_, err := directory.Give(ctx, a, directory.Grant{Person: w.people["zere"], Role: access.Secretary, Territory: "1.2.3.", Commission: w.body})
			return err
		})
	}
	refused(t, give("local"), fault.Conflict, "people.other_hand")
	if err := give("admin"); err != nil {
		t.Errorf("another hand: %v", err)
	}
}

// Nor does the captured take off the factors of whom the other has let in.
func TestACapturedAdministratorStripsNobody(t *testing.T) {
	w := newWorld(t)
	w.captures("admin", "local")
	reset := func(by string) error {
		return w.try(w.as(by), func(ctx context.Context, a *act.Act) error {
			return directory.ResetFactors(ctx, a, w.people["curator"], "lost the telephone")
		})
	}
	w.enrol("curator")
	if _, err := w.lets("admin", "curator"); err != nil {
		t.Fatal(err)
	}
	refused(t, reset("local"), fault.Conflict, "factor.other_hand")
	w.pass(25 * time.Hour)
	if err := reset("local"); err != nil {
		t.Fatal(err)
	}
	_, err := w.lets("admin", "curator")
	refused(t, err, fault.Conflict, "factor.other_hand")
}
