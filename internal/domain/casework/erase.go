package casework

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// erasedBy says which rows of the room's sealed tables are of a case. An
// absence is of a curator and of no case.
func erasedBy() map[string]string {
	out := map[string]string{"case_file": "id = ?"}
	for _, table := range []string{"assignment", "risk_change", "assessment", "plan", "measure", "result", "contact", "end_check"} {
		out[table] = "case_id = ?"
	}
	return out
}

// Erase takes the content out of an ended case: each text, its number, and whose
// it was. What is counted stays: the place, the kinds, the days, the levels, how
// it ended, and of whom as nobody, a child of that year and sex. It gives the
// identifiers of what hung on the case, for the log, and how many rows it
// emptied. Only app/retention calls it, after two persons have agreed.
//
// Faults: Conflict "erasure.kept" of a case that has not ended.
func Erase(ctx context.Context, a *act.Act, key, nobody id.ID) ([]id.ID, map[string]int, error) {
	n, err := a.DB().NewSelect().Table("case_file").Where("id = ?", key).Where("ended_at IS NOT NULL").Where("erased_at IS NULL").Count(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("erase case: %w", err)
	}
	if n == 0 {
		return nil, nil, fault.Clash("erasure.kept")
	}
	parts, counts, err := partsOf(ctx, a, key)
	if err != nil {
		return nil, nil, err
	}
	where := erasedBy()
	for _, s := range Sealed() {
		if cond, ok := where[s.Column.Table()]; ok {
			if err := secret.Wipe(ctx, a.DB(), s, cond, key); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{"UPDATE case_file SET no = ?, child = ?, signal = NULL, reopened_from = NULL, erased_at = ?, version = version + 1 WHERE id = ?",
			[]any{"x-" + key.String(), nobody, a.Now(), key}},
		{"UPDATE case_file SET reopened_from = NULL WHERE reopened_from = ?", []any{key}},
		{"UPDATE measure SET child = ? WHERE case_id = ?", []any{nobody, key}},
	} {
		if _, err := a.DB().NewRaw(q.sql, q.args...).Exec(ctx); err != nil {
			return nil, nil, fmt.Errorf("erase case: %w", err)
		}
	}
	return parts, counts, nil
}

// partsOf names what hangs on a case: the case itself first.
func partsOf(ctx context.Context, a *act.Act, key id.ID) ([]id.ID, map[string]int, error) {
	parts, counts := []id.ID{key}, map[string]int{"case_file": 1}
	for _, table := range []string{"assignment", "risk_change", "assessment", "plan", "measure", "reading", "result", "contact", "end_check"} {
		var keys []id.ID
		err := a.DB().NewSelect().Table(table).Column("id").Where("case_id = ?", key).OrderExpr("id").Limit(100_000).Scan(ctx, &keys)
		if err != nil {
			return nil, nil, fmt.Errorf("erase case: %w", err)
		}
		parts = append(parts, keys...)
		if len(keys) > 0 {
			counts[table] = len(keys)
		}
	}
	return parts, counts, nil
}

// ForgetMessage unties the cases that came from a message that is erased.
func ForgetMessage(ctx context.Context, a *act.Act, message id.ID) error {
	_, err := a.DB().NewUpdate().Table("case_file").Set("signal = NULL").Where("signal = ?", message).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget message: %w", err)
	}
	return nil
}

// OfChildren lists the cases of some children that are not erased, oldest
// first.
func OfChildren(ctx context.Context, a *act.Act, children []id.ID) ([]id.ID, error) {
	var keys []id.ID
	err := a.DB().NewSelect().Table("case_file").Column("id").Where("child IN (?)", bun.List(children)).Where("erased_at IS NULL").
		OrderExpr("id").Limit(10_000).Scan(ctx, &keys)
	if err != nil {
		return nil, fmt.Errorf("cases of children: %w", err)
	}
	return keys, nil
}
