package job

import (
	"context"
	"fmt"
	"time"

	"serik/internal/platform/db"
)

// Running tells whether the queue was started and not stopped.
func (q *Queue) Running() bool { return q.runs.Load() }

// Leads tells whether this process leads those that work on the database: what
// the clock asks for, one does. On SQLite the one process does. A leader that
// dies is followed within seconds; one that is cut off may believe in itself
// until its term ends, so what it does must bear being done twice.
func (q *Queue) Leads(ctx context.Context) (bool, error) {
	if q.d.Engine == db.SQLite {
		return true, nil
	}
	var leads bool
	err := q.d.R.NewRaw("SELECT EXISTS (SELECT 1 FROM river_leader WHERE expires_at > now() AND leader_id = ?)", q.client.ID()).Scan(ctx, &leads)
	if err != nil {
		return false, fmt.Errorf("leads: %w", err)
	}
	return leads, nil
}

// Count is how many jobs of a kind are in a state.
type Count struct {
	Kind, State string
	N           int64
}

// Counts counts the jobs that are there. A kind that nobody registered, of
// another version, is counted as "other", so that the kinds stay few.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) {
	var rows []Count
	err := q.d.R.NewRaw("SELECT kind, CAST(state AS TEXT) AS state, count(*) AS n FROM river_job GROUP BY kind, state ORDER BY kind, state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	sums := map[Count]int64{}
	for _, r := range rows {
		key := Count{Kind: r.Kind, State: r.State}
		if !q.r.Knows(r.Kind) {
			key.Kind = "other"
		}
		sums[key] += r.N
	}
	out := make([]Count, 0, len(sums))
	for k, n := range sums {
		k.N = n
		out = append(out, k)
	}
	return out, nil
}

// Stuck counts the jobs that should have been done: given up after their last
// attempt, or due for longer than patience and not done.
func Stuck(ctx context.Context, d *db.DB, now time.Time, patience time.Duration) (given, late int64, err error) {
	before := now.Add(-patience).UTC()
	since := any(before)
	if d.Engine == db.SQLite {
		since = before.Format("2006-01-02 15:04:05.000") // as River writes it
	}
	err = d.R.NewRaw("SELECT (SELECT count(*) FROM river_job WHERE state = 'discarded'), "+
		"(SELECT count(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled') AND scheduled_at < ? "+
		"AND (attempted_at IS NULL OR attempted_at < ?))", since, since).Scan(ctx, &given, &late)
	if err != nil {
		return 0, 0, fmt.Errorf("stuck jobs: %w", err)
	}
	return given, late, nil
}

// Led tells whether some process works on the queue of this database now.
func Led(ctx context.Context, d *db.DB) (bool, error) {
	now := "now()"
	if d.Engine == db.SQLite {
		now = "datetime('now', 'subsec')" // as River writes it
	}
	var led bool
	if err := d.R.NewRaw("SELECT EXISTS (SELECT 1 FROM river_leader WHERE expires_at > "+now+")").Scan(ctx, &led); err != nil {
		return false, fmt.Errorf("led: %w", err)
	}
	return led, nil
}
