package directory

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const (
	recoveryCodes  = 10
	recoveryLen    = 16                                 // letters of five bits: 80 bits, so that a plain digest is enough
	recoveryLetter = "0123456789abcdefghjkmnpqrstvwxyz" // none that is read for another
)

type recoveryCode struct {
	bun.BaseModel `bun:"table:recovery_code,alias:r"`

	ID     id.ID `bun:"id,pk"`
	Person id.ID
	Digest string
	MadeAt time.Time
	UsedAt *time.Time
}

// FreshCodes replaces the actor's recovery codes by ten new ones, which are
// given in plain words this one time.
//
// Faults: Denied; Conflict "factor.none" without any factor.
func FreshCodes(ctx context.Context, a *act.Act) ([]string, error) {
	if err := own(&a.View); err != nil {
		return nil, err
	}
	me := a.Actor().Person
	if err := a.Lock(ctx, "person", me); err != nil {
		return nil, err
	}
	had, err := hasFactor(ctx, a.DB(), me)
	if err != nil {
		return nil, err
	}
	if !had {
		return nil, fault.Clash("factor.none")
	}
	a.Record("factor.codes", act.On{Noun: "person", ID: me}, nil)
	return freshCodes(ctx, a, me)
}

func freshCodes(ctx context.Context, a *act.Act, person id.ID) ([]string, error) {
	if _, err := a.DB().NewDelete().Table("recovery_code").Where("person = ?", person).Exec(ctx); err != nil {
		return nil, fmt.Errorf("recovery codes: %w", err)
	}
	var plain []string
	var rows []recoveryCode
	for range recoveryCodes {
		code := randomCode()
		plain = append(plain, spaced(code))
		rows = append(rows, recoveryCode{ID: id.New(), Person: person, Digest: digest(code), MadeAt: a.Now()})
	}
	if err := insert(ctx, a.DB(), rows); err != nil {
		return nil, fmt.Errorf("recovery codes: %w", err)
	}
	return plain, nil
}

func randomCode() string {
	raw := make([]byte, recoveryLen)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the process instead
	var b strings.Builder
	for _, x := range raw {
		b.WriteByte(recoveryLetter[x%32])
	}
	return b.String()
}

func spaced(code string) string {
	var parts []string
	for i := 0; i < len(code); i += 4 {
		parts = append(parts, code[i:i+4])
	}
	return strings.Join(parts, "-")
}

// unspaced is a recovery code as it is kept: what people take for another
// letter is that letter.
func unspaced(typed string) string {
	return strings.NewReplacer("o", "0", "i", "1", "l", "1").Replace(strings.ToLower(digits(typed)))
}

// takeRecovery tells whether a recovery code is right; each is so once.
func takeRecovery(ctx context.Context, a *act.Act, person id.ID, typed string) (bool, error) {
	res, err := a.DB().NewRaw("UPDATE recovery_code SET used_at = ? WHERE person = ? AND digest = ? AND used_at IS NULL",
		a.Now(), person, digest(unspaced(typed))).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("take recovery code: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
