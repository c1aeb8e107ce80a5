package admin_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/settings"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func TestAgencies(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU} {
		b := trial.New(t).Browse("administrator", lang)
		if a := b.Get("/admin/agencies"); a.Status != http.StatusOK || !a.Has("school of lake") || !a.Has("clinic of river") {
			t.Fatalf("list: %d", a.Status)
		}
		if a := b.Get("/admin/agencies/add"); a.Status != http.StatusOK || a.Fields() != 1 {
			t.Errorf("the place: %d", a.Status)
		}
		if a := b.Get("/admin/agencies/add?territory=" + trial.Lake); a.Status != http.StatusOK || a.Fields() != 4 {
			t.Errorf("form: %d, %d fields", a.Status, a.Fields())
		}
		form := url.Values{"id": {id.New().String()}, "territory": {trial.Lake}, "kind": {"ngo"}, "name_kk": {"Helping hand"}, "bin": {"12"}}
		if a := b.Post("/admin/agencies/add", form); a.Status != http.StatusUnprocessableEntity || !a.Has("name_ru-error") || !a.Has("bin-error") || !a.Has("Helping hand") {
			t.Errorf("refused: %d", a.Status)
		}
		form.Set("name_ru", "Helping hand")
		form.Del("bin")
		if a := b.Post("/admin/agencies/add", form); a.Status != http.StatusOK || !a.Has("Helping hand") {
			t.Errorf("added: %d", a.Status)
		}
		if a := b.Post("/admin/agencies/add", form); a.Status != http.StatusOK || a.Path != "/admin/agencies" || !saidAgain(a) {
			t.Errorf("sent twice: %d at %s", a.Status, a.Path)
		}
		edit := "/admin/agencies/" + id.ID(form.Get("id")).Of(trial.Person("administrator")).String()
		form.Set("name_kk", "Hand in hand")
		form.Set("name_ru", "Hand in hand")
		form.Set("version", "1")
		if a := b.Post(edit, form); a.Status != http.StatusOK || !a.Has("Hand in hand") {
			t.Errorf("edited: %d", a.Status)
		}
		if a := b.Post(edit, form); a.Status != http.StatusOK || a.Path != "/admin/agencies" || !saidAgain(a) {
			t.Errorf("edited twice: %d at %s", a.Status, a.Path)
		}
		form.Set("id", id.New().String())
		form.Set("name_ru", "Hand on heart")
		if a := b.Post(edit, form); a.Status != http.StatusConflict || !a.Has("sk-conflict") || !a.Has("Hand on heart") {
			t.Errorf("stale: %d", a.Status)
		}
		if a := b.Post(edit+"/close", url.Values{"version": {"2"}}); a.Status != http.StatusOK || a.Has("Hand in hand") {
			t.Errorf("closed: %d", a.Status)
		}
		if a := b.Get(edit); a.Status != http.StatusNotFound {
			t.Errorf("the closed: %d", a.Status)
		}
		school := "/admin/agencies/" + trial.Agency("school@lake").String()
		if a := b.Get(school + "/close"); a.Status != http.StatusOK || a.Fields() != 0 {
			t.Errorf("closing: %d", a.Status)
		}
		if a := b.Post(school+"/close", url.Values{"version": {"1"}}); a.Status != http.StatusConflict {
			t.Errorf("people are there: %d", a.Status)
		}
	}
}

// An administrator of one region is offered its places only, and other
// regions' bodies are not there to change.
func TestRegionsAdministrator(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	w.Must("administrator", func(ctx context.Context, a *act.Act) error {
		_, err := directory.Give(ctx, a, directory.Grant{Person: trial.Person("analyst"), Role: "administrator", Territory: trial.North})
		return err
	})
	b := w.Browse("analyst", text.RU)
	if a := b.Get("/admin/people/add"); !a.Has(`value="`+trial.Lake+`"`) || a.Has(`value="`+trial.River+`"`) {
		t.Error("places out of reach are offered")
	}
	if a := b.Get("/admin/people/add?territory="); a.Status != http.StatusUnprocessableEntity || !a.Has("Территория: выберите один вариант") || !a.Has("territory-error") {
		t.Errorf("sent on with nothing chosen: %d", a.Status)
	}
	x, y := b.Get("/admin/people/add?territory="+trial.River), b.Get("/admin/people/add?territory=1.9.9.")
	if x.Status != http.StatusNotFound || x.Body != y.Body {
		t.Errorf("a place out of reach %d and unknown %d differ", x.Status, y.Status)
	}
	x, y = b.Get("/admin/agencies/"+trial.Agency("school@river").String()), b.Get("/admin/agencies/"+id.New().String())
	if x.Status != http.StatusNotFound || x.Body != y.Body {
		t.Errorf("another's body %d and unknown %d differ", x.Status, y.Status)
	}
	// norms bind the whole country
	if a := b.Get("/admin/norms/case.plan_days"); a.Status != http.StatusOK || a.Has("/set") {
		t.Errorf("norm: %d", a.Status)
	}
	if a := b.Get("/admin/norms/case.plan_days/set"); a.Status != http.StatusForbidden {
		t.Errorf("setting: %d", a.Status)
	}
}

