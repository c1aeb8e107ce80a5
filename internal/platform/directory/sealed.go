package directory

import (
	"context"

	"github.com/uptrace/bun"

	"serik/internal/platform/secret"
)

// The sealed column of the room: what makes the codes of an authenticator
// application.
const appColumn secret.Column = "totp.secret"

func sealedApp() secret.Sealed { return secret.Sealed{Column: appColumn, Born: true} }

// Sealed lists the room's sealed columns.
func Sealed() []secret.Sealed { return []secret.Sealed{sealedApp()} }

func (x *app) cells() []secret.Cell {
	return []secret.Cell{{Of: sealedApp(), Plain: &x.Secret, Sealed: &x.SecretSealed}}
}

// BeforeAppendModel seals what is written.
func (x *app) BeforeAppendModel(ctx context.Context, q bun.Query) error {
	return secret.Shut(ctx, q, x.ID, x.cells()...)
}

// AfterScanRow opens what was read.
func (x *app) AfterScanRow(ctx context.Context) error {
	return secret.Reveal(ctx, x.ID, x.cells()...)
}
