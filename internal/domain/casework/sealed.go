package casework

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/secret"
)

// The sealed columns of the room: the child's own words and view, and what was
// seen.
const (
	wordsColumn secret.Column = "contact.child_words"
	seenColumn  secret.Column = "contact.note"
	foundColumn secret.Column = "assessment.note"
	viewColumn  secret.Column = "plan.child_view"
)

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed {
	return []secret.Sealed{{Column: wordsColumn}, {Column: seenColumn}, {Column: foundColumn}, {Column: viewColumn}}
}

func (k *Contact) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: wordsColumn}, Plain: &k.ChildWords, Sealed: &k.WordsSealed},
		{Of: secret.Sealed{Column: seenColumn}, Plain: &k.Note, Sealed: &k.NoteSealed}}
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
	return []secret.Cell{{Of: secret.Sealed{Column: foundColumn}, Plain: &s.Note, Sealed: &s.NoteSealed}}
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
	return []secret.Cell{{Of: secret.Sealed{Column: viewColumn}, Plain: &p.ChildView, Sealed: &p.ViewSealed}}
}

// BeforeAppendModel seals what is written.
func (p *Plan) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, p.ID, p.cells()...)
}

// AfterScanRow opens what was read.
func (p *Plan) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, p.ID, p.cells()...)
}