// saidAgain tells that a page says that the form was saved before, and when.
func saidAgain(a trial.Answer) bool {
	return regexp.MustCompile(`(уже сохранена|бұрын сақталған): \d\d:\d\d`).MatchString(a.Body)
}

func TestEveryNormHasItsPage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, lang := range []text.Lang{text.KK, text.RU} {
		b := w.Browse("curator1@lake", lang)
		a := b.Get("/admin/norms")
		for _, key := range w.Run.Book().Keys() {
			if !a.Has(`href="/admin/norms/` + key + `"`) {
				t.Errorf("%s: %s is not on the list", lang, key)
			}
			if x := b.Get("/admin/norms/" + key); x.Status != http.StatusOK || x.Has("/set") || x.Has("01.01.2001") {
				t.Errorf("%s: %s: %d", lang, key, x.Status)
			}
		}
	}
	if a := w.Browse("curator1@lake", text.KK).Get("/admin/norms/case.none"); a.Status != http.StatusNotFound {
		t.Errorf("no such norm: %d", a.Status)
	}
}

func TestNormIsSetAndVerified(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	b := w.Browse("administrator", text.RU)
	const page = "/admin/norms/case.plan_days"
	form := b.Get(page + "/set")
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(form.Body)
	if form.Status != http.StatusOK || form.Fields() != 5 || version == nil {
		t.Fatalf("form: %d, %d fields", form.Status, form.Fields())
	}
	in := url.Values{"version": {version[1]}, "value": {"many"}, "act": {"Order 41"}, "from-day": {"31"}, "from-month": {"2"}, "from-year": {"2026"}}
	if a := b.Post(page+"/set", in); a.Status != http.StatusUnprocessableEntity || !a.Has("value-error") || !a.Has("from-error") || !a.Has("Order 41") {
		t.Errorf("refused: %d", a.Status)
	}
	in.Set("value", "12")
	in.Set("from-day", "1")
	in.Set("from-month", "4")
	if a := b.Post(page+"/set", in); a.Status != http.StatusOK || !a.Has("01.04.2026") || !a.Has("12") {
		t.Errorf("planned: %d", a.Status)
	}
	if a := b.Post(page+"/set", in); a.Status != http.StatusOK || a.Path != page || !saidAgain(a) {
		t.Errorf("planned twice: %d at %s", a.Status, a.Path)
	}
	in.Set("value", "13")
	if a := b.Post(page+"/set", in); a.Status != http.StatusConflict || !a.Has("sk-conflict") {
		t.Errorf("stale: %d", a.Status)
	}
	link := regexp.MustCompile(page + `/[0-9a-f-]+/verify`).FindString(b.Get(page).Body)
	if a := b.Get(link); a.Status != http.StatusOK || a.Fields() != 3 {
		t.Fatalf("verifying %q: %d", link, a.Status)
	}
	version = regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(b.Get(link).Body)
	if a := b.Post(link, url.Values{"version": version[1:], "act": {"Order 41"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("by-error") {
		t.Errorf("by nobody: %d", a.Status)
	}
	if a := b.Post(link, url.Values{"version": version[1:], "act": {"Order 41"}, "article": {"3"}, "by": {"A lawyer"}}); a.Status != http.StatusOK || !a.Has("A lawyer") || !a.Has("Order 41, 3") {
		t.Errorf("verified: %d", a.Status)
	}
	err := w.Show("administrator", func(ctx context.Context, v *act.View) error {
		r, err := settings.One(ctx, v, w.Run.Book(), "case.plan_days")
		if !r.Now.Verified() || len(r.Planned) != 1 || r.Planned[0].From != date.New(2026, 4, 1) {
			t.Errorf("kept: %+v", r)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A guard is loosened from a later day on alone: the form says so before, not
// that a day gone by will do.
func TestTheFormOfAGuardNamesItsDay(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	b := w.Browse("administrator", text.RU)
	if a := b.Get("/admin/norms/people.hands_days/set"); a.Status != http.StatusOK || !a.Has("Более мягкое значение начинает действовать не раньше") || a.Has("Можно указать и прошедший день") {
		t.Errorf("a guard: %d", a.Status)
	}
	if a := b.Get("/admin/norms/case.plan_days/set"); a.Status != http.StatusOK || !a.Has("Можно указать и прошедший день") {
		t.Errorf("no guard: %d", a.Status)
	}
}
