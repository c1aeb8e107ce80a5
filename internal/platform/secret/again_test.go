package secret_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// What stands under a key is counted right whatever the numbers of the keys and
// the bytes behind them; a row that was written meanwhile is left alone, one
// that does not open keeps what it has.
func TestSealedAnewInBlocks(t *testing.T) {
	t.Parallel()
	d := template.Open(t)
	_, err := d.W.ExecContext(t.Context(), "CREATE TABLE thing (id TEXT PRIMARY KEY, word TEXT, word_blind TEXT)")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := ring(t)
		word := secret.Sealed{Column: "thing.word", Blind: "word_blind"}
		all := []secret.Sealed{word}
		n := rapid.IntRange(1, 12).Draw(rt, "rows")
		do := func(fn func(context.Context, bun.Tx) error) {
			rt.Helper()
			if err := d.Write(t.Context(), fn); err != nil {
				rt.Fatal(err)
			}
		}
		count := func(want int) {
			rt.Helper()
			if got, err := r.Stale(t.Context(), d.R, all); err != nil || got != want {
				rt.Fatalf("%d stale, want %d: %v", got, want, err)
			}
		}
		plain := map[id.ID]string{}
		do(func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.NewRaw("DELETE FROM thing").Exec(ctx); err != nil {
				return err
			}
			for range n {
				key := id.New()
				plain[key] = rapid.StringN(1, 20, -1).Draw(rt, "word")
				sealed, err := r.Seal(secret.Place{Column: "thing.word", Row: key}, plain[key])
				if err != nil {
					return err
				}
				blind, err := r.Blind("thing.word", plain[key])
				if err != nil {
					return err
				}
				if _, err := tx.NewRaw("INSERT INTO thing VALUES (?, ?, ?)", key, sealed, blind).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		count(0)
		for range rapid.IntRange(1, 2).Draw(rt, "rotations") {
			if err := r.Add(t.Context()); err != nil {
				rt.Fatal(err)
			}
			if err := r.Promote(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		count(2 * n)
		seen := 0
		for after := secret.First; after != ""; {
			do(func(ctx context.Context, tx bun.Tx) error {
				last, k, err := r.Again(ctx, tx, word, after, rapid.IntRange(1, 5).Draw(rt, "block"))
				after, seen = last, seen+k
				return err
			})
		}
		count(0)
		if seen != n {
			rt.Errorf("%d rows of %d", seen, n)
		}
		var rows []struct{ ID, Word, WordBlind string }
		if err := d.R.NewRaw("SELECT * FROM thing").Scan(t.Context(), &rows); err != nil {
			rt.Fatal(err)
		}
		for _, x := range rows {
			got, err := r.Open(secret.Place{Column: "thing.word", Row: id.ID(x.ID)}, x.Word)
			blind, err2 := r.Blind("thing.word", got)
			if err != nil || err2 != nil || got != plain[id.ID(x.ID)] || blind != x.WordBlind || !r.Current(x.Word) {
				rt.Errorf("%q is %q: %v", plain[id.ID(x.ID)], got, err)
			}
		}
	})
}

// A value of another row is passed over, and stays counted as not sealed anew.
func TestWhatDoesNotOpenIsPassedOver(t *testing.T) {
	t.Parallel()
	d, r := template.Open(t), ring(t)
	if _, err := d.W.ExecContext(t.Context(), "CREATE TABLE thing (id TEXT PRIMARY KEY, word TEXT)"); err != nil {
		t.Fatal(err)
	}
	alien, err := r.Seal(secret.Place{Column: "thing.word", Row: id.New()}, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.W.NewRaw("INSERT INTO thing VALUES (?, ?)", id.New(), alien).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []func(context.Context) error{r.Add, r.Promote} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	word := secret.Sealed{Column: "thing.word"}
	last, n, err := r.Again(t.Context(), d.W, word, secret.First, 10)
	if err != nil || n != 1 || last == "" {
		t.Errorf("%q, %d, %v", last, n, err)
	}
	if n, err := r.Stale(t.Context(), d.R, []secret.Sealed{word}); err != nil || n != 1 {
		t.Errorf("%d stale, %v", n, err)
	}
}
