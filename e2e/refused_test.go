//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"serik/internal/wire/trial"
)

// An officer sends a form that is refused, goes back and forward and loads the
// page anew: the browser never shows an error of its own, and what was typed
// stands. With the form mended the message is saved, and going back from it
// shows a page too.
func TestBackAfterRefusal(t *testing.T) {
	t.Parallel()
	s := newStage(t, trial.New(t))
	for _, at := range screens {
		b := s.signIn("duty@lake", at.lang, at.width)
		b.open("/messages/new")
		const typed = "asdf qwerty nonsense"
		b.fill("what", typed)
		b.submit()
		stands := func(step string, faults bool) {
			t.Helper()
			if got := eval[string](b, `(document.querySelector('main [name=what]') || {value: 'no form: ' + document.title}).value`); got != typed {
				t.Errorf("%s: %s: %q stands on %s", b.name, step, got, b.path())
			}
			if got := eval[bool](b, `!!document.querySelector('.govuk-error-summary')`); got != faults {
				t.Errorf("%s: %s: faults %v", b.name, step, got)
			}
			if query := eval[string](b, `location.search`); strings.Contains(query, "asdf") {
				t.Errorf("%s: %s: typed text in the address %s", b.name, step, query)
			}
		}
		stands("refused", true)
		b.shoot("refused")
		b.travel(`location.reload()`)
		stands("reload", true)
		b.travel(`history.back()`)
		stands("back", false)
		b.travel(`history.forward()`)
		stands("forward", true)
		b.submit() // refused again
		stands("refused again", true)
		b.travel(`history.back()`)
		b.travel(`history.forward()`)
		stands("back and forward", true)
		b.fill("how_known", "The class teacher saw it from the window")
		b.fill("whom", "A boy of eleven, class 5b")
		b.fill("kind", "bullying")
		b.fill("reporter_kind", "school")
		b.submit()
		if !strings.HasPrefix(b.path(), "/messages/") || b.path() == "/messages/new" {
			t.Fatalf("%s: not saved: %s", b.name, b.text())
		}
		b.travel(`history.back()`)
		if got := b.path(); got != "/messages/new" || !eval[bool](b, `!!document.querySelector('main form')`) {
			t.Errorf("%s: back from the message: %s", b.name, b.text())
		}
	}
}
