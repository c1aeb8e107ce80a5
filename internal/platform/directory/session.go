package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/norm"
)

// The values of a session that the store also keeps in columns.
const (
	SessionPerson  = "person"
	SessionAgent   = "agent"
	SessionAddress = "address"
)

// SessionMustEnrol is the value that leads to a second factor before anything
// else: since the signing in, or since a role or a norm demands one.
const SessionMustEnrol = "must_enrol"

// touchEvery is how often at most a session's last use is written.
const touchEvery = time.Minute

// Store keeps the sessions of alexedwards/scs in our database, outside acts.
// The token is kept as its digest only, the values sealed under it. Expiry is the store's own, by the
// norms and the runner's clock: set no IdleTimeout on the manager and a
// Lifetime longer than any norm. An ended session stays for a while as a mark,
// so that a request in flight cannot bring it back. Two requests that change one
// session at the same instant join: each writes what it has changed itself.
type Store struct{ r *act.Runner }

// NewStore makes the store of a runner's database.
func NewStore(r *act.Runner) *Store { return &Store{r} }

type session struct {
	bun.BaseModel `bun:"table:session,alias:s"`

	Token     string `bun:"token,pk"`
	ID        id.ID
	Person    id.ID
	Data      string
	Agent     string
	Address   string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// SessionID is the identifier of the session of a token: what lists show and
// Revoke takes. It does not lead back to the token.
func SessionID(token string) id.ID {
	return id.Derive(0, "session "+token, 0, time.Unix(0, 0))
}

// FindCtx gives the data of a live session and notes its use, at most once a
// minute. A person who by now owes a second factor is led to one.
func (s *Store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := s.r.Now()
	var rows []struct {
		session
		owing
	}
	err := askOwing(s.r.Database().R.NewSelect().TableExpr("session AS s").ColumnExpr("s.*"), "s.person", now).
		Where("s.token = ?", digest(token)).Where("s.expires_at > ?", now).Scan(ctx, &rows)
	if err != nil {
		return nil, false, unavailable("find session", err)
	}
	if len(rows) == 0 {
		return nil, false, nil
	}
	row, roles := rows[0].session, make([]owing, len(rows))
	for i, x := range rows {
		roles[i] = x.owing
	}
	if now.Sub(row.SeenAt) >= touchEvery {
		if err := s.touch(ctx, row, now); err != nil {
			return nil, false, unavailable("touch session", err)
		}
	}
	data, err := unseal(token, row.Data)
	if err != nil {
		return nil, false, nil // of a former form: the person signs in anew
	}
	without, err := owes(ctx, s.r, now, roles)
	if err != nil {
		return nil, false, unavailable("find session", err)
	}
	if without {
		data, err = mustEnrol(data)
	}
	return data, err == nil, err
}

// mustEnrol marks the values of a session whose person owes a second factor.
func mustEnrol(data []byte) ([]byte, error) {
	var d sessionData
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	if d.Values == nil {
		d.Values = map[string]any{}
	}
	d.Values[SessionMustEnrol] = true
	return Codec{}.Encode(d.Deadline, d.Values)
}

func (s *Store) touch(ctx context.Context, row session, now time.Time) error {
	return s.r.Database().Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		until, err := s.expiry(ctx, tx, row.CreatedAt, now)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw("UPDATE session SET seen_at = ?, expires_at = ? WHERE token = ? AND expires_at > ?",
			now, until, row.Token, now).Exec(ctx)
		return err
	})
}

// expiry is the earlier of the idle and the absolute end.
func (s *Store) expiry(ctx context.Context, d bun.IDB, created, now time.Time) (time.Time, error) {
	norms, err := s.r.Book().Load(ctx, d, date.Of(now))
	if err != nil {
		return time.Time{}, err
	}
	idle, ok1 := norms.Get(idleMinutes)
	absolute, ok2 := norms.Get(absoluteHours)
	if !ok1 || !ok2 {
		return time.Time{}, errors.New("the norms of sessions are not in the book")
	}
	return earlier(now.Add(minutes(idle)), created.Add(absolute.Hours())), nil
}

