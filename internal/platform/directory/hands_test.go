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

// newcomer adds somebody by the hand of an administrator.
func (w *world) newcomer(by, login string) {
	w.Helper()
	w.people[login] = id.New()
	w.do(w.as(by), func(ctx context.Context, a *act.Act) error {
		_, err := directory.AddPerson(ctx, a, directory.Newcomer{ID: w.people[login], Login: login, Family: "Invented", Given: "Dana", Lang: "kk", Territory: "1.2.3."})
		return err
	})
}

func (w *world) lets(by, login string) (string, error) {
	var fresh string
	err := w.try(w.as(by), func(ctx context.Context, a *act.Act) error {
		var err error
		fresh, err = directory.ResetPassword(ctx, a, w.people[login])
		return err
	})
	return fresh, err
}

func (w *world) appoints(by, login string, role access.Role) (id.ID, error) {
	var key id.ID
	err := w.try(w.as(by), func(ctx context.Context, a *act.Act) error {
		g := directory.Grant{Person: w.people[login], Role: role, Territory: "1.2.3."}
		if directory.SitsIn(role) {
			g.Commission = w.body
		}
		var err error
		key, err = directory.Give(ctx, a, g)
		return err
	})
	return key, err
}

// Decision 22: no administrator alone makes a person who reads about children:
// role and way in come from two hands, in either order, and waiting does not
// help while the person has chosen no password of their own.
func TestNobodyIsMadeByOneHand(t *testing.T) {
	w := newWorld(t)
	link := func(by, login string) error {
		return w.try(w.as(by), func(ctx context.Context, a *act.Act) error {
			return directory.Link(ctx, a, w.people[login], "https://sso.example", "local-himself")
		})
	}
	w.newcomer("local", "dana")
	given, err := w.appoints("local", "dana", access.Secretary)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = w.lets("local", "dana")
		refused(t, err, fault.Conflict, "people.other_hand")
		refused(t, link("local", "dana"), fault.Conflict, "people.other_hand")
		w.pass(100 * 24 * time.Hour)
	}
	w.do(w.as("local"), func(ctx context.Context, a *act.Act) error { return directory.EndGrant(ctx, a, given) })
	first, err := w.lets("local", "dana") // without a role it opens nothing
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []access.Role{access.Secretary, access.Administrator} { // a puppet would be the second hand
		_, err = w.appoints("local", "dana", role)
		refused(t, err, fault.Conflict, "people.other_hand")
	}
	w.pass(100 * 24 * time.Hour)
	_, err = w.appoints("local", "dana", access.Secretary)
	refused(t, err, fault.Conflict, "people.other_hand")
	if _, err = w.appoints("admin", "dana", access.Secretary); err != nil {
		t.Errorf("another hand: %v", err)
	}

	// A password of one's own ends it after the norm's days, and not before.
	if err := directory.ChangePassword(t.Context(), w.Runner, w.as("dana"), directory.NewPassword{Old: first, New: "Zhuldyz-kerek-44"}); err != nil {
		t.Fatal(err)
	}
	w.norm("people.hands_days", "200")
	_, err = w.appoints("local", "dana", access.Duty)
	refused(t, err, fault.Conflict, "people.other_hand")
	w.norm("people.hands_days", "30")
	if _, err = w.appoints("local", "dana", access.Duty); err != nil {
		t.Errorf("after the norm's days: %v", err)
	}
	w.do(operator, func(ctx context.Context, a *act.Act) error {
		_, err := directory.ResetPassword(ctx, a, w.people["dana"])
		return err
	})
}

// Decision 22: who knows whether somebody serves in a place learns at once that
// one hand has added and appointed them; of old acquaintances nobody is told.
func TestTheOfficeLearnsOfANewcomer(t *testing.T) {
	w := newWorld(t)
	w.newcomer("local", "dana")
	if _, err := w.appoints("local", "dana", access.Secretary); err != nil {
		t.Fatal(err)
	}
	if n := w.told("chair", "notice.newcomer"); n != 1 {
		t.Errorf("the chair is told %d times", n)
	}
	for _, who := range []string{"dana", "local", "curator", "secretary"} {
		if n := w.told(who, "notice.newcomer"); n != 0 {
			t.Errorf("%s is told", who)
		}
	}
	if _, err := w.appoints("local", "curator", access.Duty); err != nil {
		t.Fatal(err)
	}
	w.newcomer("local", "zere")
	if _, err := w.appoints("admin", "zere", access.Curator); err != nil {
		t.Fatal(err)
	}
	if n := w.told("chair", "notice.newcomer"); n != 1 {
		t.Errorf("the chair is told of others: %d", n)
	}
}

// left is a world whose secretary left long ago, with the role still standing.
func left(t *testing.T) (*world, func(by string) error) {
	w := newWorld(t)
	w.do(w.as("local"), func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, w.people["secretary"], "left the service")
	})
	w.pass(100 * 24 * time.Hour)
	return w, func(by string) error {
		return w.try(w.as(by), func(ctx context.Context, a *act.Act) error { return directory.Restore(ctx, a, w.people["secretary"]) })
	}
}

