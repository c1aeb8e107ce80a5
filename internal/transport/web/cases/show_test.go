package cases_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

var inError = regexp.MustCompile(`(?s)govuk-error-summary.*?</ul>`)

// errorsOf is the error summary of a page, for messages of tests.
func errorsOf(a trial.Answer) string { return inError.FindString(a.Body) }

func TestTabsShowTheCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := delivered(t, w)
	at := "/cases/" + c.ID.String()
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{Kind: "visit", Seen: "alone", Happened: w.Now().Add(-time.Hour), Words: "I like the new teacher"})
		return err
	})
	for _, lang := range langs {
		b := w.Browse("curator1@lake", lang)
		for page, want := range map[string]string{at: c.No, at + "/plan": "goes to school daily", at + "/contacts": "I like the new teacher",
			at + "/history": "curator1@lake", "/measures/" + m.ID.String(): "mother, today"} {
			a := b.Get(page)
			if a.Status != http.StatusOK || !a.Has(want) {
				t.Errorf("%s %s: %d, lacks %q", page, lang, a.Status, want)
			}
		}
		if a := b.Get(at); !a.Has("Child I.") || !a.Has("/measures/"+m.ID.String()+"/result") {
			t.Error("the child's name and where to mend what is missing stand on the first page")
		}
		if strings.Contains(b.Get(at+"/history").Body, "I like") {
			t.Error("the history tells contents")
		}
	}
	for _, page := range []string{"", "/plan", "/contacts", "/history", "/contact", "/assessment", "/plan/edit", "/measure", "/risk", "/end", "/check", "/reopen"} {
		foreign(t, w, at+page, "/cases/"+id.New().String()+page)
	}
	for _, page := range []string{"", "/delivery", "/reading", "/result", "/second"} {
		foreign(t, w, "/measures/"+m.ID.String()+page, "/measures/"+id.New().String()+page)
	}
}

// Who has opened a file reads it; no button stands there that would be refused.
func TestAnOpenedFileIsReadOnly(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := delivered(t, w)
	at := "/cases/" + c.ID.String()
	for _, who := range []string{"regional@north", "prosecutor@north"} {
		b := w.Browse(who, text.KK)
		if a := b.Get(at); a.Status != http.StatusOK || a.Fields() != 1 || a.Has(c.No) || a.Has(c.Child.String()) || !a.Has(`action="`+at+`/open"`) {
			t.Errorf("%s unopened: %d", who, a.Status) // asked for the reason, and told nothing
		}
		// The form says which case it opens to whom the list of cases says so.
		if a := b.Get(at + "/open"); a.Has(">"+c.No+" ісін ашу<") != (who == "regional@north") || a.Has(" · Жоғары қауіп") != (who == "regional@north") {
			t.Errorf("%s: the form does not say which case it opens, or too much", who)
		}
		if a := b.Get(at + "/plan"); a.Status != http.StatusNotFound {
			t.Errorf("%s reads the plan unopened: %d", who, a.Status)
		}
		if a := b.Get("/cases/" + id.New().String()); a.Status != http.StatusNotFound {
			t.Errorf("%s at no case: %d", who, a.Status)
		}
		if a := b.Post(at+"/open", fresh("reason", "a complaint by the family")); a.Path != at || a.Status != http.StatusOK {
			t.Fatalf("%s opens: %d at %s", who, a.Status, a.Path)
		}
		for _, page := range []string{at, at + "/plan", at + "/contacts", at + "/history"} {
			a := b.Get(page)
			if a.Status != http.StatusOK {
				t.Errorf("%s %s: %d", who, page, a.Status)
			}
			for _, dead := range []string{"/contact\"", "/assessment\"", "/plan/edit", "/measure\"", "/risk\"", "/end\"", "/curator\"", "/result\"", "/accept\""} {
				if a.Has(dead) {
					t.Errorf("%s on %s: a dead button %s", who, page, dead)
				}
			}
		}
		if a := b.Get(at + "/contact"); a.Path != at || a.Fields() != 0 || !a.Has("Бұл әрекетке құқығыңыз жоқ") {
			t.Errorf("%s may write: %d", who, a.Status)
		}
		if a := b.Get("/measures/" + m.ID.String()); a.Status != http.StatusForbidden {
			t.Errorf("%s sees a measure alone: %d", who, a.Status)
		}
	}
}

