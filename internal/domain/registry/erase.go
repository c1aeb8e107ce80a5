package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Nobody makes a row that stands for a child where only a count is left: the
// place, the sex, the language and the year of birth, and nothing that leads
// back. Of nobody it is the same nobody. Only app/retention calls it.
func Nobody(ctx context.Context, a *act.Act, child id.ID) (id.ID, error) {
	var c Child
	if err := a.DB().NewSelect().Model(&c).Where("c.id = ?", child).Scan(ctx); err != nil {
		return "", fmt.Errorf("nobody: %w", err)
	}
	if c.ErasedAt != nil {
		return c.ID, nil
	}
	now := a.Now()
	n := c.emptied(now)
	n.ID, n.MergedInto, n.CreatedAt, n.Version = id.New(), "", now, 1
	if _, err := a.DB().NewInsert().Model(&n).Exec(ctx); err != nil {
		return "", fmt.Errorf("nobody: %w", err)
	}
	return n.ID, nil
}

// Files are a child's file and those that were made one with it.
func Files(ctx context.Context, a *act.Act, child id.ID) ([]id.ID, error) {
	all := []id.ID{child}
	for from := 0; from < len(all); {
		part := all[from:]
		from = len(all)
		var more []id.ID
		err := a.DB().NewSelect().Table("child").Column("id").Where("merged_into IN (?)", bun.List(part)).Where("id NOT IN (?)", bun.List(all)).
			OrderExpr("id").Limit(1000).Scan(ctx, &more)
		if err != nil {
			return nil, fmt.Errorf("files of a child: %w", err)
		}
		all = append(all, more...)
	}
	return all, nil
}

// Erase makes nobody of a child: names, number, family, addresses, schools, the
// safe-contact card, why an adult was feared, and the spellings that find the
// file go, and so do adults who were there for nobody else. Place, sex, language
// and year of birth stay, to be counted. Legal holds that were lifted go with
// it; one that stands forbids it. It gives how many rows it emptied or took.
// Only app/retention calls it, after two persons have agreed.
//
// Faults: Conflict "erasure.kept" while a legal hold stands.
func Erase(ctx context.Context, a *act.Act, files []id.ID) (map[string]int, error) {
	n, err := a.DB().NewSelect().Table("child_hold").Where("child IN (?)", bun.List(files)).Where("lifted_at IS NULL").Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("erase child: %w", err)
	}
	if n > 0 {
		return nil, fault.Clash("erasure.kept")
	}
	counts := map[string]int{"child": len(files)}
	var adults []id.ID
	err = a.DB().NewRaw("SELECT adult FROM relation WHERE child IN (?) UNION SELECT adult FROM unsafe WHERE child IN (?)",
		bun.List(files), bun.List(files)).Scan(ctx, &adults)
	if err != nil {
		return nil, fmt.Errorf("erase child: %w", err)
	}
	for _, table := range []string{"relation", "unsafe", "address", "schooling", "child_hold", "child_spelling", "child_gram"} {
		n, err := gone(ctx, a.DB().NewDelete().Table(table).Where("child IN (?)", bun.List(files)))
		if err != nil {
			return nil, err
		}
		if n > 0 && table != "child_spelling" && table != "child_gram" {
			counts[table] = n
		}
	}
	if len(adults) > 0 {
		n, err := gone(ctx, a.DB().NewDelete().Table("adult").Where("id IN (?)", bun.List(adults)).
			Where("NOT EXISTS (SELECT 1 FROM relation AS r WHERE r.adult = adult.id)").
			Where("NOT EXISTS (SELECT 1 FROM unsafe AS u WHERE u.adult = adult.id)"))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts["adult"] = n
		}
	}
	for _, f := range files {
		if err := empty(ctx, a, f); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func gone(ctx context.Context, q *bun.DeleteQuery) (int, error) {
	res, err := q.Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("erase child: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

func empty(ctx context.Context, a *act.Act, file id.ID) error {
	var c Child
	if err := a.DB().NewSelect().Model(&c).Where("c.id = ?", file).Scan(ctx); err != nil {
		return fmt.Errorf("erase child: %w", err)
	}
	is := c.emptied(a.Now())
	if _, err := a.DB().NewUpdate().Model(&is).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("erase child: %w", err)
	}
	return nil
}

// emptied is the row of a child of whom only what is counted is left.
func (c Child) emptied(now time.Time) Child {
	return Child{ID: c.ID, Territory: c.Territory, IINAbsent: "unknown", Born: date.New(c.Born.Year(), 1, 1), Sex: c.Sex, Lang: c.Lang,
		Source: c.Source, MergedInto: c.MergedInto, CreatedAt: c.CreatedAt, ErasedAt: &now, Version: c.Version + 1}
}
