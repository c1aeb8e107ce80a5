package cases_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// Practice rule 17: what must be typed or chosen is counted.
func TestRule17FieldLimits(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := delivered(t, w)
	at, ms := "/cases/"+c.ID.String(), "/measures/"+m.ID.String()
	for page, most := range map[string]int{
		at + "/contact":           5,
		at + "/measure?kind=talk": 6, // and the kind itself: seven
		ms + "/result":            4,
		ms + "/reading":           3,
		ms + "/delivery":          3,
		at + "/risk":              2,
		at + "/end":               3,
		at + "/plan/edit":         4,
	} {
		a := w.Browse("curator1@lake", text.KK).Get(page)
		if n := a.Fields(); a.Status != http.StatusOK || n > most || n == 0 {
			t.Errorf("%s: %d fields, %d at most (%d)", page, n, most, a.Status)
		}
	}
	if a := w.Browse("secretary@lake", text.KK).Get(ms + "/result"); a.Fields() > 4 {
		t.Errorf("result of a secretary: %d fields", a.Fields())
	}
	if a := w.Browse("curator1@lake", text.RU).Get(at + "/measure"); a.Fields() != 0 {
		t.Errorf("the kind is one tap, not %d fields", a.Fields())
	}
}

func TestContact(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	w.Pass(24 * time.Hour)
	page := "/cases/" + c.ID.String() + "/contact"
	refuses(t, w, "curator1@lake", page, fresh("kind", "visit", "seen", "alone", "happened", "04.03.2026 09:00", "note", ""), "04.03.2026 09:00", "words")
	refuses(t, w, "curator1@lake", page, fresh("kind", "visit", "seen", "not_seen", "happened", "yesterday", "note", "typed here"), "typed here", "happened")
	refuses(t, w, "curator1@lake", page, fresh("kind", "visit", "seen", "alone", "happened", "04.03.2031 09:00", "words", "typed here"), "typed here", "happened")
	b := w.Browse("curator1@lake", text.RU)
	if a := b.Get(page); !a.Has(`value="04.03.2026 10:00"`) {
		t.Error("now is offered")
	}
	form := fresh("kind", "visit", "seen", "alone", "happened", "4.3.2026, 9:30", "words", "I sleep well")
	if a := posts(t, b, page, form); !a.Has("I sleep well") || !a.Has("04.03.2026, 09:30") {
		t.Error("the contact is not shown")
	}
	if a := posts(t, b, page, form); a.Path != page+"s" || !a.Has("уже сохранена: 10:00") || strings.Count(a.Body, "I sleep well") != 1 {
		t.Errorf("sent twice: %d at %s", a.Status, a.Path)
	}
}

func TestAssessment(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	page := "/cases/" + c.ID.String() + "/assessment"
	refuses(t, w, "curator1@lake", page, fresh("safety", "1", "note", "typed here"), "typed here", "family")
	form := fresh()
	for _, d := range casework.Domains() {
		form.Set(d, "2")
	}
	b := w.Browse("curator1@lake", text.KK)
	posts(t, b, page, form)
	w.Pass(time.Hour)
	posts(t, b, page, fresh("safety", "0", "family", "")) // a repeat names what changed alone
	var w2 casework.Whole
	err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
		var err error
		w2, err = casework.Overview(ctx, v, c.ID)
		return err
	})
	if err != nil || len(w2.Assessments) != 2 || w2.Assessments[1].Safety != 0 || w2.Assessments[1].Family != 2 {
		t.Errorf("%v %+v", err, w2.Assessments)
	}
}

func TestPlanAndItsConflict(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	page := "/cases/" + c.ID.String() + "/plan/edit"
	form := fresh("goals", "my goal", "child_view", "mine", "version", "1")
	refuses(t, w, "curator1@lake", page, fresh("goals", "my goal", "version", "1"), "my goal", "child_view")
	day(form, "review", date.Of(w.Now()).AddDays(60))
	theirs := fresh("goals", "their goal", "child_view", "theirs", "version", "1")
	day(theirs, "review", date.Of(w.Now()).AddDays(90))
	posts(t, w.Browse("secretary@lake", text.RU), page, theirs)
	for _, lang := range langs {
		a := w.Browse("curator1@lake", lang).Post(page, form)
		if a.Status != http.StatusConflict || !a.Has("my goal") || !a.Has("their goal") || !a.Has(`name="version" value="2"`) {
			t.Errorf("%s: %d, both texts are wanted", lang, a.Status)
		}
	}
	for _, none := range []string{"", "0", "two"} {
		form.Set("version", none)
		if a := w.Browse("curator1@lake", text.RU).Post(page, form); a.Status != http.StatusConflict {
			t.Errorf("version %q: %d", none, a.Status)
		}
	}
	form.Set("version", "2")
	posts(t, w.Browse("curator1@lake", text.KK), page, form)
}

