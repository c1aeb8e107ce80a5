package myday

import (
	"strings"
	"testing"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
	"serik/words"
)

// A line that is late says by how long, as people say it.
func TestLateBySoManyDays(t *testing.T) {
	t.Parallel()
	w, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	today := date.New(2026, 3, 10)
	for lang, says := range map[text.Lang]string{text.KK: "Мерзімі 2 күн бұрын өтті", text.RU: "Просрочено на 2 дня", text.EN: "Overdue by 2 days"} {
		l := line(w.In(lang), worklist.DayLine{Kind: "contact", Due: today.AddDays(-2), Late: true}, today.Start())
		if l.Tag == nil || l.Tag.Text != says {
			t.Errorf("%s: %+v", lang, l.Tag)
		}
	}
}

// No ending follows a number in Kazakh: it would be right for one number only.
func TestNoEndingAfterANumber(t *testing.T) {
	t.Parallel()
	w, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	args := map[string]any{"Max": 10, "Min": 3}
	for _, key := range []string{"case.target_up", "case.target_down"} {
		if s := w.In(text.KK).T(key, args); strings.ContainsAny(s, "-\u2010\u2011") || !strings.Contains(s, "ең ") {
			t.Errorf("%s: %s", key, s)
		}
	}
}

// The words, the weight and the term of a line follow the child and the hour.
func TestALineSaysHowGraveItIs(t *testing.T) {
	t.Parallel()
	w, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	now := date.New(2026, 3, 10).Start().Add(10 * time.Hour)
	offer := worklist.DayLine{Kind: casework.LineOffer, Rank: casework.Law, Risk: casework.Low, At: now.Add(5 * time.Hour)}
	high := offer
	high.Rank, high.Risk = casework.Danger, casework.High
	danger := high
	danger.Now = true
	said := worklist.DayLine{Kind: "signal_triage", Rank: casework.Law, Signal: id.New(), Problem: "neglect", Received: now.Add(-time.Hour), At: now.Add(time.Hour)}
	sealed := said
	sealed.Problem, sealed.Urgent, sealed.Late, sealed.At = "", true, true, now.Add(-time.Hour)
	ru := w.In(text.RU)
	for _, tc := range []struct {
		l               worklist.DayLine
		level           kit.Level
		text, meta, tag string
	}{
		{offer, kit.Calm, "Предложение стать куратором", "риск низкий", "Осталось: 5 ч"},
		{high, kit.Danger, "Срочно: предложение стать куратором", "риск высокий", "Осталось: 5 ч"},
		{danger, kit.Danger, "Ребёнок сейчас в опасности: предложение стать куратором", "риск высокий", "Осталось: 5 ч"},
		{said, kit.Calm, "Сообщение ждёт рассмотрения", "Безнадзорность · получено 10.03.2026, 09:00", "Осталось: 1 ч"},
		{sealed, kit.Wait, "Сообщение ждёт рассмотрения", "Срочно · вид – на странице сообщения · получено 10.03.2026, 09:00", "Просрочено на 1 ч"},
	} {
		got := line(ru, tc.l, now)
		if got.Level != tc.level || got.Text != tc.text || !strings.Contains(got.Meta, tc.meta) || got.Tag.Text != tc.tag {
			t.Errorf("%+v, %+v", got, got.Tag)
		}
	}
}
