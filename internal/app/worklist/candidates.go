package worklist

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Candidate is a person who may be asked to be a child's curator.
type Candidate struct {
	Person   id.ID
	Name     string
	Open     int  // open cases the person walks with now
	Declined bool // has declined this child
}

// Candidates lists who may be proposed as curator of a case, those with the
// fewest cases first. Whom the child is closed to is not listed.
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
	var out []Candidate
	for _, p := range people {
		who, err := access.Load(ctx, v.DB(), access.Who{Person: p}, v.Now())
		if err != nil {
			return nil, err
		}
		closed, err := access.IsClosed(ctx, v.DB(), who, c.ID, c.Child, c.Signal)
		if err != nil {
			return nil, err
		}
		if closed {
			continue
		}
		x := Candidate{Person: p}
		err = v.DB().NewRaw("SELECT p.family || ' ' || p.given AS name, "+
			"(SELECT count(*) FROM assignment AS g JOIN case_file AS f ON f.id = g.case_id AND f.state <> 'ended' "+
			"WHERE g.person = p.id AND g.role = 'curator' AND g.state = 'active') AS open, "+
			"EXISTS (SELECT 1 FROM assignment AS g WHERE g.case_id = ? AND g.person = p.id AND g.state = 'declined') AS declined "+
			"FROM person AS p WHERE p.id = ?", c.ID, p).Scan(ctx, &x.Name, &x.Open, &x.Declined)
		if err != nil {
			return nil, fmt.Errorf("candidates: %w", err)
		}
		out = append(out, x)
	}
	sortCandidates(out)
	return out, nil
}

func sortCandidates(all []Candidate) {
	slices.SortStableFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Open, b.Open), cmp.Compare(a.Name, b.Name))
	})
}
