package wire_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/secret"
	"serik/internal/platform/settings"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

// enrols gives somebody an authenticator application and tells its secret.
func enrols(t *testing.T, w *trial.World, name string) string {
	t.Helper()
	made := directory.NewAppSecret()
	code, err := totp.GenerateCode(made, w.Now())
	must(t, err)
	w.Must(name, func(ctx context.Context, a *act.Act) error {
		_, err := directory.ConfirmApp(ctx, a, made, code, "")
		return err
	})
	return made
}

// signsIn takes both steps with a code of the secret, a minute later.
func signsIn(t *testing.T, w *trial.World, name, made string) error {
	t.Helper()
	w.Pass(time.Minute)
	in, err := directory.SignIn(t.Context(), w.Run, directory.Attempt{Login: name, Password: trial.Password, Address: "10.0.0.1"})
	must(t, err)
	if in.Half == "" {
		t.Fatal("the second step is not asked for")
	}
	code, err := totp.GenerateCode(made, w.Now())
	must(t, err)
	in, err = directory.SignInCode(t.Context(), w.Run, directory.Typed{Half: in.Half, Code: code, Address: "10.0.0.1"})
	if err == nil && in.Person != trial.Person(name) {
		t.Errorf("signed in as %+v", in)
	}
	return err
}

// Whoever reads the database, and knows a password, cannot make the codes of
// its person; nor put an own secret into another's row.
func TestASecretOfAnApplicationIsSealed(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	d := w.Serve()
	d.Passwords("curator1@lake", "curator2@lake")
	made, own := enrols(t, w, "curator1@lake"), enrols(t, w, "curator2@lake")
	if n := len(dump(t, w, "SELECT * FROM totp")); n != 2 {
		t.Fatalf("%d secrets", n)
	}
	for _, table := range tables(t, w) {
		for _, line := range dump(t, w, "SELECT * FROM "+table) {
			if strings.Contains(strings.ToLower(line), strings.ToLower(made)) {
				t.Errorf("%s holds it in the open", table)
			}
		}
	}
	must(t, signsIn(t, w, "curator1@lake", made))
	must(t, w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE totp SET secret = (SELECT o.secret FROM totp AS o WHERE o.id = ?) WHERE id = ?",
			trial.Person("curator2@lake"), trial.Person("curator1@lake")).Exec(ctx)
		return err
	}))
	if err := signsIn(t, w, "curator1@lake", own); !errors.Is(err, secret.ErrKey) || fault.KindOf(err) != "" {
		t.Errorf("in by a secret from another's row: %v", err)
	}
}

// A rotation seals the secrets of applications anew, and they make codes all
// the while.
func TestRotationCoversApplications(t *testing.T) {
	t.Parallel()
	w, _ := withFile(t)
	w.Serve().Passwords("curator1@lake")
	made := enrols(t, w, "curator1@lake")
	ring := w.Run.Keys()
	seal, _ := ring.Keys()
	former := seal[0]
	under := func(want int) {
		t.Helper()
		n, err := ring.Under(t.Context(), w.DB.R, directory.Sealed(), former)
		must(t, err)
		if n != want {
			t.Errorf("%d under the former key", n)
		}
	}
	under(1)
	must(t, ring.Add(t.Context()))
	must(t, ring.Promote(t.Context()))
	must(t, w.Run.Do(t.Context(), operator, func(ctx context.Context, a *act.Act) error { return settings.NoteKey(ctx, a, "secret.rotate") }))
	must(t, signsIn(t, w, "curator1@lake", made))
	under(1)
	must(t, w.Run.Do(t.Context(), operator, settings.Begin))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must(t, w.Queue.Start(ctx))
	must(t, w.Queue.Drain(ctx))
	must(t, w.Queue.Stop(ctx))
	under(0)
	w.Set(time.Now().Add(time.Hour))
	must(t, w.Run.Do(t.Context(), operator, func(ctx context.Context, a *act.Act) error { return settings.Release(ctx, a, wire.Sealed()) }))
	must(t, ring.Retire(t.Context()))
	must(t, signsIn(t, w, "curator1@lake", made))
}
