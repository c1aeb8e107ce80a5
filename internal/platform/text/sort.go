package text

import (
	"cmp"
	"encoding/base32"
	"slices"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collators are lent: one is not for two at once.
var collators = sync.Pool{New: func() any {
	return collate.New(language.Kazakh, collate.Loose)
}}

// keyForms keeps the order of bytes in printable letters.
var keyForms = base32.HexEncoding.WithPadding(base32.NoPadding)

// SortKey is the place of a text in the Kazakh alphabet, for a column: byte
// order of keys is alphabetical order in both databases. Case does not count,
// a word ends before a longer one, digits stand before Latin, Latin before
// Cyrillic.
func SortKey(s string) string {
	c, ok := collators.Get().(*collate.Collator)
	if !ok {
		return s
	}
	defer collators.Put(c)
	var b collate.Buffer
	return keyForms.EncodeToString(c.KeyFromString(&b, s))
}

// Sort orders items by the Kazakh alphabet of their keys; equal ones stay in
// their order.
func Sort[T any](items []T, key func(T) string) {
	type placed struct {
		item T
		key  string
	}
	all := make([]placed, len(items))
	for i, x := range items {
		all[i] = placed{x, SortKey(key(x))}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.key, b.key) })
	for i, x := range all {
		items[i] = x.item
	}
}