// Decision 22: somebody who has left is woken by two hands as well: whoever gives
// the access back gives no way in.
func TestNobodyIsWokenByOneHand(t *testing.T) {
	w, restore := left(t)
	if err := restore("local"); err != nil {
		t.Fatal(err)
	}
	_, err := w.lets("local", "secretary")
	refused(t, err, fault.Conflict, "people.other_hand")
	refused(t, w.try(w.as("local"), func(ctx context.Context, a *act.Act) error {
		return directory.Link(ctx, a, w.people["secretary"], "https://sso.example", "local-himself")
	}), fault.Conflict, "people.other_hand")
	if _, err = w.lets("admin", "secretary"); err != nil {
		t.Errorf("another hand: %v", err)
	}
}

// The other way round: whoever has let in gives no access back, and waiting does
// not help while no password of one's own is chosen.
func TestNobodyWakesWhomTheyLetIn(t *testing.T) {
	w, restore := left(t)
	if _, err := w.lets("local", "secretary"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		refused(t, restore("local"), fault.Conflict, "people.other_hand")
		w.pass(100 * 24 * time.Hour)
	}
	if err := restore("admin"); err != nil {
		t.Errorf("another hand: %v", err)
	}
}

// Nobody ties an account of their own to somebody and then takes the second
// factor off: that is being somebody else.
func TestATieAndTheFactorTakeTwoHands(t *testing.T) {
	w := newWorld(t)
	w.enrol("curator")
	s := directory.NewStore(w.Runner)
	w.open(s, "at work", "curator")
	w.do(w.as("local"), func(ctx context.Context, a *act.Act) error {
		return directory.Link(ctx, a, w.people["curator"], "https://sso.example", "local-himself")
	})
	reset := func(by string) error {
		return w.try(w.as(by), func(ctx context.Context, a *act.Act) error {
			return directory.ResetFactors(ctx, a, w.people["curator"], "lost the telephone")
		})
	}
	refused(t, reset("local"), fault.Conflict, "factor.other_hand")
	if w.alive(s, "at work") {
		t.Error("the person goes on and learns of nothing")
	}
	if err := reset("admin"); err != nil {
		t.Errorf("another hand: %v", err)
	}
}

// Who has a role and has not signed in for long may have left: the office of the
// place learns that somebody was given a way in under that name, and hears
// nothing of those who are at work.
func TestTheOfficeLearnsOfASleeper(t *testing.T) {
	w := newWorld(t)
	w.pass(100 * 24 * time.Hour) // they were added with the world
	first, err := w.lets("local", "secretary")
	if err != nil {
		t.Fatal(err)
	}
	if n := w.told("chair", "notice.sleeper"); n != 1 {
		t.Errorf("the chair is told %d times", n)
	}
	for _, who := range []string{"secretary", "local", "curator"} {
		if n := w.told(who, "notice.sleeper"); n != 0 {
			t.Errorf("%s is told", who)
		}
	}
	if _, err := directory.SignIn(t.Context(), w.Runner, directory.Attempt{Login: "secretary", Password: first, Address: "10.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.lets("admin", "secretary"); err != nil {
		t.Fatal(err)
	}
	if n := w.told("chair", "notice.sleeper"); n != 1 {
		t.Errorf("of one at work: %d", n)
	}
}

// Nobody silences the line by suspending those who would read it: it waits for
// them, who is above learns as well, and of the suspending too.
func TestASuspendedOfficeIsToldAllTheSame(t *testing.T) {
	w := newWorld(t)
	for login, g := range map[string]directory.Grant{"region": {Role: access.Regional, Territory: "1.2."}, "country": {Role: access.Republican, Territory: "1."},
		"officer": {Role: access.Protection, Territory: "1."}, "gone": {Role: access.Chair, Territory: "1.2.3.", Commission: w.body}} {
		w.newcomer("local", login)
		g.Person = w.people[login]
		w.do(operator, func(ctx context.Context, a *act.Act) error { _, err := directory.Give(ctx, a, g); return err })
	}
	w.do(operator, func(ctx context.Context, a *act.Act) error {
		return directory.Deactivate(ctx, a, w.people["gone"], func(context.Context, *act.Act, id.ID) (int, error) { return 0, nil })
	})
	state := func(by, login string, do func(context.Context, *act.Act, id.ID) error) {
		t.Helper()
		w.do(w.as(by), func(ctx context.Context, a *act.Act) error { return do(ctx, a, w.people[login]) })
	}
	suspend := func(ctx context.Context, a *act.Act, p id.ID) error { return directory.Suspend(ctx, a, p, "on leave") }
	for _, login := range []string{"chair", "region", "curator"} {
		state("local", login, suspend)
	}
	w.newcomer("local", "dana")
	if _, err := w.appoints("local", "dana", access.Secretary); err != nil {
		t.Fatal(err)
	}
	for who, n := range map[string]int64{"chair": 1, "region": 1, "country": 1, "gone": 0, "curator": 0} {
		if got := w.told(who, "notice.newcomer"); got != n {
			t.Errorf("%s is told %d times of a newcomer", who, got)
		}
	}
	// Of the chair the coordinator, then active, and the officer; of the
	// coordinator, who lies over no chair here, those of the country.
	for who, n := range map[string]int64{"region": 1, "country": 1, "officer": 2, "chair": 0, "gone": 0} {
		if got := w.told(who, "notice.cut"); got != n {
			t.Errorf("%s is told %d times of who was suspended", who, got)
		}
	}
}
