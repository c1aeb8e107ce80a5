// Package kz holds the territories of Kazakhstan as embedded data: the
// republic, 20 regions, 234 districts and cities, and 17 invented rural
// districts that stand for the lowest commissions in trials. A territory is
// known by its running number, which never changes; the KATO code is an
// attribute. The files name their sources.
package kz

import (
	_ "embed" // the tables
	"slices"
	"strconv"
	"strings"
	"time"

	"serik/internal/platform/id"
)

//go:embed territories.tsv
var territories string

//go:embed weights.tsv
var weights string

//go:embed commissions.tsv
var commissions string

// The levels of the tree.
const (
	Republic = "republic"
	Region   = "region"
	District = "district"
	Rural    = "rural"
)

// Territory is one node of the tree.
type Territory struct {
	ID     id.ID
	No     int    // the running number
	Parent int    // the number of the territory above; 0 for the republic
	Path   string // numbers from the republic down, each with a dot: "1.20.245."
	Level  string // republic, region, district, rural
	Kind   string // republic, oblast, city_republican, district, city_district, city_oblast, rural
	KATO   string // nine digits; none for the republic and what is invented
	NameKK string
	NameRU string
	NameEN string
	Slug   string // a short Latin name, unique
}

// Weight tells how many people live in a territory and how many are children.
// It serves trial data only.
type Weight struct {
	No          int
	Population  int
	ChildrenPct float64
	Estimate    bool // the figure of the district itself is a guess
}

// Children is the number of children that follows.
func (w Weight) Children() int { return int(float64(w.Population) * w.ChildrenPct / 100) }

// Commission is a commission on minors' affairs of a territory.
type Commission struct {
	ID     id.ID
	No     int    // of its territory
	Path   string // of its territory
	Level  string
	NameKK string
	NameRU string
}

// epoch is the instant that ids of this package bear: they must not depend on
// when a database was made.
func epoch() time.Time { return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }

// Territories lists the whole tree, each node after its parent, by number.
func Territories() []Territory {
	var all []Territory
	paths := map[int]string{0: ""}
	for _, c := range rows(territories, 9) {
		t := Territory{No: number(c[0]), Parent: number(c[1]), Level: c[2], Kind: c[3], KATO: c[4],
			NameKK: c[5], NameRU: c[6], NameEN: c[7], Slug: c[8]}
		t.ID = id.Derive(0, "territory", t.No, epoch())
		t.Path = paths[t.Parent] + c[0] + "."
		paths[t.No] = t.Path
		all = append(all, t)
	}
	return all
}

// Weights lists the weight of each territory by number. A rural district is
// part of its district and is counted there too.
func Weights() []Weight {
	var all []Weight
	for _, c := range rows(weights, 4) {
		pct, _ := strconv.ParseFloat(c[2], 64) // a test reads every line
		all = append(all, Weight{No: number(c[0]), Population: number(c[1]), ChildrenPct: pct, Estimate: c[3] != ""})
	}
	return all
}

// Commissions lists one commission for each region, district and rural
// district: 271. The republic has none.
func Commissions() []Commission {
	words := rows(commissions, 3)
	var all []Commission
	for _, t := range Territories() {
		i := slices.IndexFunc(words, func(c []string) bool { return c[0] == t.Level })
		if i < 0 {
			continue
		}
		all = append(all, Commission{ID: id.Derive(0, "commission", t.No, epoch()), No: t.No, Path: t.Path, Level: t.Level,
			NameKK: strings.ReplaceAll(words[i][1], "{name}", t.NameKK),
			NameRU: strings.ReplaceAll(words[i][2], "{name}", t.NameRU)})
	}
	return all
}

// rows splits a table: comments, then one line of headings, then n columns.
func rows(table string, n int) [][]string {
	var all [][]string
	head := true
	for line := range strings.Lines(table) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if head {
			head = false
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != n {
			continue // a test counts the lines
		}
		all = append(all, c)
	}
	return all
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // a test reads every line
	return n
}
