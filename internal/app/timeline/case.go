package timeline

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Deed is one entry of a history.
type Deed struct {
	ID     id.ID
	At     time.Time
	Person id.ID // none for the machine
	Verb   string
	On     id.ID
}

// deedsPerPage is the length of a page of a history.
const deedsPerPage = 100

// OfCase lists what was done in a case and on its measures, the newest first;
// looks stand elsewhere. It gives the cursor of the next page, or nil.
//
// Faults: Denied; NotFound.
func OfCase(ctx context.Context, v *act.View, key id.ID, after *Cursor) ([]Deed, *Cursor, error) {
	c, err := casework.Record(ctx, v, key)
	if err != nil {
		return nil, nil, err
	}
	may, err := casework.Allowed(ctx, v, c, casework.SeeCaseRecord)
	if err != nil {
		return nil, nil, err
	}
	if !may[casework.SeeCaseRecord] {
		return nil, nil, fault.Missing()
	}
	measures := v.DB().NewSelect().TableExpr("measure AS m").ColumnExpr("m.id").Where("m.case_id = ?", c.ID)
	rows, err := audit.History(ctx, v.DB(), func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("a.verb <> 'look'").Where("(a.subject = ? OR a.subject IN (?))", c.ID, measures)
		if after != nil {
			q = q.Where("(a.at, a.id) < (?, ?)", after.At, after.ID)
		}
		return q
	}, deedsPerPage+1)
	if err != nil {
		return nil, nil, err
	}
	var out []Deed
	for _, r := range rows[:min(deedsPerPage, len(rows))] {
		who, _ := strings.CutPrefix(r.Actor, "person:")
		d := Deed{ID: r.ID, At: r.At, Verb: r.Verb, On: r.Subject}
		if who != r.Actor {
			d.Person = id.ID(who)
		}
		out = append(out, d)
	}
	if len(rows) <= deedsPerPage {
		return out, nil, nil
	}
	last := out[deedsPerPage-1]
	return out, &Cursor{last.At, last.ID}, nil
}