func TestOrderAMeasure(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	page := "/cases/" + c.ID.String() + "/measure"
	b := w.Browse("curator1@lake", text.RU)
	if a := b.Get(page); !a.Has(page + "?kind=tutoring") {
		t.Fatal("no catalogue")
	}
	a := b.Get(page + "?kind=tutoring")
	who := "person:" + trial.Person("executor@lake").String()
	if !a.Has(who) || !a.Has("body:"+trial.Agency("clinic@lake").String()) || a.Has(trial.Agency("school@steppe").String()) {
		t.Error("executors of the place, and no others, are offered")
	}
	form := fresh("kind", "tutoring", "executor", who, "ground", "consent", "ground_note", "typed here", "subject", "child",
		"indicator", "grade_average", "baseline", "2,5", "target", "")
	refuses(t, w, "curator1@lake", page, form, "typed here", "target")
	form.Set("target", "4")
	day(form, "due", date.Of(w.Now()).AddDays(30))
	if a := posts(t, b, page, form); !a.Has("2,5 → 4") {
		t.Error("the measure is not shown")
	}
	urgent := fresh("kind", "safe_place", "exempt", "urgent", "executor", "body:"+trial.Agency("police@lake").String(),
		"ground", "law", "ground_note", "article", "subject", "child")
	day(urgent, "due", date.Of(w.Now()))
	posts(t, w.Browse("secretary@lake", text.KK), page, urgent)
	for _, lang := range langs {
		if a := w.Browse("curator1@lake", lang).Get(page + "?kind=talk&more=1"); a.Status != http.StatusOK || a.Fields() < 10 {
			t.Errorf("more about the measure: %d, %d fields", a.Status, a.Fields())
		}
	}
}

func TestReadingAndResult(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	_, m := delivered(t, w)
	page := "/measures/" + m.ID.String()
	refuses(t, w, "curator1@lake", page+"/reading", fresh("value", "", "source", "school", "day-day", "77"), `value="77"`, "value")
	form := fresh("value", "2,5", "source", "school")
	day(form, "day", date.Of(w.Now()))
	b := w.Browse("curator1@lake", text.KK)
	if a := posts(t, b, page+"/reading", form); !a.Has("2,5") {
		t.Error("the reading is not shown")
	}
	refuses(t, w, "curator1@lake", page+"/result", fresh("outcome", "cannot_tell"), "", "reason")
	if a := posts(t, b, page+"/result", fresh("outcome", "cannot_tell", "reason", "the family moved")); a.Has(page + "/second") {
		t.Error("who said it is not the second person")
	}
	s := w.Browse("secretary@lake", text.RU)
	if a := s.Get(page + "/second"); a.Status != http.StatusOK || a.Fields() != 2 || !a.Has("the family moved") {
		t.Errorf("second: %d", a.Status)
	}
	refuses(t, w, "secretary@lake", page+"/second", fresh("decision", "refuse"), "", "reason")
	refuses(t, w, "secretary@lake", page+"/second", fresh("reason", "typed here"), "typed here", "decision")
	posts(t, s, page+"/second", fresh("decision", "refuse", "reason", "ask again"))
	posts(t, b, page+"/result", fresh("outcome", "helped"))
}

