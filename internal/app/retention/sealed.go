package retention

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// The sealed columns of the room: why somebody asked, and what was answered.
const (
	reasonColumn secret.Column = "erasure.reason"
	answerColumn secret.Column = "erasure.answer"
)

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed {
	return []secret.Sealed{{Column: reasonColumn, Born: true}, {Column: answerColumn, Born: true}}
}

// Erasure is what one person asks for and another agrees to or refuses. It
// holds identifiers, reasons and numbers: nothing of what was erased.
type Erasure struct {
	bun.BaseModel `bun:"table:erasure,alias:e"`
	ID            id.ID `bun:",pk"`
	Noun          string
	Subject       id.ID
	Territory     string
	Norm          string
	Years         int
	Reason        string `bun:"-"`
	AskedBy       id.ID
	AskedAt       time.Time
	State         string // asked, refused, done
	AnsweredBy    id.ID
	AnsweredAt    *time.Time
	Answer        string `bun:"-"`
	Counts        string // rows, as JSON
	Again         bool   // done once more by an operator, after a restore

	ReasonSealed string `bun:"reason"`
	AnswerSealed string `bun:"answer"`
}

func (e *Erasure) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: reasonColumn}, Plain: &e.Reason, Sealed: &e.ReasonSealed},
		{Of: secret.Sealed{Column: answerColumn}, Plain: &e.Answer, Sealed: &e.AnswerSealed}}
}

// BeforeAppendModel seals what is written.
func (e *Erasure) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, e.ID, e.cells()...)
}

// AfterScanRow opens what was read.
func (e *Erasure) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, e.ID, e.cells()...)
}
