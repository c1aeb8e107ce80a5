package registry

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// checkMerge is the rule of merging, pure. It gives the particulars that the
// kept file has afterwards: it takes over a number that it lacked.
func checkMerge(keep, drop Child, reason string) (Particulars, error) {
	p := keep.Particulars()
	var bad fault.Fields
	bad.Check(keep.ID != drop.ID, "drop", "child.merge_same")
	bad.Text(reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return p, err
	}
	if drop.IIN == "" {
		return p, nil
	}
	if keep.IIN != "" {
		return p, fault.Clash("child.different_iin")
	}
	p.IIN = string(drop.IIN)
	p = checkIIN(&bad, p)
	return p, bad.Err()
}

// MergeChild makes one file of two of the same child: what hangs on the dropped
// file hangs on the kept one afterwards, and the dropped one is shown nowhere.
// Two different numbers are two children.
//
// Faults: Denied; NotFound; Invalid "child.merge_same", "child.iin_birth",
// "child.iin_sex"; Conflict "child.different_iin".
func MergeChild(ctx context.Context, a *act.Act, keep, drop id.ID, reason string) (Child, Child, error) {
	kept, dropped, err := takeTwo(ctx, a, keep, drop)
	if err != nil {
		return kept, dropped, err
	}
	p, err := checkMerge(kept, dropped, reason)
	if err != nil {
		return kept, dropped, err
	}
	err = touch(ctx, a, dropped, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("merged_into = ?", kept.ID).Set("iin = NULL").Set("iin_blind = NULL").Set("iin_absent = ''")
	})
	if err != nil {
		return kept, dropped, err
	}
	is := kept
	p.put(&is)
	is.Version++
	_, err = a.DB().NewUpdate().Model(&is).Column("iin", "iin_blind", "iin_absent", "version").WherePK().Exec(ctx)
	if err != nil {
		return kept, dropped, fmt.Errorf("merge children: %w", err)
	}
	if err := repoint(ctx, a, kept.ID, dropped.ID); err != nil {
		return kept, dropped, err
	}
	a.Record("child.merge", kept.on(), map[string]any{"drop": dropped.ID, "reason": reason})
	a.Record("child.merged", dropped.on(), map[string]any{"keep": kept.ID, "reason": reason})
	return kept, dropped, nil
}

// takeTwo locks two files in the order of their identifiers, so that two
// officers do not wait for each other.
func takeTwo(ctx context.Context, a *act.Act, keep, drop id.ID) (Child, Child, error) {
	if drop < keep {
		d, k, err := takeTwo(ctx, a, drop, keep)
		return k, d, err
	}
	k, err := take(ctx, a, MergeTwo, keep)
	if err != nil || keep == drop {
		return k, k, err
	}
	d, err := take(ctx, a, MergeTwo, drop)
	return k, d, err
}

// repoint hangs the dropped file's rows on the kept one. What both say alike
// stays where it is; of two addresses or schools the kept file's runs on.
func repoint(ctx context.Context, a *act.Act, keep, drop id.ID) error {
	today := date.Of(a.Now())
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{"UPDATE relation SET child = ? WHERE child = ? AND NOT EXISTS (SELECT 1 FROM relation AS o WHERE o.child = ?" +
			" AND o.adult = relation.adult AND o.kind = relation.kind AND o.from_day = relation.from_day)", []any{keep, drop, keep}},
		{"UPDATE unsafe SET child = ? WHERE child = ? AND (to_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM unsafe AS o WHERE o.child = ?" +
			" AND o.adult = unsafe.adult AND o.to_at IS NULL))", []any{keep, drop, keep}},
		{"UPDATE address SET to_day = ? WHERE child = ? AND to_day IS NULL AND EXISTS (SELECT 1 FROM address AS o WHERE o.child = ?" +
			" AND o.to_day IS NULL)", []any{today, drop, keep}},
		{"UPDATE address SET child = ? WHERE child = ?", []any{keep, drop}},
		{"UPDATE schooling SET to_day = ? WHERE child = ? AND to_day IS NULL AND EXISTS (SELECT 1 FROM schooling AS o WHERE o.child = ?" +
			" AND o.to_day IS NULL)", []any{today, drop, keep}},
		{"UPDATE schooling SET child = ? WHERE child = ?", []any{keep, drop}},
		{"UPDATE child_hold SET child = ? WHERE child = ?", []any{keep, drop}},
	} {
		if _, err := a.DB().NewRaw(q.sql, q.args...).Exec(ctx); err != nil {
			return fmt.Errorf("merge children: %w", err)
		}
	}
	return unspell(ctx, a.DB(), drop)
}
