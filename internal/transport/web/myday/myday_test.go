package myday

import (
	"strings"
	"testing"

	"serik/internal/app/worklist"
	"serik/internal/platform/date"
	"serik/internal/platform/text"
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
	for lang, says := range map[text.Lang]string{text.KK: "Мерзімі 2 күн бұрын өтті", text.RU: "Просрочено на 2 дня", text.EN: "2 days overdue"} {
		l := line(w.In(lang), worklist.DayLine{Kind: "contact", Due: today.AddDays(-2), Late: true}, today)
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
