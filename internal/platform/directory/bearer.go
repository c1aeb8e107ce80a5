package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/secret"
)

// tokenTouch is how often at most a token's last use is written.
const tokenTouch = time.Minute

// refusedToken is the one answer for a token that opens nothing, whatever the
// reason: unknown, revoked, expired, or its person suspended or gone.
func refusedToken() error { return fault.Deny("token.refused") }

// IsToken tells whether a text has the form of a token; the database is asked
// about no other.
func IsToken(s string) bool {
	digits, ok := strings.CutPrefix(s, tokenMark)
	return ok && len(digits) == 2*tokenBytes && strings.Trim(digits, "0123456789abcdef") == ""
}

// Bearer finds who acts by a token and notes its use, at most once a minute.
// It runs outside acts, as the sessions' store does; the act that follows asks
// anew whether the person is active and what the grants are.
//
// Whoever owes a second factor by a role, and has none, is not let in by a token
// either: else a program would go on past the norm.
//
// Faults: Denied "token.refused", "token.factor"; Unavailable.
func Bearer(ctx context.Context, r *act.Runner, token string) (access.Who, error) {
	if !IsToken(token) {
		return access.Who{}, refusedToken()
	}
	now := r.Now()
	var rows []struct {
		Token
		State string
		owing
	}
	err := askOwing(r.Database().R.NewSelect().TableExpr("token AS k").Join("JOIN person AS p ON p.id = k.person").ColumnExpr("k.*, p.state"),
		"k.person", now).Where("k.digest = ?", digest(token)).Scan(ctx, &rows)
	if err != nil {
		return access.Who{}, unavailable("find token", err)
	}
	if len(rows) == 0 || !rows[0].Live(now) || rows[0].State != Active {
		return access.Who{}, refusedToken()
	}
	k, roles := rows[0], make([]owing, len(rows))
	for i, x := range rows {
		roles[i] = x.owing
	}
	without, err := owes(ctx, r, now, roles)
	if err != nil {
		return access.Who{}, unavailable("find token", err)
	}
	if without {
		return access.Who{}, fault.Deny("token.factor")
	}
	if k.UsedAt == nil || now.Sub(*k.UsedAt) >= tokenTouch {
		err := r.Database().Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("UPDATE token SET used_at = ? WHERE id = ?", now, k.ID).Exec(ctx)
			return err
		})
		if err != nil {
			return access.Who{}, unavailable("touch token", err)
		}
	}
	return access.Who{Person: k.Person, Token: k.ID, ReadOnly: k.ReadOnly}, nil
}

// answerKept is how long the answer to an idempotency key is remembered.
const answerKept = 24 * time.Hour

// askedColumn is an index of what was asked. It is keyed: a plain digest of a
// registration would let a reader of the database try out a child's number.
const askedColumn secret.Column = "answered.asked"

// Request is a request that may come twice.
type Request struct {
	Operation string
	Key       string // the caller's, as a digest
	Digest    string // of what was asked; not empty
}

// Once tells what the actor was answered, when the same was asked before, and
// remembers that it is asked now: of two at the same time the second waits and
// is told the first one's answer. What fails is forgotten with its act. The
// answer was given to the grants of its moment: once one of them has ended it is
// not repeated.
//
// Faults: Invalid "api.key_reused" when something else was asked under the key;
// Denied "api.grants_ended".
func Once(ctx context.Context, a *act.Act, x Request) (string, bool, error) {
	blinds, err := askedColumn.Blinds(ctx, x.Digest)
	if err != nil {
		return "", false, fmt.Errorf("ask once: %w", err)
	}
	res, err := a.DB().NewRaw("INSERT INTO answered (person, operation, key, asked, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (person, operation, key) DO NOTHING",
		a.Actor().Person, x.Operation, x.Key, blinds[0], a.Now()).Exec(ctx)
	if err != nil {
		return "", false, fmt.Errorf("ask once: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return "", false, err
	}
	var row struct {
		Asked, Answer string
		At            time.Time
	}
	err = a.DB().NewSelect().Table("answered").Column("asked", "answer", "at").Where("person = ?", a.Actor().Person).
		Where("operation = ?", x.Operation).Where("key = ?", x.Key).Scan(ctx, &row)
	if err != nil {
		return "", false, fmt.Errorf("ask once: %w", err)
	}
	if !slices.Contains(blinds, row.Asked) {
		return "", false, fault.Bad("Idempotency-Key", "api.key_reused")
	}
	narrower, err := a.DB().NewSelect().Table("access_grant").Where("person = ?", a.Actor().Person).
		Where("to_at >= ? AND to_at <= ?", row.At, a.Now()).Exists(ctx)
	if err != nil {
		return "", false, fmt.Errorf("ask once: %w", err)
	}
	if narrower {
		return "", false, fault.Deny("api.grants_ended")
	}
	// A write, so that the commit waits for the standby as the first one did: what
	// a primary that came back shows may not have reached it yet.
	if _, err := a.DB().NewRaw("UPDATE answered SET at = at WHERE person = ? AND operation = ? AND key = ?",
		a.Actor().Person, x.Operation, x.Key).Exec(ctx); err != nil {
		return "", false, fmt.Errorf("ask once: %w", err)
	}
	return row.Answer, true, nil
}

// KeepAnswer keeps the answer to it; it holds identifiers and nothing of a child.
func KeepAnswer(ctx context.Context, a *act.Act, x Request, answer string) error {
	_, err := a.DB().NewRaw("UPDATE answered SET answer = ? WHERE person = ? AND operation = ? AND key = ?",
		answer, a.Actor().Person, x.Operation, x.Key).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	return nil
}
