package people_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func held(t *testing.T, w *trial.World, curator string) casework.Case {
	t.Helper()
	o := casework.Opening{ID: id.New(), Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake,
		Problems: []string{"bullying"}, Risk: casework.High, Reason: "told by the class teacher", Curator: trial.Person(curator)}
	var c casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, o, registry.Home)
		return err
	})
	w.Must(curator, func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	return c
}

func page(who string) string { return "/people/" + trial.Person(who).String() }

func TestCuratorsOfTheScope(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	for who, want := range map[string]struct {
		list, cases bool
		one         int
	}{
		"secretary@lake": {true, true, 200}, "chair@lake": {true, true, 200}, "regional@north": {true, false, 200},
		"secretary@steppe": {false, false, 404}, "regional@south": {false, false, 404},
	} {
		b := w.Browse(who, text.RU)
		if a := b.Get("/people"); a.Status != http.StatusOK || a.Has(page("curator1@lake")) != want.list {
			t.Errorf("%s: list %d", who, a.Status)
		}
		if a := b.Get(page("curator1@lake")); a.Status != want.one || a.Has(c.No) != want.cases {
			t.Errorf("%s: %d, cases %v", who, a.Status, a.Has(c.No))
		}
	}
	if a := w.Browse("curator1@lake", text.KK).Get("/people"); a.Status != http.StatusForbidden {
		t.Errorf("a curator: %d", a.Status)
	}
}

