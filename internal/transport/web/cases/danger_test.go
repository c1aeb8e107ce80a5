package cases_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Story of practice rule 1: the assessment says danger now; the page asks what
// protects the child tonight, until a person answers.
func TestDangerNowIsAskedOnThePage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	w.Pass(time.Hour)
	at := "/cases/" + c.ID.String()
	asks := map[text.Lang]string{text.RU: "в безопасности ли ребёнок сегодня ночью", text.KK: "бала бүгін түнде қауіпсіздікте ме", text.EN: "whether the child is safe tonight"}
	for _, lang := range []text.Lang{text.RU, text.KK, text.EN} { // in this order: the first says danger
		ask := asks[lang]
		b := w.Browse("curator1@lake", lang)
		form := fresh("safety", "3", "note", "the uncle is back")
		if lang != text.RU { // the last one says so already
			form = fresh("note", "looked again")
		}
		w.Pass(time.Minute)
		if a := posts(t, b, at+"/assessment", form); !a.Has(ask) || !a.Has(at+"/measure?exempt=urgent") || !a.Has(`href="`+at+`/risk"`) {
			t.Errorf("%s: the saved page does not ask", lang)
		} else if !a.Has("sk-banner--danger") || a.Has("govuk-notification-banner--success") {
			t.Errorf("%s: danger is saved in the colour of success", lang)
		}
		if a := b.Get("/my-day"); !a.Has(at) || strings.Contains(strings.ToLower(a.Body), "сегодня ночью") != (lang == text.RU) {
			t.Errorf("%s: my day does not ask", lang)
		}
	}
	b := w.Browse("curator1@lake", text.RU)
	if a := b.Get(at + "/risk"); !a.Has(`value="high"`) || !a.Has("Текущий уровень") {
		t.Error("the present level is not offered")
	}
	posts(t, b, at+"/risk", fresh("level", "high", "reason", "the aunt took her tonight"))
	if a := b.Get(at); a.Has("безопасности ли ребёнок сегодня ночью") {
		t.Error("answered, and it still asks")
	}
	if a := b.Get(at + "/history"); !a.Has("Уровень риска оставлен прежним") {
		t.Error("the answer is not in the record")
	}
}

// A refusal written by the curator alone leads the secretary from the day to
// the look, and the look is shown.
func TestTheOfficeLooksAtARefusal(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	w.Pass(time.Hour)
	at := "/cases/" + c.ID.String()
	posts(t, w.Browse("curator1@lake", text.RU), at+"/end", fresh("kind", "refusal", "reason", "the mother refused", "safety", "seen at school"))
	s := w.Browse("secretary@lake", text.RU)
	if a := s.Get("/my-day"); !a.Has(at+"/look") || !a.Has("Куратор завершил дело") {
		t.Error("the day does not lead to the look")
	}
	if a := s.Get(at); !a.Has(at + "/look") {
		t.Error("the case does not lead to the look")
	}
	if a := w.Browse("curator1@lake", text.KK).Get(at); a.Has(at + "/look") {
		t.Error("the curator is offered to look at their own end")
	}
	refuses(t, w, "secretary@lake", at+"/look", fresh("note", ""), "seen at school", "note")
	if a := posts(t, s, at+"/look", fresh("note", "called the aunt")); !a.Has("called the aunt") {
		t.Error("the look is not shown")
	}
	if a := s.Get("/my-day"); a.Has(at) {
		t.Error("looked at, and the line stands")
	}
}

// The form names the range and the better way, and refuses the rest there.
func TestNumbersOfAMeasureAreSensible(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	page := "/cases/" + c.ID.String() + "/measure"
	if a := w.Browse("curator1@lake", text.RU).Get(page + "?kind=talk"); !a.Has("от 0 до 100, меньше – лучше") {
		t.Error("the range is not named")
	}
	for _, x := range []struct{ from, to, field string }{{"1", "5", "target"}, {"-5", "0", "baseline"}, {"999999999", "0", "baseline"},
		{"1e1", "0", "baseline"}, {"5", "0x1p1", "target"}, {"NaN", "0", "baseline"}, {"Inf", "0", "baseline"}, {"5", "0,5", "target"}} {
		form := fresh("kind", "talk", "executor", "person:"+trial.Person("executor@lake").String(), "ground", "consent", "ground_note", "mother",
			"subject", "child", "indicator", "conflicts_month", "baseline", x.from, "target", x.to)
		day(form, "due", date.Of(w.Now()).AddDays(30))
		refuses(t, w, "curator1@lake", page, form, x.to, x.field)
	}
}

