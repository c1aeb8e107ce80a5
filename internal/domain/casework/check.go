package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// EndCheck is a passive check after the end: own records, or one neutral line
// from school or clinic; nobody visits (practice rule 15).
type EndCheck struct {
	bun.BaseModel `bun:"table:end_check,alias:e"`
	ID            id.ID `bun:",pk"`
	CaseID        id.ID
	DueDay        date.Date
	DoneAt        *time.Time
	DoneBy        id.ID
	Source        string
	Outcome       string
	Note          string `bun:"-"`

	NoteSealed string `bun:"note"`
}

// CheckSources lists where a passive check looks.
func CheckSources() []string { return []string{"own_records", "school_line", "clinic_line"} }

// bookChecks books the checks of an ended case at the norm's months.
func bookChecks(ctx context.Context, a *act.Act, c Case) error {
	var rows []EndCheck
	for n, key := range []string{"end.check_first_months", "end.check_second_months", "end.check_third_months"} {
		rows = append(rows, EndCheck{ID: id.Derive(0, "end_check."+c.ID.String(), n, a.Now()), CaseID: c.ID,
			DueDay: date.Of(a.Now()).AddMonths(a.Norm(key).Int())})
	}
	_, err := a.DB().NewInsert().Model(&rows).On("CONFLICT (case_id, due_day) DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("book checks: %w", err)
	}
	return nil
}

// CheckInput writes what a passive check found.
type CheckInput struct {
	ID      id.ID // none: the earliest that is not done
	Source  string
	Outcome string // calm, worry
	Note    string
}

