package signals_test

import (
	"context"
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

// stateOf is the line under the title.
var stateOf = regexp.MustCompile(`(?s)<p class="sk-state">(.*?)</p>`)

// Before the questions of safety stand about whom they are and the kind; every
// page of the message says under its title which message it is, and the kind
// stands in no title (practice rule 11).
func TestEachPageSaysWhichMessage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	b := w.Browse("secretary@lake", text.RU)
	page := entered(t, b, with(typed(), "child", child.String(), "whom", "", "kind", "suicide_risk"))
	a := inMain(b.Get(page))
	whom, asked, button, how := strings.Index(a.Body, ">О ком<"), strings.Index(a.Body, `name="with_whom"`), strings.Index(a.Body, `type="submit"`), strings.Index(a.Body, "Как поступило?")
	if whom < 0 || asked < whom || how < button || button < asked {
		t.Errorf("whom %d, questions %d, button %d, the rest %d", whom, asked, button, how)
	}
	if says := stateOf.FindString(a.Body); !strings.Contains(says, " · Риск самоубийства · получено ") {
		t.Errorf("the page: %s", says)
	}
	b.Post(page, safe())
	for _, step := range []string{"/kind", "/not-confirmed", "/pass"} {
		a := b.Get(page + step)
		if says := stateOf.FindString(a.Body); !regexp.MustCompile(`>\p{Lu}\p{Ll}+ \p{Lu}\. · Риск самоубийства · получено `).MatchString(says) {
			t.Errorf("%s: %s", step, says)
		}
		for _, head := range regexp.MustCompile(`(?s)<(title|h1)[^>]*>(.*?)</`).FindAllString(a.Body, -1) {
			if strings.Contains(strings.ToLower(head), "самоуб") {
				t.Errorf("%s: a title names the kind: %s", step, head)
			}
		}
	}
	if a := b.Get(page); !a.Has("Показать, кто сообщил") || !a.Has("Просмотр будет записан в журнал") {
		t.Error("the link does not say whom it shows")
	}
}

// A message entered from the card of a child says which child, and leads back.
func TestANewMessageSaysOfWhichChild(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	a := w.Browse("secretary@lake", text.RU).Get("/messages/new?child=" + child.String())
	if !a.Has(`"/children/`+child.String()+`" class="govuk-back-link">К карточке ребёнка`) || !strings.Contains(stateOf.FindString(a.Body), "О ребёнке: ") {
		t.Errorf("%d: %s", a.Status, stateOf.FindString(a.Body))
	}
	for _, key := range []id.ID{child, id.New()} { // who may not know the child learns nothing of it
		if a := w.Browse("secretary@steppe", text.RU).Get("/messages/new?child=" + key.String()); a.Has("О ребёнке") || a.Has("/children/"+key.String()) {
			t.Error("another district learns of the child")
		}
	}
}

// A curator who reads a message goes back to the case it came from.
func TestACuratorGoesBackToTheCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	w.Reach("curator1@lake", child)
	b := w.Browse("curator1@lake", text.RU)
	page := entered(t, b, with(typed(), "child", child.String(), "whom", ""))
	if a := b.Get(page); a.Has("Вернуться к делу") {
		t.Error("there is no case to go back to")
	}
	c := casework.Case{}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Problems: []string{"bullying"}, Risk: casework.High,
			Reason: "told by the class teacher", Curator: trial.Person("curator1@lake")}, registry.Home)
		return err
	})
	b.Post("/cases/"+c.ID.String()+"/accept", url.Values{})
	a := b.Get(page)
	if !a.Has(`"/cases/`+c.ID.String()+`" class="govuk-back-link">Вернуться к делу`) || !strings.Contains(stateOf.FindString(a.Body), " лет · ") {
		t.Errorf("%d: %s", a.Status, stateOf.FindString(a.Body))
	}
	if a.Has("hears it each evening") {
		t.Error("the curator reads more than what happened")
	}
}
