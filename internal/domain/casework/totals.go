package casework

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
)

// Need is what an open case may want at once; each is one definition that both
// counts and lists.
type Need string

// The needs.
const (
	Uncurated Need = "uncovered" // nobody covers it now
	Unseen    Need = "unseen"    // the child was not seen in time
	InDanger  Need = "danger"    // danger now stands unanswered
)

// Needs lists them, the gravest last.
func Needs() []Need { return []Need{Uncurated, Unseen, InDanger} }

// Where is the condition of a need on case_file AS c; of none it is true.
func (n Need) Where(v *act.View) schema.QueryWithArgs {
	switch n {
	case Uncurated:
		return bun.SafeQuery("NOT ?", covered(v.Now()))
	case Unseen:
		return unseen(v)
	case InDanger:
		return dangerStands()
	}
	return bun.SafeQuery("TRUE")
}

// unseen is terms.contactDue as a condition: neither the opening nor a meeting
// lies within the rhythm of the case.
func unseen(v *act.View) schema.QueryWithArgs {
	t, today := termsOf(v), date.Of(v.Now())
	daily := bun.SafeQuery("' ' || c.problems || ' ' LIKE ?", "% "+suicideRisk+" %")
	late := func(days int) schema.QueryWithArgs {
		since := today.AddDays(-days).Start()
		return bun.SafeQuery("(c.opened_at < ? AND NOT EXISTS (SELECT 1 FROM contact AS s WHERE s.case_id = c.id AND s.happened_at >= ? AND ?))",
			since, since, eyes(v, "s"))
	}
	return bun.SafeQuery("((c.risk = 'acute' OR ?0) AND ?1 OR c.risk = 'high' AND NOT (?0) AND ?2 OR c.risk = 'medium' AND NOT (?0) AND ?3"+
		" OR c.risk = 'low' AND NOT (?0) AND ?4)", daily, late(t.contact[Acute]), late(t.contact[High]), late(t.contact[Medium]), late(t.contact[Low]))
}

// Total is the open cases of one territory and how many of them want something
// at once.
type Total struct {
	Territory                         string
	Open, Uncurated, Unseen, InDanger int
}

// Add puts the numbers of another place to these.
func (t *Total) Add(o Total) {
	t.Open, t.Uncurated, t.Unseen, t.InDanger = t.Open+o.Open, t.Uncurated+o.Uncurated, t.Unseen+o.Unseen, t.InDanger+o.InDanger
}

// Totals counts the open cases of the scope by the territory where each is.
//
// Faults: Denied.
func Totals(ctx context.Context, v *act.View, territory string) ([]Total, error) {
	if err := v.May(SeeUncovered); err != nil {
		return nil, err
	}
	of := func(n Need) schema.QueryWithArgs {
		return bun.SafeQuery("sum(CASE WHEN ? THEN 1 ELSE 0 END)", n.Where(v))
	}
	var out []Total
	err := v.DB().NewSelect().TableExpr("case_file AS c").ColumnExpr("c.territory, count(*) AS open").
		ColumnExpr("? AS uncurated, ? AS unseen, ? AS in_danger", of(Uncurated), of(Unseen), of(InDanger)).
		Where("?", openAt(v.Now())).Apply(v.Scope(SeeUncovered, access.Rows("c"))).Apply(inside(territory)).
		GroupExpr("c.territory").OrderExpr("c.territory").Limit(5000).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("totals: %w", err)
	}
	return out, nil
}
