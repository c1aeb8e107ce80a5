package directory_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

var _ scs.CtxStore = (*directory.Store)(nil)
var _ scs.Codec = directory.Codec{}

func (w *world) signIn(login, password, address string) error {
	_, err := w.enter(login, password, address, "")
	return err
}

func (w *world) enter(login, password, address, device string) (directory.Entry, error) {
	in, err := directory.SignIn(w.Context(), w.Runner, directory.Attempt{Login: login, Password: password, Address: address, Device: device})
	if (err == nil) != (in.Person != "") || (err == nil) != (in.Device != "") {
		w.Errorf("%+v with %v", in, err)
	}
	return in, err
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	in, err := w.enter(" Curator ", password, "10.0.0.1", "")
	if err != nil || in.Person != w.people["curator"] || in.MustChange {
		t.Fatalf("got %+v, %v", in, err)
	}
	w.do(w.as("chair"), func(ctx context.Context, a *act.Act) error {
		return directory.Suspend(ctx, a, w.people["secretary"], "проверка")
	})
	w.do(w.as("admin"), func(ctx context.Context, a *act.Act) error {
		return directory.Deactivate(ctx, a, w.people["far"], func(context.Context, *act.Act, id.ID) (int, error) { return 0, nil })
	})
	for name, c := range map[string]struct{ login, password, key string }{
		"wrong":            {"curator", "x", "signin.wrong"},
		"unknown":          {"nobody", password, "signin.wrong"},
		"empty":            {"", "", "signin.wrong"},
		"suspended, wrong": {"secretary", "x", "signin.wrong"},
		"suspended, right": {"secretary", password, "access.suspended"},
		"deactivated":      {"far", password, "signin.wrong"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, w.signIn(c.login, c.password, "10.0.0.1"), fault.Denied, c.key) })
	}
	if ok, no := w.logged("person.sign_in"), w.logged("person.sign_in_refused"); ok != 1 || no != 6 {
		t.Errorf("logged %d and %d", ok, no)
	}
}

// A password typed into the field of the login must stand nowhere.
func TestUnknownLoginIsNotKept(t *testing.T) {
	w := newWorld(t)
	refused(t, w.signIn("Planted-Secret-1", "", "10.0.0.1"), fault.Denied, "signin.wrong")
	var kept string
	if err := w.Database().R.NewRaw("SELECT login FROM sign_in").Scan(t.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(kept), "planted") || len(kept) != 5 {
		t.Errorf("kept %q", kept)
	}
}

func minutesOf(t *testing.T, err error) int {
	t.Helper()
	refused(t, err, fault.Limited, "signin.wait")
	f, ok := fault.Of(err)
	if !ok {
		return 0
	}
	n, _ := f.Args["N"].(int)
	return n
}

func TestThrottleByAccount(t *testing.T) {
	w := newWorld(t)
	const here, there = "10.0.0.1", "10.0.0.2"
	wrong := func(n int) {
		t.Helper()
		for range n {
			refused(t, w.signIn("curator", "x", here), fault.Denied, "signin.wrong")
		}
	}
	wrong(5)
	if n := minutesOf(t, w.signIn("curator", password, here)); n != 15 {
		t.Errorf("wait %d", n)
	}
	if err := w.signIn("curator", password, there); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	w.pass(10 * time.Minute)
	if n := minutesOf(t, w.signIn("curator", password, here)); n != 5 {
		t.Errorf("wait %d", n)
	}
	w.pass(5 * time.Minute)
	wrong(5)
	if n := minutesOf(t, w.signIn("curator", password, here)); n != 30 {
		t.Errorf("the wait grows: %d", n)
	}
	w.pass(30 * time.Minute)
	if err := w.signIn("curator", password, here); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	wrong(4)
	if err := w.signIn("curator", password, here); err != nil {
		t.Errorf("a success forgives: %v", err)
	}
}

func TestUnknownAccountWaitsToo(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		refused(t, w.signIn("nobody", "x", "10.0.0.1"), fault.Denied, "signin.wrong")
	}
	minutesOf(t, w.signIn("nobody", "x", "10.0.0.1"))
}

