package name

import (
	"embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed fold.tsv rough.tsv looks.tsv endings.tsv passport.tsv
var data embed.FS

// table holds the data files, read once.
type table struct {
	fold     folding
	rough    folding
	looks    map[rune]rune
	endings  []ending
	whole    map[string]string
	alone    map[string]bool
	passport passport
}

type ending struct {
	kind, text string
	needs      []string
}

var tables = sync.OnceValue(func() *table {
	t := &table{looks: make(map[rune]rune), whole: make(map[string]string), alone: make(map[string]bool)}
	t.fold, t.rough = readFolding("fold.tsv"), readFolding("rough.tsv")
	for _, f := range rows("looks.tsv") {
		from, _ := utf8.DecodeRuneInString(f[0])
		to, _ := utf8.DecodeRuneInString(f[1])
		t.looks[from] = to
	}
	for _, f := range rows("endings.tsv") {
		switch f[0] {
		case "whole":
			t.whole[f[1]] = f[2]
		case "alone":
			t.alone[f[1]] = true
		default:
			t.endings = append(t.endings, ending{f[0], f[1], strings.Split(strings.ReplaceAll(f[2], "-", ""), ",")})
		}
	}
	t.passport = readPassport("passport.tsv")
	return t
})

// rows are the lines of a data file, at least three columns each.
func rows(file string) [][]string {
	b, err := data.ReadFile(file)
	if err != nil {
		return nil // the files are part of the program; a test reads each
	}
	var all [][]string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimRight(line, "\n"); line != "" && line[0] != '#' {
			all = append(all, append(strings.Split(line, "\t"), "", ""))
		}
	}
	return all
}

// folding turns a word into a key: letters by a table, the longest run first,
// then pairs and doubled letters into one.
type folding struct {
	letters map[string][]rune
	latin   map[string][]rune
	longest int
	pairs   map[[2]rune]rune
}

func readFolding(file string) folding {
	f := folding{letters: make(map[string][]rune), latin: make(map[string][]rune), longest: 1, pairs: make(map[[2]rune]rune)}
	for _, r := range rows(file) {
		from, to := r[1], []rune(r[2])
		switch r[0] {
		case "pair":
			p := []rune(from)
			f.pairs[[2]rune{p[0], p[1]}] = to[0]
		case "latin":
			f.latin[from] = to
			f.longest = max(f.longest, utf8.RuneCountInString(from))
		default:
			f.letters[from] = to
		}
	}
	return f
}

// word folds one word. One with a Cyrillic letter is read as Cyrillic.
func (f folding) word(w string) string {
	in := []rune(w)
	cyr := cyrillic(w)
	var out []rune
	for i := 0; i < len(in); {
		to, n := f.next(in[i:], cyr)
		for _, r := range to {
			out = f.push(out, r)
		}
		i += n
	}
	return string(out)
}

// next is what the first letters become, and how many they are.
func (f folding) next(in []rune, cyr bool) ([]rune, int) {
	if !cyr {
		for n := min(f.longest, len(in)); n > 1; n-- {
			if to, ok := f.latin[string(in[:n])]; ok {
				return to, n
			}
		}
	}
	if to, ok := f.letter(in[0]); ok {
		return to, 1
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(in[0])))
	to, _ := f.letter(base)
	return to, 1
}

func (f folding) letter(r rune) ([]rune, bool) {
	if to, ok := f.letters[string(r)]; ok {
		return to, true
	}
	if to, ok := f.latin[string(r)]; ok {
		return to, true
	}
	// The rough table names only the letters that change.
	if len(f.latin) == 0 {
		return []rune{r}, true
	}
	return nil, false
}

// push keeps the key free of doubled letters and of pairs.
func (f folding) push(out []rune, r rune) []rune {
	for len(out) > 0 {
		one, ok := f.pairs[[2]rune{out[len(out)-1], r}]
		if !ok {
			break
		}
		out, r = out[:len(out)-1], one
	}
	if len(out) > 0 && out[len(out)-1] == r {
		return out
	}
	return append(out, r)
}

// stems are the forms under which one word of a key is looked for.
func (t *table) stems(key string) []string {
	if t.alone[key] {
		return nil
	}
	if father, ok := t.whole[key]; ok {
		return []string{father}
	}
	for _, e := range t.endings {
		stem, ok := strings.CutSuffix(key, e.text)
		least := 2
		if e.kind == "family" {
			least = 3
		}
		if !ok || utf8.RuneCountInString(stem) < least {
			continue
		}
		var all []string
		if e.kind == "family" {
			all = append(all, key)
		}
		for _, need := range e.needs {
			all = append(all, stem+need)
		}
		return all
	}
	return []string{key}
}
