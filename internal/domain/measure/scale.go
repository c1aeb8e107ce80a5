package measure

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

//go:embed indicators.tsv
var indicators string

// Scale is how an indicator is counted: its range, whether in whole numbers
// alone, and which way is better. Better is 1 where it should rise, -1 where it
// should fall and 0 where that is open: of sleep too little and too much are
// both bad.
type Scale struct {
	Min, Max int
	Whole    bool
	Better   int
}

// ScaleOf gives the scale of an indicator of the catalogue. The database keeps
// the same ranges; a test compares both.
func ScaleOf(indicator string) (Scale, bool) {
	i := slices.IndexFunc(table(), func(c []string) bool { return c[0] == indicator })
	if i < 0 {
		return Scale{}, false
	}
	c := table()[i]
	lo, _ := strconv.Atoi(c[1]) // a test reads every line
	hi, _ := strconv.Atoi(c[2])
	return Scale{Min: lo, Max: hi, Whole: c[3] == "whole", Better: map[string]int{"rises": 1, "falls": -1}[c[4]]}, true
}

// Indicators lists what an expected result is counted in.
func Indicators() []string {
	var out []string
	for _, c := range table() {
		out = append(out, c[0])
	}
	return out
}

// table is the catalogue's lines, each of five columns.
func table() [][]string {
	var out [][]string
	for line := range strings.Lines(indicators) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, strings.Split(line, "\t"))
		}
	}
	return out
}
