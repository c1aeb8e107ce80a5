package directory_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// open makes a live session of a person under a token.
func (w *world) open(s *directory.Store, token, login string) {
	w.Helper()
	b, err := directory.Codec{}.Encode(w.Now(), map[string]any{directory.SessionPerson: string(w.people[login]),
		directory.SessionAgent: "Firefox", directory.SessionAddress: "10.0.0.1"})
	if err != nil {
		w.Fatal(err)
	}
	if err := s.CommitCtx(w.Context(), token, b, time.Time{}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) alive(s *directory.Store, token string) bool {
	w.Helper()
	b, ok, err := s.FindCtx(w.Context(), token)
	if err != nil {
		w.Fatal(err)
	}
	if ok {
		_, values, err := directory.Codec{}.Decode(b)
		if err != nil || values[directory.SessionAgent] != "Firefox" {
			w.Errorf("values %v, %v", values, err)
		}
	}
	return ok
}

func TestSessionsExpire(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.open(s, "one", "curator")
	for range 24 * 2 { // used every quarter of an hour
		w.pass(15 * time.Minute)
		if !w.alive(s, "one") {
			break
		}
	}
	if got := w.Now().Sub(time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)); got != 12*time.Hour {
		t.Errorf("ended after %s", got)
	}
	w.open(s, "two", "curator")
	w.pass(30 * time.Minute)
	if w.alive(s, "two") {
		t.Error("idle for 30 minutes")
	}
	if w.alive(s, "unknown") {
		t.Error("a token of nobody")
	}
}

