package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

type spellingRow struct {
	bun.BaseModel `bun:"table:child_spelling,alias:s"`
	Child         id.ID
	Word          string
}

type gramRow struct {
	bun.BaseModel `bun:"table:child_gram,alias:g"`
	Gram          string
	Territory     string // of the child, with whom it moves
	Child         id.ID
}

// spell writes under which words a child is found: the keys of the full name,
// and the runs of three letters of family and given name, for typing errors.
func spell(ctx context.Context, d bun.IDB, children ...Child) error {
	var words []spellingRow
	var grams []gramRow
	for _, c := range children {
		for _, w := range name.Keys(c.Family + " " + c.Given + " " + c.Patronymic) {
			words = append(words, spellingRow{Child: c.ID, Word: w})
		}
		for _, g := range name.Trigrams(name.Key(c.Family + " " + c.Given)) {
			grams = append(grams, gramRow{Gram: g, Territory: c.Territory, Child: c.ID})
		}
	}
	// In the order of the table: many rows are written much faster so.
	slices.SortFunc(grams, func(a, b gramRow) int {
		return cmp.Or(cmp.Compare(a.Gram, b.Gram), cmp.Compare(a.Territory, b.Territory), cmp.Compare(a.Child, b.Child))
	})
	if err := insert(ctx, d, words); err != nil {
		return fmt.Errorf("spell child: %w", err)
	}
	if err := insert(ctx, d, grams); err != nil {
		return fmt.Errorf("spell child: %w", err)
	}
	return nil
}

// unspell forgets the words of a child.
func unspell(ctx context.Context, d bun.IDB, child id.ID) error {
	if _, err := d.NewDelete().Table("child_spelling").Where("child = ?", child).Exec(ctx); err != nil {
		return fmt.Errorf("unspell child: %w", err)
	}
	if _, err := d.NewDelete().Table("child_gram").Where("child = ?", child).Exec(ctx); err != nil {
		return fmt.Errorf("unspell child: %w", err)
	}
	return nil
}