// How the child was met is chosen, never offered; what is not seeing says so.
func TestTheKindOfAContactIsChosen(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	w.Pass(24 * time.Hour)
	at := "/cases/" + c.ID.String()
	b := w.Browse("curator1@lake", text.RU)
	if a := b.Get(at + "/contact"); strings.Contains(a.Body, "checked") || strings.Count(a.Body, "Не считается встречей") != 2 {
		t.Error("a kind is chosen already, or a call and a video do not say what they are")
	}
	refuses(t, w, "curator1@lake", at+"/contact", fresh("seen", "alone", "happened", "04.03.2026 09:00", "words", "typed here"), "typed here", "kind")
	a := posts(t, b, at+"/contact", fresh("kind", "video", "seen", "alone", "happened", "04.03.2026 09:00", "words", "I am fine"))
	if !a.Has("Разговор наедине") || !b.Get(at+"/contact").Has("был ли разговор с ребёнком наедине") {
		t.Error("a talk stands as a meeting, or is not asked for as one")
	}
	if !a.Has("Не считается встречей") || !a.Has("Видеосвязь встречей не считается (не проверено юристом)") {
		t.Error("the page does not say that a video is not seeing")
	}
	if a := b.Get(at); a.Has("04.03.2026, 09:00") {
		t.Error("a video stands as the last time the child was seen")
	}
}

// A rhythm of each day is explained to those who keep it, without the word.
func TestTheRhythmIsExplained(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	at := "/cases/" + c.ID.String()
	for _, who := range []string{"curator1@lake", "secretary@lake"} {
		if a := w.Browse(who, text.EN).Get(at); !a.Has("At least once in 7 days, by the level of risk") {
			t.Errorf("%s: the rhythm of the risk is not explained", who)
		}
	}
	o := casework.Opening{Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Territory: trial.Lake, Curator: trial.Person("curator1@lake"),
		Problems: []string{"suicide_risk"}, Risk: casework.Medium, Reason: "told by a friend"}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, o, registry.Home)
		return err
	})
	at = "/cases/" + c.ID.String()
	const why = "Each day, because of a problem named in the case"
	if a := w.Browse("curator1@lake", text.EN).Get(at); a.Has(why) {
		t.Error("who is only asked is told")
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	for _, who := range []string{"curator1@lake", "secretary@lake"} {
		if a := w.Browse(who, text.EN).Get(at); !a.Has(why) {
			t.Errorf("%s: the rhythm of each day is not explained", who)
		}
	}
}

// Before the button the page says after which ends nobody checks; the page of
// such an end tells no days of checks that will not be (practice rule 15).
func TestNoChecksArePromisedWhereNoneFollow(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	w.Pass(time.Hour)
	at := "/cases/" + c.ID.String()
	const says = "Контрольных проверок не будет, если ребёнок умер или дело открыто не на того ребёнка"
	if a := w.Browse("curator1@lake", text.RU).Get(at + "/end"); a.Has("Контрольных проверок не будет") {
		t.Error("a curator ends no case so, and is told of it")
	}
	s := w.Browse("secretary@lake", text.RU)
	if a := s.Get(at + "/end"); a.Status != http.StatusOK || !a.Has(says) {
		t.Errorf("the form: %d", a.Status)
	}
	posts(t, s, at+"/end", fresh("kind", "wrong_child", "reason", "opened on a namesake", "safety", "none was in danger"))
	if a := s.Get(at); !a.Has("контрольные проверки не проводятся") || a.Has("Первая контрольная проверка после завершения") {
		t.Error("days of checks that will not be")
	}
}
