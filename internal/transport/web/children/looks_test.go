package children_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"serik/internal/platform/date"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Looks of one person at one thing on one day are one row with their times; the
// column of acts says how, not why.
func TestEqualLooksAreOneRow(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	page := "/children/" + w.Child(trial.Lake, date.New(2012, 5, 17)).String()
	b := w.Browse("secretary@lake", text.RU)
	for range 3 {
		b.Get(page)
		w.Pass(time.Minute)
	}
	a := b.Get(page + "/looks")
	if a.Status != http.StatusOK || strings.Count(a.Body, "3 раза") != 1 || a.Has(">Основание<") || !a.Has("Как") {
		t.Errorf("looks: %d, %d rows", a.Status, strings.Count(a.Body, "<tr"))
	}
}
