package secret

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
)

// Gone stands, sealed, where a row must say something and its content was
// erased.
const Gone = "–"

// Wipe takes the content of a sealed column out of the rows of a condition, for
// good: what a rotation or an upgrade may yet seal anew is not there any more.
func Wipe(ctx context.Context, tx Conn, s Sealed, where string, args ...any) error {
	table, col := bun.Ident(s.Column.Table()), bun.Ident(s.Column.Name())
	if !s.Must {
		set, first := "? = ''", []any{table, col}
		if s.Blind != "" {
			set += ", ? = NULL"
			first = append(first, bun.Ident(s.Blind))
		}
		if _, err := tx.NewRaw("UPDATE ? SET "+set+" WHERE ("+where+")", append(first, args...)...).Exec(ctx); err != nil {
			return fmt.Errorf("wipe %s: %w", s.Column, err)
		}
		return nil
	}
	var keys []id.ID
	key := bun.Ident(s.key())
	err := tx.NewRaw("SELECT ? FROM ? WHERE ? <> '' AND ("+where+")", append([]any{key, table, col}, args...)...).Scan(ctx, &keys)
	if err != nil {
		return fmt.Errorf("wipe %s: %w", s.Column, err)
	}
	for _, k := range keys {
		gone, err := s.Column.Seal(ctx, k, Gone)
		if err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE ? SET ? = ? WHERE ? = ?", table, col, gone, key, k).Exec(ctx); err != nil {
			return fmt.Errorf("wipe %s: %w", s.Column, err)
		}
	}
	return nil
}

// Owe notes that the former bytes of tables are still in the database, for
// Settle.
func Owe(ctx context.Context, tx Conn, tables ...string) error {
	for _, t := range tables {
		if _, err := tx.NewRaw("INSERT INTO secret_debt (name) VALUES (?) ON CONFLICT (name) DO NOTHING", t).Exec(ctx); err != nil {
			return fmt.Errorf("owe: %w", err)
		}
	}
	return nil
}

// Owed counts the tables whose former bytes are still in the database.
func Owed(ctx context.Context, tx Conn) (int, error) {
	var n int
	if err := tx.NewRaw("SELECT count(*) FROM secret_debt").Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("owed: %w", err)
	}
	return n, nil
}
