package world

import (
	"cmp"
	"slices"
	"time"
)

const day = 24 * time.Hour

// zone is the clock of Kazakhstan.
func zone() *time.Location { return time.FixedZone("", 5*3600) }

func (g *gen) chance(p float64) bool { return g.rng.Float64() < p }

// between draws from lo to hi, both included.
func (g *gen) between(lo, hi int) int {
	if hi <= lo {
		return lo
	}
	return lo + g.rng.IntN(hi-lo+1)
}

// span draws a duration from lo to hi, in whole seconds.
func (g *gen) span(lo, hi time.Duration) time.Duration {
	return time.Duration(g.between(int(lo/time.Second), int(hi/time.Second))) * time.Second
}

// weighted draws an index by weight.
func (g *gen) weighted(w ...int) int {
	sum := 0
	for _, x := range w {
		sum += x
	}
	if sum <= 0 {
		return 0
	}
	n := g.rng.IntN(sum)
	for i, x := range w {
		if n < x {
			return i
		}
		n -= x
	}
	return 0
}

// one draws an element; the zero value of an empty list.
func one[T any](g *gen, list []T) T {
	if len(list) == 0 {
		var none T
		return none
	}
	return list[g.rng.IntN(len(list))]
}

// work moves an instant forward into working hours: 9 to 18, Monday to Friday.
func (g *gen) work(t time.Time) time.Time {
	l := t.In(zone())
	if l.Hour() >= 18 {
		l = time.Date(l.Year(), l.Month(), l.Day()+1, 8, 0, 0, 0, l.Location())
	}
	for l.Weekday() == time.Saturday || l.Weekday() == time.Sunday {
		l = time.Date(l.Year(), l.Month(), l.Day()+1, 8, 0, 0, 0, l.Location())
	}
	if l.Hour() < 9 {
		l = time.Date(l.Year(), l.Month(), l.Day(), 9, 0, 0, 0, l.Location()).Add(g.span(0, 5*time.Hour))
	}
	return l.UTC().Truncate(time.Second)
}

// after draws a working instant that lies lo to hi after t, or a little later.
func (g *gen) after(t time.Time, lo, hi time.Duration) time.Time {
	return g.work(t.Add(g.span(lo, hi)))
}

func atWork(t time.Time) bool {
	l := t.In(zone())
	return l.Weekday() != time.Saturday && l.Weekday() != time.Sunday && l.Hour() >= 9 && l.Hour() < 18
}

// apportion shares n out by weight, the largest remainders first.
func apportion(n int, weights []int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	out := make([]int, len(weights))
	if sum == 0 {
		return out
	}
	order := make([]int, len(weights))
	left := n
	for i, w := range weights {
		out[i] = n * w / sum
		left -= out[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(n*weights[b]%sum, n*weights[a]%sum) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}
