package cases_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// hidden takes a value that a page sends along.
func hidden(t *testing.T, a trial.Answer, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(a.Body)
	if found == nil {
		t.Fatalf("%s holds no %s", a.Path, name)
	}
	return found[1]
}

// Two presses of one form at the same instant save one contact, and both are
// led to it.
func TestDoublePress(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	w.Pass(48 * time.Hour)
	page := "/cases/" + c.ID.String() + "/contact"
	b := w.Browse("curator1@lake", text.RU)
	form := versioned(b, page, fresh("kind", "visit", "seen", "alone", "happened", "04.03.2026 09:30", "words", "I sleep well"))
	var all sync.WaitGroup
	answers := make([]trial.Answer, 4)
	for i := range answers {
		all.Go(func() { answers[i] = b.Post(page, form) })
	}
	all.Wait()
	for _, a := range answers {
		if a.Status != http.StatusOK || a.Path != page+"s" || strings.Count(a.Body, "I sleep well") != 1 {
			t.Errorf("%d at %s", a.Status, a.Path)
		}
	}
}

// One's own second press of a form that changed the record is no conflict with
// somebody else; a text changed after going back is shown, not dropped.
func TestBackAndAgain(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	page := "/cases/" + c.ID.String() + "/plan/edit"
	for n, lang := range langs {
		b := w.Browse("curator1@lake", lang)
		form := versioned(b, page, fresh("goals", "sleeps at home", "child_view", "I want to", "review-day", "1", "review-month", "6", "review-year", "2026"))
		form.Set("goals", form.Get("goals")+strings.Repeat("!", n))
		posts(t, b, page, form)
		said := map[text.Lang]string{text.KK: "бұрын сақталған: 10:00", text.RU: "уже сохранена: 10:00"}[lang]
		if a := posts(t, b, page, form); !a.Has(said) || !strings.HasSuffix(a.Path, "/plan") {
			t.Errorf("again: at %s", a.Path)
		}
		form.Set("goals", "sleeps at home and eats")
		a := b.Post(page, form)
		if a.Status != http.StatusConflict || !a.Has("sleeps at home and eats") || !a.Has("(10:00)") {
			t.Fatalf("changed after going back: %d", a.Status)
		}
		if hidden(t, a, "id") == form.Get("id") || hidden(t, a, "version") == form.Get("version") {
			t.Error("the changed text can only be lost")
		}
		form.Set("id", hidden(t, a, "id"))
		form.Set("version", hidden(t, a, "version"))
		if a := posts(t, b, page, form); !a.Has("sleeps at home and eats") {
			t.Error("the changed text is not saved")
		}
	}
}

// The same form sent from a new session leads to its record too.
func TestAgainFromAnotherSession(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	w.Pass(48 * time.Hour)
	page := "/cases/" + c.ID.String() + "/contact"
	form := fresh("kind", "visit", "seen", "alone", "happened", "04.03.2026 09:30", "words", "I sleep well")
	b := w.Browse("curator1@lake", text.RU)
	form = versioned(b, page, form)
	posts(t, b, page, form)
	for _, to := range []string{"/contacts", ""} { // where it led before; after a restart, its record
		a := w.Browse("curator1@lake", text.RU).Post(page, form)
		if a.Status != http.StatusOK || a.Path != "/cases/"+c.ID.String()+to || !a.Has("уже сохранена") {
			t.Errorf("%d at %s", a.Status, a.Path)
		}
		w.Restart()
	}
	// Somebody else's own form is nobody's second press.
	if a := w.Browse("secretary@steppe", text.RU).Post(page, form); a.Status != http.StatusNotFound {
		t.Errorf("foreign: %d", a.Status)
	}
}

// A button without a form of its own, pressed twice, says that it was done.
func TestAcceptTwice(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "curator1@lake")
	b := w.Browse("curator1@lake", text.KK)
	at := "/cases/" + c.ID.String()
	b.Post(at+"/accept", url.Values{})
	if a := b.Post(at+"/accept", url.Values{}); a.Status != http.StatusOK || a.Path != at || !a.Has("бұрын сақталған: 10:00") {
		t.Errorf("%d at %s", a.Status, a.Path)
	}
}

// What is wrong with a date is said, and the summary leads to the box.
func TestDateSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	page := "/cases/" + c.ID.String() + "/plan/edit"
	b := w.Browse("curator1@lake", text.RU)
	for boxes, want := range map[[3]string][2]string{
		{"", "6", "2026"}:    {"Укажите день", "#review"},
		{"1", "", "2026"}:    {"Укажите месяц", "#review-month"},
		{"1", "6", ""}:       {"Укажите год", "#review-year"},
		{"32", "6", "2026"}:  {"от 1 до 31", "#review"},
		{"1", "13", "2026"}:  {"от 1 до 12", "#review-month"},
		{"1", "6", "26"}:     {"четырьмя цифрами", "#review-year"},
		{"1", "6", "1850"}:   {"Год вне допустимых пределов", "#review-year"},
		{"31", "6", "2026"}:  {"Такой даты нет", "#review"},
		{"one", "6", "2026"}: {"от 1 до 31", "#review"},
	} {
		a := b.Post(page, versioned(b, page, fresh("goals", "x", "child_view", "y", "review-day", boxes[0], "review-month", boxes[1], "review-year", boxes[2])))
		if a.Status != http.StatusUnprocessableEntity || !a.Has(want[0]) || !a.Has(`href="`+want[1]+`"`) || !a.Has(`id="`+want[1][1:]+`"`) {
			t.Errorf("%v: %d %v", boxes, a.Status, errorsOf(a))
		}
	}
}

// A term too soon for a reading is refused at the term, where the short form
// asks no day of reading.
func TestTermTooSoon(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	page := "/cases/" + c.ID.String() + "/measure"
	form := fresh("kind", "mentoring", "subject", "child", "indicator", "lessons_missed_week", "executor", "person:"+trial.Person("executor@lake").String(),
		"ground", "consent", "ground_note", "mother, today", "baseline", "1", "target", "4", "due-day", "3", "due-month", "3", "due-year", "2026")
	a := w.Browse("curator1@lake", text.RU).Post(page, form)
	if a.Status != http.StatusUnprocessableEntity || !a.Has(`href="#due"`) || a.Has(`href="#check"`) || !a.Has("позже дня начала") {
		t.Errorf("%d %v", a.Status, errorsOf(a))
	}
}

// The summary says which question each line is about, in the order of the page.
func TestSummaryNamesTheQuestions(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	page := "/cases/" + c.ID.String() + "/contact"
	for lang, want := range map[text.Lang][]string{
		text.RU: {"Удалось увидеть ребёнка: выберите один вариант", "Когда: заполните это поле"},
		text.KK: {"Баланы көрдіңіз бе: біреуін таңдаңыз", "Қашан: осы өрісті толтырыңыз"},
	} {
		b := w.Browse("curator1@lake", lang)
		said := errorsOf(b.Post(page, versioned(b, page, fresh("kind", "visit"))))
		i, j := strings.Index(said, want[0]), strings.Index(said, want[1])
		if i < 0 || j < i {
			t.Errorf("%s: %s", lang, said)
		}
	}
}
