package uncovered_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func open(t *testing.T, w *trial.World, change ...func(*casework.Opening)) casework.Case {
	t.Helper()
	o := casework.Opening{ID: id.New(), Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake,
		Problems: []string{"bullying"}, Risk: casework.High, Reason: "told by the class teacher"}
	for _, f := range change {
		f(&o)
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
	c := open(t, w)
	for who, want := range map[string]struct{ row, name bool }{
		"secretary@lake": {true, true}, "chair@lake": {true, true}, "regional@north": {true, false}, "republican": {true, false},
		"secretary@steppe": {false, false}, "regional@south": {false, false},
	} {
		a := w.Browse(who, text.RU).Get("/uncovered")
		if a.Status != http.StatusOK || a.Has(c.No) != want.row || a.Has("Child I.") != want.name {
			t.Errorf("%s: status %d, row %v, name %v", who, a.Status, a.Has(c.No), a.Has("Child I."))
		}
		// The level above acts on nothing; it may open the file with a reason.
		opens := want.row && !want.name
		if a.Has("/cases/"+c.ID.String()+"/open\"") != opens || want.row && a.Has(">Действие<") == opens {
			t.Errorf("%s: what is offered", who)
		}
	}
	for _, who := range []string{"curator1@lake", "analyst"} {
		if a := w.Browse(who, text.KK).Get("/uncovered"); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d", who, a.Status)
		}
	}
}

// The totals by place have their sum below, which leads to its rows; one place
// alone has none.
func TestTotalsHaveTheirSum(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	open(t, w)
	if a := w.Browse("regional@north", text.RU).Get("/uncovered"); a.Has("<tfoot") {
		t.Error("a sum of one place")
	}
	child := w.Child(trial.Steppe, date.New(2012, 5, 17))
	w.Must("secretary@steppe", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, casework.Opening{Child: child, Territory: trial.Steppe, Problems: []string{"truancy"}, Risk: casework.Low,
			Reason: "told by the class teacher"}, registry.Home)
		return err
	})
	for lang, word := range map[text.Lang]string{text.KK: "Барлығы", text.RU: "Всего", text.EN: "Total"} {
		_, foot, found := strings.Cut(w.Browse("regional@north", lang).Get("/uncovered").Body, "<tfoot")
		foot, _, _ = strings.Cut(foot, "</tfoot>")
		if !found || !strings.Contains(foot, ">"+word+"<") || !strings.Contains(foot, `href="/cases?territory=`+trial.North+`">2<`) {
			t.Errorf("%s: %s", lang, foot)
		}
	}
}

// The end of story 5: after the norm's hours the chair appoints from the list.
func TestChairAppoints(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w)
	page := "/uncovered/" + c.ID.String() + "/appoint"
	chair := w.Browse("chair@lake", text.KK)
	form := url.Values{"id": {id.New().String()}, "curator": {trial.Person("curator1@lake").String()}}
	if a := chair.Get("/uncovered"); a.Has(page) {
		t.Error("the chair is led to appoint too early")
	}
	if a := chair.Post(page, form); a.Status != http.StatusConflict {
		t.Errorf("too early: %d", a.Status)
	}
	w.Pass(24 * time.Hour)
	if a := chair.Get("/uncovered"); !a.Has(page) {
		t.Error("the chair is not led to appoint")
	}
	if a := chair.Get(page); a.Status != http.StatusOK || a.Fields() > 2 || !a.Has("Child I. · "+c.No) {
		t.Errorf("form: %d, %d fields", a.Status, a.Fields())
	}
	if a := chair.Post(page, url.Values{"id": {id.New().String()}, "reason": {"kept text"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("kept text") {
		t.Errorf("nobody chosen: %d", a.Status)
	}
	if a := w.Browse("secretary@lake", text.KK).Post(page, form); a.Status != http.StatusForbidden {
		t.Errorf("the secretary appoints: %d", a.Status)
	}
	chair.Post(page, form)
	if a := chair.Get("/uncovered"); a.Has(c.No) {
		t.Error("the case still stands without a curator")
	}
	other := w.Browse("chair@steppe", text.KK)
	x, y := other.Get(page), other.Get("/uncovered/"+id.New().String()+"/appoint")
	if x.Status != http.StatusNotFound || x.Body != y.Body {
		t.Errorf("forbidden %d and unknown %d differ", x.Status, y.Status)
	}
}

// Who is to be seen each day and whose household may not be told stand first,
// and nothing says why.
func TestTheListPutsHiddenDangerFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	at := func(r casework.Risk, problem string) casework.Case {
		c := open(t, w, func(o *casework.Opening) { o.Risk, o.Problems = r, []string{problem} })
		w.Pass(time.Minute)
		return c
	}
	high, low := at(casework.High, "bullying"), at(casework.Low, "bullying")
	feared, held := at(casework.Medium, "suicide_risk"), at(casework.Low, "bullying")
	err := w.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO signal (id, territory, place, child, channel, received_at, entered_at, what, how_known, kind_reported, urgent, held_from, hold) "+
			"VALUES (?2, ?0, ?0, ?3, 'school', ?1, ?1, '', '', 'neglect', FALSE, ?1, TRUE)", trial.Lake, w.Now(), id.New(), held.Child).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := w.Browse("secretary@lake", text.RU).Get("/uncovered")
	last := -1
	for i, c := range []casework.Case{feared, held, high, low} {
		here := strings.Index(a.Body, c.No)
		if here <= last {
			t.Errorf("the case %d stands in the wrong place", i)
		}
		last = here
	}
	if a.Has("риск самоубийства") || a.Has("не сообщать") {
		t.Error("the list says why")
	}
}

// The level above sees its places in numbers, on its day and here, and each
// number opens its rows; those below have none.
func TestTheLevelAboveSeesItsPlaces(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w)
	for _, page := range []string{"/my-day", "/uncovered"} {
		for who, sees := range map[string]bool{"regional@north": true, "republican": true, "regional@south": false, "secretary@lake": false} {
			b := w.Browse(who, text.KK)
			a := b.Get(page)
			links := regexp.MustCompile(`href="(/(?:cases|uncovered)\?[^"]*territory=[^"]*)"`).FindAllStringSubmatch(a.Body, -1)
			if a.Status != http.StatusOK || a.Has("Аумақтар бойынша") != sees || len(links) > 0 != sees {
				t.Errorf("%s, %s: %d, %d links", who, page, a.Status, len(links))
			}
			for _, l := range links {
				if x := b.Get(html.UnescapeString(l[1])); x.Status != http.StatusOK || !x.Has(c.No) {
					t.Errorf("%s: %s: %d, without its row", who, l[1], x.Status)
				}
			}
		}
	}
}
