package signal

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/secret"
)

// The sealed columns of the room: what was told, of whom, by whom, and each
// reason that a person has written.
const (
	whatColumn         secret.Column = "signal.what"
	howKnownColumn     secret.Column = "signal.how_known"
	whomColumn         secret.Column = "signal.whom"
	withWhomColumn     secret.Column = "signal.with_whom"
	actionResultColumn secret.Column = "signal.action_result"
	toldWhomColumn     secret.Column = "signal.told_whom"
	toldHowColumn      secret.Column = "signal.told_how"
	tellerColumn       secret.Column = "signal_reporter.name"
	reachColumn        secret.Column = "signal_reporter.contact"
	reasonColumn       secret.Column = "signal.reason"
	checkedColumn      secret.Column = "signal_child.checked"
	needColumn         secret.Column = "signal_child.need"
	passColumn         secret.Column = "signal_pass.reason"
	refusalColumn      secret.Column = "signal_pass.refusal"
)

// shorter is the migration since which the shorter reasons are sealed.
const shorter = 19

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed {
	return []secret.Sealed{{Column: whatColumn}, {Column: howKnownColumn}, {Column: whomColumn}, {Column: withWhomColumn}, {Column: actionResultColumn}, {Column: toldWhomColumn}, {Column: toldHowColumn},
		{Column: tellerColumn, Key: "signal"}, {Column: reachColumn, Key: "signal"},
		{Column: reasonColumn, Since: shorter, Must: true}, {Column: checkedColumn, Since: shorter}, {Column: needColumn, Since: shorter},
		{Column: passColumn, Since: shorter}, {Column: refusalColumn, Since: shorter}}
}

func (s *Signal) cells() []secret.Cell {
	return []secret.Cell{
		{Of: secret.Sealed{Column: whatColumn}, Plain: &s.What, Sealed: &s.WhatSealed},
		{Of: secret.Sealed{Column: howKnownColumn}, Plain: &s.HowKnown, Sealed: &s.HowKnownSealed},
		{Of: secret.Sealed{Column: whomColumn}, Plain: &s.Whom, Sealed: &s.WhomSealed},
		{Of: secret.Sealed{Column: withWhomColumn}, Plain: &s.WithWhom, Sealed: &s.WithWhomSealed},
		{Of: secret.Sealed{Column: actionResultColumn}, Plain: &s.ActionResult, Sealed: &s.ActionResultSealed},
		{Of: secret.Sealed{Column: toldWhomColumn}, Plain: &s.ToldWhom, Sealed: &s.ToldWhomSealed},
		{Of: secret.Sealed{Column: toldHowColumn}, Plain: &s.ToldHow, Sealed: &s.ToldHowSealed},
		{Of: secret.Sealed{Column: reasonColumn}, Plain: &s.Reason, Sealed: &s.ReasonSealed},
	}
}

// BeforeAppendModel seals what is written.
func (s *Signal) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, s.ID, s.cells()...)
}

// AfterScanRow opens what was read.
func (s *Signal) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, s.ID, s.cells()...)
}

func (r *Reporter) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: tellerColumn}, Plain: &r.Name, Sealed: &r.NameSealed},
		{Of: secret.Sealed{Column: reachColumn}, Plain: &r.Contact, Sealed: &r.ContactSealed}}
}

// BeforeAppendModel seals what is written.
func (r *Reporter) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, r.Signal, r.cells()...)
}

// AfterScanRow opens what was read.
func (r *Reporter) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, r.Signal, r.cells()...)
}

func (o *Other) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: checkedColumn}, Plain: &o.Checked, Sealed: &o.CheckedSealed},
		{Of: secret.Sealed{Column: needColumn}, Plain: &o.Need, Sealed: &o.NeedSealed}}
}

// BeforeAppendModel seals what is written.
func (o *Other) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, o.ID, o.cells()...)
}

// AfterScanRow opens what was read.
func (o *Other) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, o.ID, o.cells()...)
}

func (p *Passing) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: passColumn}, Plain: &p.Reason, Sealed: &p.ReasonSealed},
		{Of: secret.Sealed{Column: refusalColumn}, Plain: &p.Refusal, Sealed: &p.RefusalSealed}}
}

// BeforeAppendModel seals what is written.
func (p *Passing) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, p.ID, p.cells()...)
}

// AfterScanRow opens what was read.
func (p *Passing) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, p.ID, p.cells()...)
}
