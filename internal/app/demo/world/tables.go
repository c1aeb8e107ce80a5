package world

import (
	"embed"
	"strconv"
	"strings"
)

//go:embed data/*.tsv
var data embed.FS

// line is one text in two languages.
type line struct{ kk, ru string }

func (l line) in(lang string) string {
	if lang == "kk" {
		return l.kk
	}
	return l.ru
}

// bank is texts by key.
type bank map[string][]line

// given is a given name with the patronymics it makes.
type given struct {
	kk, ru, latin              string
	kkSon, kkDau, ruSon, ruDau string
}

type surname struct{ kkM, kkF, ruM, ruF, latinM, latinF string }

// tables is all embedded data, read once for each country.
type tables struct {
	male, female map[string][]given // by people: kk, ru
	surnames     map[string][]surname
	peoples      map[string][2]int // region by two digits: Russian names, Russian language, per cent
	view, words  []line
	streets      []line
	note, what   bank
	how, goals   bank
	lines, posts bank
}

func readTables() tables {
	t := tables{male: map[string][]given{}, female: map[string][]given{}, surnames: map[string][]surname{}, peoples: map[string][2]int{}}
	for _, c := range rowsOf("given.tsv", 9) {
		n := given{c[2], c[3], c[4], c[5], c[6], c[7], c[8]}
		if c[1] == "m" {
			t.male[c[0]] = append(t.male[c[0]], n)
		} else {
			t.female[c[0]] = append(t.female[c[0]], n)
		}
	}
	for _, c := range rowsOf("surnames.tsv", 7) {
		t.surnames[c[0]] = append(t.surnames[c[0]], surname{c[1], c[2], c[3], c[4], c[5], c[6]})
	}
	for _, c := range rowsOf("peoples.tsv", 3) {
		names, _ := strconv.Atoi(c[1]) // a test reads every line
		lang, _ := strconv.Atoi(c[2])
		t.peoples[c[0]] = [2]int{names, lang}
	}
	t.view, t.words, t.streets = bankOf("view.tsv")["*"], bankOf("words.tsv")["*"], bankOf("streets.tsv")["*"]
	t.note, t.what, t.how, t.goals = bankOf("note.tsv"), bankOf("what.tsv"), bankOf("how.tsv"), bankOf("goals.tsv")
	t.lines, t.posts = bankOf("lines.tsv"), bankOf("posts.tsv")
	return t
}

func bankOf(name string) bank {
	b := bank{}
	for _, c := range rowsOf(name, 3) {
		b[c[0]] = append(b[c[0]], line{c[1], c[2]})
	}
	return b
}

// rowsOf splits an embedded table: comments, one line of headings, n columns.
// A broken line is left out; a test counts them.
func rowsOf(name string, n int) [][]string {
	raw, _ := data.ReadFile("data/" + name) // embedded: it is there
	var all [][]string
	head := true
	for l := range strings.Lines(string(raw)) {
		l = strings.TrimRight(l, "\n")
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		if head {
			head = false
			continue
		}
		if c := strings.Split(l, "\t"); len(c) == n {
			all = append(all, c)
		}
	}
	return all
}

// say draws a line of the service in a language.
func (g *gen) say(key, lang string) string { return one(g, g.t.lines[key]).in(lang) }
