// Package directory keeps who serves where: territories, agencies and
// commissions, the people of the service, their grants, passwords and
// sessions. Access can be cut in a second; only leaving for good waits until
// the person's cases have been handed over, which the caller counts, for this
// room knows no casework.
//
// Serves the duty to let nobody but the appointed know of a child (Law of
// 21.05.2013 No 94-V on personal data, art. 20-22).
package directory

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/norm"
)

// The actions of this room.
const (
	ListPeople       access.Action = "people.list"
	AddPeople        access.Action = "people.add"
	EditPeople       access.Action = "people.edit"
	GrantPeople      access.Action = "people.grant"
	SuspendPeople    access.Action = "people.suspend"
	RestorePeople    access.Action = "people.restore"
	DeactivatePeople access.Action = "people.deactivate"
	ResetPasswords   access.Action = "people.password"
	ListAgencies     access.Action = "agency.list"
	WriteAgencies    access.Action = "agency.write"
	writeTerritory   access.Action = "territory.write"
	writeCommission  access.Action = "commission.write"
	ownSession       access.Action = "session.own"
)

// Rules say who does what here. Anyone's access can be cut by those who are
// there when it must be; giving it is the administrator's alone.
func Rules() []access.Rule {
	admin := access.Cells{access.Administrator: access.All()}
	each := func(s access.Span) access.Cells {
		c := access.Cells{}
		for _, r := range access.Roles() {
			c[r] = s
		}
		return c
	}
	return []access.Rule{
		{Action: ListPeople, Cells: access.Cells{access.Administrator: access.All(), access.Secretary: access.All(),
			access.Chair: access.All(), access.Regional: access.All(), access.Republican: access.All(), access.Protection: access.All()}},
		{Action: AddPeople, Cells: admin},
		{Action: EditPeople, Cells: admin},
		{Action: GrantPeople, Cells: admin},
		{Action: SuspendPeople, Cells: access.Cells{access.Administrator: access.All(), access.Secretary: access.All(), access.Chair: access.All()}},
		{Action: RestorePeople, Cells: access.Cells{access.Administrator: access.All(), access.Chair: access.All()}},
		{Action: DeactivatePeople, Cells: admin},
		{Action: ResetPasswords, Cells: admin},
		{Action: ListAgencies, Cells: each(access.All())},
		{Action: WriteAgencies, Cells: admin},
		{Action: writeTerritory, Cells: admin},
		{Action: writeCommission, Cells: admin},
		{Action: ownSession, Cells: each(access.Own())},
	}
}

// The norms of this room.
const (
	perAccount    = "signin.per_account"
	perAddress    = "signin.per_address"
	idleMinutes   = "session.idle_minutes"
	absoluteHours = "session.absolute_hours"
	tokenDays     = "token.max_days"
	// ExportFree is how many children a person may have looked at within ExportHours
	// before a program's list or search that shows one more says why.
	ExportFree  = "access.export_free"
	ExportHours = "access.export_hours"
	// PageFree is how many children a person may look at by pages within the same
	// hours before one more is shown for a reason.
	PageFree = "access.page_free"
)

// NormDefaults are the working limits of signing in.
func NormDefaults() []norm.Default {
	return append([]norm.Default{
		{Key: perAccount, Value: "5", Unit: norm.Count, Looser: norm.Greater},
		{Key: perAddress, Value: "30", Unit: norm.Count, Looser: norm.Greater},
		{Key: act.TellsPerHour, Value: "30", Unit: norm.Count, Looser: norm.Greater},
		{Key: act.FarPerDay, Value: "5", Unit: norm.Count, Looser: norm.Greater},
		{Key: strength, Value: "3", Unit: norm.Count, Looser: norm.Smaller},
		{Key: idleMinutes, Value: "30", Unit: norm.Minutes, Looser: norm.Greater},
		{Key: absoluteHours, Value: "12", Unit: norm.Hours, Looser: norm.Greater},
		{Key: ExportFree, Value: "50", Unit: norm.Count, Looser: norm.Greater},
		{Key: ExportHours, Value: "24", Unit: norm.Hours, Looser: norm.Smaller},
		{Key: PageFree, Value: "250", Unit: norm.Count, Looser: norm.Greater},
		{Key: handsDays, Value: "30", Unit: norm.Days, Looser: norm.Smaller},
		{Key: tokenDays, Value: "365", Unit: norm.Days, Looser: norm.Greater},
	}, factorDefaults()...)
}

// inBlocks cuts keys or rows into statements of a size both engines like.
func inBlocks[T any](all []T, do func([]T) error) error {
	const size = 500
	for len(all) > 0 {
		n := min(size, len(all))
		if err := do(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// insert writes rows in blocks.
func insert[T any](ctx context.Context, d bun.IDB, rows []T) error {
	return inBlocks(rows, func(block []T) error {
		_, err := d.NewInsert().Model(&block).Exec(ctx)
		return err
	})
}

// among reads, in blocks, the rows of a query whose column is one of the keys.
func among[K comparable, T any](ctx context.Context, q func() *bun.SelectQuery, column string, keys []K) ([]T, error) {
	var out []T
	err := inBlocks(distinct(keys), func(block []K) error {
		var rows []T
		if err := q().Where("? IN (?)", bun.Ident(column), bun.List(block)).Scan(ctx, &rows); err != nil {
			return fmt.Errorf("read by %s: %w", column, err)
		}
		out = append(out, rows...)
		return nil
	})
	return out, err
}

// distinct drops doubles and the zero key.
func distinct[K comparable](keys []K) []K {
	var none K
	seen := map[K]bool{none: true}
	var out []K
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

// perPage is how many rows a list gives.
func perPage(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}
