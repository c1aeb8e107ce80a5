package name

import (
	"slices"
	"strings"
	"unicode"
)

// passport is the table of the transliteration: letters everywhere and letters
// in their places.
type passport struct {
	any     map[rune]string
	open    map[rune]string
	between map[rune]string
	final   map[string]string
	vowels  []rune
	signs   []rune
}

func readPassport(file string) passport {
	p := passport{any: make(map[rune]string), open: make(map[rune]string), between: make(map[rune]string), final: make(map[string]string)}
	for _, f := range rows(file) {
		letters := []rune(f[1])
		switch f[0] {
		case "any":
			p.any[letters[0]] = f[2]
		case "open":
			p.open[letters[0]] = f[2]
		case "between":
			p.between[letters[0]] = f[2]
		case "final":
			p.final[f[1]] = f[2]
		case "vowel":
			p.vowels = letters
		case "sign":
			p.signs = letters
		}
	}
	return p
}

// Latin is the name in capitals as a passport transliterates it. Signs between
// words stay; letters that are Latin already stay too.
func Latin(s string) string {
	return eachWord(strings.ToLower(Clean(s)), func(w string) string { return tables().passport.word([]rune(w)) })
}

func (p passport) word(w []rune) string {
	var b strings.Builder
	for i, r := range w {
		if i == len(w)-2 {
			if to, ok := p.final[string(w[i:])]; ok {
				b.WriteString(to)
				return b.String()
			}
		}
		b.WriteString(p.letter(w, i, r))
	}
	return b.String()
}

func (p passport) letter(w []rune, i int, r rune) string {
	vowel := func(i int) bool { return i >= 0 && i < len(w) && slices.Contains(p.vowels, w[i]) }
	if to, ok := p.open[r]; ok && (i == 0 || vowel(i-1) || slices.Contains(p.signs, w[i-1])) {
		return to
	}
	if to, ok := p.between[r]; ok && vowel(i-1) && vowel(i+1) {
		return to
	}
	if to, ok := p.any[r]; ok {
		return to
	}
	return string(unicode.ToUpper(r))
}
