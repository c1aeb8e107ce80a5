package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/act"
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

// urgency orders the list: first danger now, who is to be seen each day, acute
// risk and whom the caller puts first, without a word why (practice rule 11);
// then by risk, from high to low.
func (p UncoveredPage) urgency() schema.QueryWithArgs {
	first := p.First
	if first.Query == "" {
		first = bun.SafeQuery("FALSE")
	}
	return bun.SafeQuery("(CASE WHEN ? OR ' ' || c.problems || ' ' LIKE ? OR c.risk = ? OR ? THEN 0 WHEN c.risk = ? THEN 1 WHEN c.risk = ? THEN 2 ELSE 3 END)",
		first, "% "+suicideRisk+" %", Acute, dangerStands(), High, Medium)
}

// Uncovered lists the open cases of the scope that nobody covers now: danger
// first, then by risk, and of one risk who has been without a curator the
// longest. A page
// after a case that has a curator by now is the first. It gives also how many
// there are in all: the number of CountUncovered.
//
// Faults: Denied.
func Uncovered(ctx context.Context, v *act.View, p UncoveredPage) ([]UncoveredRow, int, error) {
	if err := v.May(SeeUncovered); err != nil {
		return nil, 0, err
	}
	var found []struct {
		Case
		Urgency, N int
	}
	err := uncovered(v, p.Territory).ColumnExpr("c.*, ? AS urgency, count(*) OVER () AS n", p.urgency()).
		OrderExpr("urgency, c.opened_at, c.id").Limit(manyRows).Scan(ctx, &found)
	if err != nil {
		return nil, 0, fmt.Errorf("uncovered: %w", err)
	}
	n, urgency, cases := 0, map[id.ID]int{}, make([]Case, 0, len(found))
	for _, c := range found {
		n, urgency[c.ID] = c.N, c.Urgency
		cases = append(cases, c.Case)
	}
	all, err := histories(ctx, v.DB(), cases)
	if err != nil {
		return nil, 0, err
	}
	out := make([]UncoveredRow, 0, len(all))
	for _, h := range all {
		out = append(out, h.row(v))
	}
	slices.SortFunc(out, func(a, b UncoveredRow) int {
		return cmp.Or(urgency[a.ID]-urgency[b.ID], a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	return p.cut(out), n, nil
}

// cut is the page of the ordered list.
func (p UncoveredPage) cut(all []UncoveredRow) []UncoveredRow {
	from := 1 + slices.IndexFunc(all, func(r UncoveredRow) bool { return r.ID == p.After })
	limit := p.Limit
	if limit <= 0 {
		limit = 50
	}
	all = all[from:]
	return all[:min(limit, 200, len(all))]
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
