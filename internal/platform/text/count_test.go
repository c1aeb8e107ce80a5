package text_test

import (
	"testing"

	"serik/internal/platform/text"
	"serik/words"
)

// A figure and its noun agree.
func TestFigureAgreesWithItsNoun(t *testing.T) {
	t.Parallel()
	all, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang text.Lang
		n    int
		want string
	}{
		{text.RU, 1, "ребёнок без куратора"}, {text.RU, 4, "ребёнка без куратора"}, {text.RU, 12, "детей без куратора"}, {text.RU, 21, "ребёнок без куратора"},
		{text.KK, 1, "бала кураторсыз"}, {text.KK, 4, "бала кураторсыз"}, {text.EN, 1, "child without a curator"}, {text.EN, 4, "children without a curator"},
	} {
		if got := all.In(c.lang).N("my_day.uncovered", c.n); got != c.want {
			t.Errorf("%s %d: %q", c.lang, c.n, got)
		}
	}
}
