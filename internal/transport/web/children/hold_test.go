package children_test

import (
	"net/http"
	"net/url"
	"testing"

	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// The office forbids the erasure of a child's data and sees that it does; a
// curator is shown neither the line nor the form.
func TestHoldOnThePage(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		c := onFile(t, w, boy())
		page := "/children/" + c.ID.String()
		b := w.Browse("secretary@lake", lang)
		if a := b.Get(page); !a.Has(page+"/hold") || a.Has(page+"/release") {
			t.Error("the office is not offered the hold")
		}
		if a := b.Get(page + "/release"); a.Path != page || a.Fields() != 0 {
			t.Errorf("release of none: %d", a.Status)
		}
		if a := b.Post(page+"/hold", url.Values{"reason": {""}}); a.Status != http.StatusUnprocessableEntity || !a.Has("reason-error") {
			t.Errorf("without a reason: %d", a.Status)
		}
		if a := b.Post(page+"/hold", url.Values{"reason": {"a court asks for it"}}); a.Status != http.StatusOK || a.Path != page || !a.Has("a court asks for it") {
			t.Errorf("placed: %d at %s", a.Status, a.Path)
		}
		if a := b.Get(page); !a.Has(page+"/release") || a.Has(page+`/hold"`) {
			t.Error("what stands is not what is offered")
		}
		if a := b.Post(page+"/hold", url.Values{"reason": {"another inquiry"}}); a.Status != http.StatusConflict || !a.Has("another inquiry") {
			t.Errorf("twice: %d", a.Status)
		}
		if a := w.Browse("duty@lake", lang).Get(page + "/hold"); a.Status != http.StatusForbidden {
			t.Errorf("duty: %d", a.Status)
		}
		if a := b.Get(page + "/release"); a.Status != http.StatusOK || a.Fields() != 1 || !a.Has("a court asks for it") {
			t.Errorf("release: %d", a.Status)
		}
		if a := b.Post(page+"/release", url.Values{"reason": {"decided"}}); a.Status != http.StatusOK || a.Path != page || a.Has("a court asks for it") {
			t.Errorf("lifted: %d", a.Status)
		}
	})
}
