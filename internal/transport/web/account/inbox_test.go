package account_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func TestInbox(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		w := trial.New(t)
		led := offered(w).ID.String()
		b := w.Browse("curator1@lake", lang)
		a := b.Get("/account/inbox")
		if a.Status != http.StatusOK || !a.Has(`href="/cases/`+led) || !a.Has("(1)") {
			t.Fatalf("%s: %d\n%s", lang, a.Status, a.Body)
		}
		_, after, _ := strings.Cut(a.Body, `name="notice" value="`)
		line, _, _ := strings.Cut(after, `"`)
		if other := w.Browse("curator2@lake", lang); other.Post("/account/inbox", url.Values{"notice": {line}}).Status != http.StatusNotFound {
			t.Error("another's line is found")
		}
		if a := b.Post("/account/inbox", url.Values{"notice": {line}}); a.Status != http.StatusOK || a.Has("(1)") || a.Has(`name="notice"`) {
			t.Errorf("%s: marked: %d", lang, a.Status)
		}
		if a := w.Browse("curator3@lake", lang).Get("/account/inbox"); a.Status != http.StatusOK || !a.Has("sk-empty") {
			t.Errorf("%s: empty: %d", lang, a.Status)
		}
	}
}

func offered(w *trial.World) casework.Case {
	var c casework.Case
	o := casework.Opening{ID: id.New(), Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake,
		Problems: []string{"bullying"}, Risk: casework.Low, Reason: "told by the class teacher", Curator: trial.Person("curator1@lake")}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, o, registry.Home)
		return err
	})
	return c
}

// A line whose case or measure is closed to the reader by now leads nowhere and
// says so: no link of the inbox is dead.
func TestNoLinkOfTheInboxIsDead(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, ended := offered(w), offered(w)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, ended.ID) })
	var m casework.Measure
	today := date.Of(w.Now())
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		m, err = casework.Order(ctx, a, ended.ID, casework.MeasureInput{ID: id.New(), Kind: "safe_place", Subject: "child", Executor: trial.Person("executor@lake"),
			Exempt: casework.Urgent, Ground: "consent", GroundNote: "the mother, in writing", From: today, Due: today, Check: today, Catalogue: trial.Catalogue()})
		return err
	})
	measure, page := `href="/measures/`+m.ID.String(), `href="/cases/`+c.ID.String()
	executor, curator := w.Browse("executor@lake", text.RU), w.Browse("curator1@lake", text.RU)
	if a := executor.Get("/account/inbox"); !a.Has(measure) || a.Has("больше не открывается") || !a.Has("Мера: ") || a.Has(ended.No) {
		t.Error("the measure is not reached while the case is open")
	}
	if a := curator.Get("/account/inbox"); !a.Has(page) || !a.Has("Дело "+c.No) || a.Has("Child") {
		t.Error("the offer is not reached")
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.End(ctx, a, ended.ID, casework.Ending{Kind: casework.MovedAbroad, Reason: "the family has left", Safety: "seen before they left"})
	})
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Decline(ctx, a, c.ID, "too far away") })
	if a := executor.Get("/account/inbox"); a.Has(measure) || !a.Has("больше не открывается") {
		t.Error("a dead link to the measure")
	}
	if a := curator.Get("/account/inbox"); a.Has(page) || !a.Has("больше не открывается") {
		t.Error("a dead link to the case")
	}
	for _, b := range []*trial.Browser{executor, curator} {
		for _, link := range regexp.MustCompile(`href="(/(?:cases|measures)/[^"]+)"`).FindAllStringSubmatch(b.Get("/account/inbox").Body, -1) {
			if a := b.Get(link[1]); a.Status != http.StatusOK {
				t.Errorf("%s: %d", link[1], a.Status)
			}
		}
	}
}

// A person who guesses an old password waits, and what was typed new is not
// shown again.
func TestPasswordIsNotGuessed(t *testing.T) {
	t.Parallel()
	b := trial.New(t).Browse("curator1@lake", text.RU)
	form := url.Values{"old": {"guess"}, "new": {"Zhuldyz-kerek-44"}, "again": {"Zhuldyz-kerek-44"}}
	for range 5 {
		if a := b.Post("/account/password", form); a.Status != http.StatusUnprocessableEntity || !a.Has("old-error") || a.Has("Zhuldyz") {
			t.Fatalf("a wrong one: %d", a.Status)
		}
	}
	if a := b.Post("/account/password", form); a.Status != http.StatusTooManyRequests {
		t.Errorf("the sixth: %d", a.Status)
	}
}
