package cases_test

import (
	"context"
	"net/http"
	"net/url"
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

func open(t *testing.T, w *trial.World, curator string) casework.Case {
	t.Helper()
	o := casework.Opening{ID: id.New(), Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake,
		Problems: []string{"bullying"}, Risk: casework.High, Reason: "told by the class teacher"}
	if curator != "" {
		o.Curator = trial.Person(curator)
	}
	var c casework.Case
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, o, registry.Home)
		return err
	})
	return c
}

func TestListShowsTheScopeAndNoMore(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "")
	for who, want := range map[string]struct{ row, name bool }{
		"secretary@lake": {true, true}, "chair@lake": {true, true}, "regional@north": {true, false}, "republican": {true, false},
		"secretary@steppe": {false, false}, "regional@south": {false, false}, "curator1@lake": {false, false},
	} {
		a := w.Browse(who, text.RU).Get("/cases")
		if a.Status != http.StatusOK || a.Has(c.No) != want.row || a.Has("Child I.") != want.name {
			t.Errorf("%s: status %d, row %v, name %v", who, a.Status, a.Has(c.No), a.Has("Child I."))
		}
	}
	if a := w.Browse("analyst", text.KK).Get("/cases"); a.Status != http.StatusForbidden {
		t.Errorf("analyst: %d", a.Status)
	}
}

func TestProposeByForm(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "")
	b := w.Browse("secretary@lake", text.KK)
	page := "/cases/" + c.ID.String() + "/curator"
	if a := b.Get(page); a.Status != http.StatusOK || a.Fields() != 2 {
		t.Fatalf("form: %d, %d fields", a.Status, a.Fields())
	}
	a := b.Post(page, url.Values{"id": {id.New().String()}, "reason": {"kept text"}})
	if a.Status != http.StatusUnprocessableEntity || !a.Has("kept text") || !a.Has("curator-error") {
		t.Fatalf("refusal: %d", a.Status)
	}
	form := url.Values{"id": {id.New().String()}, "curator": {trial.Person("curator1@lake").String()}}
	b.Post(page, form)
	if a := w.Browse("curator1@lake", text.KK).Get("/cases"); !a.Has(c.No) {
		t.Error("the proposed curator does not see the case")
	}
	if a := b.Post(page, form); a.Status != http.StatusOK || a.Path != "/cases/"+c.ID.String() || !a.Has("бұрын сақталған: 10:00") {
		t.Errorf("the same form twice: %d at %s", a.Status, a.Path)
	}
	// Another district's secretary, and an address that never was, look alike.
	other := w.Browse("secretary@steppe", text.KK)
	x, y := other.Get(page), other.Get("/cases/"+id.New().String()+"/curator")
	if x.Status != http.StatusNotFound || x.Body != y.Body {
		t.Errorf("forbidden %d and unknown %d differ", x.Status, y.Status)
	}
}

// Rule 11: fear for a child's life stands in no list, no title and no filter.
func TestRule11NotInLists(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	o := casework.Opening{ID: id.New(), Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake,
		Problems: []string{"suicide_risk", "truancy"}, Risk: casework.Acute, Reason: "told by the psychologist"}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, o, registry.Home)
		return err
	})
	for lang, words := range map[text.Lang]string{text.KK: "қол жұмсау", text.RU: "риск самоубийства", text.EN: "risk of suicide"} {
		for _, path := range []string{"/cases", "/cases?problem=suicide_risk", "/my-day", "/uncovered", "/messages"} {
			if a := w.Browse("secretary@lake", lang).Get(path); a.Status != http.StatusOK || a.Has(words) {
				t.Errorf("%s in %s: %d", path, lang, a.Status)
			}
		}
	}
}

// An empty list offers to clear the filter that made it so, and only then.
func TestAnEmptyListLeadsBackToAll(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, who := range []string{"curator1@lake", "secretary@lake"} {
		b := w.Browse(who, text.RU)
		if a := b.Get("/cases?risk=low"); a.Status != http.StatusOK || !a.Has("Измените или сбросьте фильтр") {
			t.Errorf("%s: %d", who, a.Status)
		}
		if a := b.Get("/cases"); a.Has("сбросьте фильтр") {
			t.Errorf("%s: no filter is on", who)
		}
	}
}

// A curator who is away without a deputy covers nobody: the list and the case
// say so, whoever's turn it is.
func TestAbsentCuratorIsShownAsNone(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "curator1@lake")
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	b := w.Browse("secretary@lake", text.RU)
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		return casework.SetAbsence(ctx, a, casework.Absence{ID: id.New(), Person: trial.Person("curator1@lake"),
			FromAt: w.Now().Add(time.Hour), ToAt: w.Now().Add(72 * time.Hour), Reason: "leave"})
	})
	tags := func() int {
		return strings.Count(b.Get("/cases").Body, "Без куратора") + strings.Count(b.Get("/cases/"+c.ID.String()).Body, "Без куратора")
	}
	before := tags()
	w.Pass(2 * time.Hour)
	if got := tags(); got != before+2 {
		t.Errorf("%d tags before, %d while away", before, got)
	}
}
