package cases_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Of whom the year alone is known a case ends with the coming of age only when
// it is certain, and not by a guess at the age.
func TestComingOfAgeIsCertain(t *testing.T) {
	t.Parallel()
	w := trial.New(t) // 3 March 2026
	b := w.Browse("secretary@lake", text.RU)
	for _, known := range []date.Known{date.ToYear, date.Guessed} {
		var c casework.Case
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			child, err := registry.Register(ctx, a, registry.Registration{ID: id.New(), Territory: trial.Lake, Particulars: registry.Particulars{IINAbsent: "no_documents",
				Family: "Invented", Given: "Child", Born: date.New(2008, 1, 1), BornKnown: known, Sex: "f", Lang: "kk", Source: "own_words"}})
			if err != nil {
				return err
			}
			c, err = casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child.ID, Territory: trial.Lake, Problems: []string{"truancy"},
				Risk: casework.Medium, Reason: "missed two weeks of school"}, registry.Home)
			return err
		})
		end := func() trial.Answer {
			return b.Post("/cases/"+c.ID.String()+"/end", url.Values{"kind": {casework.Turned18}, "reason": {"has come of age"}, "safety": {"lives on her own, calm"}, "version": {strconv.Itoa(c.Version)}})
		}
		if a := end(); a.Status != http.StatusUnprocessableEntity || !a.Has("kind-error") {
			t.Errorf("%q, not certain: %d", known, a.Status)
		}
		w.Set(date.New(2027, 1, 1).Start())
		if a := end(); (a.Status == http.StatusOK) != (known == date.ToYear) {
			t.Errorf("%q, on 1 January 2027: %d %s", known, a.Status, errorsOf(a))
		}
		w.Set(trial.Start)
	}
}
