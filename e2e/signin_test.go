//go:build e2e

package e2e

import (
	"testing"

	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// A secretary signs in, sees an account and signs out, in both languages and
// on both widths.
func TestSignIn(t *testing.T) {
	s := newStage(t, trial.New(t))
	for _, lang := range []text.Lang{text.KK, text.RU} {
		for _, width := range []int64{360, 1280} {
			b := s.signIn("secretary@lake", lang, width)
			b.shoot("first")
			b.open("/account")
			b.sees("secretary@lake")
			b.shoot("account")
		}
	}
}
