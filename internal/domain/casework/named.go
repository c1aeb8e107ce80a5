package casework

import (
	"context"
	"fmt"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// MeasureRow is how the one row filter sees a measure: what is closed with its
// case is closed with it, and the head of its body sees it while the case is
// open.
func MeasureRow() access.Row {
	return access.Row{Alias: "m", Subjects: []string{"id", "child", "case_id"}, Agency: "body",
		While: "EXISTS (SELECT 1 FROM case_file AS h WHERE h.id = m.case_id AND h.state <> 'ended')"}
}

// LeaveClosed ends, in a case that has just been closed to some people, the
// turns of those of them who walk with the child or are asked to. They are told
// nothing: a notice would say that they were named. It tells whether the curator
// left; the case then stands as without a curator. Only app/procedure calls it,
// in the act that closes the case.
//
// Faults: NotFound.
func LeaveClosed(ctx context.Context, a *act.Act, key id.ID) (bool, error) {
	var c Case
	err := a.DB().NewSelect().Model(&c).Where("c.id = ?", key).Scan(ctx)
	if db.IsNone(err) {
		return false, fault.Missing()
	}
	if err != nil {
		return false, fmt.Errorf("case that closes: %w", err)
	}
	var turns []Assignment
	err = a.DB().NewSelect().Model(&turns).Where("g.case_id = ?", key).Where("g.state IN ('active', 'proposed')").
		OrderExpr("g.role DESC, g.id").Limit(block).Scan(ctx)
	if err != nil {
		return false, fmt.Errorf("turns of case that closes: %w", err)
	}
	left := false
	for _, g := range turns {
		closed, err := closedTo(ctx, a, c, g.Person)
		if err != nil {
			return false, err
		}
		if !closed {
			continue
		}
		if err := stepOut(ctx, a, c, g); err != nil {
			return false, err
		}
		left = left || g.Role == "curator" && g.State == "active"
	}
	if left {
		a.Enqueue(AwaitCurator{Case: c.ID}, "left:"+c.ID.String()+a.Now().String(), a.Now().Add(a.Norm("curator.answer_hours").Hours()))
	}
	return left, nil
}

// stepOut ends one turn; with a curator's that of whoever deputises ends too.
func stepOut(ctx context.Context, a *act.Act, c Case, g Assignment) error {
	var err error
	switch {
	case g.State == "proposed":
		err = closeTurn(ctx, a, c, g, "withdrawn", "", access.AsProposed)
	case g.Role == "deputy":
		err = closeTurn(ctx, a, c, g, "ended", "", access.AsDeputy)
	default:
		err = endCurator(ctx, a, c, g, "")
	}
	if err != nil {
		return err
	}
	a.Record("curator.leave", c.on(), map[string]any{"person": g.Person, "assignment": g.ID, "role": g.Role})
	return touch(ctx, a, c, nil)
}

// closedTo tells whether the case, its child or its message is closed to a
// person, who need not serve any more.
func closedTo(ctx context.Context, a *act.Act, c Case, person id.ID) (bool, error) {
	who, err := access.Load(ctx, a.DB(), access.Who{Person: person}, a.Now())
	if fault.KindOf(err) == fault.Denied {
		who, err = access.Principal{Person: person}, nil
	}
	if err != nil {
		return false, err
	}
	return access.IsClosed(ctx, a.DB(), who, c.subjects()...)
}
