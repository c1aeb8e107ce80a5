package directory

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Codes of six digits that change each 30 seconds (RFC 6238), as every
// authenticator application makes them; one step before and after is taken
// too, for clocks differ.
const (
	step      = 30
	skew      = 1
	secretLen = 20
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// app is the secret shared with a person's authenticator application.
type app struct {
	bun.BaseModel `bun:"table:totp,alias:t"`

	ID           id.ID  `bun:"id,pk"` // of the person
	Secret       string `bun:"-"`
	SecretSealed string `bun:"secret"`
	Last         int64
	Since        time.Time
}

// NewAppSecret makes a secret of 160 bits for an authenticator application. It
// is the person's only when ConfirmApp has seen a code made with it.
func NewAppSecret() string {
	raw := make([]byte, secretLen)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the process instead
	return base32Plain.EncodeToString(raw)
}

// AppAddress is what an application reads from the picture of a secret.
func AppAddress(secret, login string) (string, error) {
	raw, err := base32Plain.DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("secret of an application: %w", err)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Serik", AccountName: login, Secret: raw, Period: step})
	if err != nil {
		return "", fmt.Errorf("address of an application: %w", err)
	}
	return key.URL(), nil
}

// stepOf finds the step at which a secret makes a code, later than the last
// one taken; none is -1.
func stepOf(secret, code string, now time.Time, last int64) (int64, error) {
	found := int64(-1)
	for at := now.Unix()/step - skew; at <= now.Unix()/step+skew; at++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(at), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return -1, fmt.Errorf("code of an application: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && at > last {
			found = at
		}
	}
	return found, nil
}

// digits drops what people type between the digits of a code.
func digits(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "-", " ")), "")
}

// ConfirmApp makes a secret the person's own authenticator application, once a
// code proves that the application has it; the former one ends. With the first
// factor come the recovery codes, in plain words this one time. Other sessions
// end: they were opened without it.
//
// Faults: Denied; Invalid (code).
func ConfirmApp(ctx context.Context, a *act.Act, secret, code string, keep id.ID) ([]string, error) {
	if err := own(&a.View); err != nil {
		return nil, err
	}
	me := a.Actor().Person
	if err := a.Lock(ctx, "person", me); err != nil {
		return nil, err
	}
	at, err := stepOf(secret, digits(code), a.Now(), -1)
	if raw, bad := base32Plain.DecodeString(secret); bad != nil || len(raw) < secretLen || err != nil || at < 0 {
		return nil, fault.Bad("code", "factor.code_wrong")
	}
	had, err := hasFactor(ctx, a.DB(), me)
	if err != nil {
		return nil, err
	}
	if _, err := a.DB().NewDelete().Table("totp").Where("id = ?", me).Exec(ctx); err != nil {
		return nil, fmt.Errorf("confirm application: %w", err)
	}
	row := app{ID: me, Secret: secret, Last: at, Since: a.Now()}
	if _, err := a.DB().NewInsert().Model(&row).Exec(ctx); err != nil {
		return nil, fmt.Errorf("confirm application: %w", err)
	}
	a.Record("factor.app", act.On{Noun: "person", ID: me}, nil)
	if err := endSessions(ctx, a, me, keep); err != nil {
		return nil, err
	}
	if had {
		return nil, nil
	}
	return freshCodes(ctx, a, me)
}

// RemoveApp takes the authenticator application off; with the last factor the
// recovery codes end too.
//
// Faults: Denied; NotFound; Conflict "factor.demanded".
func RemoveApp(ctx context.Context, a *act.Act) error {
	if err := own(&a.View); err != nil {
		return err
	}
	me := a.Actor().Person
	if err := a.Lock(ctx, "person", me); err != nil {
		return err
	}
	f, err := factors(ctx, &a.View, me)
	if err != nil {
		return err
	}
	if !f.App {
		return fault.Missing()
	}
	if err := lastFactor(ctx, a, f); err != nil {
		return err
	}
	if _, err := a.DB().NewDelete().Table("totp").Where("id = ?", me).Exec(ctx); err != nil {
		return fmt.Errorf("remove application: %w", err)
	}
	a.Record("factor.app_removed", act.On{Noun: "person", ID: me}, nil)
	return nil
}

// takeCode tells whether a code of the application is right and has not been
// taken before; taken, it is never right again.
func takeCode(ctx context.Context, a *act.Act, person id.ID, code string) (bool, error) {
	var row app
	err := a.DB().NewSelect().Model(&row).Where("t.id = ?", person).Scan(ctx)
	if db.IsNone(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("take code: %w", err)
	}
	at, err := stepOf(row.Secret, code, a.Now(), row.Last)
	if err != nil || at < 0 {
		return false, err
	}
	if _, err := a.DB().NewRaw("UPDATE totp SET last = ? WHERE id = ?", at, person).Exec(ctx); err != nil {
		return false, fmt.Errorf("take code: %w", err)
	}
	return true, nil
}
