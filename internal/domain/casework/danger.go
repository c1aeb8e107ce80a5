package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// dangerNow is the score of the domain safety whose written anchor says that
// the child is in danger now.
const dangerNow = 3

// unanswered is the condition on an assessment s that it is the last of its case
// that says danger now and no person has answered since: raised the risk or
// kept it with a reason, ordered an urgent protective measure that did not
// fail, or looked again and found less danger, if it was another person. Who
// wrote it does not take it back alone. A score never acts by itself (promise 12): somebody decides.
func unanswered() schema.QueryWithArgs {
	return bun.SafeQuery("s.safety = ?"+
		" AND NOT EXISTS (SELECT 1 FROM assessment AS l WHERE l.case_id = s.case_id AND (l.at, l.id) > (s.at, s.id)"+
		" AND (l.safety = s.safety OR l.by <> s.by))"+
		" AND NOT EXISTS (SELECT 1 FROM risk_change AS r WHERE r.case_id = s.case_id AND r.at >= s.at AND r.state = 'in_force' AND r.was <> ''"+
		" AND ? <= ?)"+
		" AND NOT EXISTS (SELECT 1 FROM measure AS m WHERE m.case_id = s.case_id AND m.exempt = ? AND m.ordered_at >= s.at AND m.state <> ?)",
		dangerNow, worstFirst("r.level"), worstFirst("r.was"), Urgent, NotDelivered)
}

// dangerStands is the condition on case_file c that danger now stands
// unanswered.
func dangerStands() schema.QueryWithArgs {
	return bun.SafeQuery("EXISTS (SELECT 1 FROM assessment AS s WHERE s.case_id = c.id AND ?)", unanswered())
}

// worstFirst orders risks: the worst first.
func worstFirst(column string) schema.QueryWithArgs {
	return bun.SafeQuery("(CASE ? WHEN 'acute' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END)", bun.Ident(column))
}

// gatherDanger puts to each file since when danger now stands unanswered.
func gatherDanger(ctx context.Context, d bun.IDB, keys []id.ID, out map[id.ID]*file) error {
	var rows []struct {
		CaseID id.ID
		At     time.Time
	}
	err := d.NewSelect().TableExpr("assessment AS s").Column("s.case_id", "s.at").Where("s.case_id IN (?)", bun.List(keys)).
		Where("?", unanswered()).Limit(manyRows).Scan(ctx, &rows)
	for _, r := range rows {
		out[r.CaseID].danger = r.At
	}
	return err
}

// dangerLines: danger now that nobody has answered stands with the office too,
// at once and before all else.
func dangerLines(ctx context.Context, v *act.View, today date.Date) ([]Line, error) {
	return scanLines(ctx, v.DB().NewSelect().TableExpr("case_file AS c").
		ColumnExpr("c.id AS case_id, c.no, c.child, c.id AS on_id, s.at AS asked").
		Join("JOIN assessment AS s ON s.case_id = c.id").Where("?", unanswered()).
		Where("c.state <> 'ended'").Apply(v.Scope(MaySecondRisk, access.Rows("c"))).OrderExpr("s.at").Limit(manyCases), LineSafety, Danger, today)
}

// RiskStays tells that a person may say, with a reason, that the risk of a case
// stays as it is: the last assessment says danger now and the risk was not
// spoken of since.
func RiskStays(ctx context.Context, v *act.View, c Case) (bool, error) {
	f, err := riskOf(ctx, v.DB(), c)
	if err != nil {
		return false, fmt.Errorf("risk stays: %w", err)
	}
	return f.stays(), nil
}
