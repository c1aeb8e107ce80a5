package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"serik/internal/platform/db"
)

// explain finds the slowest read of each operation, alone on a quiet database,
// and keeps its plan.
func (h *house) explain(ctx context.Context, d *db.DB) error {
	for _, op := range operations() {
		slowest, most := "", time.Duration(0)
		for _, s := range h.last[op] {
			if !strings.HasPrefix(s.SQL, "SELECT") && !strings.HasPrefix(s.SQL, "WITH") {
				continue
			}
			took, err := best(ctx, d, s.SQL)
			if err != nil {
				return err
			}
			if took > most {
				slowest, most = s.SQL, took
			}
		}
		plan, err := planOf(ctx, d, slowest)
		if err != nil {
			return err
		}
		h.plans = append(h.plans, fmt.Sprintf("%s, best of three %s ms:\n\n```\n%.900s\n\n%s\n```\n", op, ms(most), slowest, strings.Join(plan, "\n")))
	}
	return nil
}

// best is the shortest of three runs of a query.
func best(ctx context.Context, d *db.DB, q string) (time.Duration, error) {
	var least time.Duration
	for i := range 3 {
		took, err := timed(ctx, d, q)
		if err != nil {
			return 0, err
		}
		if i == 0 || took < least {
			least = took
		}
	}
	return least, nil
}

// timed runs a query and reads it to its end.
func timed(ctx context.Context, d *db.DB, q string) (time.Duration, error) {
	began := time.Now()
	rows, err := d.R.QueryContext(ctx, q)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // read to the end
	for rows.Next() {
		continue
	}
	return time.Since(began), rows.Err()
}

func planOf(ctx context.Context, d *db.DB, q string) ([]string, error) {
	how, last := "EXPLAIN QUERY PLAN ", 3
	if d.Engine == db.Postgres {
		how, last = "EXPLAIN ANALYZE ", 0
	}
	rows, err := d.R.QueryContext(ctx, how+q)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // read to the end
	var out []string
	for rows.Next() {
		line, into := "", make([]any, last+1)
		for i := range into {
			into[i] = new(any)
		}
		into[last] = &line
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		if len(out) < 25 {
			out = append(out, line)
		}
	}
	return out, rows.Err()
}
