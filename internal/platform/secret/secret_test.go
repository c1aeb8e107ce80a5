package secret_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"serik/internal/platform/db"
	"serik/internal/platform/db/dbtest"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
	"serik/migrations"
)

var template = dbtest.Template{Migrate: func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, migrations.FS) }}

var noon = time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func ring(t *testing.T) *secret.Ring {
	t.Helper()
	r, err := secret.New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func inFile(t *testing.T) (secret.Source, *secret.Ring) {
	t.Helper()
	s := secret.Source{File: filepath.Join(t.TempDir(), "keys", "keys.json")}
	r, err := secret.Create(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

// A value opens in its own place only, and its sealed form neither repeats nor
// shows it.
func TestAValueOpensInItsPlaceAlone(t *testing.T) {
	t.Parallel()
	r := ring(t)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.StringN(1, 200, -1).Draw(t, "plain")
		at := secret.Place{Column: rapid.SampledFrom([]string{"child.iin", "adult.phone"}).Draw(t, "column"), Row: id.New()}
		one, err := r.Seal(at, plain)
		if err != nil {
			t.Fatal(err)
		}
		two, err := r.Seal(at, plain)
		if err != nil || one == two {
			t.Fatalf("sealed twice alike: %v", err)
		}
		if got, err := r.Open(at, one); err != nil || got != plain {
			t.Fatalf("opened as %q: %v", got, err)
		}
		for _, other := range []secret.Place{{Column: at.Column, Row: id.New()}, {Column: "signal.what", Row: at.Row}} {
			if _, err := r.Open(other, one); !errors.Is(err, secret.ErrKey) {
				t.Fatalf("opened elsewhere: %v", err)
			}
		}
	})
}

func TestWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	r, at := ring(t), secret.Place{Column: "child.iin", Row: id.New()}
	sealed, err := r.Seal(at, "041017500000")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	for name, bad := range map[string]string{
		"plain":   "041017500000",
		"cut":     sealed[:len(sealed)-4],
		"flipped": base64.RawStdEncoding.EncodeToString(raw),
		"odd":     "*",
		"short":   "AQ",
	} {
		if _, err := r.Open(at, bad); !errors.Is(err, secret.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ring(t).Open(at, sealed); !errors.Is(err, secret.ErrKey) {
		t.Errorf("another ring: %v", err)
	}
	if got, err := r.Open(at, ""); got != "" || err != nil {
		t.Errorf("nothing is %q, %v", got, err)
	}
}

// The index of a value is one under a ring and column, and differs elsewhere.
func TestBlindIndex(t *testing.T) {
	t.Parallel()
	r := ring(t)
	one, err := r.Blind("child.iin", "041017500000")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := r.Blind("child.iin", "041017500000")
	if one == "" || one != two {
		t.Errorf("not the same twice: %q %q", one, two)
	}
	for name, other := range map[string]func() (string, error){
		"value":  func() (string, error) { return r.Blind("child.iin", "041017500001") },
		"column": func() (string, error) { return r.Blind("adult.phone", "041017500000") },
		"ring":   func() (string, error) { return ring(t).Blind("child.iin", "041017500000") },
	} {
		if got, err := other(); err != nil || got == one || got == "" {
			t.Errorf("another %s gives the same index: %v", name, err)
		}
	}
}

// A rotation loses nothing on its way: whatever was sealed before opens, the
// index of before is asked as well, and after Retire only the newest is left.
func TestRotation(t *testing.T) {
	t.Parallel()
	s, r := inFile(t)
	at := secret.Place{Column: "child.iin", Row: id.New()}
	old, err := r.Seal(at, "041017500000")
	if err != nil {
		t.Fatal(err)
	}
	oldBlind, err := r.Blind("child.iin", "041017500000")
	if err != nil {
		t.Fatal(err)
	}
	other, err := secret.Load(t.Context(), s) // another process with the same file
	if err != nil {
		t.Fatal(err)
	}

	if err := r.Add(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, _ := r.Blind("child.iin", "041017500000"); now != oldBlind || !r.Pending() || !r.Current(old) {
		t.Error("an added key already seals")
	}
	if err := r.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.Current(old) || r.Current(oldBlind) || r.Pending() {
		t.Error("the old key still counts as current")
	}
	fresh, err := r.Seal(at, "041017500000")
	if err != nil || !r.Current(fresh) {
		t.Fatalf("not sealed with the new key: %v", err)
	}
	if got, err := other.Open(at, fresh); err != nil || got != "041017500000" {
		t.Errorf("the other process does not open it: %v", err)
	}
	for _, each := range []*secret.Ring{r, other} {
		all, err := each.Blinds("child.iin", "041017500000")
		if err != nil || len(all) != 2 || all[0] == oldBlind || all[1] != oldBlind {
			t.Errorf("indexes %v: %v", all, err)
		}
		if got, err := each.Open(at, old); err != nil || got != "041017500000" {
			t.Errorf("the old value is lost: %v", err)
		}
	}
	if err := r.Retire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(at, old); !errors.Is(err, secret.ErrKey) {
		t.Errorf("opened by a retired key: %v", err)
	}
	if got, err := r.Open(at, fresh); err != nil || got != "041017500000" {
		t.Errorf("lost by Retire: %v", err)
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	s, r := inFile(t)
	at := secret.Place{Column: "child.iin", Row: id.New()}
	sealed, err := r.Seal(at, "041017500000")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.File)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	text, err := os.ReadFile(s.File)
	if err != nil {
		t.Fatal(err)
	}
	opens := func(name string, s secret.Source) {
		t.Helper()
		r, err := secret.Load(t.Context(), s)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := r.Open(at, sealed); err != nil || got != "041017500000" {
			t.Errorf("%s: %v", name, err)
		}
	}
	opens("file", s)
	opens("environment", secret.Source{Text: string(text)})

	if _, err := secret.Create(t.Context(), s); err == nil {
		t.Error("keys were written over")
	}
	opens("file after a second start", s)
	if _, err := secret.Load(t.Context(), secret.Source{File: s.File + ".none"}); !errors.Is(err, secret.ErrNoKeys) {
		t.Errorf("no file: %v", err)
	}
	if _, err := secret.Load(t.Context(), secret.Source{}); !errors.Is(err, secret.ErrNoKeys) {
		t.Errorf("no source: %v", err)
	}
	env, err := secret.Load(t.Context(), secret.Source{Text: string(text)})
	if err != nil || !errors.Is(env.Add(t.Context()), secret.ErrNotKept) {
		t.Errorf("keys of the environment were changed: %v", err)
	}
	if err := os.Chmod(s.File, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Load(t.Context(), s); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others read: %v", err)
	}
	for name, bad := range map[string]string{"not JSON": "0123abcd", "half": `{"seal":{}}`, "cut": string(text[:len(text)/2])} {
		_, err := secret.Load(t.Context(), secret.Source{Text: bad})
		if err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Behind a key service the file holds no key in the open.
func TestKeeper(t *testing.T) {
	t.Parallel()
	keeper := "base64key://smGbjm71Nxd1Ig5FS0wj9SlbzAIrnolCz9bQQ6uAhl4="
	s := secret.Source{File: filepath.Join(t.TempDir(), "keys.json"), Keeper: keeper}
	r, err := secret.Create(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(s.File)
	if err != nil || strings.Contains(string(text), "AesGcmKey") {
		t.Fatalf("keys in the open: %v", err)
	}
	at := secret.Place{Column: "child.iin", Row: id.New()}
	sealed, err := r.Seal(at, "041017500000")
	if err != nil {
		t.Fatal(err)
	}
	again, err := secret.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(at, sealed); err != nil || got != "041017500000" {
		t.Errorf("not the same keys: %v", err)
	}
	for name, s := range map[string]secret.Source{
		"another keeper": {File: s.File, Keeper: "base64key://"},
		"no keeper":      {File: s.File},
		"odd keeper":     {File: s.File, Keeper: "nowhere://"},
	} {
		if _, err := secret.Load(t.Context(), s); err == nil || strings.Contains(err.Error(), "smGbjm") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The canary refuses a ring of other keys and one that lacks a key, and knows
// the ring again through a whole rotation.
func TestCanary(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	vouch := func(r *secret.Ring) error {
		return d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return r.Vouch(ctx, tx, noon) })
	}
	s, r := inFile(t)
	before, err := os.ReadFile(s.File)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := vouch(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := vouch(ring(t)); !errors.Is(err, secret.ErrWrong) {
		t.Errorf("other keys: %v", err)
	}
	for _, step := range []func(context.Context) error{r.Add, r.Promote} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := vouch(r); err != nil {
			t.Fatal(err)
		}
	}
	former, err := secret.Load(t.Context(), secret.Source{Text: string(before)})
	if err != nil {
		t.Fatal(err)
	}
	if err := vouch(former); !errors.Is(err, secret.ErrWrong) {
		t.Errorf("a ring without the newest key: %v", err)
	}
	early, err := secret.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return r.Forget(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
	if err := vouch(early); err != nil {
		t.Errorf("killed after Forget: %v", err)
	}
	if err := r.Retire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := vouch(r); err != nil {
		t.Errorf("after Retire: %v", err)
	}
	if err := vouch(former); !errors.Is(err, secret.ErrWrong) {
		t.Errorf("the former keys alone: %v", err)
	}
}

// Outside of a view or an act there are no keys, and nothing passes unsealed.
func TestNoKeysCarried(t *testing.T) {
	t.Parallel()
	c, row := secret.Column("child.iin"), id.New()
	if _, err := c.Seal(t.Context(), row, "041017500000"); err == nil {
		t.Error("sealed with nothing")
	}
	if _, err := c.Blinds(t.Context(), "041017500000"); err == nil {
		t.Error("indexed with nothing")
	}
	ctx := secret.With(t.Context(), ring(t))
	sealed, err := c.Seal(ctx, row, "041017500000")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Open(ctx, row, sealed); err != nil || got != "041017500000" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := c.Open(t.Context(), row, sealed); err == nil {
		t.Error("opened with nothing")
	}
}
