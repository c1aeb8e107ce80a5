package directory_test

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// code is what an authenticator application shows now.
func (w *world) code(secret string) string {
	w.Helper()
	c, err := totp.GenerateCode(secret, w.Now())
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// enrol sets an application up for somebody and gives its secret and the codes.
func (w *world) enrol(login string) (string, []string) {
	w.Helper()
	secret := directory.NewAppSecret()
	var codes []string
	w.do(w.as(login), func(ctx context.Context, a *act.Act) error {
		var err error
		codes, err = directory.ConfirmApp(ctx, a, secret, w.code(secret), "")
		return err
	})
	w.pass(time.Minute)
	return secret, codes
}

func (w *world) first(login, address, device string) directory.Entry {
	w.Helper()
	in, err := directory.SignIn(w.Context(), w.Runner, directory.Attempt{Login: login, Password: password, Address: address, Device: device})
	if err != nil || in.Half == "" || in.Person != "" || in.Device != "" {
		w.Fatalf("first step: %+v, %v", in, err)
	}
	return in
}

func (w *world) second(half id.ID, code, address, device string) (directory.Entry, error) {
	return directory.SignInCode(w.Context(), w.Runner, directory.Typed{Half: half, Code: code, Address: address, Device: device})
}

func (w *world) factors(login string) directory.Factors {
	w.Helper()
	var f directory.Factors
	w.show(w.as(login), func(ctx context.Context, v *act.View) error {
		var err error
		f, err = directory.OwnFactors(ctx, v)
		return err
	})
	return f
}

func (w *world) told(login, key string) int64 {
	w.Helper()
	n, err := w.Database().R.NewSelect().Table("notice").Where("person = ? AND key = ?", w.people[login], key).Count(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func TestSecondStep(t *testing.T) {
	w := newWorld(t)
	refused(t, w.try(w.as("curator"), func(ctx context.Context, a *act.Act) error {
		_, err := directory.FreshCodes(ctx, a)
		return err
	}), fault.Conflict, "factor.none")
	invalid(t, w.try(w.as("curator"), func(ctx context.Context, a *act.Act) error {
		_, err := directory.ConfirmApp(ctx, a, directory.NewAppSecret(), "000000", "")
		return err
	}), "code", "factor.code_wrong")
	// A secret that was never made here is nobody's: its codes could be foreseen.
	for _, weak := range []string{"", "AAAA", "not base32"} {
		code, err := totp.GenerateCode(weak, w.Now())
		if err != nil {
			code = "000000"
		}
		invalid(t, w.try(w.as("curator"), func(ctx context.Context, a *act.Act) error {
			_, err := directory.ConfirmApp(ctx, a, weak, code, "")
			return err
		}), "code", "factor.code_wrong")
	}
	secret, codes := w.enrol("curator")
	if f := w.factors("curator"); !f.App || f.Codes != 10 || len(codes) != 10 || len(strings.ReplaceAll(codes[0], "-", "")) != 16 {
		t.Fatalf("%+v %v", f, codes)
	}
	half := w.first("curator", "10.0.0.1", "")
	for _, wrong := range []string{"", "000000", "12345", secret, "0000-0000-0000-0000"} {
		if wrong == w.code(secret) {
			continue
		}
		_, err := w.second(half.Half, wrong, "10.0.0.9", "")
		if fault.KindOf(err) != fault.Limited {
			invalid(t, err, "code", "factor.code_wrong")
		}
	}
	if n := w.told("curator", "notice.code_refused"); n != 1 {
		t.Errorf("told %d times of a stranger with the password", n)
	}
	if n := w.logged("person.sign_in"); n != 0 {
		t.Errorf("%d sign-ins without a second step", n)
	}
	code := w.code(secret)
	in, err := w.second(half.Half, " "+code[:3]+" "+code[3:], "10.0.0.1", "")
	if err != nil || in.Person != w.people["curator"] || in.Device == "" || in.MustEnrol {
		t.Fatalf("%+v %v", in, err)
	}
	_, err = w.second(half.Half, code, "10.0.0.1", "")
	refused(t, err, fault.NotFound, "")
	half = w.first("curator", "10.0.0.1", in.Device)
	_, err = w.second(half.Half, code, "10.0.0.1", in.Device)
	invalid(t, err, "code", "factor.code_wrong") // a code counts once
	w.pass(30 * time.Second)
	if _, err = w.second(half.Half, w.code(secret), "10.0.0.1", in.Device); err != nil {
		t.Error(err)
	}
	late := w.first("curator", "10.0.0.1", in.Device)
	w.pass(10 * time.Minute)
	_, err = w.second(late.Half, w.code(secret), "10.0.0.1", in.Device)
	refused(t, err, fault.NotFound, "")
}

func TestCodesOfNeighbouringSteps(t *testing.T) {
	w := newWorld(t)
	secret, _ := w.enrol("curator")
	for after, ok := range map[time.Duration]bool{-30 * time.Second: true, 30 * time.Second: true, -90 * time.Second: false, 90 * time.Second: false} {
		half := w.first("curator", "10.0.0.1", "")
		code, err := totp.GenerateCode(secret, w.Now().Add(after))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.second(half.Half, code, "10.0.0.1", ""); (err == nil) != ok {
			t.Errorf("%s: %v", after, err)
		}
		w.pass(5 * time.Minute)
	}
}

// The application reads the address as RFC 6238 and its makers expect it.
func TestAppAddress(t *testing.T) {
	t.Parallel()
	secret := directory.NewAppSecret()
	if raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); err != nil || len(raw) != 20 {
		t.Fatal(secret)
	}
	got, err := directory.AppAddress(secret, "curator")
	if err != nil || !strings.HasPrefix(got, "otpauth://totp/Serik:curator?") || !strings.Contains(got, "secret="+secret) || !strings.Contains(got, "issuer=Serik") {
		t.Errorf("%s %v", got, err)
	}
}

func TestRecoveryCodesWorkOnce(t *testing.T) {
	w := newWorld(t)
	_, codes := w.enrol("curator")
	var kept []string
	if err := w.Database().R.NewRaw("SELECT digest FROM recovery_code").Scan(t.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	for _, c := range codes {
		if strings.Contains(strings.Join(kept, " "), strings.ReplaceAll(c, "-", "")) {
			t.Fatal("a code is kept in plain words")
		}
	}
	half := w.first("curator", "10.0.0.1", "")
	typed := strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))
	in, err := w.second(half.Half, typed, "10.0.0.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if w.told("curator", "notice.recovery_used") != 1 || w.factors("curator").Codes != 9 {
		t.Errorf("not told, or %d left", w.factors("curator").Codes)
	}
	half = w.first("curator", "10.0.0.1", in.Device)
	_, err = w.second(half.Half, codes[3], "10.0.0.1", in.Device)
	invalid(t, err, "code", "factor.code_wrong")
	// another's code opens nothing
	_, others := w.enrol("secretary")
	half = w.first("curator", "10.0.0.1", in.Device)
	_, err = w.second(half.Half, others[0], "10.0.0.1", in.Device)
	invalid(t, err, "code", "factor.code_wrong")
	var fresh []string
	w.do(w.as("curator"), func(ctx context.Context, a *act.Act) error {
		fresh, err = directory.FreshCodes(ctx, a)
		return err
	})
	_, err = w.second(half.Half, codes[4], "10.0.0.1", in.Device)
	invalid(t, err, "code", "factor.code_wrong")
	if _, err = w.second(half.Half, fresh[0], "10.0.0.1", in.Device); err != nil {
		t.Error(err)
	}
}

// One code sent twenty times at once opens once.
func TestReplayAtOnce(t *testing.T) {
	w := newWorld(t)
	secret, codes := w.enrol("curator")
	w.norm("signin.per_account", "1000")
	w.norm("signin.per_address", "1000")
	for name, code := range map[string]string{"app": w.code(secret), "recovery": codes[0]} {
		var mu sync.Mutex
		var wg sync.WaitGroup
		opened := 0
		for range 10 {
			half := w.first("curator", "10.0.0.1", "")
			wg.Go(func() {
				if _, err := w.second(half.Half, code, "10.0.0.1", ""); err == nil {
					mu.Lock()
					opened++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if opened != 1 {
			t.Errorf("%s: opened %d times", name, opened)
		}
	}
}

// Whoever knows the password but not the code has few tries a day, whatever the
// number of networks, and the owner signs in on the own device all the while.
func TestCodesAreNotGuessed(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of tries")
	}
	w := newWorld(t)
	secret, _ := w.enrol("curator")
	half := w.first("curator", "10.0.0.1", "")
	in, err := w.second(half.Half, w.code(secret), "10.0.0.1", "")
	if err != nil {
		t.Fatal(err)
	}
	w.pass(40 * 24 * time.Hour) // the address is no longer the owner's own
	checked := 0
	for i := range 24 * 6 { // a day, each ten minutes from ten networks
		for j := range 10 {
			if i > 3 && j > 2 {
				break // enough to see that a turn is one try
			}
			address := fmt.Sprintf("10.%d.%d.1", i, j)
			_, err := w.second(w.first("curator", address, "").Half, "000000", address, "")
			switch {
			case fault.Has(err, "code", "factor.code_wrong"):
				checked++
			case fault.KindOf(err) != fault.Limited:
				t.Fatalf("%v", err)
			}
		}
		if i == 3 {
			half := w.first("curator", "10.0.0.1", in.Device)
			if _, err := w.second(half.Half, w.code(secret), "10.0.0.1", in.Device); err != nil {
				t.Errorf("the owner under attack: %v", err)
			}
		}
		if i == 12 {
			break
		}
		w.pass(10 * time.Minute)
	}
	if checked < 10 || checked > 10+2*13 {
		t.Errorf("%d codes were checked in two hours", checked)
	}
	if n := w.told("curator", "notice.code_refused"); n != 1 {
		t.Errorf("told %d times", n)
	}
	// One stolen device waits for its own failures alone.
	for range 5 {
		_, err := w.second(w.first("curator", "10.0.0.1", in.Device).Half, "000000", "10.0.0.1", in.Device)
		invalid(t, err, "code", "factor.code_wrong")
	}
	_, err = w.second(w.first("curator", "10.0.0.1", in.Device).Half, w.code(secret), "10.0.0.1", in.Device)
	minutesOf(t, err)
}

// What changes an account ends what stands before its second step.
func TestHalfEnds(t *testing.T) {
	for name, change := range map[string]func(*world){
		"password": func(w *world) {
			if err := directory.ChangePassword(w.Context(), w.Runner, w.as("curator"), directory.NewPassword{Old: password, New: "Zhuldyz-kerek-44"}); err != nil {
				w.Error(err)
			}
		},
		"reset": func(w *world) {
			w.do(w.as("admin"), func(ctx context.Context, a *act.Act) error {
				_, err := directory.ResetPassword(ctx, a, w.people["curator"])
				return err
			})
		},
		"suspended": func(w *world) {
			w.do(w.as("chair"), func(ctx context.Context, a *act.Act) error {
				return directory.Suspend(ctx, a, w.people["curator"], "проверка")
			})
		},
		"swept": func(w *world) {
			w.pass(11 * time.Minute)
			w.do(access.Who{System: "clock"}, directory.Sweep)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			secret, _ := w.enrol("curator")
			half := w.first("curator", "10.0.0.1", "")
			change(w)
			_, err := w.second(half.Half, w.code(secret), "10.0.0.1", "")
			refused(t, err, fault.NotFound, "")
		})
	}
}

func TestFactorIsDemandedByRole(t *testing.T) {
	w := newWorld(t)
	if in, err := w.enter("admin", password, "10.0.0.1", ""); err != nil || !in.MustEnrol {
		t.Errorf("an administrator: %+v %v", in, err)
	}
	if in, err := w.enter("curator", password, "10.0.0.1", ""); err != nil || in.MustEnrol {
		t.Errorf("a curator: %+v %v", in, err)
	}
	w.norm("factor.administrator", "no")
	w.norm("factor.curator", "yes")
	if in, err := w.enter("admin", password, "10.0.0.1", ""); err != nil || in.MustEnrol {
		t.Errorf("an administrator by another norm: %+v %v", in, err)
	}
	if in, err := w.enter("curator", password, "10.0.0.1", ""); err != nil || !in.MustEnrol {
		t.Errorf("a curator by another norm: %+v %v", in, err)
	}
	remove := func(who access.Who) error {
		return w.try(who, directory.RemoveApp)
	}
	refused(t, remove(w.as("curator")), fault.NotFound, "")
	w.enrol("curator")
	refused(t, remove(w.as("curator")), fault.Conflict, "factor.demanded")
	w.norm("factor.curator", "no")
	if err := remove(w.as("curator")); err != nil {
		t.Fatal(err)
	}
	if f := w.factors("curator"); f.Any() || f.Codes != 0 {
		t.Errorf("%+v", f)
	}
}

func TestResetFactors(t *testing.T) {
	w := newWorld(t)
	reset := func(who access.Who, login, reason string) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error {
			return directory.ResetFactors(ctx, a, w.people[login], reason)
		})
	}
	refused(t, reset(w.as("admin"), "curator", "телефон потерян"), fault.Conflict, "factor.none")
	w.enrol("curator")
	w.enrol("admin")
	refused(t, reset(w.as("chair"), "curator", "x"), fault.Denied, "fault.denied")
	refused(t, reset(w.as("local"), "far", "x"), fault.NotFound, "")
	refused(t, reset(w.as("admin"), "admin", "x"), fault.Denied, "people.own_access")
	invalid(t, reset(w.as("admin"), "curator", " "), "reason", "fault.blank")
	if err := reset(w.as("local"), "curator", "телефон потерян"); err != nil {
		t.Fatal(err)
	}
	if w.told("curator", "notice.factor_reset") != 1 || w.logged("person.reset_factors") != 1 || w.factors("curator").Any() {
		t.Error("not told, not logged or not done")
	}
	password := func(who access.Who) error {
		return w.try(who, func(ctx context.Context, a *act.Act) error {
			_, err := directory.ResetPassword(ctx, a, w.people["curator"])
			return err
		})
	}
	refused(t, password(w.as("local")), fault.Conflict, "factor.other_hand")
	if err := password(w.as("admin")); err != nil {
		t.Fatal(err)
	}
	w.enrol("curator")
	refused(t, reset(w.as("admin"), "curator", "x"), fault.Conflict, "factor.other_hand")
	w.pass(24 * time.Hour)
	if err := reset(w.as("admin"), "curator", "телефон потерян"); err != nil {
		t.Error(err)
	}
}

// A new role that demands a factor ends the sessions of who has none.
func TestNewRoleLeadsToAFactor(t *testing.T) {
	w := newWorld(t)
	half := func(login string) { w.enrol(login); w.first(login, "10.0.0.1", "") }
	half("secretary")
	give := func(login string, r access.Role) {
		w.do(w.as("admin"), func(ctx context.Context, a *act.Act) error {
			_, err := directory.Give(ctx, a, directory.Grant{Person: w.people[login], Role: r, Territory: "1.2."})
			return err
		})
	}
	live := func(login string) int64 {
		n, err := w.Database().R.NewSelect().Table("session").Where("person = ? AND expires_at > ?", w.people[login], w.Now()).Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, login := range []string{"curator", "chair", "secretary"} {
		store := directory.NewStore(w.Runner)
		data, err := directory.Codec{}.Encode(w.Now(), map[string]any{directory.SessionPerson: w.people[login].String()})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.CommitCtx(t.Context(), login, data, w.Now()); err != nil {
			t.Fatal(err)
		}
	}
	give("curator", access.Regional)
	give("chair", access.Duty)
	give("secretary", access.Regional)
	if live("curator") != 0 || live("chair") != 1 || live("secretary") != 1 {
		t.Errorf("%d %d %d", live("curator"), live("chair"), live("secretary"))
	}
}

// Of a device that is not the person's own the person learns, and of no other.
func TestNewDeviceIsTold(t *testing.T) {
	w := newWorld(t)
	in, err := w.enter("curator", password, "10.0.0.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.enter("curator", password, "10.0.0.2", in.Device); err != nil {
		t.Fatal(err)
	}
	if n := w.told("curator", "notice.new_device"); n != 1 {
		t.Fatalf("told %d times", n)
	}
	if _, err := w.enter("curator", password, "10.0.0.1", ""); err != nil {
		t.Fatal(err)
	}
	if n := w.told("curator", "notice.new_device"); n != 2 {
		t.Errorf("told %d times", n)
	}
}
