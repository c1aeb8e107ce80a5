package wire_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/fault"
	"serik/internal/platform/secret"
	"serik/internal/platform/settings"
	"serik/internal/platform/text"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

// Whoever reads the database without its keys finds no number, telephone,
// address, nothing of what was told and by whom, nor of what the child said;
// in no column of any table.
func TestReaderOfTheDatabaseWithoutKeys(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	hides := []string{s.iin, plantedPhone, plantedAddress, plantedTold, plantedHow, plantedTeller, plantedReach, plantedView}
	seen := 0
	for _, table := range tables(t, w) {
		for _, line := range dump(t, w, "SELECT * FROM "+table) {
			seen++
			for _, x := range hides {
				if strings.Contains(strings.ToLower(line), strings.ToLower(x)) {
					t.Errorf("%s holds %s in the open: %.160s", table, x, line)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d rows were read", seen)
	}
	for _, x := range wire.Sealed() {
		if n := len(dump(t, w, "SELECT 1 AS one FROM "+x.Column.Table()+" WHERE "+x.Column.Name()+" <> ''")); n == 0 {
			t.Logf("%s: the world holds none", x.Column)
		}
	}
}

// A sealed value that somebody moves to another row is an error of the machine,
// never shown.
func TestASealedValueMovedToAnotherRow(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE signal SET what = (SELECT o.what FROM signal AS o WHERE o.id = ?) WHERE id = ?", s.fresh, s.checked).Exec(ctx)
		return err
	})
	must(t, err)
	err = w.Show(s.who("secretary"), func(ctx context.Context, v *act.View) error { _, err := signal.Get(ctx, v, s.checked); return err })
	if !errors.Is(err, secret.ErrKey) || fault.KindOf(err) != "" {
		t.Errorf("got %v", err)
	}
	a := w.Browse(s.who("secretary"), text.RU).Get("/messages/" + s.checked.String())
	if a.Status != 500 || a.Has(plantedTold) {
		t.Errorf("the page: %d", a.Status)
	}
}

// withFile is a world whose keys lie in a file, as an operator has them.
func withFile(t *testing.T) (*trial.World, secret.Source) {
	t.Helper()
	w := trial.New(t)
	source := secret.Source{File: filepath.Join(t.TempDir(), "keys.json")}
	keys, err := secret.Create(t.Context(), source)
	must(t, err)
	err = w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM secret_key").Exec(ctx); err != nil {
			return err
		}
		return keys.Vouch(ctx, tx, w.Now())
	})
	must(t, err)
	w.App, err = wire.Open(w.DB, keys, w.Now)
	must(t, err)
	must(t, w.Keep(t.Context(), t.TempDir()))
	return w, source
}

var operator = access.Who{Operator: "test"}

