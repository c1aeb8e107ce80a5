package world

import (
	"bytes"
	"testing"
)

// TestTablesAreWhole: no line of the data is left out, each kind of sentence
// has its forty, in both languages.
func TestTablesAreWhole(t *testing.T) {
	t.Parallel()
	files, err := data.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	cols := map[string]int{"given.tsv": 9, "surnames.tsv": 7}
	for _, f := range files {
		raw, err := data.ReadFile("data/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		want := -1 // the headings
		for _, l := range bytes.Split(bytes.TrimSpace(raw), []byte("\n")) {
			if len(l) > 0 && l[0] != '#' {
				want++
			}
		}
		n := cols[f.Name()]
		if n == 0 {
			n = 3
		}
		if got := rowsOf(f.Name(), n); len(got) != want {
			t.Errorf("%s: %d lines of %d are read", f.Name(), len(got), want)
		}
	}
	g := readTables()
	for name, list := range map[string][]line{"view": g.view, "words": g.words, "note": g.note["*"], "what": flat(g.what), "how": flat(g.how)} {
		if len(list) < 40 {
			t.Errorf("%s: %d sentences", name, len(list))
		}
	}
	for _, p := range problems() {
		if len(g.what[p.key]) < 3 || len(g.goals[p.key]) < 2 {
			t.Errorf("%s lacks messages or goals", p.key)
		}
		for _, k := range p.kinds {
			if newGen(Config{}).kind(k).key != k {
				t.Errorf("%s orders the unknown %s", p.key, k)
			}
		}
	}
}

func flat(b bank) []line {
	var all []line
	for _, l := range b {
		all = append(all, l...)
	}
	return all
}

// TestEffectsComeThrough: the planted truth shows in the readings.
func TestEffectsComeThrough(t *testing.T) {
	t.Parallel()
	m, l := effectOf("mentoring", "truancy"), effectOf("talk", "truancy")
	if m.Closed <= l.Closed || effectOf("mentoring", "conflict").Closed != 0.62 || effectOf("camp", "other").Closed != 0.5 {
		t.Errorf("effects: %+v %+v", m, l)
	}
}
