package signal

import (
	"context"
	"slices"
	"strings"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// leavesPlace tells whether the place that received a message must not be the
// one that judges it: it names somebody of its commission, somebody above it, or
// whoever oversees its work. A body counts by those who work for it.
func leavesPlace(ctx context.Context, a *act.Act, s Signal) (bool, error) {
	hit, err := shutOut(ctx, a, s, s.Territory, access.Secretary, access.Chair, access.Member)
	if err != nil || hit {
		return hit, err
	}
	return access.ClosedAbove(ctx, a.DB(), s.ID, s.Place, a.Now())
}

// goUp moves a message to the next level whose office it does not name and
// where somebody may read it; past the highest, to the nearest coordinator who
// may. With no coordinator left it waits at the top for whoever comes.
func goUp(ctx context.Context, a *act.Act, s *Signal) error {
	free, err := freeCoordinators(ctx, a, *s)
	if err != nil {
		return err
	}
	answered := func() bool {
		return len(free) == 0 || slices.ContainsFunc(free, func(f string) bool { return strings.HasPrefix(s.Territory, f) })
	}
	s.Up = true
	for above(s.Territory) != s.Territory {
		s.Territory = above(s.Territory)
		// Above the district it is the coordinator who answers for the level.
		hit, err := shutOut(ctx, a, *s, s.Territory, access.Regional, access.Secretary)
		if err != nil {
			return err
		}
		if !hit && answered() {
			return nil
		}
	}
	if !answered() {
		s.Territory = slices.MaxFunc(free, func(x, y string) int { return shared(x, s.Place) - shared(y, s.Place) })
	}
	return nil
}

// freeCoordinators are the places whose coordinators may read a message.
func freeCoordinators(ctx context.Context, a *act.Act, s Signal) ([]string, error) {
	people, err := access.Anywhere(ctx, a.DB(), a.Now(), access.Regional, access.Republican)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range people {
		places, err := coordinates(ctx, a, s, p)
		if err != nil {
			return nil, err
		}
		out = append(out, places...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// coordinates are the places over which one person coordinates, unless the
// message is closed to them.
func coordinates(ctx context.Context, a *act.Act, s Signal, person id.ID) ([]string, error) {
	who, err := access.Load(ctx, a.DB(), access.Who{Person: person}, a.Now())
	if fault.KindOf(err) == fault.Denied { // no longer serves
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	closed, err := access.IsClosed(ctx, a.DB(), who, s.ID, s.Child)
	if err != nil || closed {
		return nil, err
	}
	var out []string
	for _, g := range who.Grants {
		if g.Role == access.Regional || g.Role == access.Republican {
			out = append(out, g.Territory)
		}
	}
	return out, nil
}

// shared is how many levels two places have in common.
func shared(x, y string) int {
	n := 0
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			break
		}
		n += strings.Count(x[i:i+1], ".")
	}
	return n
}
