package casework

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"serik/internal/platform/secret"
)

// The sealed columns of the room: the child's own words and view, what was
// seen, and each reason that a person has written. What is left in the open are
// keys of lists, numbers, days, and who did it.
const (
	wordsColumn secret.Column = "contact.child_words"
	seenColumn  secret.Column = "contact.note"
	foundColumn secret.Column = "assessment.note"
	viewColumn  secret.Column = "plan.child_view"

	endReasonColumn    secret.Column = "case_file.end_reason"
	endSafetyColumn    secret.Column = "case_file.end_safety"
	lookColumn         secret.Column = "case_file.look_note"
	turnColumn         secret.Column = "assignment.reason"
	absenceColumn      secret.Column = "absence.reason"
	riskColumn         secret.Column = "risk_change.reason"
	riskSecondColumn   secret.Column = "risk_change.second_reason"
	goalsColumn        secret.Column = "plan.goals"
	unaskedColumn      secret.Column = "plan.view_absent"
	groundColumn       secret.Column = "measure.ground_note"
	doseColumn         secret.Column = "measure.dose"
	deliveryColumn     secret.Column = "measure.delivery_note"
	resultColumn       secret.Column = "result.reason"
	resultSecondColumn secret.Column = "result.second_reason"
	checkColumn        secret.Column = "end_check.note"
)

// shorter is the migration since which the shorter reasons are sealed.
const shorter = 19

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed {
	all := []secret.Sealed{{Column: wordsColumn}, {Column: seenColumn}, {Column: foundColumn}, {Column: viewColumn}}
	for _, c := range []secret.Column{endReasonColumn, endSafetyColumn, lookColumn, turnColumn, absenceColumn, riskColumn, riskSecondColumn,
		goalsColumn, unaskedColumn, groundColumn, doseColumn, deliveryColumn, resultColumn, resultSecondColumn, checkColumn} {
		all = append(all, secret.Sealed{Column: c, Since: shorter})
	}
	for i, s := range all {
		all[i].Must = slices.Contains([]secret.Column{viewColumn, unaskedColumn, endSafetyColumn, resultColumn}, s.Column)
	}
	return all
}

func cell(of secret.Column, plain, sealed *string) secret.Cell {
	return secret.Cell{Of: secret.Sealed{Column: of}, Plain: plain, Sealed: sealed}
}

func (k *Contact) cells() []secret.Cell {
	return []secret.Cell{cell(wordsColumn, &k.ChildWords, &k.WordsSealed), cell(seenColumn, &k.Note, &k.NoteSealed)}
}

// BeforeAppendModel seals what is written.
func (k *Contact) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, k.ID, k.cells()...)
}

// AfterScanRow opens what was read.
func (k *Contact) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, k.ID, k.cells()...)
}

func (s *Assessment) cells() []secret.Cell {
	return []secret.Cell{cell(foundColumn, &s.Note, &s.NoteSealed)}
}

// BeforeAppendModel seals what is written.
func (s *Assessment) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, s.ID, s.cells()...)
}

// AfterScanRow opens what was read.
func (s *Assessment) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, s.ID, s.cells()...)
}

func (p *Plan) cells() []secret.Cell {
	return []secret.Cell{cell(viewColumn, &p.ChildView, &p.ViewSealed), cell(goalsColumn, &p.Goals, &p.GoalsSealed),
		cell(unaskedColumn, &p.ViewAbsent, &p.AbsentSealed)}
}

// BeforeAppendModel seals what is written.
func (p *Plan) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, p.ID, p.cells()...)
}

// AfterScanRow opens what was read.
func (p *Plan) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, p.ID, p.cells()...)
}
