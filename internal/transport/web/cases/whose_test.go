package cases_test

import (
	"context"
	"net/http"
	"regexp"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// A form says for which child it is, not a number alone; who may not know the
// child learns nothing from it.
func TestFormsSayForWhom(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := delivered(t, w)
	at, ms := "/cases/"+c.ID.String(), "/measures/"+m.ID.String()
	b := w.Browse("curator1@lake", text.KK)
	found := regexp.MustCompile(`>([^<>]{3,40} жаста) · `).FindStringSubmatch(b.Get(at).Body)
	if found == nil {
		t.Fatal("the case does not say whose it is")
	}
	short := found[1]
	for _, page := range []string{at + "/contact", at + "/assessment", at + "/plan/edit", at + "/measure?kind=talk", at + "/risk", at + "/end", ms + "/reading", ms + "/result"} {
		if a := b.Get(page); a.Status != http.StatusOK || !a.Has(short+" · ") {
			t.Errorf("%s: %d, without the child", page, a.Status)
		}
	}
	if a := w.Browse("secretary@lake", text.KK).Get(at + "/curator"); a.Status != http.StatusOK || !a.Has(short+" · "+c.No) {
		t.Errorf("choice of a curator: %d, without the child", a.Status)
	}
	if a := w.Browse("executor@lake", text.KK).Get(ms + "/delivery"); a.Has(short) {
		t.Error("the executor learns the child's name")
	}
}

// So do the forms before the beginning and after the end: refusing an offer,
// the office's look, the passive check.
func TestTheFirstAndLastFormsSayForWhom(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	says := regexp.MustCompile(`>[^<>]{3,40} жаста · `)
	asked := open(t, w, "curator1@lake")
	if a := w.Browse("curator1@lake", text.KK).Get("/cases/" + asked.ID.String() + "/decline"); a.Status != http.StatusOK || !says.MatchString(a.Body) {
		t.Errorf("decline: %d, without the child", a.Status)
	}
	ended := led(t, w)
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		return casework.End(ctx, a, ended.ID, casework.Ending{Kind: casework.Refusal, Reason: "the mother wants no more visits", Safety: "seen at school, calm"})
	})
	w.Pass(100 * 24 * time.Hour)
	for who, page := range map[string]string{"secretary@lake": "/look", "curator1@lake": "/check"} {
		if a := w.Browse(who, text.KK).Get("/cases/" + ended.ID.String() + page); a.Status != http.StatusOK || !says.MatchString(a.Body) {
			t.Errorf("%s: %d, without the child", page, a.Status)
		}
	}
}

// The tab says what the page is, and never whose; a norm of yes or no says so
// in words.
func TestTheTabAndTheNormInWords(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	page := "/cases/" + c.ID.String() + "/contact"
	for lang, says := range map[text.Lang][2]string{text.KK: {"Менің күнім", ": no"}, text.RU: {"Мой день", ": no"}} {
		b := w.Browse("curator1@lake", lang)
		if a := b.Get("/my-day"); !a.Has("<title>" + says[0] + " · ") {
			t.Errorf("%s: the tab of the day", lang)
		}
		a := b.Get(page)
		if title := regexp.MustCompile(`<title>[^<]*</title>`).FindString(a.Body); title == "" || regexp.MustCompile(`\d`).MatchString(title) {
			t.Errorf("%s: the tab of a form: %s", lang, title)
		}
		if a.Has(says[1]) || a.Has(": yes") {
			t.Errorf("%s: a norm in code", lang)
		}
	}
}
