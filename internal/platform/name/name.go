// Package name makes the many spellings of one name meet. Papers of
// Kazakhstan write a child in Kazakh, in Russian and in two Latin habits, with
// letters dropped, patronymics of two kinds and words in any order. Key folds
// a spelling, Keys gives all keys under which a full name is looked for, and
// Similar forgives typing errors. Keys find candidates; they never prove that
// two people are one. The tables are data files beside the code.
package name

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Longest input that is looked at, and longest key, in letters.
const (
	maxInput = 400
	maxKey   = 120
)

// Clean is the name as it is kept: NFC, single blanks, no control characters,
// and Latin letters typed inside a Cyrillic word exchanged for the Cyrillic
// ones that they look like.
func Clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	return norm.NFC.String(eachWord(s, func(w string) string {
		if !cyrillic(w) {
			return w
		}
		return strings.Map(func(r rune) rune {
			if c, ok := tables().looks[r]; ok {
				return c
			}
			return r
		}, w)
	}))
}

// Key is the folded spelling: one for Kazakh, Russian and both Latin habits of
// most names, without case, signs and doubled letters. Words stay in their
// order, one blank apart. It is idempotent and at most 120 letters long; text
// in other scripts has an empty key.
func Key(s string) string {
	s = strings.ToLower(Clean(cut(s, maxInput)))
	words := strings.FieldsFunc(norm.NFKC.String(s), apart)
	keys := make([]string, 0, len(words))
	for _, w := range words {
		if k := tables().fold.word(w); k != "" {
			keys = append(keys, k)
		}
	}
	return strings.TrimSpace(cut(strings.Join(keys, " "), maxKey))
}

// Keys are the keys of all words of a full name, in byte order: of each word
// its key and its rough key, of a patronymic the father's name, of a surname
// in -ov or -ev also what is left without the ending. Two spellings of one
// person share at least one for each word, in whatever order the words stand.
func Keys(full string) []string {
	var all []string
	for _, k := range strings.Fields(Key(full)) {
		for _, stem := range tables().stems(k) {
			all = append(all, stem, rough(stem))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Trigrams are the runs of three letters of a key, each word between blanks,
// in byte order and once each.
func Trigrams(key string) []string {
	var all []string
	for _, w := range strings.Fields(key) {
		r := []rune("  " + w + " ")
		for i := range len(r) - 2 {
			all = append(all, string(r[i:i+3]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Initial is the name as shown among colleagues: the given name and the first
// letter of the family name.
func Initial(family, given string) string {
	family, given = Clean(family), Clean(given)
	if family == "" || given == "" {
		return family + given
	}
	r, _ := utf8.DecodeRuneInString(family)
	return given + " " + string(unicode.ToUpper(r)) + "."
}

// Official is a worker's name in lists, as papers write it: family name and initial.
func Official(family, given string) string {
	family, given = Clean(family), Clean(given)
	if family == "" || given == "" {
		return family + given
	}
	r, _ := utf8.DecodeRuneInString(given)
	return family + " " + string(unicode.ToUpper(r)) + "."
}

func rough(key string) string { return tables().rough.word(key) }

// apart tells what stands between words; an apostrophe does not.
func apart(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'`\u2019\u02bc\u02b9\"", r)
}

func cyrillic(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

// eachWord changes every run of letters.
func eachWord(s string, change func(string) string) string {
	var b strings.Builder
	start := -1
	for i, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsMark(r)
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			b.WriteString(change(s[start:i]))
			start = -1
		}
		if !letter {
			b.WriteRune(r)
		}
	}
	if start >= 0 {
		b.WriteString(change(s[start:]))
	}
	return b.String()
}

// cut keeps the first n runes.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
