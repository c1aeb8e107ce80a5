package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Why a case is without a curator.
type Why string

// The reasons, each the root of the present gap.
const (
	NeverAccepted Why = "never_accepted" // nobody has been curator yet
	Declined      Why = "declined"       // the last person asked declined, nobody is asked now
	Resigned      Why = "resigned"       // the curator's turn was ended before another's began
	Suspended     Why = "suspended"      // the curator's account is not active
	GrantEnded    Why = "grant_ended"    // the curator no longer serves here
	MovedAway     Why = "moved"          // the case came to a territory that the curator does not serve
	Shut          Why = "closed"         // the case is closed to the curator: kin, or named in a message
	Away          Why = "absent"         // the curator is away and no deputy stands in
)

// UncoveredRow is one case without a curator.
type UncoveredRow struct {
	Case
	Since      time.Time // when the present gap began
	Why        Why
	Due        time.Time // when the norm's hours (curator.answer_hours) are over
	Overdue    bool
	Declines   int        // since the last curator began
	Curator    id.ID      // whose turn it is or last was, if anybody's
	Asked      id.ID      // who is asked now, if anybody
	AskedAt    *time.Time // and since when
	MayAppoint bool       // the chair may appoint without asking
}

// UncoveredPage says which part of the list is wanted.
type UncoveredPage struct {
	Territory string
	After     id.ID
	Limit     int // 50 unless told, at most 200
	// First is a condition on case_file c: these stand with the most dangerous.
	First schema.QueryWithArgs
}

// urgency orders the list: first who is to be seen each day and whom the caller
// puts first, without a word why (practice rule 11); then by risk.
func (p UncoveredPage) urgency() schema.QueryWithArgs {
	first := p.First
	if first.Query == "" {
		first = bun.SafeQuery("FALSE")
	}
	return bun.SafeQuery("(CASE WHEN ? OR ' ' || c.problems || ' ' LIKE ? THEN 0 ELSE ? END)", first, "% "+suicideRisk+" %", worstFirst("c.risk"))
}

// Uncovered lists the open cases of the scope that nobody covers now: the most
// dangerous first, then the oldest. Danger is the risk, the rhythm of each day,
// and what the caller puts first.
//
// Faults: Denied.
func Uncovered(ctx context.Context, v *act.View, p UncoveredPage) ([]UncoveredRow, error) {
	if err := v.May(SeeUncovered); err != nil {
		return nil, err
	}
	q := uncovered(v, p.Territory).ColumnExpr("c.*")
	if p.After != "" {
		var last struct {
			Urgency  int
			OpenedAt time.Time
		}
		err := v.DB().NewSelect().TableExpr("case_file AS c").ColumnExpr("? AS urgency, c.opened_at", p.urgency()).
			Where("c.id = ?", p.After).Scan(ctx, &last)
		if db.IsNone(err) {
			return nil, fault.Missing()
		}
		if err != nil {
			return nil, fmt.Errorf("uncovered: %w", err)
		}
		q = q.Where("(?, c.opened_at, c.id) > (?, ?, ?)", p.urgency(), last.Urgency, last.OpenedAt, p.After)
	}
	limit := p.Limit
	if limit <= 0 {
		limit = 50
	}
	var cases []Case
	if err := q.OrderExpr("?, c.opened_at, c.id", p.urgency()).Limit(int64(min(limit, 200))).Scan(ctx, &cases); err != nil {
		return nil, fmt.Errorf("uncovered: %w", err)
	}
	all, err := histories(ctx, v.DB(), cases)
	if err != nil {
		return nil, err
	}
	out := make([]UncoveredRow, 0, len(cases))
	for _, h := range all {
		out = append(out, h.row(v))
	}
	return out, nil
}

// row tells of one uncovered case what the list shows.
func (h history) row(v *act.View) UncoveredRow {
	now := v.Now()
	r := UncoveredRow{Case: h.c, Since: h.gap(now), Why: h.why(now), Declines: h.declines(now)}
	r.Due = r.Since.Add(v.Norm("curator.answer_hours").Hours())
	r.Overdue = !now.Before(r.Due)
	if g := h.last(now); g != nil {
		r.Curator = g.Person
	}
	if g := h.asked(now); g != nil {
		r.Asked, r.AskedAt = g.Person, &g.ProposedAt
	}
	r.MayAppoint = h.appointDue(v)
	return r
}

// appointDue: nobody covers the case now, and the norm's number of people have
// declined (curator.declines) or the norm's hours without a curator are over.
func (h history) appointDue(v *act.View) bool {
	now := v.Now()
	if h.covered(now) {
		return false
	}
	return h.declines(now) >= v.Norm("curator.declines").Int() ||
		!now.Before(h.gap(now).Add(v.Norm("curator.answer_hours").Hours()))
}
