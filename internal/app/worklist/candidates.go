package worklist

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
	"serik/internal/platform/text"
)

// Candidate is a person who may be asked to be a child's curator.
type Candidate struct {
	Person   id.ID
	Name     string
	Open     int       // open cases the person walks with now, but those closed to the viewer
	Declined bool      // has declined this child
	Away     date.Date // the last day of the absence that lasts now, if one does
}

// Candidates lists who may be proposed as curator of a case, or of one that is
// yet to be opened for a child, those with the
// fewest cases first and those away now last. Whom the child is closed to is
// not listed, nor who is the curator already.
//
// Faults: Denied.
func Candidates(ctx context.Context, v *act.View, c casework.Case) ([]Candidate, error) {
	if err := v.May(casework.ProposeOne, c.Territory); err != nil {
		return nil, err
	}
	people, err := access.Holders(ctx, v.DB(), access.Curator, c.Territory, v.Now())
	if err != nil {
		return nil, err
	}
	if len(people) == 0 {
		return nil, nil
	}
	gone, err := away(ctx, v, people)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Person   id.ID
		Open     int
		Declined bool
		worker
	}
	const turn = "SELECT 1 FROM assignment AS g WHERE g.case_id = ? AND g.person = p.id AND g."
	err = v.DB().NewSelect().TableExpr("person AS p").
		ColumnExpr("p.id AS person, p.family, p.given").
		ColumnExpr("(?) AS open", openCases(v)).
		ColumnExpr("EXISTS ("+turn+"state = 'declined') AS declined", c.ID).
		Where("p.id IN (?)", bun.List(people)).
		Where("NOT EXISTS ("+turn+"role = 'curator' AND g.state = 'active')", c.ID).
		Where("NOT ?", access.ShutOutOf("p.id", v.Now(), c.ID, c.Child, c.Signal)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("candidates: %w", err)
	}
	out, names := make([]Candidate, len(rows)), make([]worker, len(rows))
	for i, r := range rows {
		out[i], names[i] = Candidate{Person: r.Person, Open: r.Open, Declined: r.Declined, Away: gone[r.Person]}, r.worker
	}
	for i, called := range callings(names) {
		out[i].Name = called
	}
	sortCandidates(out)
	return out, nil
}

// openCases counts, inside a query on person p, the open cases the person walks
// with. What is closed to the viewer is not counted, or the number would tell of it.
func openCases(v *act.View) *bun.SelectQuery {
	return v.DB().NewSelect().TableExpr("assignment AS g").Join("JOIN case_file AS f ON f.id = g.case_id AND f.state <> 'ended'").
		ColumnExpr("count(*)").Where("g.person = p.id").Where("g.role = 'curator'").Where("g.state = 'active'").
		Apply(access.Closed(v.Actor(), access.Rows("f")))
}

// worker is a name of the service before it is shown.
type worker struct{ Family, Given string }

// callings are the names of workers in a list from which one is chosen: family
// name and initial, and the whole name of those who would look alike.
func callings(all []worker) []string {
	times := map[string]int{}
	for _, n := range all {
		times[name.Official(n.Family, n.Given)]++
	}
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = name.Official(n.Family, n.Given)
		if times[out[i]] > 1 {
			out[i] = strings.TrimSpace(n.Family + " " + n.Given)
		}
	}
	return out
}

func sortCandidates(all []Candidate) {
	text.Sort(all, func(c Candidate) string { return c.Name })
	slices.SortStableFunc(all, func(a, b Candidate) int {
		return cmp.Or(afterOthers(a.Away, b.Away), cmp.Compare(a.Open, b.Open))
	})
}

// afterOthers orders whoever is away behind whoever is there.
func afterOthers(a, b date.Date) int {
	switch {
	case a.IsZero() && !b.IsZero():
		return -1
	case !a.IsZero() && b.IsZero():
		return 1
	}
	return 0
}

// away gives the last day of the absence that lasts now for those of the people
// who are away.
func away(ctx context.Context, v *act.View, people []id.ID) (map[id.ID]date.Date, error) {
	out := map[id.ID]date.Date{}
	if len(people) == 0 {
		return out, nil
	}
	var rows []casework.Absence
	err := v.DB().NewSelect().Model(&rows).Where("b.person IN (?)", bun.List(people)).
		Where("b.from_at <= ?", v.Now()).Where("b.to_at > ?", v.Now()).Limit(500).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("who is away: %w", err)
	}
	for _, b := range rows {
		out[b.Person] = date.Of(b.ToAt.Add(-time.Minute))
	}
	return out, nil
}