func TestSeenIsWrittenOnceAMinute(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.open(s, "one", "curator")
	seen := func() time.Time {
		var at time.Time
		if err := w.Database().R.NewRaw("SELECT seen_at FROM session").Scan(t.Context(), &at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	first := seen()
	w.pass(59 * time.Second)
	w.alive(s, "one")
	if !seen().Equal(first) {
		t.Error("written within the minute")
	}
	w.pass(time.Second)
	w.alive(s, "one")
	if !seen().Equal(w.Now()) {
		t.Error("not written after the minute")
	}
}

func TestTokenIsNotKept(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.open(s, "planted-token", "curator")
	var row struct{ Token, ID, Data string }
	if err := w.Database().R.NewRaw("SELECT token, id, data FROM session").Scan(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(row.Token+row.ID+row.Data, "planted") || strings.Contains(row.Data, "curator") || strings.Contains(row.Data, "values") || row.ID != string(directory.SessionID("planted-token")) {
		t.Errorf("got %+v", row)
	}
}

func (w *world) sessions(who access.Who, person id.ID) ([]directory.Session, error) {
	var out []directory.Session
	err := w.Show(w.Context(), who, func(ctx context.Context, v *act.View) error {
		var err error
		out, err = directory.Sessions(ctx, v, person)
		return err
	})
	return out, err
}

func TestSessionsListAndRevoke(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.open(s, "one", "curator")
	w.open(s, "two", "curator")
	w.open(s, "three", "chair")
	got, err := w.sessions(w.as("curator"), w.people["curator"])
	if err != nil || len(got) != 2 || got[0].Agent != "Firefox" {
		t.Fatalf("got %+v, %v", got, err)
	}
	_, err = w.sessions(w.as("admin"), w.people["curator"])
	refused(t, err, fault.Denied, "fault.denied")
	revoke := func(who, token string) error {
		return w.try(w.as(who), func(ctx context.Context, a *act.Act) error {
			return directory.Revoke(ctx, a, directory.SessionID(token))
		})
	}
	refused(t, revoke("chair", "one"), fault.NotFound, "")
	if err := revoke("curator", "one"); err != nil {
		t.Fatal(err)
	}
	refused(t, revoke("curator", "one"), fault.NotFound, "")
	w.open(s, "one", "curator") // a request in flight writes its session back
	if w.alive(s, "one") || !w.alive(s, "two") {
		t.Error("one has ended, two has not")
	}
	if err := s.DeleteCtx(t.Context(), "two"); err != nil || w.alive(s, "two") {
		t.Errorf("signed out: %v", err)
	}
}

func TestSessionsEndWithAccess(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	acting := func(who access.Who, verb func(context.Context, *act.Act) error) func() error {
		return func() error { return w.try(who, verb) }
	}
	for name, c := range map[string]struct {
		verb func() error
		left bool // the session that is kept
	}{
		"password": {func() error {
			return directory.ChangePassword(w.Context(), w.Runner, w.as("curator"), directory.NewPassword{Old: password,
				New: "Zhuldyz-kerek-44", Keep: directory.SessionID("password kept")})
		}, true},
		"reset": {acting(w.as("admin"), func(ctx context.Context, a *act.Act) error {
			_, err := directory.ResetPassword(ctx, a, w.people["far"])
			return err
		}), false},
		"suspension": {acting(w.as("chair"), func(ctx context.Context, a *act.Act) error {
			return directory.Suspend(ctx, a, w.people["secretary"], "проверка")
		}), false},
		"leaving": {acting(w.as("admin"), func(ctx context.Context, a *act.Act) error {
			return directory.Deactivate(ctx, a, w.people["local"], func(context.Context, *act.Act, id.ID) (int, error) { return 0, nil })
		}), false},
	} {
		login := map[string]string{"password": "curator", "reset": "far", "suspension": "secretary", "leaving": "local"}[name]
		w.open(s, name+" kept", login)
		w.open(s, name+" other", login)
		if err := c.verb(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if w.alive(s, name+" other") || w.alive(s, name+" kept") != c.left {
			t.Errorf("%s: the wrong sessions live", name)
		}
	}
}

func TestSweep(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.open(s, "one", "curator")
	w.failed("curator", "10.0.0.1", 1)
	w.pass(31 * 24 * time.Hour)
	w.open(s, "two", "curator")
	refused(t, w.try(w.as("admin"), directory.Sweep), fault.Denied, "")
	w.do(access.Who{System: "sweep"}, directory.Sweep)
	for table, want := range map[string]int64{"session": 1, "sign_in": 0} {
		if n, err := w.Database().R.NewSelect().Table(table).Count(t.Context()); err != nil || n != want {
			t.Errorf("%s: %d, %v", table, n, err)
		}
	}
}

func TestClosedDatabase(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.open(s, "one", "curator")
	if err := w.Database().Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.FindCtx(t.Context(), "one")
	refused(t, err, fault.Unavailable, "fault.unavailable")
	refused(t, w.signIn("curator", password, "10.0.0.1"), fault.Unavailable, "fault.unavailable")
	refused(t, w.add(w.as("admin"), newcomer("new.one", "1.2.3.")), fault.Unavailable, "fault.unavailable")
}

// Two requests of one session that change it at the same instant keep both
// changes; what one has taken out, the other does not bring back.
func TestSessionsJoin(t *testing.T) {
	w := newWorld(t)
	s := directory.NewStore(w.Runner)
	w.open(s, "one", "curator")
	read := func() (time.Time, map[string]any) {
		t.Helper()
		b, ok, err := s.FindCtx(t.Context(), "one")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		at, values, err := directory.Codec{}.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		return at, values
	}
	write := func(at time.Time, values map[string]any) {
		t.Helper()
		b, err := directory.Codec{}.Encode(at, values)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.CommitCtx(t.Context(), "one", b, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	at, first := read()
	first["must_change"], first["said"], first["told"] = true, "before", 1
	write(at, first)

	_, first = read()
	_, second := read()
	delete(first, "must_change")
	first["kept one"], first["said"] = "typed here", "first"
	delete(second, "said")
	second["kept two"], second["told"] = "typed there", 2
	write(at, first)
	write(at, second)

	_, got := read()
	want := map[string]any{"kept one": "typed here", "kept two": "typed there", "said": "first", "told": 2.0, directory.SessionAgent: "Firefox"}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s: %v", k, got[k])
		}
	}
	if _, back := got["must_change"]; back {
		t.Error("what was taken out is back")
	}
	// Emptied: nothing of before comes back.
	clear(got)
	got["new"] = "only"
	write(at, got)
	if _, got := read(); got["kept one"] != nil || got["new"] != "only" {
		t.Errorf("emptied: %v", got)
	}
}