func TestTheProposedAnswers(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "curator1@lake")
	at := "/cases/" + c.ID.String()
	b := w.Browse("curator1@lake", text.RU)
	a := b.Get(at)
	if !a.Has(`action="`+at+`/accept"`) || !a.Has(at+"/decline") || a.Has(at+"/contact\"") {
		t.Error("the proposed curator accepts or declines, and does nothing else yet")
	}
	posts(t, b, at+"/accept", nil)
	if a := b.Get(at); a.Has(at+"/accept") || !a.Has(at+"/contact\"") {
		t.Error("accepted: now the work begins")
	}
	if a := w.Browse("secretary@lake", text.KK).Get(at); a.Has(at + "/accept") {
		t.Error("nobody accepts for another")
	}
}

// An executor sees whom to meet and how to reach the child safely, what to do
// and by when, while there is something to do; of the case nothing (practice
// rule 9).
func TestAnExecutorSeesTheTaskAlone(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	card := registry.Card{Who: "the aunt Zere", How: "call 700", Not: "the stepfather"}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return registry.SetContactCard(ctx, a, c.Child, 0, card) })
	w.Pass(24 * time.Hour)
	page := "/measures/" + m.ID.String()
	for _, who := range []string{"executor@lake", "head@lake"} {
		for _, need := range []string{"Child I.", card.Who, card.How, card.Not} {
			if a := w.Browse(who, text.RU).Get(page); a.Status == http.StatusOK && !a.Has(need) || who == "executor@lake" && a.Status != http.StatusOK {
				t.Errorf("%s: %d without %s", who, a.Status, need)
			}
		}
	}
	for _, who := range []string{"executor@steppe", "executor@river", "head@steppe", "curator2@lake", "analyst", "duty@lake"} {
		if a := w.Browse(who, text.RU).Get(page); a.Status == http.StatusOK || a.Has("Child I.") || a.Has(card.Who) {
			t.Errorf("%s: %d", who, a.Status)
		}
	}
	for _, lang := range langs {
		a := w.Browse("executor@lake", lang).Get(page)
		if a.Status != http.StatusOK || !a.Has(page+"/delivery") || a.Has(c.No) || a.Has("mother, today") || a.Has(page+"/result") {
			t.Errorf("%s: %d", lang, a.Status)
		}
		if a := w.Browse("executor@lake", lang).Get("/measures"); a.Status != http.StatusOK || !a.Has(page) || a.Has("Child I.") || a.Has(c.No) {
			t.Errorf("the list in %s: %d", lang, a.Status)
		}
	}
	if a := w.Browse("executor@lake", text.RU).Get("/my-day"); !a.Has("/measures\"") {
		t.Error("my day does not lead to the list")
	}
	if a := w.Browse("executor@lake", text.KK).Get("/cases/" + c.ID.String()); a.Status == http.StatusOK {
		t.Error("the executor sees the case")
	}
	posts(t, w.Browse("executor@lake", text.KK), page+"/delivery", fresh("how", "full"))
	refuses(t, w, "executor@lake", page+"/delivery", fresh("how", "not", "note", "typed here"), "typed here", "reason")
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.GiveResult(ctx, a, m.ID, casework.ResultInput{Outcome: "helped", Reason: "goes to school daily", Call: true})
		return err
	})
	if a := w.Browse("executor@lake", text.KK).Get(page); a.Has(card.Who) || a.Has("Child I.") {
		t.Error("it is over, and the executor still sees whom")
	}
}

// Asked in vain, the chair appoints; before that no button says so.
func TestTheChairAppoints(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "curator1@lake")
	at := "/cases/" + c.ID.String()
	form := fresh("curator", trial.Person("curator2@lake").String(), "reason", "typed here")
	if a := w.Browse("chair@lake", text.RU).Get(at); a.Has(at + "/appoint") {
		t.Error("too early to appoint")
	}
	refuses(t, w, "chair@lake", at+"/appoint", form, "typed here", "")
	w.Pass(25 * time.Hour)
	b := w.Browse("chair@lake", text.KK)
	if a := b.Get(at); !a.Has(at + "/appoint") {
		t.Error("the chair may appoint now")
	}
	if a := b.Get(at + "/appoint"); a.Fields() != 2 {
		t.Errorf("%d fields", a.Fields())
	}
	posts(t, b, at+"/appoint", form)
	if a := w.Browse("curator2@lake", text.KK).Get(at + "/contact"); a.Status != http.StatusOK {
		t.Errorf("the appointed curator: %d", a.Status)
	}
	if a := w.Browse("secretary@lake", text.KK).Get(at + "/appoint"); a.Path != at || !a.Has("Бұл әрекетке құқығыңыз жоқ") {
		t.Errorf("a secretary: %d", a.Status)
	}
}

