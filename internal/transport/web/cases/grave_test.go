package cases_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Who goes back after an assessment finds no former answer in the form, and a
// form drawn from another assessment than the last writes nothing.
func TestGoingBackWritesNoSecondAssessment(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	page := "/cases/" + c.ID.String() + "/assessment"
	b := w.Browse("curator1@lake", text.RU)
	off := regexp.MustCompile(`<form action="` + page + `"[^>]* autocomplete="off"`)
	upon := regexp.MustCompile(`name="upon" value="([^"]*)"`)
	from := func() string {
		a := b.Get(page)
		m := upon.FindStringSubmatch(a.Body)
		if !off.MatchString(a.Body) || m == nil {
			t.Fatalf("%d: a browser may put former answers into the form", a.Status)
		}
		return m[1]
	}
	form := fresh("upon", from())
	for _, d := range casework.Domains() {
		form.Set(d, "2")
	}
	posts(t, b, page, form)
	w.Pass(time.Hour)
	again := fresh("upon", form.Get("upon"), "safety", "1")
	if a := b.Post(page, again); a.Status != http.StatusConflict {
		t.Errorf("an old form: %d", a.Status)
	}
	posts(t, b, page, fresh("upon", from(), "safety", "1"))
}

// A meeting written, gone back to and sent again leads to the contacts and says
// that it is saved already; other words about it stay on the form.
func TestTheSameMeetingLeadsToTheContacts(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	w.Pass(24 * time.Hour)
	page := "/cases/" + c.ID.String() + "/contact"
	b := w.Browse("curator1@lake", text.RU)
	meet := func(words string) trial.Answer {
		return b.Post(page, fresh("kind", "visit", "seen", "alone", "happened", "4.3.2026, 9:30", "words", words))
	}
	meet("I sleep well")
	if a := meet("I sleep well"); a.Path != page+"s" || !a.Has("уже сохранена") || strings.Count(a.Body, "I sleep well") != 1 {
		t.Errorf("the same again: %d at %s", a.Status, a.Path)
	}
	if a := meet("I do not sleep"); a.Status != http.StatusConflict || !a.Has("I do not sleep") || !a.Has("Вы уже записали") {
		t.Errorf("other words: %d at %s", a.Status, a.Path)
	}
}

// The page of a measure names the child and the case to who may read the case,
// and to its executor no more than before.
func TestAMeasureNamesItsCaseToItsPeople(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	link := `href="/cases/` + c.ID.String() + `"`
	for who, inside := range map[string]bool{"curator1@lake": true, "secretary@lake": true, "executor@lake": false} {
		a := w.Browse(who, text.RU).Get("/measures/" + m.ID.String())
		if a.Status != http.StatusOK || a.Has(c.No) != inside || strings.Contains(a.Body, link) != inside {
			t.Errorf("%s: %d, number %v, link %v", who, a.Status, a.Has(c.No), strings.Contains(a.Body, link))
		}
		if inside && !a.Has("Ребёнок") {
			t.Errorf("%s: the child is not named", who)
		}
	}
}
