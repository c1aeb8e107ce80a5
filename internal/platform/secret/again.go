package secret

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
)

// Conn is what the work over whole tables needs: a transaction, a pool, or the
// transaction of a migration.
type Conn interface {
	NewRaw(query string, args ...any) *bun.RawQuery
}

// First is before every identifier: where the work over a table begins.
const First id.ID = "00000000-0000-0000-0000-000000000000"

// marks are the beginnings that a text sealed or blinded under a key may have.
// Tink puts 1 and the key's number first: 40 bits, which base64 cuts into six
// letters and a seventh of which the last two bits are of what follows.
const markLen = 7

func marks(no uint32, letters *base64.Encoding) []string {
	out := make([]string, 0, 4)
	for low := range byte(4) {
		b := binary.BigEndian.AppendUint32([]byte{1}, no)
		out = append(out, letters.EncodeToString(append(b, low<<6))[:markLen])
	}
	return out
}

// values selects the values of a column that stand, or do not stand, under a
// key; cond is IN or NOT IN.
func (s Sealed) values(cond string) string {
	return "? IS NOT NULL AND ? <> '' AND substr(?, 1, 7) " + cond + " (?)"
}

type found struct {
	Key string
	Was string
}

// Again seals anew the next rows of a column, of those after an identifier
// that do not stand under the keys that seal now. A row is changed only while
// it holds what was read, so that what is written meanwhile stands. It gives
// the last identifier it has seen, "" when none is left, and how many rows it
// went through. A value that does not open is passed over and keeps its key.
func (r *Ring) Again(ctx context.Context, tx Conn, s Sealed, after id.ID, limit int) (id.ID, int, error) {
	k := r.now()
	col, key, table := bun.Ident(s.Column.Name()), bun.Ident(s.key()), bun.Ident(s.Column.Table())
	where := "(" + s.values("NOT IN") + ")"
	args := []any{key, col, table, key, after, col, col, col, bun.List(marks(k.sealNos[0], base64.RawStdEncoding))}
	if s.Blind != "" {
		blind := bun.Ident(s.Blind)
		where = "(" + where + " OR (? IS NOT NULL AND substr(?, 1, 7) NOT IN (?)))"
		args = append(args, blind, blind, bun.List(marks(k.blindNos[0], base64.RawURLEncoding)))
	}
	var rows []found
	err := tx.NewRaw("SELECT ? AS key, ? AS was FROM ? WHERE ? > ? AND "+where+" ORDER BY ? LIMIT ?",
		append(args, key, limit)...).Scan(ctx, &rows)
	if err != nil {
		return "", 0, fmt.Errorf("seal anew: %w", err)
	}
	last := id.ID("")
	for _, f := range rows {
		last = id.ID(f.Key)
		plain, err := r.Open(Place{string(s.Column), last}, f.Was)
		if errors.Is(err, ErrKey) {
			continue
		}
		if err == nil {
			err = r.put(ctx, tx, s, f, plain)
		}
		if err != nil {
			return "", 0, err
		}
	}
	return last, len(rows), nil
}

// Begin seals what has stood in a column in the open, row after row from an
// identifier on; it gives the last one, "" when none is left. Only the upgrade
// of a database from before the keys calls it.
func (r *Ring) Begin(ctx context.Context, tx Conn, s Sealed, after id.ID, limit int) (id.ID, error) {
	col, key := bun.Ident(s.Column.Name()), bun.Ident(s.key())
	var rows []found
	err := tx.NewRaw("SELECT ? AS key, ? AS was FROM ? WHERE ? > ? AND ? IS NOT NULL AND ? <> '' ORDER BY ? LIMIT ?",
		key, col, bun.Ident(s.Column.Table()), key, after, col, col, key, limit).Scan(ctx, &rows)
	if err != nil {
		return "", fmt.Errorf("begin to seal: %w", err)
	}
	last := id.ID("")
	for _, f := range rows {
		last = id.ID(f.Key)
		if err := r.put(ctx, tx, s, f, f.Was); err != nil {
			return "", err
		}
	}
	return last, nil
}

// put seals one value into its row while the row holds what was read.
func (r *Ring) put(ctx context.Context, tx Conn, s Sealed, f found, plain string) error {
	sealed, err := r.Seal(Place{string(s.Column), id.ID(f.Key)}, plain)
	if err != nil {
		return err
	}
	col, key, table := bun.Ident(s.Column.Name()), bun.Ident(s.key()), bun.Ident(s.Column.Table())
	set, args := "? = ?", []any{table, col, sealed}
	if s.Blind != "" {
		blind, err := r.Blind(string(s.Column), s.fold(plain))
		if err != nil {
			return err
		}
		set += ", ? = ?"
		args = append(args, bun.Ident(s.Blind), bun.NullZero(blind))
	}
	_, err = tx.NewRaw("UPDATE ? SET "+set+" WHERE ? = ? AND ? = ?", append(args, key, f.Key, col, f.Was)...).Exec(ctx)
	if err != nil {
		return fmt.Errorf("seal anew: %w", err)
	}
	return nil
}

// Stale counts the values that do not stand under the keys that seal now.
func (r *Ring) Stale(ctx context.Context, tx Conn, all []Sealed) (int, error) {
	k := r.fresh()
	return count(ctx, tx, all, "NOT IN", k.sealNos[0], k.blindNos[0])
}

// Under counts the values that stand under a key, of either set.
func (r *Ring) Under(ctx context.Context, tx Conn, all []Sealed, no uint32) (int, error) {
	return count(ctx, tx, all, "IN", no, no)
}

func count(ctx context.Context, tx Conn, all []Sealed, cond string, seal, blind uint32) (int, error) {
	total := 0
	one := func(s Sealed, column string, letters *base64.Encoding, no uint32) error {
		var n int
		c := bun.Ident(column)
		err := tx.NewRaw("SELECT count(*) FROM ? WHERE "+s.values(cond), bun.Ident(s.Column.Table()), c, c, c, bun.List(marks(no, letters))).Scan(ctx, &n)
		if err != nil {
			return fmt.Errorf("count sealed values: %w", err)
		}
		total += n
		return nil
	}
	for _, s := range all {
		if err := one(s, s.Column.Name(), base64.RawStdEncoding, seal); err != nil {
			return 0, err
		}
		if s.Blind == "" {
			continue
		}
		if err := one(s, s.Blind, base64.RawURLEncoding, blind); err != nil {
			return 0, err
		}
	}
	return total, nil
}