func checkCheck(k EndCheck, in CheckInput, today date.Date) error {
	var bad fault.Fields
	bad.Check(slices.Contains(CheckSources(), in.Source), "source", "fault.choice")
	bad.Check(in.Outcome == "calm" || in.Outcome == "worry", "outcome", "fault.choice")
	if in.Outcome == "worry" {
		bad.Text(in.Note, 2000, "note")
	} else {
		bad.Max(in.Note, 2000, "note")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return checkable(k, today)
}

// checkable tells that the day of a check has come and that it is not done.
func checkable(k EndCheck, today date.Date) error {
	switch {
	case k.DoneAt != nil:
		return fault.Clash("case.check_done")
	case today.Before(k.DueDay):
		return fault.Clash("case.check_early", fault.Args{"Day": k.DueDay})
	}
	return nil
}

// CheckEnded writes a passive check of an ended case, on its day or later: calm
// or worry. A worry is told to the secretary, who may reopen. With the last
// check the former curator's reach ends.
//
// Faults: Denied; NotFound; Invalid; Conflict "case.not_ended",
// "case.no_check", "case.check_done", "case.check_early".
func CheckEnded(ctx context.Context, a *act.Act, key id.ID, in CheckInput) error {
	c, err := takeEnded(ctx, a, MayCheck, key)
	if err != nil {
		return err
	}
	all, err := checksOf(ctx, a.DB(), c.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(k EndCheck) bool { return k.ID == in.ID || in.ID == "" && k.DoneAt == nil })
	if i < 0 {
		return fault.Clash("case.no_check")
	}
	if err := checkCheck(all[i], in, date.Of(a.Now())); err != nil {
		return err
	}
	return writeCheck(ctx, a, c, all, i, in)
}

func writeCheck(ctx context.Context, a *act.Act, c Case, all []EndCheck, i int, in CheckInput) error {
	note, err := checkColumn.Seal(ctx, all[i].ID, in.Note)
	if err != nil {
		return err
	}
	_, err = a.DB().NewUpdate().Table("end_check").Set("done_at = ?", a.Now()).Set("done_by = ?", a.Actor().Person).
		Set("source = ?", in.Source).Set("outcome = ?", in.Outcome).Set("note = ?", note).Where("id = ?", all[i].ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write check: %w", err)
	}
	a.Record("end_check.write", c.on(), map[string]any{"check": all[i].ID, "source": in.Source, "outcome": in.Outcome, "note": in.Note})
	if in.Outcome == "worry" {
		if err := tell(ctx, a, c, access.Secretary, "notice.end_check_worry"); err != nil {
			return err
		}
	}
	last := true
	for j, k := range all {
		last = last && (j == i || k.DoneAt != nil)
	}
	if !last {
		return nil
	}
	return leave(ctx, a, c)
}

// leave ends the reach that the last curator of an ended case has kept.
func leave(ctx context.Context, a *act.Act, c Case) error {
	var turns []id.ID
	err := a.DB().NewSelect().Table("assignment").Column("id").Where("case_id = ?", c.ID).Where("role = 'curator'").
		Where("state = 'ended'").Limit(500).Scan(ctx, &turns)
	if err != nil {
		return fmt.Errorf("last turn: %w", err)
	}
	return access.EndReach(ctx, a.DB(), []id.ID{c.Child}, turns, a.Now())
}

// dropChecks takes back the checks still booked for a child's ended cases: a
// new case has taken their place, and its curator the former one's.
func dropChecks(ctx context.Context, a *act.Act, child id.ID) error {
	var old []Case
	err := a.DB().NewSelect().Model(&old).Where("c.child = ?", child).Where("c.state = 'ended'").
		Where("EXISTS (SELECT 1 FROM end_check AS e WHERE e.case_id = c.id AND e.done_at IS NULL)").Limit(50).Scan(ctx)
	if err != nil {
		return fmt.Errorf("checks to drop: %w", err)
	}
	for _, c := range old {
		_, err := a.DB().NewDelete().Table("end_check").Where("case_id = ?", c.ID).Where("done_at IS NULL").Exec(ctx)
		if err != nil {
			return fmt.Errorf("drop checks: %w", err)
		}
		a.Record("end_check.drop", c.on(), nil)
		if err := leave(ctx, a, c); err != nil {
			return err
		}
	}
	return nil
}

// takeEnded is take for what is done after the end.
func takeEnded(ctx context.Context, a *act.Act, what access.Action, key id.ID) (Case, error) {
	if err := a.Lock(ctx, "case_file", key); err != nil {
		return Case{}, err
	}
	c, err := find(ctx, &a.View, what, key)
	if err != nil {
		return c, err
	}
	return c, c.over()
}

func checksOf(ctx context.Context, d bun.IDB, key id.ID) ([]EndCheck, error) {
	var out []EndCheck
	if err := d.NewSelect().Model(&out).Where("e.case_id = ?", key).OrderExpr("e.due_day").Limit(20).Scan(ctx); err != nil {
		return nil, fmt.Errorf("checks of case: %w", err)
	}
	return out, nil
}

// LoadedCheck is a check after the end as history has it: the N-th of a case,
// from 0.
type LoadedCheck struct {
	Case id.ID
	N    int
	At   time.Time
	By   id.ID
	CheckInput
}

// LoadChecks writes checks after the end through the check of CheckEnded.
//
// Faults: Denied to anybody but the machine; NotFound; those of CheckEnded.
func LoadChecks(ctx context.Context, a *act.Act, rows []LoadedCheck) error {
	if err := loading(a); err != nil {
		return err
	}
	cases, err := casesOf(ctx, a.DB(), rows, func(k LoadedCheck) id.ID { return k.Case })
	if err != nil {
		return err
	}
	for _, k := range rows {
		all, err := checksOf(ctx, a.DB(), k.Case)
		if err != nil {
			return err
		}
		if k.N < 0 || k.N >= len(all) {
			return fault.Clash("case.no_check")
		}
		if err := checkCheck(all[k.N], k.CheckInput, date.Of(k.At)); err != nil {
			return err
		}
		err = act.As(a, k.At, authorOf(a, k.By), func(a *act.Act) error {
			return writeCheck(ctx, a, cases[k.Case], all, k.N, k.CheckInput)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
