package casework

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Said tells that a refusal is of a meeting or a value that was written before
// word for word: nothing is lost when it is not written again.
func Said(err error) bool {
	f, ok := fault.Of(err)
	return ok && f.Kind == fault.Conflict && f.Args["Said"] == true
}

// sameContact refuses a meeting that the same person has written already: one
// is met once at an instant in one way. A form that was sent, gone back to and
// sent again comes with an identifier of its own, so that alone tells nothing.
func sameContact(ctx context.Context, a *act.Act, k Contact) error {
	var old []Contact
	err := a.DB().NewSelect().Model(&old).Where("k.case_id = ?", k.CaseID).Where("k.by = ?", k.By).Where("k.kind = ?", k.Kind).
		Where("k.happened_at = ?", k.HappenedAt).Where("k.id <> ?", k.ID).OrderExpr("k.id").Limit(1).Scan(ctx)
	if err != nil {
		return fmt.Errorf("same contact: %w", err)
	}
	for _, o := range old {
		return fault.Clash("case.contact_same", fault.Args{"Said": o.Seen == k.Seen && o.ChildWords == k.ChildWords && o.Note == k.Note})
	}
	return nil
}

// sameReading refuses a value that the same person has taken already of the
// same day for the same measures, domain and goal.
func sameReading(ctx context.Context, a *act.Act, r Reading, ms []Measure) error {
	q := a.DB().NewSelect().Model((*Reading)(nil)).Column("d.source").Where("d.case_id = ?", r.CaseID).Where("d.by = ?", r.By).
		Where("d.indicator = ?", r.Indicator).Where("d.day = ?", r.Day).Where("d.value = ?", r.Value).
		Where("d.domain = ?", r.Domain).Where("d.goal = ?", r.Goal).Where("d.id <> ?", r.ID)
	if len(ms) > 0 {
		var keys []id.ID
		for _, m := range ms {
			keys = append(keys, m.ID)
		}
		q.Where("(SELECT count(*) FROM reading_for AS f WHERE f.reading = d.id AND f.measure IN (?)) = ?", bun.List(keys), len(keys))
	}
	var sources []string
	if err := q.OrderExpr("d.id").Limit(1).Scan(ctx, &sources); err != nil {
		return fmt.Errorf("same reading: %w", err)
	}
	for _, s := range sources {
		return fault.Clash("case.reading_same", fault.Args{"Said": s == r.Source})
	}
	return nil
}
