package registry

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// candidate is a child that a search may show.
type candidate struct {
	bun.BaseModel `bun:"table:child,alias:c"`
	ID            id.ID
	Territory     string
	SortKey       string
	Family        string
	Given         string
	Patronymic    string
	Born          date.Date
	BornKnown     date.Known
}

type scored struct {
	candidate
	score float64
}

func (s scored) line() Line {
	return Line{ID: s.ID, Name: name.Initial(s.Family, s.Given), Year: s.Born.Year(), Known: s.BornKnown, Territory: s.Territory}
}

// near tells whether a candidate may have been born within a year of the birth
// that was told.
func (s scored) near(b date.Birth) bool {
	from, to := b.Bounds()
	first, last := date.Birth{Day: s.Born, Known: s.BornKnown}.Bounds()
	return b.Day.IsZero() || first.Sub(to) <= 366 && from.Sub(last) <= 366
}

const (
	minTypo = 4 // letters of the shortest word that may hold a typing error

	byKey    = 0.98 // another spelling
	byPrefix = 0.9
)

// spelt is a name as it is compared: its words folded, and all their keys.
type spelt struct{ own, keys []string }

// speller folds each name once: candidates share many.
type speller map[string]spelt

func (m speller) of(part string) spelt {
	x, ok := m[part]
	if !ok {
		x = spelt{strings.Fields(name.Key(part)), name.Keys(part)}
		m[part] = x
	}
	return x
}

// rank judges candidates by the words looked for, best first, and leaves out
// those that do not meet them.
func rank(rows []candidate, words []string) []scored {
	out := make([]scored, 0, len(rows))
	m := speller{}
	for _, r := range rows {
		if s, ok := judge(r, words, m); ok {
			out = append(out, scored{r, s})
		}
	}
	slices.SortStableFunc(out, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.SortKey, b.SortKey), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// judge is how well a child's names meet the words: each word must be met, but
// for one where three are given and the file has no patronymic.
func judge(c candidate, words []string, m speller) (float64, bool) {
	if len(words) == 0 {
		return 1, true
	}
	family, given, father := m.of(c.Family), m.of(c.Given), m.of(c.Patronymic)
	own := slices.Concat(family.own, given.own, father.own)
	keys := slices.Concat(family.keys, given.keys, father.keys)
	missed, sum := 0, 0.0
	for _, w := range words {
		s := meet(w, m.of(w).keys, own, keys)
		if s == 0 {
			missed++
		}
		sum += s
	}
	spare := 0
	if len(words) >= 3 && c.Patronymic == "" {
		spare = 1
	}
	return sum / float64(len(words)), missed <= spare
}

// meet is how well one word, which has keys of its own, is met by a child's
// names, 0 when it is not.
func meet(w string, alike, own, keys []string) float64 {
	if slices.Contains(own, w) {
		return 1
	}
	if slices.ContainsFunc(alike, func(k string) bool { return slices.Contains(keys, k) }) {
		return byKey
	}
	if slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, w) }) {
		return byPrefix
	}
	n := utf8.RuneCountInString(w)
	if n < minTypo {
		return 0
	}
	best := 0.0
	for _, o := range own {
		// One edit; rough keys cost a little more than one.
		if m := utf8.RuneCountInString(o); max(m-n, n-m) <= 2 {
			best = max(best, name.Similar(w, o))
		}
	}
	if best < 1-1.35/float64(n) {
		return 0
	}
	return best * byPrefix
}
