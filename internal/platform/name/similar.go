package name

import "strings"

// maxWords of a name are compared; no usual name has more.
const maxWords = 5

// Similar compares two spellings of a name, of one word or several: 1 is the
// same key, 0 nothing in common. Each word of the shorter name is set against
// the word of the longer one that suits the whole best, by the edits between
// their keys (insert, delete, exchange, swap of neighbours); a word that only
// one name has costs a little. It is symmetric.
func Similar(a, b string) float64 {
	x, y := strings.Fields(Key(a)), strings.Fields(Key(b))
	x, y = x[:min(len(x), maxWords)], y[:min(len(y), maxWords)]
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0
	}
	return best(x, y, make([]bool, len(y))) / float64(len(x)) * (1 - extraWord*float64(len(y)-len(x)))
}

// extraWord is what a word costs that only one of the names has, and roughCost
// what it costs that only the rough keys meet.
const (
	extraWord = 0.05
	roughCost = 0.05
)

// best is the greatest sum over the words of x, each set against another of y.
func best(x, y []string, taken []bool) float64 {
	if len(x) == 0 {
		return 0
	}
	top := 0.0
	for i := range y {
		if taken[i] {
			continue
		}
		taken[i] = true
		top = max(top, alike(x[0], y[i])+best(x[1:], y, taken))
		taken[i] = false
	}
	return top
}

func alike(a, b string) float64 {
	s := closeness(a, b)
	if s == 1 {
		return 1
	}
	return max(s, closeness(rough(a), rough(b))-roughCost)
}

func closeness(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	n := max(len(x), len(y))
	if n == 0 {
		return 0
	}
	return 1 - float64(edits(x, y))/float64(n)
}

// edits is the Damerau-Levenshtein distance in its restricted form, in which
// no part is edited twice.
func edits(x, y []rune) int {
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(y)]
}
