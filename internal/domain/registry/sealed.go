package registry

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"serik/internal/platform/secret"
)

// The sealed columns of the room: a copy of the database without its keys tells
// no number, no telephone, no address and nothing of why an adult is feared.
const (
	iinColumn    secret.Column = "child.iin"
	whoColumn    secret.Column = "child.contact_who"
	howColumn    secret.Column = "child.contact_how"
	notColumn    secret.Column = "child.contact_not"
	phoneColumn  secret.Column = "adult.phone"
	homeColumn   secret.Column = "address.text"
	reasonColumn secret.Column = "unsafe.reason"
	liftedColumn secret.Column = "unsafe.lifted_reason"

	hoursColumn      secret.Column = "child.contact_hours"
	gradeColumn      secret.Column = "schooling.grade"
	holdColumn       secret.Column = "child_hold.reason"
	holdLiftedColumn secret.Column = "child_hold.lifted_reason"
)

// shorter is the migration since which the shorter reasons are sealed.
const shorter = 19

func sealedIIN() secret.Sealed { return secret.Sealed{Column: iinColumn, Blind: "iin_blind"} }

func sealedPhone() secret.Sealed {
	return secret.Sealed{Column: phoneColumn, Blind: "phone_blind", Fold: foldPhone}
}

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed {
	return []secret.Sealed{sealedIIN(), {Column: whoColumn}, {Column: howColumn}, {Column: notColumn}, sealedPhone(),
		{Column: homeColumn}, {Column: reasonColumn}, {Column: liftedColumn},
		{Column: hoursColumn, Since: shorter}, {Column: gradeColumn, Since: shorter}, {Column: holdColumn, Since: shorter},
		{Column: holdLiftedColumn, Since: shorter}}
}

// foldPhone is a telephone as it is searched for: its digits, with the
// country's own 8 before them as 7.
func foldPhone(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	switch {
	case len(digits) == 11 && digits[0] == '8':
		return "7" + digits[1:]
	case len(digits) == 10 && digits[0] == '7':
		return "7" + digits
	}
	return digits
}

func (c *Child) cells() []secret.Cell {
	return []secret.Cell{{Of: sealedIIN(), Plain: (*string)(&c.IIN), Sealed: &c.IINSealed, Blind: &c.IINBlind},
		{Of: secret.Sealed{Column: whoColumn}, Plain: &c.ContactWho, Sealed: &c.WhoSealed},
		{Of: secret.Sealed{Column: howColumn}, Plain: &c.ContactHow, Sealed: &c.HowSealed},
		{Of: secret.Sealed{Column: notColumn}, Plain: &c.ContactNot, Sealed: &c.NotSealed},
		{Of: secret.Sealed{Column: hoursColumn}, Plain: &c.ContactHours, Sealed: &c.HoursSealed}}
}

// BeforeAppendModel seals what is written.
func (c *Child) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, c.ID, c.cells()...)
}

// AfterScanRow opens what was read.
func (c *Child) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, c.ID, c.cells()...)
}

func (p *Adult) cells() []secret.Cell {
	return []secret.Cell{{Of: sealedPhone(), Plain: &p.Phone, Sealed: &p.PhoneSealed, Blind: &p.PhoneBlind}}
}

// BeforeAppendModel seals what is written.
func (p *Adult) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, p.ID, p.cells()...)
}

// AfterScanRow opens what was read.
func (p *Adult) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, p.ID, p.cells()...)
}

func (x *Address) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: homeColumn}, Plain: &x.Text, Sealed: &x.TextSealed}}
}

// BeforeAppendModel seals what is written.
func (x *Address) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, x.ID, x.cells()...)
}

// AfterScanRow opens what was read.
func (x *Address) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, x.ID, x.cells()...)
}

func (u *Unsafe) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: reasonColumn}, Plain: &u.Reason, Sealed: &u.ReasonSealed},
		{Of: secret.Sealed{Column: liftedColumn}, Plain: &u.LiftedReason, Sealed: &u.LiftedSealed}}
}

// BeforeAppendModel seals what is written.
func (u *Unsafe) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, u.ID, u.cells()...)
}

// AfterScanRow opens what was read.
func (u *Unsafe) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, u.ID, u.cells()...)
}

func (s *Schooling) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: gradeColumn}, Plain: &s.Grade, Sealed: &s.GradeSealed}}
}

// BeforeAppendModel seals what is written.
func (s *Schooling) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, s.ID, s.cells()...)
}

// AfterScanRow opens what was read.
func (s *Schooling) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, s.ID, s.cells()...)
}

func (h *Hold) cells() []secret.Cell {
	return []secret.Cell{{Of: secret.Sealed{Column: holdColumn}, Plain: &h.Reason, Sealed: &h.ReasonSealed},
		{Of: secret.Sealed{Column: holdLiftedColumn}, Plain: &h.LiftedReason, Sealed: &h.LiftedSealed}}
}

// BeforeAppendModel seals what is written.
func (h *Hold) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, h.ID, h.cells()...)
}

// AfterScanRow opens what was read.
func (h *Hold) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, h.ID, h.cells()...)
}
