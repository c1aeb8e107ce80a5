package secret

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
)

// ErrWrong tells that the database was sealed with keys that this ring does
// not hold; nothing may be written with it.
var ErrWrong = errors.New("the database was sealed with other keys")

// The canary's text and place; neither is secret.
const canary = "canary"

type canaryRow struct {
	bun.BaseModel `bun:"table:secret_key"`

	No        int64  `bun:",pk"`
	Kind      string `bun:",pk"`
	Canary    string
	CreatedAt time.Time
}

// Check asks each canary of the database whether this ring holds its key. It
// writes nothing, and tells whether a canary is still to be left.
//
// Faults: ErrWrong.
func (r *Ring) Check(ctx context.Context, d Conn) (bool, error) {
	missing, err := r.missing(ctx, d, time.Time{})
	return len(missing) > 0, err
}

// Vouch is Check that also leaves a canary for the keys that seal now. A key
// that only waits has none: where several machines serve, each still gets it.
//
// Faults: ErrWrong.
func (r *Ring) Vouch(ctx context.Context, tx Conn, at time.Time) error {
	missing, err := r.missing(ctx, tx, at)
	if err != nil {
		return err
	}
	for _, c := range missing {
		_, err := tx.NewRaw("INSERT INTO secret_key (no, kind, canary, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (kind, no) DO NOTHING",
			c.No, c.Kind, c.Canary, c.CreatedAt).Exec(ctx)
		if err != nil {
			return fmt.Errorf("canaries: %w", err)
		}
	}
	return nil
}

// missing gives the canaries that are to be left, when those that are there
// are all of this ring.
func (r *Ring) missing(ctx context.Context, d Conn, at time.Time) ([]canaryRow, error) {
	mine, err := r.canaries(at)
	if err != nil {
		return nil, err
	}
	var theirs []canaryRow
	if err := d.NewRaw("SELECT no, kind, canary, created_at FROM secret_key LIMIT 1000").Scan(ctx, &theirs); err != nil {
		return nil, fmt.Errorf("canaries: %w", err)
	}
	for _, c := range theirs {
		if !r.sings(c, mine) {
			return nil, ErrWrong
		}
	}
	k := r.now()
	return slices.DeleteFunc(mine, func(c canaryRow) bool {
		seals := c.No == int64(k.sealNos[0]) && c.Kind == "seal" || c.No == int64(k.blindNos[0]) && c.Kind == "blind"
		return !seals || slices.ContainsFunc(theirs, func(t canaryRow) bool { return t.Kind == c.Kind && t.No == c.No })
	}), nil
}

// Used tells whether a database was ever sealed. One without the table of
// canaries was not.
func Used(ctx context.Context, d *db.DB) (bool, error) {
	has, err := d.Has(ctx, "secret_key")
	if err != nil || !has {
		return false, err
	}
	var n int
	if err := d.R.NewRaw("SELECT count(*) FROM secret_key").Scan(ctx, &n); err != nil {
		return false, fmt.Errorf("canaries: %w", err)
	}
	return n > 0, nil
}

// Forget takes away the canaries of all keys but those that seal now, once
// nothing stands under the others. It comes before Retire: a crash between the
// two leaves a key too many, and not a canary without its key.
func (r *Ring) Forget(ctx context.Context, tx Conn) error {
	seal, blind := r.Keys()
	for kind, keep := range map[string]uint32{"seal": seal[0], "blind": blind[0]} {
		if _, err := tx.NewRaw("DELETE FROM secret_key WHERE kind = ? AND no <> ?", kind, keep).Exec(ctx); err != nil {
			return fmt.Errorf("canaries: %w", err)
		}
	}
	return nil
}

// sings tells whether a canary of the database is one of this ring's keys.
func (r *Ring) sings(c canaryRow, mine []canaryRow) bool {
	if c.Kind == "seal" {
		text, err := r.Open(Place{Column: canary}, c.Canary)
		return err == nil && text == canary
	}
	return slices.ContainsFunc(mine, func(m canaryRow) bool { return m.Kind == c.Kind && m.No == c.No && m.Canary == c.Canary })
}

// canaries are those of the live keys.
func (r *Ring) canaries(at time.Time) ([]canaryRow, error) {
	var out []canaryRow
	k := r.fresh()
	blinds, err := r.Blinds(canary, canary)
	if err != nil {
		return nil, err
	}
	for i, n := range k.blindNos {
		out = append(out, canaryRow{No: int64(n), Kind: "blind", Canary: blinds[i], CreatedAt: at})
	}
	for _, n := range k.sealNos {
		a, err := alone(k.seal, n)
		if err != nil {
			return nil, err
		}
		b, err := a.Encrypt([]byte(canary), Place{Column: canary}.bytes())
		if err != nil {
			return nil, fmt.Errorf("canaries: %w", err)
		}
		out = append(out, canaryRow{No: int64(n), Kind: "seal", Canary: base64.RawStdEncoding.EncodeToString(b), CreatedAt: at})
	}
	return out, nil
}