func TestRiskAndItsSecondPerson(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, _ := running(t, w)
	w.Pass(time.Hour)
	page := "/cases/" + c.ID.String() + "/risk"
	refuses(t, w, "curator1@lake", page, fresh("reason", "typed here"), "typed here", "level")
	a := posts(t, w.Browse("curator1@lake", text.KK), page, fresh("level", "low", "reason", "goes to school"))
	if a.Has(page + "/") {
		t.Error("who asked is not the second person")
	}
	var change string
	err := w.Show("secretary@lake", func(ctx context.Context, v *act.View) error {
		o, err := casework.Overview(ctx, v, c.ID)
		for _, r := range o.Risks {
			change = r.ID.String()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b := w.Browse("secretary@lake", text.RU)
	if a := b.Get("/cases/" + c.ID.String()); !a.Has(page + "/" + change) {
		t.Error("the second person is not led to it")
	}
	refuses(t, w, "secretary@lake", page+"/"+change, fresh("decision", "refuse"), "", "reason")
	posts(t, b, page+"/"+change, fresh("decision", "agree"))
}

// The closing gate refuses by page: each missing thing is named with where to
// mend it.
func TestTheGateRefusesByPage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c, m := delivered(t, w)
	at := "/cases/" + c.ID.String()
	form := fresh("kind", "goals_met", "reason", "typed here")
	for _, lang := range langs {
		a := w.Browse("curator1@lake", lang).Post(at+"/end", form)
		if a.Status != http.StatusConflict || !a.Has("typed here") || !a.Has("/measures/"+m.ID.String()+"/result") {
			t.Errorf("%s: %d", lang, a.Status)
		}
	}
	refuses(t, w, "curator1@lake", at+"/end", fresh("kind", "refusal", "reason", "typed here"), "typed here", "safety")
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.GiveResult(ctx, a, m.ID, casework.ResultInput{Outcome: "helped", Reason: "the teacher says so"})
		return err
	})
	// A result on paper is not yet a good end: somebody meets the child and looks again.
	if a := w.Browse("curator1@lake", text.RU).Post(at+"/end", form); a.Status != http.StatusConflict || !a.Has(at+"/contact") || !a.Has(at+"/assessment") {
		t.Errorf("without a meeting and a later look: %d", a.Status)
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.WriteContact(ctx, a, c.ID, casework.ContactInput{Kind: "visit", Seen: "with_others", Happened: a.Now().Add(-time.Hour), Words: "I go to school again"})
		if err == nil {
			_, err = casework.Assess(ctx, a, c.ID, casework.AssessmentInput{Levels: map[string]int{"safety": 0, "education": 3}})
		}
		return err
	})
	if a := w.Browse("curator1@lake", text.RU).Get(at + "/end"); !a.Has("Учёба: в школу не ходит") {
		t.Error("who ends the case is not told what is still grave")
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Assess(ctx, a, c.ID, casework.AssessmentInput{Levels: map[string]int{"education": 1}})
		return err
	})
	if a := w.Browse("curator1@lake", text.RU).Get(at + "/end"); a.Has("Учёба") {
		t.Error("what was grave is told as if it still were")
	}
	refuses(t, w, "curator1@lake", at+"/end", form, "typed here", "safety") // the risk is still high
	form = fresh("kind", "goals_met", "reason", "typed here", "safety", "seen at school, calm")
	if a := posts(t, w.Browse("curator1@lake", text.KK), at+"/end", form); !a.Has("03.06.2026") && !a.Has("05.06.2026") {
		t.Error("the checks are booked and shown")
	}
	// Too early for a check; on its day it is taken.
	b := w.Browse("curator1@lake", text.RU)
	if a := b.Get(at); a.Has(at + "/check") {
		t.Error("a check is offered before its day")
	}
	refuses(t, w, "curator1@lake", at+"/check", fresh("source", "school_line", "outcome", "calm", "note", "typed here"), "typed here", "")
	w.Pass(100 * 24 * time.Hour)
	refuses(t, w, "curator1@lake", at+"/check", fresh("source", "school_line", "outcome", "worry"), "", "note")
	posts(t, w.Browse("curator1@lake", text.RU), at+"/check", fresh("source", "school_line", "outcome", "calm"))
	refuses(t, w, "secretary@lake", at+"/reopen", fresh("risk", "high", "reason", "typed here"), "typed here", "problems")
	a := posts(t, w.Browse("secretary@lake", text.KK), at+"/reopen", fresh("risk", "high", "reason", "it began again", "problems", "bullying"))
	if a.Path == at {
		t.Error("reopening is a new case")
	}
	if a := w.Browse("curator1@lake", text.KK).Get(at + "/reopen"); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
		t.Errorf("a curator reopens: %d", a.Status)
	}
}

// Before an assessment and a plan no kind of measure is offered, but what is to
// be done first; protection and one-off help wait for nothing.
func TestMeasuresWaitForThePlan(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := led(t, w)
	at := "/cases/" + c.ID.String()
	b := w.Browse("curator1@lake", text.RU)
	if a := b.Get(at + "/measure"); !a.Has(at+"/assessment") || a.Has("kind=talk") || !a.Has("exempt=urgent") {
		t.Errorf("before the assessment: %d", a.Status)
	}
	if a := b.Get(at + "/measure?kind=talk"); a.Path != at {
		t.Errorf("a form that can only be refused: %d at %s", a.Status, a.Path)
	}
	if a := b.Get(at + "/measure?kind=talk&exempt=urgent"); a.Status != http.StatusOK || a.Fields() == 0 {
		t.Errorf("protection: %d", a.Status)
	}
	levels := map[string]int{}
	for _, d := range casework.Domains() {
		levels[d] = 1
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Assess(ctx, a, c.ID, casework.AssessmentInput{Levels: levels})
		return err
	})
	if a := b.Get(at + "/measure"); !a.Has(at+"/plan/edit") || a.Has("kind=talk") {
		t.Errorf("before the plan: %d", a.Status)
	}
}
