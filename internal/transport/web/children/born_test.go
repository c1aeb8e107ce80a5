package children_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// A file opens with the year alone, or an age, and says so; both at once, or a
// month that is none, are refused at the field; the exact date is entered later.
func TestAFileOpensWithTheYearAlone(t *testing.T) {
	t.Parallel()
	says := map[text.Lang][3]string{text.KK: {"2014 (нақты күні белгісіз)", "11–12 жаста", "шамамен 9 жаста"},
		text.RU: {"2014 (точная дата неизвестна)", "11–12 лет", "около 9 лет"}, text.EN: {"2014 (exact date unknown)", "11–12 years old", "about 9 years old"}}
	for lang, say := range says {
		w := trial.New(t)
		b := w.Browse("secretary@lake", lang)
		open := func(more ...string) (trial.Answer, id.ID) {
			found := b.Post("/children/search", url.Values{"text": {"Сапаров Ерлан"}, "born-year": {"2014"}})
			key := id.New()
			form := url.Values{"id": {key.String()}, "territory": {trial.Lake}, "family": {"Сапаров"}, "given": {"Ерлан"}, "distinct": {"yes"},
				"iin_absent": {"no_documents"}, "sex": {"m"}, "lang": {"kk"}, "source": {"own_words"}}
			for i := 0; i < len(more); i += 2 {
				form.Set(more[i], more[i+1])
			}
			return b.Post(strings.Replace(found.Path, "found", "register", 1), form), key.Of(trial.Person("secretary@lake"))
		}
		a, key := open("born-year", "2014")
		if a.Status != http.StatusOK || !a.Has(say[0]) || !a.Has(say[1]) {
			t.Errorf("%s: %d at %s, or it does not say that the day is unknown", lang, a.Status, a.Path)
		}
		if a, _ := open("born_age", "9"); !a.Has(say[2]) {
			t.Errorf("%s: an estimated age: %d at %s", lang, a.Status, a.Path)
		}
		for field, typed := range map[string][]string{"born_age": {"born-year", "2014", "born_age", "9"}, "born": {"born-month", "13", "born-year", "2014"}} {
			if a, _ := open(typed...); a.Status != http.StatusUnprocessableEntity || !a.Has(field+"-error") {
				t.Errorf("%s: %v: %d", lang, typed, a.Status)
			}
		}
		at := "/children/" + key.String()
		form := b.Get(at + "/amend")
		if !form.Has(`name="born-year"`) || !form.Has(`value="2014"`) || form.Has(`value="12"`) {
			t.Errorf("%s: the correction does not show the year alone", lang)
		}
		done := b.Post(at+"/amend", url.Values{"version": {"1"}, "id": {id.New().String()}, "family": {"Сапаров"}, "given": {"Ерлан"}, "iin_absent": {"no_documents"},
			"born-day": {"17"}, "born-month": {"5"}, "born-year": {"2014"}, "sex": {"m"}, "lang": {"kk"}, "source": {"birth_certificate"}})
		if done.Status != http.StatusOK || done.Has(say[0]) || done.Has(say[1]) {
			t.Errorf("%s: the exact date is not taken: %d", lang, done.Status)
		}
	}
}