// Story 5: fourteen cases in one screen, the numbers before the button, three
// wait and stand without a curator at once.
func TestHandoverByForm(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	var cases []casework.Case
	form := url.Values{"id": {id.New().String()}, "reason": {"leaves the service"}, "to": {trial.Person("curator2@lake").String()}}
	for range 14 {
		c := held(t, w, "curator1@lake")
		cases = append(cases, c)
		form.Set("to."+c.ID.String(), "")
	}
	form.Set("to."+cases[0].ID.String(), trial.Person("curator3@lake").String())
	b := w.Browse("secretary@lake", text.RU)
	at := page("curator1@lake") + "/handover"
	if a := b.Get(at); a.Status != http.StatusOK || !a.Has(cases[13].No) {
		t.Fatalf("form: %d", a.Status)
	}
	if a := b.Post(at+"/check", form); a.Status != http.StatusUnprocessableEntity || !a.Has("leaves the service") || !a.Has("keep-error") {
		t.Errorf("no choice of now or later: %d", a.Status)
	}
	form.Set("keep", "now")
	form.Set("to."+cases[1].ID.String(), trial.Person("curator1@river").String())
	if a := b.Post(at+"/check", form); a.Status != http.StatusUnprocessableEntity || !a.Has("to."+cases[1].ID.String()+"-error") {
		t.Errorf("a curator of another land: %d", a.Status)
	}
	form.Set("to."+cases[1].ID.String(), "")
	// A handover proposes and gives nothing: the words say so, and what it leaves.
	if a := b.Post(at+"/check", form); a.Status != http.StatusOK || !a.Has(">14<") || !a.Has("Предложить 14 дел") || a.Has("Передать 14") ||
		!a.Has("14 дел останется без куратора, пока новый не примет предложение") || a.Has("Остаются у нынешнего куратора") {
		t.Fatalf("numbers: %d", a.Status)
	}
	form.Set("keep", "stay")
	if a := b.Post(at+"/check", form); a.Status != http.StatusOK || !a.Has("Остаются у нынешнего куратора, пока новый не согласится") || a.Has("без куратора, пока") {
		t.Errorf("the curator stays: %d", a.Status)
	}
	form.Set("keep", "now")
	b.Post(at, form)
	if a := b.Post(at, form); a.Status != http.StatusOK || a.Path != strings.TrimSuffix(at, "/handover") || !a.Has(": 10:00") {
		t.Errorf("the same form twice: %d at %s", a.Status, a.Path)
	}
	w.Must("curator3@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, cases[0].ID) })
	for _, c := range cases[4:] {
		w.Must("curator2@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	}
	list := b.Get("/uncovered")
	for i, c := range cases {
		if list.Has(c.No) != (i >= 1 && i <= 3) {
			t.Errorf("case %d: listed %v", i, list.Has(c.No))
		}
	}
	if a := w.Browse("curator1@lake", text.RU).Post(at, form); a.Status != http.StatusForbidden {
		t.Errorf("a curator hands over: %d", a.Status)
	}
}

// Who is away now is no green "within the norm": the check says so, with the
// last day and the number of cases that would have nobody present.
func TestAReceiverWhoIsAwayIsSaid(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	form := url.Values{"id": {id.New().String()}, "reason": {"leaves the service"}, "keep": {"now"}, "to": {trial.Person("curator2@lake").String()}}
	var last string
	for range 3 {
		last = held(t, w, "curator1@lake").ID.String()
		form.Set("to."+last, "")
	}
	form.Set("to."+last, trial.Person("curator3@lake").String())
	today := date.Of(w.Now())
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.SetAbsence(ctx, a, casework.Absence{ID: id.New(), Person: trial.Person("curator2@lake"), FromAt: w.Now(), ToAt: today.AddDays(8).Start(), Reason: "leave"})
	})
	b := w.Browse("secretary@lake", text.RU)
	at := page("curator1@lake") + "/handover/check"
	y, m, d := today.AddDays(7).YMD()
	until := fmt.Sprintf("%02d.%02d.%d", d, m, y)
	if a := b.Post(at, form); a.Status != http.StatusOK || !a.Has("Отсутствует по "+until+" включительно") || !a.Has("2 дела предлагаются тем, кто сейчас отсутствует") ||
		!a.Has(until+". До возвращения у этих дел не будет куратора на месте") || strings.Count(a.Body, "В пределах нормы") > 1 {
		t.Errorf("check: %d", a.Status)
	}
	form.Set("keep", "stay")
	if a := b.Post(at, form); !a.Has("дела остаются у нынешнего куратора") || a.Has("не будет куратора на месте") {
		t.Error("the curator stays")
	}
}

func TestAbsenceAndDeputyByForm(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := held(t, w, "curator1@lake")
	b := w.Browse("secretary@lake", text.KK)
	day := func(v url.Values, name string, at time.Time) {
		y, m, d := date.Of(at).YMD()
		v.Set(name+"-day", strconv.Itoa(d))
		v.Set(name+"-month", strconv.Itoa(m))
		v.Set(name+"-year", strconv.Itoa(y))
	}
	leave := url.Values{"id": {id.New().String()}, "reason": {"leave"}}
	day(leave, "from", w.Now())
	if a := b.Post(page("curator1@lake")+"/absence", leave); a.Status != http.StatusUnprocessableEntity || !a.Has("to-error") {
		t.Errorf("no last day: %d", a.Status)
	}
	day(leave, "to", w.Now().AddDate(0, 0, 7))
	b.Post(page("curator1@lake")+"/absence", leave)
	if a := b.Get("/uncovered"); !a.Has(c.No) {
		t.Error("away without a deputy: the case must be listed")
	}
	in := url.Values{"id": {id.New().String()}, "cases": {c.ID.String()}, "deputy": {trial.Person("curator1@river").String()}}
	day(in, "until", w.Now().AddDate(0, 0, 7))
	if a := b.Post(page("curator1@lake")+"/deputy", in); a.Status != http.StatusUnprocessableEntity || !a.Has("cases-error") {
		t.Errorf("a deputy of another land: %d", a.Status)
	}
	in.Set("deputy", trial.Person("curator2@lake").String())
	b.Post(page("curator1@lake")+"/deputy", in)
	if a := b.Get("/uncovered"); a.Has(c.No) {
		t.Error("the deputy stands in")
	}
	end := page("curator1@lake") + "/deputy/" + c.ID.String() + "/end"
	if a := b.Get(page("curator1@lake")); !a.Has(end) {
		t.Error("the deputy is not shown")
	}
	b.Post(end, url.Values{})
	if a := b.Get("/uncovered"); !a.Has(c.No) {
		t.Error("nobody stands in any more")
	}
	if a := w.Browse("secretary@steppe", text.KK).Get(page("curator1@lake") + "/absence"); a.Status != http.StatusNotFound {
		t.Errorf("another district: %d", a.Status)
	}
}