// Who is asked to be the curator learns what to decide by, not the history.
func TestTheProposedReadNoHistory(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	at := "/cases/" + open(t, w, "curator1@lake").ID.String()
	b := w.Browse("curator1@lake", text.KK)
	if a := b.Get(at + "/history"); a.Status != http.StatusNotFound {
		t.Errorf("proposed: %d", a.Status)
	}
	if a := b.Post(at+"/accept", nil); a.Status != http.StatusOK {
		t.Fatalf("accept: %d", a.Status)
	}
	if a := b.Get(at + "/history"); a.Status != http.StatusOK {
		t.Errorf("curator: %d", a.Status)
	}
}

// Practice rule 2 outlives triage: an opened case still says that the family
// may not be told.
func TestRule02HoldOnTheCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := running(t, w)
	page, file, measure := "/cases/"+c.ID.String(), "/children/"+c.Child.String(), "/measures/"+m.ID.String()
	const hold, notYet = "Пока ничего не сообщайте семье", "Записать, кому сообщать безопасно"
	if a := w.Browse("secretary@lake", text.RU).Get(page); a.Has(hold) {
		t.Error("a warning without a message")
	}
	if a := w.Browse("curator1@lake", text.RU).Get(page + "/measure?kind=talk"); a.Status != http.StatusOK || a.Has(hold) {
		t.Errorf("the form warns without a message, or is not there: %d", a.Status)
	}
	var s signal.Signal
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		s, err = signal.Enter(ctx, a, signal.Input{ID: id.New(), Territory: trial.Lake, Child: c.Child, Channel: "phone", Kind: "violence_family",
			What: "bruises on both arms", HowKnown: "seen at the lesson", ReceivedAt: w.Now().Add(-time.Minute),
			Reporter: signal.Reporter{Kind: "neighbour", Name: "Invented Neighbour", Contact: "8 700 000 00 00"}}, registry.Home)
		return err
	})
	if a := w.Browse("executor@lake", text.RU).Get(measure); !a.Has(hold) || a.Has(notYet) {
		t.Error("the executor of a measure is not warned")
	}
	for _, at := range []string{page, file, measure} {
		if a := w.Browse("curator1@lake", text.RU).Get(at); !a.Has(hold) || a.Has(notYet) {
			t.Errorf("the curator at %s: %v", at, a.Has(hold))
		}
		if a := w.Browse("secretary@lake", text.RU).Get(at); !a.Has(hold) || !a.Has("/messages/"+s.ID.String()) || !a.Has(notYet) {
			t.Errorf("the secretary at %s", at)
		}
	}
	for _, form := range []string{"/contact", "/measure", "/measure?kind=talk", "/measure?exempt=urgent", "/assessment", "/plan/edit"} {
		if a := w.Browse("curator1@lake", text.RU).Get(page + form); !a.Has(hold) || a.Has(notYet) {
			t.Errorf("the curator's form %s: %d, warned %v", form, a.Status, a.Has(hold))
		}
	}
}

// Once the term of the proposed curator's answer has passed, the office asks
// another; until then it waits.
func TestSilenceLeadsToAnotherCurator(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := open(t, w, "curator1@lake")
	at := "/cases/" + c.ID.String()
	s := w.Browse("secretary@lake", text.RU)
	const other = "Предложить другому куратору"
	if a := s.Get(at); a.Has(other) || !a.Has("дождаться ответа куратора") {
		t.Error("another is asked before the term")
	}
	w.Pass(50 * time.Hour)
	a := s.Get(at)
	if !a.Has(`href="`+at+`/curator"`) || !a.Has(other) || !a.Has("Дальше: предложить другому куратору") || !a.Has("Срок ответа прошёл: ") {
		t.Errorf("%d: the next step still waits", a.Status)
	}
	s.Post(at+"/curator", url.Values{"id": {id.New().String()}, "curator": {trial.Person("curator2@lake").String()}})
	if a := s.Get(at); a.Has(other) || !a.Has("дождаться ответа куратора") {
		t.Error("the new proposal has a term of its own")
	}
}
