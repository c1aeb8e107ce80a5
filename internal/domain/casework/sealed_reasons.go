package casework

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/secret"
)

func (c *Case) cells() []secret.Cell {
	return []secret.Cell{cell(endReasonColumn, &c.EndReason, &c.ReasonSealed), cell(endSafetyColumn, &c.EndSafety, &c.SafetySealed),
		cell(lookColumn, &c.LookNote, &c.LookSealed)}
}

// BeforeAppendModel seals what is written.
func (c *Case) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, c.ID, c.cells()...)
}

// AfterScanRow opens what was read.
func (c *Case) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, c.ID, c.cells()...)
}

func (g *Assignment) cells() []secret.Cell {
	return []secret.Cell{cell(turnColumn, &g.Reason, &g.ReasonSealed)}
}

// BeforeAppendModel seals what is written.
func (g *Assignment) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, g.ID, g.cells()...)
}

// AfterScanRow opens what was read.
func (g *Assignment) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, g.ID, g.cells()...)
}

func (b *Absence) cells() []secret.Cell {
	return []secret.Cell{cell(absenceColumn, &b.Reason, &b.ReasonSealed)}
}

// BeforeAppendModel seals what is written.
func (b *Absence) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, b.ID, b.cells()...)
}

// AfterScanRow opens what was read.
func (b *Absence) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, b.ID, b.cells()...)
}

func (r *RiskChange) cells() []secret.Cell {
	return []secret.Cell{cell(riskColumn, &r.Reason, &r.ReasonSealed), cell(riskSecondColumn, &r.SecondReason, &r.SecondSealed)}
}

// BeforeAppendModel seals what is written.
func (r *RiskChange) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, r.ID, r.cells()...)
}

// AfterScanRow opens what was read.
func (r *RiskChange) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, r.ID, r.cells()...)
}

func (m *Measure) cells() []secret.Cell {
	return []secret.Cell{cell(groundColumn, &m.GroundNote, &m.GroundSealed), cell(doseColumn, &m.Dose, &m.DoseSealed),
		cell(deliveryColumn, &m.DeliveryNote, &m.DeliverySealed)}
}

// BeforeAppendModel seals what is written.
func (m *Measure) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, m.ID, m.cells()...)
}

// AfterScanRow opens what was read.
func (m *Measure) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, m.ID, m.cells()...)
}

func (r *Result) cells() []secret.Cell {
	return []secret.Cell{cell(resultColumn, &r.Reason, &r.ReasonSealed), cell(resultSecondColumn, &r.SecondReason, &r.SecondSealed)}
}

// BeforeAppendModel seals what is written.
func (r *Result) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, r.ID, r.cells()...)
}

// AfterScanRow opens what was read.
func (r *Result) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, r.ID, r.cells()...)
}

func (k *EndCheck) cells() []secret.Cell {
	return []secret.Cell{cell(checkColumn, &k.Note, &k.NoteSealed)}
}

// BeforeAppendModel seals what is written.
func (k *EndCheck) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, k.ID, k.cells()...)
}

// AfterScanRow opens what was read.
func (k *EndCheck) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, k.ID, k.cells()...)
}
