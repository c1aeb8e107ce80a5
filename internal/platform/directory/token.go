package directory

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const (
	tokenMark    = "srk_" // by which scanners of leaked secrets know ours
	tokenBytes   = 32
	tokenShown   = len(tokenMark) + 8
	tokenName    = 60
	tokensAtMost = 20
)

// Token is a person's own key for a program. It acts as the person: what the
// grants allow at the moment of use, never more.
type Token struct {
	bun.BaseModel `bun:"table:token,alias:k"`

	ID        id.ID `bun:"id,pk"`
	Person    id.ID
	Name      string
	Digest    string
	Prefix    string // its beginning, to recognise it by
	ReadOnly  bool
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
	RevokedAt *time.Time
}

func (k Token) on() act.On { return act.On{Noun: "token", ID: k.ID} }

// Live tells whether the token still opens anything, as far as it alone says.
func (k Token) Live(now time.Time) bool { return k.RevokedAt == nil && k.ExpiresAt.After(now) }

// NewToken is what a new token needs to be told.
type NewToken struct {
	ID       id.ID // made with the form, so that a double press makes one token
	Person   id.ID // whose; none is the actor's own
	Name     string
	Days     int // until it expires, at most the norm's (token.max_days)
	ReadOnly bool
}

// CreateToken makes a token and gives its secret, which is kept nowhere: only
// its digest is, and 256 random bits need no slow hash. A person makes tokens
// for themselves; an operator for anybody who is active.
//
// Faults: Denied; NotFound; Conflict "people.not_active", "token.too_many",
// "fault.sent_twice"; Invalid "token.days".
func CreateToken(ctx context.Context, a *act.Act, n NewToken) (Token, string, error) {
	person, err := tokenOwner(ctx, a, n.Person)
	if err != nil {
		return Token{}, "", err
	}
	most := a.Norm(tokenDays).Int()
	var bad fault.Fields
	bad.Text(n.Name, tokenName, "name")
	bad.Check(n.Days >= 1 && n.Days <= most, "days", "token.days", fault.Args{"Max": most})
	if err := bad.Err(); err != nil {
		return Token{}, "", err
	}
	live, err := a.DB().NewSelect().Table("token").Where("person = ?", person).Where("revoked_at IS NULL").
		Where("expires_at > ?", a.Now()).Count(ctx)
	if err != nil {
		return Token{}, "", fmt.Errorf("count tokens: %w", err)
	}
	if live >= tokensAtMost {
		return Token{}, "", fault.Clash("token.too_many", fault.Args{"Max": tokensAtMost})
	}
	raw := make([]byte, tokenBytes)
	if _, err := rand.Read(raw); err != nil {
		return Token{}, "", fmt.Errorf("make token: %w", err)
	}
	secret := tokenMark + hex.EncodeToString(raw)
	k := Token{ID: n.ID.OrNew(), Person: person, Name: strings.TrimSpace(n.Name), Digest: digest(secret), Prefix: secret[:tokenShown],
		ReadOnly: n.ReadOnly, CreatedAt: a.Now(), ExpiresAt: a.Now().AddDate(0, 0, n.Days)}
	if _, err := a.DB().NewInsert().Model(&k).Exec(ctx); err != nil {
		if slices.Contains([]string{"token_pkey", "token.id"}, db.Violates(err)) {
			return Token{}, "", fault.Clash("fault.sent_twice")
		}
		return Token{}, "", fmt.Errorf("create token: %w", err)
	}
	a.Record("token.create", k.on(), map[string]any{"person": person, "days": n.Days, "read_only": n.ReadOnly})
	return k, secret, nil
}

// tokenOwner is whose token is to be made, held until the act ends.
func tokenOwner(ctx context.Context, a *act.Act, person id.ID) (id.ID, error) {
	if !a.Actor().Machine {
		if err := own(&a.View); err != nil {
			return "", err
		}
		if person != "" && person != a.Actor().Person {
			return "", fault.Deny("fault.denied")
		}
		person = a.Actor().Person
	}
	if err := a.Lock(ctx, "person", person); err != nil {
		return "", err
	}
	p, err := find(ctx, &a.View, person, everyone)
	if err != nil {
		return "", err
	}
	if p.State != Active {
		return "", fault.Clash("people.not_active")
	}
	return p.ID, nil
}

// Tokens lists the tokens of a person, the newest first: one's own, or for an
// operator anybody's, and everybody's when no person is given.
//
// Faults: Denied, also for the tokens of another.
func Tokens(ctx context.Context, v *act.View, person id.ID) ([]Token, error) {
	if !v.Actor().Machine {
		if err := own(v); err != nil {
			return nil, err
		}
		if person != v.Actor().Person {
			return nil, fault.Deny("fault.denied")
		}
	}
	var out []Token
	q := v.DB().NewSelect().Model(&out).OrderExpr("k.created_at DESC, k.id DESC").Limit(500)
	if person != "" {
		q = q.Where("k.person = ?", person)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return out, nil
}

// RevokeToken ends a token at once: one's own, or for an operator anybody's.
//
// Faults: Denied; NotFound, also for one that has ended.
func RevokeToken(ctx context.Context, a *act.Act, token id.ID) error {
	q := a.DB().NewUpdate().Table("token").Set("revoked_at = ?", a.Now()).Where("id = ?", token).Where("revoked_at IS NULL")
	if !a.Actor().Machine {
		if err := own(&a.View); err != nil {
			return err
		}
		q = q.Where("person = ?", a.Actor().Person)
	}
	res, err := q.Exec(ctx)
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	a.Record("token.revoke", act.On{Noun: "token", ID: token}, nil)
	return nil
}

// endTokens ends all tokens of a person: with the password that somebody else
// had to reset, and with the service.
func endTokens(ctx context.Context, a *act.Act, person id.ID) error {
	_, err := a.DB().NewUpdate().Table("token").Set("revoked_at = ?", a.Now()).Where("person = ?", person).Where("revoked_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("end tokens: %w", err)
	}
	return nil
}