// The bucket of an unknown login cannot be reckoned: failing at a decoy of the
// same bucket must not tell who has no account.
func TestADecoyTellsNothingOfALogin(t *testing.T) {
	w := newWorld(t)
	bucket := func(s string) [2]byte { sum := sha256.Sum256([]byte(s)); return [2]byte(sum[:2]) }
	decoy := ""
	for i := 0; decoy == ""; i++ {
		if s := fmt.Sprintf("decoy%d", i); bucket(s) == bucket("nobody") {
			decoy = s
		}
	}
	for range 5 {
		refused(t, w.signIn(decoy, "x", "10.0.0.1"), fault.Denied, "signin.wrong")
	}
	minutesOf(t, w.signIn(decoy, "x", "10.0.0.1"))
	for _, login := range []string{"nobody", "curator"} {
		refused(t, w.signIn(login, "x", "10.0.0.1"), fault.Denied, "signin.wrong")
	}
}

func (w *world) failed(login, address string, n int) {
	w.Helper()
	for range n {
		_, err := w.Database().W.NewRaw("INSERT INTO sign_in (id, login, address, at, ok) VALUES (?, ?, ?, ?, FALSE)",
			id.New(), login, address, w.Now()).Exec(w.Context())
		if err != nil {
			w.Fatal(err)
		}
	}
}

func TestThrottleByAddress(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		w.failed(fmt.Sprintf("user%d", i), "10.0.0.1", 1)
	}
	minutesOf(t, w.signIn("curator", password, "10.0.0.1"))
	if err := w.signIn("curator", password, "10.0.0.2"); err != nil {
		t.Error(err)
	}
	w.pass(15 * time.Minute)
	if err := w.signIn("curator", password, "10.0.0.1"); err != nil {
		t.Error(err)
	}
}

// Many addresses at one account are stopped; the owner at the usual desk is not.
func TestOwnerIsNotLockedOut(t *testing.T) {
	w := newWorld(t)
	if err := w.signIn("curator", password, "10.0.0.1"); err != nil {
		t.Fatal(err)
	}
	w.pass(24 * time.Hour)
	for i := range 50 {
		w.failed("curator", fmt.Sprintf("10.9.0.%d", i), 1)
	}
	minutesOf(t, w.signIn("curator", password, "10.9.1.1"))
	if err := w.signIn("curator", password, "10.0.0.1"); err != nil {
		t.Errorf("at the usual desk: %v", err)
	}
}

// Twenty tries at once are no way around the limit.
func TestTriesAtOnceAreCounted(t *testing.T) {
	w := newWorld(t)
	var wrong, limited sync.Map
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			err := w.signIn("curator", "x", "10.0.0.1")
			if fault.KindOf(err) == fault.Limited {
				limited.Store(i, true)
			} else {
				wrong.Store(i, true)
			}
		})
	}
	wg.Wait()
	count := func(m *sync.Map) (n int) {
		m.Range(func(any, any) bool { n++; return true })
		return n
	}
	if count(&wrong) != 5 || count(&limited) != 15 {
		t.Errorf("%d checked, %d made to wait", count(&wrong), count(&limited))
	}
}

