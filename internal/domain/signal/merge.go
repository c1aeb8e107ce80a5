package signal

import (
	"context"
	"fmt"

	"serik/internal/platform/act"
	"serik/internal/platform/id"
)

// Merge hangs the messages about one file of a child on another of the same
// child. Their territory and clock stay as they are.
//
// Faults: Denied.
func Merge(ctx context.Context, a *act.Act, keep, drop id.ID) error {
	if err := a.May(MergeChild); err != nil {
		return err
	}
	_, err := a.DB().NewRaw("UPDATE signal SET child = ?, version = version + 1 WHERE child = ?", keep, drop).Exec(ctx)
	if err != nil {
		return fmt.Errorf("merge messages: %w", err)
	}
	// A message that speaks of both already keeps its row of the dropped file.
	_, err = a.DB().NewRaw("UPDATE signal_child SET child = ? WHERE child = ? AND signal NOT IN"+
		" (SELECT o.signal FROM signal_child AS o WHERE o.child = ?)", keep, drop, keep).Exec(ctx)
	if err != nil {
		return fmt.Errorf("merge messages: %w", err)
	}
	a.Record("signal.merge", act.On{Noun: "child", ID: keep, Child: keep}, map[string]any{"drop": drop})
	return nil
}
