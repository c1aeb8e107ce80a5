package id_test

import (
	"testing"

	"serik/internal/platform/id"
)

// What a form makes bears an identifier that the sender of the form cannot
// choose; the same form of the same person makes the same one, in its order.
func TestWhatAFormMakesIsNobodysChoice(t *testing.T) {
	t.Parallel()
	form, other, owner := id.New(), id.New(), id.New()
	made := form.Of(owner)
	if made == form || made != form.Of(owner) || made == form.Of(other) || made == other.Of(owner) {
		t.Errorf("form %s makes %s", form, made)
	}
	if made[:13] != form[:13] {
		t.Errorf("%s is not of the instant of %s", made, form)
	}
	if k, err := id.Parse(made.String()); err != nil || k != made || made[14] != '7' {
		t.Errorf("%s is no identifier: %v", made, err)
	}
	if k := id.ID("").Of(owner); k != "" {
		t.Errorf("none makes %s", k)
	}
}
