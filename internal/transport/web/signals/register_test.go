package signals_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// inMain is a page without its header, which has a search of its own.
func inMain(a trial.Answer) trial.Answer {
	_, a.Body, _ = strings.Cut(a.Body, "<main")
	return a
}

// A child who is not on file is registered from the triage of the message: what
// was typed to look for the child comes along, in no address, and the way leads
// back to the message, which is then about the child and asks the next thing.
func TestTriageRegistersTheChildAndComesBack(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU} {
		w := trial.New(t)
		b := w.Browse("secretary@lake", lang)
		page := entered(t, b, with(typed(), "child", "", "whom", "a boy of the fifth form, Ерлан"))
		b.Post(page, safe())
		b.Post(page+"/kind", url.Values{"version": {"2"}, "kind": {"bullying"}})
		none := b.Post(page+"/child/find", url.Values{"text": {"Сапаров Ерлан Маратұлы 2014"}})
		form := hidden(inMain(none), "/children/search")
		if form.Get("q") == "" || form.Get("message") == "" {
			t.Fatalf("%s: no way to a new file: %v", lang, form)
		}
		to := b.Post("/children/search", form)
		if to.Status != http.StatusOK || !strings.HasPrefix(to.Path, "/children/register/") || len(to.Path) != len("/children/register/")+36 {
			t.Fatalf("%s: %d at %s", lang, to.Status, to.Path)
		}
		for _, want := range []string{`value="Сапаров"`, `value="Ерлан"`, `value="Маратұлы"`, `value="2014"`, "a boy of the fifth form, Ерлан", page + "/child"} {
			if !to.Has(want) {
				t.Errorf("%s: the form lacks %s", lang, want)
			}
		}
		child := id.New()
		done := b.Post(to.Path, url.Values{"id": {child.String()}, "territory": {trial.Lake}, "family": {"Сапаров"}, "given": {"Ерлан"},
			"iin_absent": {"no_documents"}, "born-day": {"1"}, "born-month": {"4"}, "born-year": {"2014"}, "sex": {"m"}, "lang": {"kk"}, "source": {"school"}})
		if done.Status != http.StatusOK || done.Path != page || !done.Has("Ерлан С.") || !done.Has(page+"/case") || done.Has(page+"/child\"") {
			t.Errorf("%s: %d at %s: the child is not chosen, or the case is not the next thing", lang, done.Status, done.Path)
		}
		other := b.Post("/children/search", with(hidden(inMain(b.Post(page+"/other/find", url.Values{"text": {"Сапарова Дана"}})), "/children/search")))
		sibling := id.New()
		back := b.Post(other.Path, url.Values{"id": {sibling.String()}, "territory": {trial.Lake}, "family": {"Сапарова"}, "given": {"Дана"},
			"iin_absent": {"no_documents"}, "born-day": {"1"}, "born-month": {"4"}, "born-year": {"2012"}, "sex": {"f"}, "lang": {"kk"}, "source": {"school"}, "distinct": {"yes"}})
		if back.Path != page+"/other" || !back.Has(`value="`+sibling.Of(trial.Person("secretary@lake")).String()+`" checked`) || !back.Has(`name="part"`) {
			t.Errorf("%s: the other child is not chosen at %s", lang, back.Path)
		}
	}
}

// Whoever may open no file is led to none; a message of another place takes no
// child.
func TestRegistrationFromTriageIsBound(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	page := entered(t, w.Browse("secretary@lake", text.RU), with(typed(), "child", "", "whom", "a boy"))
	key := strings.TrimPrefix(page, "/messages/")
	b := w.Browse("secretary@steppe", text.RU)
	if a := b.Post("/children/search", url.Values{"q": {"Сапаров"}, "message": {key}}); a.Status != http.StatusNotFound || a.Has("a boy") {
		t.Errorf("another district: %d", a.Status)
	}
}