// Half-way through a rotation, killed between two blocks, a number is found
// under either key and registered once only; the job goes on where it stopped;
// the former key is let go only when nothing stands under it.
func TestHalfRotatedKeys(t *testing.T) {
	long(t)
	t.Parallel()
	w, source := withFile(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	born := s.born
	numbers := []string{s.iin}
	for i := range 6 {
		n := iinOf(t, born, 100+10*i)
		register(t, w, s, n)
		numbers = append(numbers, n)
	}
	ring := w.Run.Keys()
	former, err := os.ReadFile(source.File)
	must(t, err)
	must(t, ring.Add(t.Context()))
	must(t, ring.Promote(t.Context()))
	must(t, w.Run.Do(t.Context(), operator, func(ctx context.Context, a *act.Act) error { return settings.NoteKey(ctx, a, "secret.rotate") }))

	whole := func(when string) {
		t.Helper()
		for _, n := range numbers {
			must(t, w.Show(s.who("secretary"), func(ctx context.Context, v *act.View) error {
				found, err := registry.Search(ctx, v, registry.Query{IIN: n})
				if err == nil && len(found) != 1 {
					t.Errorf("%s: a number is found %d times", when, len(found))
				}
				return err
			}))
			err := w.Do(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
				_, err := registry.Register(ctx, a, registry.Registration{Territory: s.path, Particulars: registry.Particulars{IIN: n,
					Family: plantedFamily, Given: plantedGiven, Born: born, Sex: "f", Lang: "kk", Source: "school"}})
				return err
			})
			if f, ok := fault.Of(err); !ok || f.Key != "child.iin_taken" {
				t.Errorf("%s: a number is registered twice: %v", when, err)
			}
		}
		must(t, w.Show(s.who("secretary"), func(ctx context.Context, v *act.View) error {
			found, err := registry.Search(ctx, v, registry.Query{Phone: "8 (701) 999-88-77"})
			if err == nil && len(found) != 1 {
				t.Errorf("%s: by telephone %d are found", when, len(found))
			}
			return err
		}))
	}
	whole("promoted")
	iin := wire.Sealed()[0]
	must(t, w.DB.Write(secret.With(t.Context(), ring), func(ctx context.Context, tx bun.Tx) error {
		_, _, err := ring.Again(ctx, tx, iin, secret.First, 3)
		return err
	}))
	planted := errors.New("killed")
	err = w.DB.Write(secret.With(t.Context(), ring), func(ctx context.Context, tx bun.Tx) error {
		if _, _, err := ring.Again(ctx, tx, iin, secret.First, 2); err != nil {
			return err
		}
		return planted
	})
	if !errors.Is(err, planted) {
		t.Fatal(err)
	}
	whole("half-way")
	release := func() error {
		return w.Run.Do(t.Context(), operator, func(ctx context.Context, a *act.Act) error { return settings.Release(ctx, a, wire.Sealed()) })
	}
	w.Set(time.Now().Add(time.Hour))
	if err := release(); !errors.Is(err, fault.Clash("secret.stale")) {
		t.Errorf("let go half-way: %v", err)
	}
	must(t, w.Run.Do(t.Context(), operator, settings.Begin))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must(t, w.Queue.Start(ctx))
	must(t, w.Queue.Drain(ctx))
	must(t, w.Queue.Stop(ctx))
	whole("sealed anew")
	must(t, w.Run.Show(t.Context(), operator, func(ctx context.Context, v *act.View) error {
		keys, err := settings.Keys(ctx, v, wire.Sealed())
		for _, k := range keys {
			if (k.State == "former") != (k.Under == 0) {
				t.Errorf("%+v", k)
			}
		}
		if len(keys) != 4 {
			t.Errorf("%d keys", len(keys))
		}
		return err
	}))
	must(t, release())
	must(t, ring.Retire(t.Context()))
	whole("retired")
	old, err := secret.Load(t.Context(), secret.Source{Text: string(former)})
	must(t, err)
	if err := wire.Migrate(t.Context(), w.DB, old); !errors.Is(err, secret.ErrWrong) {
		t.Errorf("the former keys still open: %v", err)
	}
	proves(t, w, ring)
}

// proves seals and verifies the log, with the keys and without.
func proves(t *testing.T, w *trial.World, ring *secret.Ring) {
	t.Helper()
	dir := t.TempDir()
	sealer, err := w.Sealer(dir)
	must(t, err)
	_, err = sealer.Seal(t.Context(), w.Now())
	must(t, err)
	pub, err := os.ReadFile(filepath.Join(dir, "checkpoint.pub"))
	must(t, err)
	for _, keys := range []*secret.Ring{ring, nil} {
		r, err := audit.Verify(t.Context(), w.DB.R, audit.Check{Dir: dir, Key: string(pub), Now: w.Now(), Keys: keys})
		if err != nil || !r.OK || r.Details != (keys != nil) {
			t.Errorf("the log: %+v %+v, %v", r, r.FirstBad, err)
		}
	}
	must(t, w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE audit_detail SET detail = (SELECT max(detail) FROM audit_detail)").Exec(ctx)
		return err
	}))
	r, err := audit.Verify(t.Context(), w.DB.R, audit.Check{Dir: dir, Key: string(pub), Now: w.Now(), Keys: ring})
	if err != nil || r.OK || r.FirstBad.Why != audit.Detailed {
		t.Errorf("details moved about: %+v, %v", r, err)
	}
}

// Other keys are refused before anything is written.
func TestWrongKeysWriteNothing(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	furnish(t, w, "lake", trial.Lake, 1)
	before := digest(t, w)
	wrong, err := secret.New()
	must(t, err)
	if err := wire.Migrate(t.Context(), w.DB, wrong); !errors.Is(err, secret.ErrWrong) {
		t.Errorf("got %v", err)
	}
	if digest(t, w) != before {
		t.Error("something was written")
	}
}
