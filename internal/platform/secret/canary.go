package secret

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
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

// Vouch asks each canary of the database whether this ring holds its key, and
// then leaves a canary for every live key that has none.
//
// Faults: ErrWrong.
func (r *Ring) Vouch(ctx context.Context, tx bun.IDB, at time.Time) error {
	mine, err := r.canaries(at)
	if err != nil {
		return err
	}
	var theirs []canaryRow
	if err := tx.NewSelect().Model(&theirs).Limit(1000).Scan(ctx); err != nil {
		return fmt.Errorf("canaries: %w", err)
	}
	for _, c := range theirs {
		if !r.sings(c, mine) {
			return ErrWrong
		}
	}
	for _, c := range mine {
		if slices.ContainsFunc(theirs, func(t canaryRow) bool { return t.Kind == c.Kind && t.No == c.No }) {
			continue
		}
		if _, err := tx.NewInsert().Model(&c).On("CONFLICT (kind, no) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("canaries: %w", err)
		}
	}
	return nil
}

// Forget takes the canaries of keys away that the ring no longer holds, once
// nothing stands under them.
func (r *Ring) Forget(ctx context.Context, tx bun.IDB) error {
	seal, blind := r.Keys()
	for kind, keep := range map[string][]uint32{"seal": seal, "blind": blind} {
		_, err := tx.NewDelete().Table("secret_key").Where("kind = ?", kind).Where("no NOT IN (?)", bun.List(keep)).Exec(ctx)
		if err != nil {
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
	k, err := r.fresh()
	if err != nil {
		return nil, err
	}
	blinds, err := r.Blinds(canary, canary)
	if err != nil {
		return nil, err
	}
	for i, n := range live(k.blind) {
		out = append(out, canaryRow{No: int64(n), Kind: "blind", Canary: blinds[i], CreatedAt: at})
	}
	for _, n := range live(k.seal) {
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
