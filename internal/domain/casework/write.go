package casework

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// add writes one new row; a form sent twice is told so.
func add(ctx context.Context, a *act.Act, row any, table string) error {
	_, err := a.DB().NewInsert().Model(row).Exec(ctx)
	switch db.Violates(err) {
	case table + "_pkey", table + ".id":
		return fault.Tell("fault.sent_twice")
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", table, err)
	}
	return nil
}

// takeRow is take for a row that hangs on a case: the case is locked, then the
// row is read again.
func takeRow[T any](ctx context.Context, a *act.Act, what access.Action, key id.ID, caseOf func(T) id.ID) (Case, T, error) {
	var row, none T
	if err := a.May(what); err != nil {
		return Case{}, none, err
	}
	read := func() error {
		err := a.DB().NewSelect().Model(&row).Where("id = ?", key).Scan(ctx)
		if db.IsNone(err) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("find row: %w", err)
		}
		return nil
	}
	if err := read(); err != nil {
		return Case{}, none, err
	}
	c, err := take(ctx, a, what, caseOf(row))
	if err != nil {
		return c, none, err
	}
	row = none
	err = read()
	return c, row, err
}

// tell leaves a line with each holder of a role at the case's place.
func tell(ctx context.Context, a *act.Act, c Case, role access.Role, key string) error {
	people, err := access.Holders(ctx, a.DB(), role, c.Territory, a.Now())
	if err != nil {
		return err
	}
	for _, p := range people {
		a.Notify(p, key, c.on())
	}
	return nil
}

// loading refuses a bulk load to anybody but the machine.
func loading(a *act.Act) error {
	if !a.Actor().Machine {
		return fault.Deny("fault.denied")
	}
	return nil
}

const block = 500

// addAll writes rows in blocks of a size both engines like.
func addAll[T any](ctx context.Context, a *act.Act, rows []T) error {
	for len(rows) > 0 {
		n := min(block, len(rows))
		part := rows[:n]
		if _, err := a.DB().NewInsert().Model(&part).Exec(ctx); err != nil {
			return fmt.Errorf("load: %w", err)
		}
		rows = rows[n:]
	}
	return nil
}

// casesOf reads the cases that loaded rows speak of.
func casesOf[T any](ctx context.Context, d bun.IDB, rows []T, key func(T) id.ID) (map[id.ID]Case, error) {
	out := map[id.ID]Case{}
	var keys []id.ID
	for _, r := range rows {
		if _, ok := out[key(r)]; !ok {
			out[key(r)] = Case{}
			keys = append(keys, key(r))
		}
	}
	for len(keys) > 0 {
		n := min(block, len(keys))
		var part []Case
		if err := d.NewSelect().Model(&part).Where("c.id IN (?)", bun.List(keys[:n])).Limit(block).Scan(ctx); err != nil {
			return nil, fmt.Errorf("cases to load: %w", err)
		}
		for _, c := range part {
			out[c.ID] = c
		}
		keys = keys[n:]
	}
	for _, c := range out {
		if c.ID == "" {
			return nil, fault.Missing()
		}
	}
	return out, nil
}

// openCasesOf is casesOf that refuses a case which has ended, as take does.
func openCasesOf[T any](ctx context.Context, d bun.IDB, rows []T, key func(T) id.ID) (map[id.ID]Case, error) {
	out, err := casesOf(ctx, d, rows, key)
	if err != nil {
		return nil, err
	}
	for _, c := range out {
		if c.State == Ended {
			return nil, fault.Clash("case.ended")
		}
	}
	return out, nil
}

// forward moves loaded cases from some states to the next.
func forward(ctx context.Context, a *act.Act, cases map[id.ID]Case, to State, from ...State) error {
	var keys []id.ID
	for k := range cases {
		keys = append(keys, k)
	}
	for len(keys) > 0 {
		n := min(block, len(keys))
		_, err := a.DB().NewUpdate().Table("case_file").Set("state = ?", to).Where("id IN (?)", bun.List(keys[:n])).
			Where("state IN (?)", bun.List(from)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("forward cases: %w", err)
		}
		keys = keys[n:]
	}
	return nil
}