func minutes(n norm.Norm) time.Duration { return time.Duration(n.Int()) * time.Minute }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// CommitCtx writes a session: over what another request has written since this
// one read it, only what this one has changed. One that has ended stays ended.
// The expiry that scs computes by the clock of the machine is not used.
func (s *Store) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	var mine sessionData
	if err := json.Unmarshal(data, &mine); err != nil {
		return fmt.Errorf("decode session: %w", err)
	}
	err := s.r.Database().Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		now := s.r.Now()
		row := session{Token: digest(token), ID: SessionID(token), CreatedAt: now, SeenAt: now}
		old, err := s.lock(ctx, tx, row.Token)
		if err != nil {
			return err
		}
		values := mine.now()
		if old.Token != "" {
			if !old.ExpiresAt.After(now) {
				return nil
			}
			row.CreatedAt = old.CreatedAt
			values = mine.joined(token, old.Data)
		}
		if row.ExpiresAt, err = s.expiry(ctx, tx, row.CreatedAt, now); err != nil {
			return err
		}
		if row.Data, err = sealedValues(token, mine.Deadline, values); err != nil {
			return err
		}
		row.Person, row.Agent, row.Address = id.ID(text(values, SessionPerson, 36)), text(values, SessionAgent, 200), text(values, SessionAddress, 64)
		_, err = tx.NewInsert().Model(&row).On("CONFLICT (token) DO UPDATE").Set("person = EXCLUDED.person").
			Set("data = EXCLUDED.data").Set("agent = EXCLUDED.agent").Set("address = EXCLUDED.address").
			Set("seen_at = EXCLUDED.seen_at").Set("expires_at = EXCLUDED.expires_at").
			Where("s.expires_at > ?", now).Exec(ctx)
		return err
	})
	if err != nil {
		return unavailable("commit session", err)
	}
	return nil
}

// lock reads a session that nobody else writes until the end of the
// transaction; on SQLite writers queue. One that there is none of is empty.
func (s *Store) lock(ctx context.Context, tx bun.Tx, token string) (session, error) {
	var old session
	q := tx.NewSelect().Model(&old).Where("s.token = ?", token)
	if s.r.Database().Engine == db.Postgres {
		q = q.For("UPDATE")
	}
	err := q.Scan(ctx)
	if db.IsNone(err) {
		return session{}, nil
	}
	return old, err
}

func sealedValues(token string, deadline time.Time, values map[string]any) (string, error) {
	b, err := Codec{}.Encode(deadline, values)
	if err != nil {
		return "", err
	}
	return seal(token, b)
}

// DeleteCtx ends a session.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	err := s.r.Database().Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE session SET expires_at = ?, data = '' WHERE token = ? AND expires_at > ?",
			s.r.Now(), digest(token), s.r.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		return unavailable("end session", err)
	}
	return nil
}

var errNoContext = errors.New("the store of sessions is asked with a context only")

// Find is there for the interface of scs, which prefers FindCtx.
func (s *Store) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit is there for the interface of scs, which prefers CommitCtx.
func (s *Store) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete is there for the interface of scs, which prefers DeleteCtx.
func (s *Store) Delete(string) error { return errNoContext }

func unavailable(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if db.Broken(err) {
		return fault.Wrap(fault.Unavailable, "fault.unavailable", err)
	}
	return err
}

// Codec writes the values of a session as JSON text. Values are text, numbers
// and switches. Among them a request carries what it read, by which the store
// tells what it has changed; the database keeps no such copy.
type Codec struct{}

type sessionData struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// asRead is the value that holds what a request read.
const asRead = "as read"

// Encode writes the values.
func (Codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	b, err := json.Marshal(sessionData{deadline, values})
	if err != nil {
		return nil, fmt.Errorf("encode session: %w", err)
	}
	return b, nil
}

// Decode reads them.
func (Codec) Decode(b []byte) (time.Time, map[string]any, error) {
	d := sessionData{Values: map[string]any{}}
	if err := json.Unmarshal(b, &d); err != nil {
		return time.Time{}, nil, fmt.Errorf("decode session: %w", err)
	}
	read := maps.Clone(d.Values)
	if d.Values == nil {
		d.Values = map[string]any{}
	}
	d.Values[asRead] = read
	return d.Deadline, d.Values, nil
}

// now are the values without the copy of what was read.
func (d sessionData) now() map[string]any {
	out := maps.Clone(d.Values)
	delete(out, asRead)
	return out
}

// joined puts what this request has changed over what the database has by now.
// A value that both have changed is this one's, unless this one took it out. A
// session that was read from nowhere, or emptied since, is written whole.
func (d sessionData) joined(token, kept string) map[string]any {
	was, read := d.Values[asRead].(map[string]any)
	mine := d.now()
	b, err := unseal(token, kept)
	var there sessionData
	if !read || err != nil || json.Unmarshal(b, &there) != nil || there.Values == nil {
		return mine
	}
	out := there.Values
	for k, v := range mine {
		if before, had := was[k]; !had || before != v {
			out[k] = v
		}
	}
	for k, before := range was {
		if _, has := mine[k]; !has && out[k] == before {
			delete(out, k)
		}
	}
	return out
}

func text(values map[string]any, key string, longest int) string {
	s, _ := values[key].(string)
	if r := []rune(s); len(r) > longest {
		return string(r[:longest])
	}
	return s
}