func TestPasswords(t *testing.T) {
	w := newWorld(t)
	change := func(who access.Who, old, fresh string) error {
		return directory.ChangePassword(w.Context(), w.Runner, who, directory.NewPassword{Old: old, New: fresh, Address: "10.0.0.7"})
	}
	for fresh, key := range map[string]string{
		"short":                   "signin.too_short",
		strings.Repeat("ab1", 50): "fault.too_long",
		"my-curator-word":         "signin.holds_login",
		password:                  "signin.same",
		"passwordpassword":        "signin.weak_repeat",
		"Qwertyuiop123!":          "signin.weak_word",
		"парольпароль":            "signin.weak_word",
		"йцукенгшщзхъ":            "signin.weak_word",
		"abcabcabcabcabc":         "signin.weak_repeat",
		"abcdefghijklmn":          "signin.weak_sequence",
		"Zhumabekova2026":         "signin.weak_own",
		"жұмабекова2026!":         "signin.weak_own",
		"sdfghjkl;poiu":           "signin.weak_row",
	} {
		invalid(t, change(w.as("curator"), password, fresh), "new", key)
	}
	w.norm("signin.strength", "4")
	invalid(t, change(w.as("curator"), password, "Serik2026serik"), "new", "signin.weak_own")
	invalid(t, change(w.as("curator"), password, "12.03.1985 1985"), "new", "signin.weak_date")
	w.norm("signin.strength", "3")
	invalid(t, change(w.as("curator"), "x", "Zhuldyz-kerek-44"), "old", "signin.old_wrong")
	refused(t, change(operator, password, "Zhuldyz-kerek-44"), fault.Denied, "")
	if err := change(w.as("curator"), password, "қызыл алма көк аспан"); err != nil { // words alone are enough
		t.Error(err)
	}
	if err := change(w.as("curator"), "қызыл алма көк аспан", "Zhuldyz-kerek-44"); err != nil {
		t.Fatal(err)
	}
	refused(t, w.signIn("curator", password, "10.0.0.1"), fault.Denied, "signin.wrong")
	if err := w.signIn("curator", "Zhuldyz-kerek-44", "10.0.0.1"); err != nil {
		t.Error(err)
	}
}

// An unattended screen is no place to guess the password.
func TestOldPasswordIsNotGuessed(t *testing.T) {
	w := newWorld(t)
	change := func(old, address string) error {
		return directory.ChangePassword(w.Context(), w.Runner, w.as("curator"),
			directory.NewPassword{Old: old, New: "Zhuldyz-kerek-44", Address: address})
	}
	for range 5 {
		invalid(t, change("guess", "10.0.0.1"), "old", "signin.old_wrong")
	}
	if n := minutesOf(t, change(password, "10.0.0.1")); n != 15 {
		t.Errorf("waits %d minutes", n)
	}
	if n := minutesOf(t, w.signIn("curator", password, "10.0.0.1")); n != 15 {
		t.Errorf("signing in waits %d minutes", n)
	}
	if n := w.logged("person.old_password_refused"); n != 5 {
		t.Errorf("%d refusals in the log", n)
	}
	if err := change(password, "10.0.0.2"); err != nil { // the owner elsewhere
		t.Error(err)
	}
}

func TestResetPassword(t *testing.T) {
	w := newWorld(t)
	var fresh string
	reset := func(who access.Who, login string) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error {
			var err error
			fresh, err = directory.ResetPassword(ctx, a, w.people[login])
			return err
		})
	}
	refused(t, reset(w.as("chair"), "curator"), fault.Denied, "fault.denied")
	refused(t, reset(w.as("local"), "far"), fault.NotFound, "")
	if w.person("curator").NoPassword {
		t.Error("there is one")
	}
	if err := reset(w.as("local"), "curator"); err != nil || len(fresh) != 16 {
		t.Fatalf("%d letters, %v", len(fresh), err)
	}
	in, err := w.enter("curator", fresh, "10.0.0.1", "")
	if err != nil || in.Person != w.people["curator"] || !in.MustChange {
		t.Fatalf("got %+v, %v", in, err)
	}
	w.show(w.as("curator"), func(ctx context.Context, v *act.View) error {
		must, err := directory.MustChange(ctx, v)
		if !must {
			t.Error("the password must be changed")
		}
		return err
	})
	if err := directory.ChangePassword(t.Context(), w.Runner, w.as("curator"), directory.NewPassword{Old: fresh, New: "Zhuldyz-kerek-44"}); err != nil {
		t.Fatal(err)
	}
	if w.person("curator").MustChange {
		t.Error("it has been changed")
	}
	// nobody becomes greater than they are
	w.do(w.as("admin"), func(ctx context.Context, a *act.Act) error {
		_, err := directory.Give(ctx, a, directory.Grant{Person: w.people["curator"], Role: access.Administrator, Territory: "1."})
		return err
	})
	refused(t, reset(w.as("local"), "curator"), fault.Denied, "people.grants_elsewhere")
}
