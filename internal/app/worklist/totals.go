package worklist

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
)

// PlaceTotal is the open cases of one place below the reader's.
type PlaceTotal struct {
	casework.Total
	Name string
}

// Places are the places next below a territory, the gravest first, and their
// sum.
type Places struct {
	Rows []PlaceTotal
	Sum  casework.Total
}

// Totals counts for the level above, by each place next below a territory (the
// reader's own when none is given): region by region, then district by
// district. For others there are none.
//
// Faults: Denied.
func Totals(ctx context.Context, v *act.View, lang text.Lang, territory string) (Places, error) {
	own := ""
	for _, g := range v.Actor().Grants {
		if g.Role == access.Regional || g.Role == access.Republican {
			own = g.Territory
		}
	}
	if own == "" {
		return Places{}, nil
	}
	if !strings.HasPrefix(territory, own) {
		territory = own
	}
	all, err := casework.Totals(ctx, v, territory)
	if err != nil {
		return Places{}, err
	}
	out := Places{Sum: casework.Total{Territory: territory}}
	depth := strings.Count(territory, ".") + 1
	sums := map[string]*PlaceTotal{}
	var paths []string
	for _, t := range all {
		path := ancestor(t.Territory, depth)
		s, ok := sums[path]
		if !ok {
			s = &PlaceTotal{Total: casework.Total{Territory: path}}
			sums[path], paths = s, append(paths, path)
		}
		s.Add(t)
		out.Sum.Add(t)
	}
	n := Names{Places: map[string]string{}, People: map[id.ID]string{}}
	if err := n.places(ctx, v, lang, paths); err != nil {
		return Places{}, err
	}
	for _, p := range paths {
		sums[p].Name = n.Places[p]
		out.Rows = append(out.Rows, *sums[p])
	}
	slices.SortFunc(out.Rows, func(a, b PlaceTotal) int {
		return cmp.Or(b.InDanger-a.InDanger, b.Uncurated-a.Uncurated, b.Unseen-a.Unseen, b.Open-a.Open, cmp.Compare(a.Territory, b.Territory))
	})
	return out, nil
}

// ancestor is a path cut to a depth.
func ancestor(path string, depth int) string {
	parts := strings.SplitAfter(path, ".")
	return strings.Join(parts[:min(depth, len(parts))], "")
}
