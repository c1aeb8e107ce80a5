package wire_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Where a norm decides, the page says which, and that no lawyer has verified it.
func TestNormsStandWhereTheyDecide(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	at := "/cases/" + s.walked.String()
	for path, names := range map[string][]string{
		at + "/risk":                      {"если есть риск самоубийства", "после просрочки снижение риска отмечается особо"},
		at + "/contact":                   {"срок между встречами с ребёнком", "Число попыток"},
		at + "/end":                       {"Первая контрольная проверка", "Вторая контрольная проверка", "Третья контрольная проверка"},
		"/messages/" + s.fresh.String():   {"Срок ответа о безопасности"},
		"/messages/" + s.checked.String(): {"Срок первичного рассмотрения"},
	} {
		a := w.Browse(s.who("secretary"), text.RU).Get(path)
		for _, n := range names {
			if a.Status != http.StatusOK || !a.Has(n) || !a.Has("не проверено юристом)") {
				t.Errorf("%s: %d without %s", path, a.Status, n)
			}
		}
	}
	w.Must(s.who("secretary"), func(ctx context.Context, a *act.Act) error {
		return casework.End(ctx, a, s.walked, casework.Ending{Kind: casework.ByCourt, Reason: "act of a court, No 12 of 3 March", Safety: "seen at school, calm"})
	})
	for _, path := range []string{at, at + "/check"} {
		if a := w.Browse(s.who("curator1"), text.RU).Get(path); a.Status != http.StatusOK || !a.Has("Первая контрольная проверка") || !a.Has("не проверено юристом)") {
			t.Errorf("%s after the end: %d", path, a.Status)
		}
	}
}

// A role without lines of its own is told what it can do now; each link works.
func TestAnEmptyDayLeadsOn(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for name, g := range trial.Cast() {
		for _, lang := range []text.Lang{text.KK, text.RU} {
			b := w.Browse(name, lang)
			a := b.Get("/my-day")
			if a.Status != http.StatusOK {
				t.Fatalf("%s: %d", name, a.Status)
			}
			main := a.Body[strings.Index(a.Body, "<main"):strings.Index(a.Body, "</main>")]
			links := hrefs(main)
			switch g.Role {
			case "member", "analyst", "protection", "prosecutor", "data_officer", "administrator":
				if len(links) < 3 {
					t.Errorf("%s: %d ways on", name, len(links))
				}
			}
			for _, to := range links {
				if x := b.Get(to); x.Status != http.StatusOK {
					t.Errorf("%s: %s: %d", name, to, x.Status)
				}
			}
		}
	}
}

func hrefs(page string) []string {
	var out []string
	for _, part := range strings.Split(page, `href="`)[1:] {
		if to, _, _ := strings.Cut(part, `"`); strings.HasPrefix(to, "/") {
			out = append(out, to)
		}
	}
	return out
}

// The level above is told what its empty list of messages means.
func TestTheLevelAboveIsToldWhatItLists(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	furnish(t, w, "lake", trial.Lake, 1)
	for who, lang := range map[string]text.Lang{"regional@north": text.RU, "republican": text.KK} {
		want := map[text.Lang]string{text.RU: "поднятые на Ваш уровень", text.KK: "деңгейіңізге көтерілген"}[lang]
		a := w.Browse(who, lang).Get("/messages")
		if a.Status != http.StatusOK || !a.Has(want) || !a.Has(`href="/cases"`) || strings.Contains(a.Body, plantedGiven) {
			t.Errorf("%s: %d", who, a.Status)
		}
	}
}

// Cases are filtered by each state they go through; a case of today says so.
func TestCasesByState(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	s := furnish(t, w, "lake", trial.Lake, 1)
	b := w.Browse(s.who("secretary"), text.RU)
	running, opened := "/cases/"+s.walked.String(), "/cases/"+s.offered.String()
	for state, want := range map[string][2]bool{"": {true, true}, "opened": {false, true}, "running": {true, false}, "assessed": {}, "planned": {}, "ended": {}} {
		a := b.Get("/cases?state=" + state)
		if a.Has(running+`"`) != want[0] || a.Has(opened+`"`) != want[1] {
			t.Errorf("state %q", state)
		}
		if state != "" && !a.Has(`<option value="`+state+`" selected`) {
			t.Errorf("state %q is not offered", state)
		}
	}
	if a := b.Get(opened); !a.Has("дело открыто сегодня") {
		t.Error("opened today is not said")
	}
}
