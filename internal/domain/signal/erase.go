package signal

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// erasedBy says which rows of the room's sealed tables are of a message.
func erasedBy() map[string]string {
	return map[string]string{"signal": "id = ?", "signal_reporter": "signal = ?", "signal_child": "signal = ?", "signal_pass": "signal = ?"}
}

// Nobody gives the row that stands for a child from now on, where only a count
// is left of it.
type Nobody func(ctx context.Context, a *act.Act, child id.ID) (id.ID, error)

// Erase takes the content out of an ended message: what was told, of whom, by
// whom, each reason, and whose it was. Its row stays, as all rows of messages
// do, and is counted: place, channel, kind, days, outcome, and of whom as
// nobody. It gives the identifiers of what hung on the message, for the log,
// and how many rows it emptied. Only app/retention calls it, after two persons
// have agreed.
//
// Faults: Conflict "erasure.kept" of a message that has not ended.
func Erase(ctx context.Context, a *act.Act, key id.ID, nobody Nobody) ([]id.ID, map[string]int, error) {
	var s Signal
	err := a.DB().NewSelect().Table("signal").Column("id", "child").Where("id = ?", key).Where("ended_at IS NOT NULL").Where("erased_at IS NULL").
		Limit(1).Scan(ctx, &s)
	if db.IsNone(err) {
		return nil, nil, fault.Clash("erasure.kept")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("erase message: %w", err)
	}
	parts, counts, err := partsOf(ctx, a, key)
	if err != nil {
		return nil, nil, err
	}
	where := erasedBy()
	for _, x := range Sealed() {
		if err := secret.Wipe(ctx, a.DB(), x, where[x.Column.Table()], key); err != nil {
			return nil, nil, err
		}
	}
	if s.Child != "" {
		if s.Child, err = nobody(ctx, a, s.Child); err != nil {
			return nil, nil, err
		}
	}
	var others []id.ID
	err = a.DB().NewSelect().Table("signal_child").Column("child").Where("signal = ?", key).OrderExpr("child").Limit(1000).Scan(ctx, &others)
	if err != nil {
		return nil, nil, fmt.Errorf("erase message: %w", err)
	}
	for _, o := range others {
		none, err := nobody(ctx, a, o)
		if err != nil {
			return nil, nil, err
		}
		_, err = a.DB().NewRaw("UPDATE signal_child SET child = ?, case_id = NULL WHERE signal = ? AND child = ?", none, key, o).Exec(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("erase message: %w", err)
		}
	}
	_, err = a.DB().NewRaw("UPDATE signal SET child = ?, case_id = NULL, erased_at = ?, version = version + 1 WHERE id = ?",
		bun.NullZero(s.Child), a.Now(), key).Exec(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("erase message: %w", err)
	}
	return parts, counts, nil
}

// partsOf names what hangs on a message: the message itself first.
func partsOf(ctx context.Context, a *act.Act, key id.ID) ([]id.ID, map[string]int, error) {
	parts, counts := []id.ID{key}, map[string]int{"signal": 1}
	var keys []id.ID
	err := a.DB().NewSelect().Table("signal_pass").Column("id").Where("signal = ?", key).OrderExpr("id").Limit(1000).Scan(ctx, &keys)
	if err != nil {
		return nil, nil, fmt.Errorf("erase message: %w", err)
	}
	parts = append(parts, keys...)
	if len(keys) > 0 {
		counts["signal_pass"] = len(keys)
	}
	return parts, counts, nil
}

// ForgetCase unties the messages that became part of a case that is erased.
func ForgetCase(ctx context.Context, a *act.Act, key id.ID) error {
	for _, table := range []string{"signal", "signal_child"} {
		if _, err := a.DB().NewUpdate().Table(table).Set("case_id = NULL").Where("case_id = ?", key).Exec(ctx); err != nil {
			return fmt.Errorf("forget case: %w", err)
		}
	}
	return nil
}

// OfChildren lists the messages that speak of some children and are not erased.
func OfChildren(ctx context.Context, a *act.Act, children []id.ID) ([]id.ID, error) {
	var keys []id.ID
	err := a.DB().NewSelect().TableExpr("signal AS s").Column("s.id").Where("s.erased_at IS NULL").
		Where("(s.child IN (?) OR s.id IN (SELECT o.signal FROM signal_child AS o WHERE o.child IN (?)))", bun.List(children), bun.List(children)).
		OrderExpr("s.id").Limit(10_000).Scan(ctx, &keys)
	if err != nil {
		return nil, fmt.Errorf("messages of children: %w", err)
	}
	return keys, nil
}
