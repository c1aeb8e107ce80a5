package secret

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
)

// Sealed declares a sealed column of a room. A rotation and the upgrade go by
// the list of them that wire gathers.
type Sealed struct {
	Column Column
	Key    string              // the column of the row's identifier, "id" unless given
	Blind  string              // the column of its blind index, if it is searched for
	Fold   func(string) string // the normal form that is indexed; as it is unless given
	Born   bool                // sealed since its table was made: the upgrade passes it over
	Must   bool                // some row must say something here: what is erased leaves a dash, sealed
	Since  int64               // the migration since which it is sealed; the first of them unless given
}

func (s Sealed) key() string {
	if s.Key == "" {
		return "id"
	}
	return s.Key
}

func (s Sealed) since() int64 {
	if s.Since == 0 {
		return first
	}
	return s.Since
}

func (s Sealed) fold(plain string) string {
	if s.Fold == nil {
		return plain
	}
	return s.Fold(plain)
}

// Cell ties the value of a row's column, as the program knows it, to what
// stands in the database. A row of a sealed column has a method that lists its
// cells and calls Shut before it is written and Reveal after it is read, as
// hooks of bun, so that no query can forget.
type Cell struct {
	Of     Sealed
	Plain  *string
	Sealed *string
	Blind  *string // nil without an index
}

// Shut seals the cells of a row that is about to be written.
func Shut(ctx context.Context, q bun.Query, row id.ID, cells ...Cell) error {
	switch q.(type) {
	case *bun.InsertQuery, *bun.UpdateQuery:
	default:
		return nil
	}
	for _, c := range cells {
		var err error
		if *c.Sealed, err = c.Of.Column.Seal(ctx, row, *c.Plain); err != nil {
			return err
		}
		if c.Blind == nil {
			continue
		}
		*c.Blind = ""
		if *c.Plain == "" {
			continue
		}
		if *c.Blind, err = c.Of.Column.Blind(ctx, c.Of.fold(*c.Plain)); err != nil {
			return err
		}
	}
	return nil
}

// Reveal opens the cells of a row that was read.
func Reveal(ctx context.Context, row id.ID, cells ...Cell) error {
	for _, c := range cells {
		var err error
		if *c.Plain, err = c.Of.Column.Open(ctx, row, *c.Sealed); err != nil {
			return err
		}
		*c.Sealed = ""
		if c.Blind != nil {
			*c.Blind = ""
		}
	}
	return nil
}

// OpenRow opens in place what is sealed of a row that was read as a map of its
// columns, and drops the blind indexes: for a dump and for tests.
func OpenRow(ctx context.Context, all []Sealed, table string, row map[string]any) error {
	for _, s := range all {
		if s.Column.Table() != table {
			continue
		}
		delete(row, s.Blind)
		sealed, ok := asText(row[s.Column.Name()])
		key, keyed := asText(row[s.key()])
		if !ok || !keyed {
			continue
		}
		plain, err := s.Column.Open(ctx, id.ID(key), sealed)
		if err != nil {
			return err
		}
		row[s.Column.Name()] = plain
	}
	return nil
}

func asText(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case []byte:
		return string(x), true
	}
	return "", false
}
