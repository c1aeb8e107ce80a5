package directory_test

import (
	"context"
	"testing"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// mustEnrol tells whether an open session leads to a second factor.
func (w *world) mustEnrol(s *directory.Store, token string) bool {
	w.Helper()
	b, ok, err := s.FindCtx(w.Context(), token)
	if err != nil || !ok {
		w.Fatalf("session: %t, %v", ok, err)
	}
	_, values, err := directory.Codec{}.Decode(b)
	if err != nil || values[directory.SessionPerson] == "" {
		w.Fatalf("values %v, %v", values, err)
	}
	must, _ := values[directory.SessionMustEnrol].(bool)
	return must
}

// A norm that demands a second factor binds from its day on whoever is signed in
// already and every program, until there is one; it asks nothing of others.
func TestADemandedFactorBindsOpenSessionsAndTokens(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	secrets := map[string]string{}
	for _, login := range []string{"curator", "chair"} {
		w.open(s, login, login)
		var err error
		if _, secrets[login], err = w.issue(operator, directory.NewToken{Person: w.people[login], Name: "x", Days: 30}); err != nil {
			t.Fatal(err)
		}
	}
	in := func(login string, want bool, when string) {
		t.Helper()
		if got := !w.mustEnrol(s, login); got != want {
			t.Errorf("%s, %s: in by session %t", login, when, got)
		}
		_, err := w.bearer(secrets[login])
		if want && err != nil {
			t.Errorf("%s, %s: %v", login, when, err)
		}
		if !want {
			refused(t, err, fault.Denied, "token.factor")
		}
	}
	in("curator", true, "before")
	w.norm("factor.curator", "yes")
	in("curator", false, "demanded")
	in("chair", true, "of another role")
	w.enrol("curator") // which ends the other sessions
	w.open(s, "curator again", "curator")
	if w.mustEnrol(s, "curator again") {
		t.Error("led to a factor that is there")
	}
	if _, err := w.bearer(secrets["curator"]); err != nil {
		t.Errorf("with a factor: %v", err)
	}

	// A role that demands one and begins later binds when it begins.
	w.norm("factor.duty", "yes")
	from := w.Now().AddDate(0, 0, 1)
	w.do(w.as("local"), func(ctx context.Context, a *act.Act) error {
		_, err := directory.Give(ctx, a, directory.Grant{ID: id.New(), Person: w.people["chair"], Role: access.Duty, Territory: "1.2.3.", From: from})
		return err
	})
	in("chair", true, "the day before")
	if _, err := w.Database().W.NewRaw("UPDATE session SET expires_at = ?", from.AddDate(0, 0, 1)).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.pass(from.Sub(w.Now()))
	in("chair", false, "the role has begun")
}

// What nobody's session holds is not asked about a factor.
func TestAHalfSessionOwesNothing(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.people["nobody"] = ""
	w.open(s, "half", "nobody")
	if !w.alive(s, "half") {
		t.Error("a session before signing in is gone")
	}
}
