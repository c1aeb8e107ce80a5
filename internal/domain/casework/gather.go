package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
)

// file is what the closing gate and the lines of a day must know of one case.
type file struct {
	c        Case
	assessed time.Time // the last assessment; zero when there is none
	safety   int       // by the last assessment
	plan     *Plan
	measures []Measure
	results  map[id.ID]Result    // by measure, given or waiting
	read     map[id.ID]date.Date // the last reading, by measure
	seen     time.Time           // when the child was last seen
	tries    []date.Date         // days of attempts since then
	lowering *RiskChange         // waits for its second person
	danger   time.Time           // since when danger now stands unanswered
	turns    []Assignment        // active or proposed
}

// gather reads the files of some cases in a fixed number of queries; no more
// than one block of cases at a time.
func gather(ctx context.Context, v *act.View, cases []Case) (map[id.ID]*file, error) {
	out := map[id.ID]*file{}
	var keys []id.ID
	for _, c := range cases {
		out[c.ID] = &file{c: c, results: map[id.ID]Result{}, read: map[id.ID]date.Date{}}
		keys = append(keys, c.ID)
	}
	if len(keys) == 0 {
		return out, nil
	}
	for _, part := range []func(context.Context, bun.IDB, []id.ID, map[id.ID]*file) error{gatherKnown, gatherMeasures, gatherJudged, gatherTurns, gatherDanger} {
		if err := part(ctx, v.DB(), keys, out); err != nil {
			return nil, fmt.Errorf("gather cases: %w", err)
		}
	}
	seen, err := lastSeen(ctx, v, keys)
	if err != nil {
		return nil, err
	}
	tries, err := attempts(ctx, v, keys)
	if err != nil {
		return nil, err
	}
	for k, f := range out {
		f.seen, f.tries = seen[k], tries[k]
	}
	return out, nil
}

const manyRows = 20_000

func gatherKnown(ctx context.Context, d bun.IDB, keys []id.ID, out map[id.ID]*file) error {
	var assessed []struct {
		CaseID id.ID
		At     time.Time
		Safety int
	}
	err := d.NewSelect().TableExpr("assessment AS s").Column("s.case_id", "s.at", "s.safety").Where("s.case_id IN (?)", bun.List(keys)).
		Where("NOT EXISTS (SELECT 1 FROM assessment AS l WHERE l.case_id = s.case_id AND (l.at, l.id) > (s.at, s.id))").
		Limit(manyRows).Scan(ctx, &assessed)
	if err != nil {
		return err
	}
	for _, s := range assessed {
		out[s.CaseID].assessed, out[s.CaseID].safety = s.At, s.Safety
	}
	var plans []Plan
	if err := d.NewSelect().Model(&plans).Where("p.case_id IN (?)", bun.List(keys)).Limit(manyRows).Scan(ctx); err != nil {
		return err
	}
	for i, p := range plans {
		out[p.CaseID].plan = &plans[i]
	}
	var waiting []RiskChange
	err = d.NewSelect().Model(&waiting).Where("r.case_id IN (?)", bun.List(keys)).Where("r.state = 'second_wanted'").
		Limit(manyRows).Scan(ctx)
	for i, r := range waiting {
		out[r.CaseID].lowering = &waiting[i]
	}
	return err
}

func gatherMeasures(ctx context.Context, d bun.IDB, keys []id.ID, out map[id.ID]*file) error {
	var ms []Measure
	err := d.NewSelect().Model(&ms).Where("m.case_id IN (?)", bun.List(keys)).OrderExpr("m.ordered_at, m.id").Limit(manyRows).Scan(ctx)
	for _, m := range ms {
		out[m.CaseID].measures = append(out[m.CaseID].measures, m)
	}
	return err
}

func gatherJudged(ctx context.Context, d bun.IDB, keys []id.ID, out map[id.ID]*file) error {
	var rs []Result
	err := d.NewSelect().Model(&rs).Where("u.case_id IN (?)", bun.List(keys)).Where("u.state <> 'refused'").Limit(manyRows).Scan(ctx)
	if err != nil {
		return err
	}
	for _, r := range rs {
		out[r.CaseID].results[r.Measure] = r
	}
	var read []struct {
		CaseID  id.ID
		Measure id.ID
		Day     date.Date
	}
	err = d.NewSelect().TableExpr("reading AS d").Join("JOIN reading_for AS f ON f.reading = d.id").
		ColumnExpr("d.case_id, f.measure, max(d.day) AS day").Where("d.case_id IN (?)", bun.List(keys)).
		GroupExpr("d.case_id, f.measure").Limit(manyRows).Scan(ctx, &read)
	for _, r := range read {
		out[r.CaseID].read[r.Measure] = r.Day
	}
	return err
}

func gatherTurns(ctx context.Context, d bun.IDB, keys []id.ID, out map[id.ID]*file) error {
	var turns []Assignment
	err := d.NewSelect().Model(&turns).Where("g.case_id IN (?)", bun.List(keys)).Where("g.state IN ('active','proposed')").
		OrderExpr("g.proposed_at, g.id").Limit(manyRows).Scan(ctx)
	for _, g := range turns {
		out[g.CaseID].turns = append(out[g.CaseID].turns, g)
	}
	return err
}
