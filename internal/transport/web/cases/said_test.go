package cases_test

import (
	"net/http"
	"strings"
	"testing"

	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// What happens to nothing is not said: a case without measures ends without
// "0 measures will be interrupted".
func TestTheEndCountsNoZero(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	bare := led(t, w)
	full, _ := running(t, w)
	b := w.Browse("secretary@lake", text.RU)
	if a := b.Get("/cases/" + bare.ID.String() + "/end"); a.Status != http.StatusOK || a.Has("мер будет прервано") || !a.Has("контрольные проверки впереди") {
		t.Errorf("%d: nothing is counted", a.Status)
	}
	if a := b.Get("/cases/" + full.ID.String() + "/end"); a.Status != http.StatusOK || !a.Has("мера будет прервана") {
		t.Errorf("%d: the open measure is not told", a.Status)
	}
}

// A plan that stands is changed, and what a link is about is read apart from
// its text.
func TestThePlanIsChangedAndLinksReadApart(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	b := w.Browse("curator1@lake", text.RU)
	a := b.Get("/cases/" + c.ID.String())
	if !a.Has("Изменить план") || a.Has("Записать план") {
		t.Error("the plan that stands is offered as a new one")
	}
	if a = b.Get("/cases/" + c.ID.String() + "/plan"); !strings.Contains(a.Body, `<span class="govuk-visually-hidden">: `) {
		t.Error("what a link is about is glued to its text")
	}
}

// A field that is required of some answers is not called optional: its hint says
// when it is. A result without a reading is told that there is none.
func TestConditionsStandInTheHint(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := delivered(t, w)
	b := w.Browse("curator1@lake", text.RU)
	for page, says := range map[string]string{"/contact": "Обязательно, если ребёнка не увидели: что Вы предприняли", "/assessment": "Обязательно, если ничего не изменилось"} {
		if a := b.Get("/cases/" + c.ID.String() + page); !a.Has(says) || a.Has("(необязательно)") {
			t.Errorf("%s: %d", page, a.Status)
		}
	}
	page := "/measures/" + m.ID.String() + "/result"
	if a := b.Get(page); !a.Has("Обязательно, если значение показателя не внесено") {
		t.Error("the hint does not name a missing reading")
	}
	if a := b.Post(page, versioned(b, page, fresh("outcome", "no_change"))); !strings.Contains(errorsOf(a), "Значение показателя не внесено. Внесите его") {
		t.Errorf("%d: %s", a.Status, errorsOf(a))
	}
}
