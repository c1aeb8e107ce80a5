package cases_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// langs in which each page is looked at.
var langs = []text.Lang{text.KK, text.RU}

// led is an open case that curator1@lake walks with.
func led(t *testing.T, w *trial.World) casework.Case {
	t.Helper()
	c := open(t, w, "curator1@lake")
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	return c
}

// running is led with an assessment, a plan and one measure of executor@lake.
func running(t *testing.T, w *trial.World) (casework.Case, casework.Measure) {
	t.Helper()
	c := led(t, w)
	levels := map[string]int{}
	for _, d := range casework.Domains() {
		levels[d] = 2
	}
	var m casework.Measure
	today := date.Of(w.Now())
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		if _, err := casework.Assess(ctx, a, c.ID, casework.AssessmentInput{Levels: levels}); err != nil {
			return err
		}
		_, err := casework.WritePlan(ctx, a, c.ID, casework.PlanInput{Goals: []string{"goes to school daily"}, ChildView: "I want to go", Review: today.AddMonths(3)})
		if err != nil {
			return err
		}
		from, to := 5.0, 1.0
		m, err = casework.Order(ctx, a, c.ID, casework.MeasureInput{Kind: "mentoring", Subject: "child", Executor: trial.Person("executor@lake"),
			Ground: "consent", GroundNote: "mother, today", Indicator: "lessons_missed_week", Baseline: &from, Target: &to, From: today,
			Due: today.AddDays(10), Check: today.AddDays(5), Catalogue: trial.Catalogue()})
		return err
	})
	return c, m
}

// delivered is running whose measure was delivered by its executor.
func delivered(t *testing.T, w *trial.World) (casework.Case, casework.Measure) {
	t.Helper()
	c, m := running(t, w)
	w.Pass(48 * time.Hour)
	w.Must("executor@lake", func(ctx context.Context, a *act.Act) error {
		return casework.Deliver(ctx, a, m.ID, casework.DeliveryInput{How: casework.Full})
	})
	return c, m
}

// refuses posts a form that must come back with what was typed and an error at
// a field, and looks that a foreign district learns nothing.
func refuses(t *testing.T, w *trial.World, who, page string, form url.Values, typed, field string) {
	t.Helper()
	for _, lang := range langs {
		b := w.Browse(who, lang)
		a := b.Post(page, versioned(b, page, form))
		if a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusConflict {
			t.Errorf("%s %s: %d", page, lang, a.Status)
		}
		if typed != "" && !a.Has(typed) {
			t.Errorf("%s %s: the typed text is lost", page, lang)
		}
		if field != "" && !a.Has(`"`+field+`-error"`) {
			t.Errorf("%s %s: no error at %s", page, lang, field)
		}
	}
}

// foreign: who may not know of the row gets the same bytes as for none.
func foreign(t *testing.T, w *trial.World, page, never string) {
	t.Helper()
	b := w.Browse("secretary@steppe", text.RU)
	x, y := b.Get(page), b.Get(never)
	if x.Status != http.StatusNotFound || x.Body != y.Body {
		t.Errorf("%s: forbidden %d and unknown %d differ", page, x.Status, y.Status)
	}
}

// day fills the three boxes of a date.
func day(form url.Values, name string, d date.Date) {
	y, m, n := d.YMD()
	form.Set(name+"-day", strconv.Itoa(n))
	form.Set(name+"-month", strconv.Itoa(m))
	form.Set(name+"-year", strconv.Itoa(y))
}

func fresh(pairs ...string) url.Values {
	v := url.Values{"id": {id.New().String()}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// posts sends a form that must be taken.
func posts(t *testing.T, b *trial.Browser, page string, form url.Values) trial.Answer {
	t.Helper()
	a := b.Post(page, versioned(b, page, form))
	if a.Status != http.StatusOK || a.Path == page {
		t.Fatalf("%s: %d at %s\n%s", page, a.Status, a.Path, errorsOf(a))
	}
	return a
}

var hiddenVersion = regexp.MustCompile(`name="version" value="(\d+)"`)

// versioned sends along the version that the page holds, as a browser does.
func versioned(b *trial.Browser, page string, form url.Values) url.Values {
	if found := hiddenVersion.FindStringSubmatch(b.Get(page).Body); found != nil && !form.Has("version") {
		out := maps.Clone(form)
		out.Set("version", found[1])
		return out
	}
	return form
}
