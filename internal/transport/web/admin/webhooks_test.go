package admin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// An administrator adds a receiver, sees its secret this one time, and works
// with it; nobody else finds the pages.
func TestWebhookPages(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		w := trial.New(t)
		b := w.Browse("administrator", lang)
		if a := b.Get("/admin/webhooks"); a.Status != http.StatusOK || !a.Has(`href="/admin/webhooks/add"`) {
			t.Fatalf("%s: the empty list: %d", lang, a.Status)
		}
		form := b.Get("/admin/webhooks/add")
		if form.Status != http.StatusOK || form.Fields() > 8 {
			t.Fatalf("%s: %d, %d fields", lang, form.Status, form.Fields())
		}
		bears := id.ID(regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(form.Body)[1])
		in := url.Values{"id": {bears.String()}, "name": {"Мектеп жүйесі"}, "url": {"https://user:pw@hooks.example.kz/"}, "owner": {"nobody"}, "types": {"case"}}
		a := b.Post("/admin/webhooks/add", in)
		if a.Status != http.StatusUnprocessableEntity || !a.Has("Мектеп жүйесі") || !a.Has("user:pw@") || strings.Count(a.Body, "govuk-error-message") < 2 {
			t.Errorf("%s: a wrong form: %d", lang, a.Status)
		}
		in.Set("url", "https://hooks.example.kz/key")
		in.Set("owner", "")
		if a := b.Post("/admin/webhooks/add", in); !a.Has(map[text.Lang]string{text.KK: "Осы өрісті толтырыңыз", text.RU: "Заполните это поле", text.EN: "Fill in this field"}[lang]) || !a.Has("owner-error") {
			t.Error("a blank owner is no login that is not found")
		}
		in.Set("owner", "secretary@lake")
		a = b.Post("/admin/webhooks/add", in)
		secret := regexp.MustCompile(`whsec_[A-Za-z0-9+/=&#;]+`).FindString(a.Body)
		if a.Status != http.StatusOK || secret == "" {
			t.Fatalf("%s: made: %d", lang, a.Status)
		}
		at := "/admin/webhooks/" + bears.Of(trial.Person("administrator")).String()
		page := b.Get(at)
		if page.Status != http.StatusOK || page.Has("whsec_") || page.Has("/key") || !page.Has("hooks.example.kz") || !page.Has(at+"/test") {
			t.Errorf("%s: the page: %d", lang, page.Status)
		}
		for _, step := range []string{"test", "stop", "start"} {
			if x := b.Post(at+"/"+step, nil); x.Status != http.StatusOK {
				t.Errorf("%s: %s: %d", lang, step, x.Status)
			}
		}
		page = b.Get(at)
		dead := regexp.MustCompile(at + `/dead/[0-9a-f-]+`).FindString(page.Body)
		if dead == "" || !page.Has("webhook.test") {
			t.Fatalf("%s: the dead delivery is not listed", lang)
		}
		if x := b.Post(dead, nil); x.Status != http.StatusOK || x.Has(dead) {
			t.Errorf("%s: sent again: %d", lang, x.Status)
		}
		if x := b.Post(at+"/secret", nil); x.Status != http.StatusOK || !x.Has("whsec_") {
			t.Errorf("%s: a new secret: %d", lang, x.Status)
		}
		for _, step := range []string{"/secret", "/remove"} {
			if x := b.Get(at + step); x.Status != http.StatusOK || x.Has("[webhook.") {
				t.Errorf("%s: %s: %d", lang, step, x.Status)
			}
		}
		if x := b.Post(at+"/remove", nil); x.Status != http.StatusOK || x.Has("hooks.example.kz") {
			t.Errorf("%s: removed: %d", lang, x.Status)
		}
		if x := b.Get(at); x.Status != http.StatusNotFound {
			t.Errorf("%s: after the removal: %d", lang, x.Status)
		}
		for _, other := range []string{"secretary@lake", "protection", "regional@north"} {
			if x := w.Browse(other, lang).Get("/admin/webhooks"); x.Status != http.StatusForbidden {
				t.Errorf("%s: %s: %d", lang, other, x.Status)
			}
		}
	}
}
