package directory_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// issue makes a token for a person and gives it with its secret.
func (w *world) issue(who access.Who, n directory.NewToken) (directory.Token, string, error) {
	var k directory.Token
	var secret string
	err := w.try(who, func(ctx context.Context, a *act.Act) error {
		var err error
		k, secret, err = directory.CreateToken(ctx, a, n)
		return err
	})
	return k, secret, err
}

func (w *world) bearer(secret string) (access.Who, error) {
	return directory.Bearer(w.Context(), w.Runner, secret)
}

// A token is kept as its digest, acts as its person, and is listed by its
// beginning and its last use.
func TestTokenActsAsItsPerson(t *testing.T) {
	w := newWorld(t)
	k, secret, err := w.issue(w.as("curator"), directory.NewToken{ID: id.New(), Name: " exchange ", Days: 30, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if !directory.IsToken(secret) || len(secret) != 68 || !strings.HasPrefix(secret, k.Prefix) || k.Name != "exchange" {
		t.Errorf("token %q, %+v", secret, k)
	}
	var kept string
	if err := w.Database().R.NewRaw("SELECT name || digest || prefix FROM token").Scan(w.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(kept, secret[12:]) {
		t.Error("the secret is kept")
	}
	who, err := w.bearer(secret)
	if err != nil || who.Person != w.people["curator"] || who.Token != k.ID || !who.ReadOnly {
		t.Fatalf("%+v, %v", who, err)
	}
	refused(t, w.try(who, func(context.Context, *act.Act) error { return nil }), fault.Denied, "access.read_only")
	w.show(who, func(ctx context.Context, v *act.View) error {
		all, err := directory.Tokens(ctx, v, who.Person)
		if err != nil || len(all) != 1 || all[0].UsedAt == nil || !all[0].UsedAt.Equal(v.Now()) {
			t.Errorf("listed %+v, %v", all, err)
		}
		_, err = directory.Tokens(ctx, v, w.people["secretary"])
		refused(t, err, fault.Denied, "fault.denied")
		return nil
	})
	if w.logged("token.create") != 1 {
		t.Error("not in the log")
	}
}

// Whatever the reason, a token that opens nothing is refused alike.
func TestTokenRefused(t *testing.T) {
	for name, end := range map[string]func(*world, directory.Token){
		"revoked": func(w *world, k directory.Token) {
			w.do(w.as("curator"), func(ctx context.Context, a *act.Act) error { return directory.RevokeToken(ctx, a, k.ID) })
		},
		"revoked by the operator": func(w *world, k directory.Token) {
			w.do(operator, func(ctx context.Context, a *act.Act) error { return directory.RevokeToken(ctx, a, k.ID) })
		},
		"expired": func(w *world, _ directory.Token) { w.pass(30 * 24 * time.Hour) },
		"suspended": func(w *world, k directory.Token) {
			w.do(operator, func(ctx context.Context, a *act.Act) error {
				return directory.Suspend(ctx, a, k.Person, "on leave of absence")
			})
		},
		"deactivated": func(w *world, k directory.Token) {
			w.do(operator, func(ctx context.Context, a *act.Act) error {
				return directory.Deactivate(ctx, a, k.Person, func(context.Context, *act.Act, id.ID) (int, error) { return 0, nil })
			})
		},
		"password reset": func(w *world, k directory.Token) {
			w.do(operator, func(ctx context.Context, a *act.Act) error {
				_, err := directory.ResetPassword(ctx, a, k.Person)
				return err
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			k, secret, err := w.issue(operator, directory.NewToken{Person: w.people["curator"], Name: "x", Days: 30})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.bearer(secret); err != nil {
				t.Fatal(err)
			}
			end(w, k)
			_, err = w.bearer(secret)
			refused(t, err, fault.Denied, "token.refused")
			_, unknown := w.bearer("srk_" + strings.Repeat("0", 64))
			if err == nil || unknown == nil || err.Error() != unknown.Error() {
				t.Errorf("%v differs from %v", err, unknown)
			}
		})
	}
}

func TestTokenRules(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.issue(w.as("curator"), directory.NewToken{Name: "", Days: 366})
	invalid(t, err, "name", "fault.blank")
	invalid(t, err, "days", "token.days")
	_, _, err = w.issue(w.as("curator"), directory.NewToken{Name: "x", Days: 0})
	invalid(t, err, "days", "token.days")
	_, _, err = w.issue(w.as("curator"), directory.NewToken{Person: w.people["secretary"], Name: "x", Days: 1})
	refused(t, err, fault.Denied, "fault.denied")
	twice := directory.NewToken{ID: id.New(), Name: "x", Days: 365}
	k, _, err := w.issue(w.as("curator"), twice)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = w.issue(w.as("curator"), twice)
	refused(t, err, fault.Conflict, "fault.sent_twice")
	err = w.try(w.as("secretary"), func(ctx context.Context, a *act.Act) error { return directory.RevokeToken(ctx, a, k.ID) })
	refused(t, err, fault.NotFound, "")
	for range 19 {
		if _, _, err := w.issue(w.as("curator"), directory.NewToken{Name: "x", Days: 1}); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err = w.issue(w.as("curator"), directory.NewToken{Name: "x", Days: 1})
	refused(t, err, fault.Conflict, "token.too_many")
}

// Of the same request sent by many at once one is done; the others are told
// its answer. Another request under the same key is refused, a failed one
// forgotten.
func TestOnce(t *testing.T) {
	w := newWorld(t)
	x := directory.Request{Operation: "enter", Key: "k", Digest: "d"}
	var mu sync.Mutex
	done := 0
	ask := func(x directory.Request, fails bool) (string, error) {
		var told string
		err := w.try(w.as("curator"), func(ctx context.Context, a *act.Act) error {
			answer, before, err := directory.Once(ctx, a, x)
			if err != nil || before {
				told = answer
				return err
			}
			if fails {
				return fault.Clash("fault.stale")
			}
			mu.Lock()
			done++
			mu.Unlock()
			told = "first"
			return directory.KeepAnswer(ctx, a, x, told)
		})
		return told, err
	}
	if _, err := ask(x, true); err == nil {
		t.Fatal("did not fail")
	}
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			if told, err := ask(x, false); err != nil || told != "first" {
				t.Errorf("told %q, %v", told, err)
			}
		}()
	}
	group.Wait()
	if done != 1 {
		t.Errorf("done %d times", done)
	}
	var kept string
	if err := w.Database().R.NewRaw("SELECT asked FROM answered").Scan(w.Context(), &kept); err != nil || len(kept) < 20 {
		t.Errorf("what was asked can be tried out: %q, %v", kept, err)
	}
	_, err := ask(directory.Request{Operation: "enter", Key: "k", Digest: "other"}, false)
	invalid(t, err, "Idempotency-Key", "api.key_reused")
	if _, err := ask(directory.Request{Operation: "pass", Key: "k", Digest: "other"}, false); err != nil {
		t.Error(err)
	}
	w.pass(25 * time.Hour)
	w.do(access.Who{System: "clock"}, directory.Sweep)
	if _, err := ask(directory.Request{Operation: "enter", Key: "k", Digest: "other"}, false); err != nil {
		t.Errorf("after a day: %v", err)
	}
}

// Who is told the first answer waits for its commit as the first one did: the
// act that tells it writes too, or a primary that came back would acknowledge
// what its standby has not got.
func TestToldAgainIsCommitted(t *testing.T) {
	w := newWorld(t)
	if w.Database().Engine == db.SQLite {
		t.Skip("has no standby")
	}
	x := directory.Request{Operation: "enter", Key: "k", Digest: "d"}
	for again := range 2 {
		w.do(w.as("curator"), func(ctx context.Context, a *act.Act) error {
			_, before, err := directory.Once(ctx, a, x)
			if err != nil {
				return err
			}
			if before != (again == 1) {
				t.Errorf("time %d: told before: %v", again, before)
			}
			var writes bool
			if err := a.DB().NewRaw("SELECT pg_current_xact_id_if_assigned() IS NOT NULL").Scan(ctx, &writes); err != nil || !writes {
				t.Errorf("time %d writes nothing: %v", again, err)
			}
			if before {
				return nil
			}
			return directory.KeepAnswer(ctx, a, x, "first")
		})
	}
}
