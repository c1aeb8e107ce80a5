package erasures_test

import (
	"context"
	"html"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/text"
	"serik/internal/transport/web/erasures"
	"serik/internal/wire/trial"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

// The data officer sees what is due and asks; cannot answer the own asking; the
// chair finds it in the inbox and agrees, and the file is nobody's.
func TestTwoPersonsEraseAFile(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	var c registry.Child
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, registry.Registration{Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "unknown",
			Family: "Тексеров", Given: "Арман", Born: date.New(2012, 5, 17), Sex: "m", Lang: "kk", Source: "school"}})
		return err
	})
	w.Set(date.New(2045, 3, 3).Start().Add(5 * time.Hour))
	for _, lang := range []text.Lang{text.KK, text.RU} {
		officer := w.Browse("data@north", lang)
		list := officer.Get(erasures.URL)
		form := erasures.URL + "/ask/child/" + c.ID.String()
		if list.Status != 200 || !list.Has(form) || !list.Has("Арман") {
			t.Fatalf("the list: %d\n%s", list.Status, list.Body)
		}
		if a := officer.Get(form); a.Status != 200 || a.Fields() < 1 {
			t.Errorf("the form: %d, %d fields", a.Status, a.Fields())
		}
		if a, _ := officer.Push(form, url.Values{"reason": {""}}); a.Status != 422 {
			t.Errorf("without a reason: %d", a.Status)
		}
	}
	officer, chair := w.Browse("data@north", text.RU), w.Browse("chair@lake", text.KK)
	a, head := officer.Push(erasures.URL+"/ask/child/"+c.ID.String(), url.Values{"reason": {"the years are over"}})
	if a.Status != 303 {
		t.Fatalf("asked: %d %s", a.Status, a.Body)
	}
	to := head.Get("Location")
	if own := officer.Get(to); own.Status != 200 || own.Has(`name="agree"`) {
		t.Errorf("who asked may answer: %d", own.Status)
	}
	if a, _ := officer.Push(to, url.Values{"agree": {"yes"}, "reason": {"x"}}); a.Status != 409 {
		t.Errorf("alone: %d", a.Status)
	}
	if inbox := chair.Get("/account/inbox"); !inbox.Has(to) {
		t.Errorf("the chair is not told of %s", to)
	}
	if page := chair.Get(to); page.Status != 200 || !page.Has(`name="agree"`) || page.Has("Арман") || !page.Has("/children/"+c.ID.String()) {
		t.Errorf("the chair's page: %d", page.Status)
	}
	if page := w.Browse("protection", text.RU).Get(to); page.Status == 200 && page.Has("/children/") {
		t.Error("the protection officer is led to a file that is closed to them")
	}
	if a, _ := chair.Push(to, url.Values{"agree": {""}, "reason": {"kept text"}}); a.Status != 422 || !a.Has("kept text") {
		t.Errorf("without a choice: %d", a.Status)
	}
	if a, _ := chair.Push(to, url.Values{"agree": {"yes"}, "reason": {"looked at it"}}); a.Status != 303 {
		t.Errorf("agreed: %d %s", a.Status, a.Body)
	}
	if a := officer.Get("/children/" + c.ID.String()); a.Status != 404 {
		t.Errorf("the file: %d", a.Status)
	}
	if a := chair.Get(to); a.Status != 200 || !a.Has("child 1") {
		t.Errorf("afterwards: %d", a.Status)
	}
	stranger := w.Browse("chair@steppe", text.RU)
	if a := stranger.Get(to); a.Status != 404 {
		t.Errorf("of another district: %d", a.Status)
	}
}

// A heading that counts more than its table shows says so, and leads to the
// rest; the second person reads what would go, what stays and the years.
func TestEveryDueRowIsReached(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	var first registry.Child
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		for i := range 53 {
			c, err := registry.Register(ctx, a, registry.Registration{Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "unknown",
				Family: "Тексеров", Given: "Арман", Born: date.New(2012, 5, 1+i%28), Sex: "m", Lang: "kk", Source: "school"}})
			if err != nil {
				return err
			}
			first = c
		}
		return nil
	})
	w.Set(date.New(2045, 3, 3).Start().Add(5 * time.Hour))
	officer := w.Browse("data@north", text.RU)
	link := regexp.MustCompile(`href="(/erasures\?[^"]+)"`)
	seen, at := 0, erasures.URL
	for range 3 {
		a := officer.Get(at)
		if a.Status != 200 || !a.Has("53 карточки") {
			t.Fatalf("%s: %d", at, a.Status)
		}
		seen += strings.Count(a.Body, `href="/erasures/ask/child/`)
		m := link.FindStringSubmatch(a.Body)
		if m == nil {
			break
		}
		if !a.Has("Показано на этой странице: 50 из 53") {
			t.Error("how many are shown is not said")
		}
		at = html.UnescapeString(m[1])
	}
	if seen != 53 {
		t.Errorf("%d of 53 reached", seen)
	}
	_, head := officer.Push(erasures.URL+"/ask/child/"+first.ID.String(), url.Values{"reason": {"the years are over"}})
	if a := w.Browse("protection", text.RU).Get("/my-day"); !a.Has("1 запрос на удаление данных ждёт Вашего ответа") {
		t.Error("the protection officer's day does not lead to what waits")
	}
	if a := officer.Get("/my-day"); a.Has("ждёт Вашего ответа") || !a.Has("в разделе «Удаление данных»") || !a.Has(`href="/erasures"`) {
		t.Error("the data officer's guide")
	}
	if a := w.Browse("chair@lake", text.RU).Get(head.Get("Location")); !a.Has("Удаляются имя, ИИН") || !a.Has("Для подсчёта остаются") || !regexp.MustCompile(`: \d+ (лет|год|года)<`).MatchString(a.Body) {
		t.Errorf("the second person: %d", a.Status)
	}
}
