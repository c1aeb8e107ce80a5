//go:build e2e

package e2e

import (
	"testing"

	"serik/internal/wire/trial"
)

// A secretary signs in, sees an account and signs out, in both languages and
// on both widths.
func TestSignIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, trial.New(t))
	for _, at := range screens {
		b := s.signIn("secretary@lake", at.lang, at.width)
		b.shoot("first")
		b.open("/account")
		b.sees("secretary@lake")
		b.shoot("account")
	}
}
