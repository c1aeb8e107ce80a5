package signals_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

// typed is a lawful entry of an urgent message.
func typed() url.Values {
	return url.Values{"id": {id.New().String()}, "what": {"shouting and crying behind the wall"}, "how_known": {"the neighbour hears it each evening"},
		"kind": {"bullying"}, "urgent": {"yes"}, "channel": {"phone"}, "whom": {"a girl of ten, flat 5"}, "reporter_kind": {"neighbour"},
		"reporter_contact": {"after six, by phone"}}
}

func with(v url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// entered enters a message through the page and gives its address.
func entered(t *testing.T, b *trial.Browser, form url.Values) string {
	t.Helper()
	a := b.Post("/messages/new", form)
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Path, "/messages/") || strings.HasSuffix(a.Path, "/new") {
		t.Fatalf("entry: %d at %s", a.Status, a.Path)
	}
	return a.Path
}

func safe() url.Values {
	return url.Values{"version": {"1"}, "with_whom": {"with the aunt"}, "feared_near": {"no"}, "injured": {"no"}, "suicide": {"no"}}
}

// Practice rule 17: an urgent message asks at most eight things.
func TestRule17UrgentEntryAsksEight(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	a := w.Browse("duty@lake", text.KK).Get("/messages/new")
	if n := a.Fields(); a.Status != http.StatusOK || n > 8 || n < 6 {
		t.Errorf("%d: %d fields", a.Status, n)
	}
}

func TestEntryIsRefusedAtItsFields(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	b := w.Browse("duty@lake", text.RU)
	for field, form := range map[string]url.Values{
		"what": with(typed(), "what", " "), "how_known": with(typed(), "how_known", ""), "kind": with(typed(), "kind", ""),
		"whom": with(typed(), "whom", ""), "reporter_kind": with(typed(), "reporter_kind", ""),
		"received_at": with(typed(), "full", "yes", "received_at-day", "31", "received_at-month", "2", "received_at-year", "2026", "received_time", "10:00"),
	} {
		a := b.Post("/messages/new", form)
		if a.Status != http.StatusUnprocessableEntity || !a.Has(field+"-error") || !a.Has("after six, by phone") {
			t.Errorf("%s: %d", field, a.Status)
		}
	}
	long := b.Post("/messages/new", with(typed(), "what", strings.Repeat("x", 4001)))
	if long.Status != http.StatusUnprocessableEntity || !long.Has("what-error") {
		t.Errorf("too long: %d", long.Status)
	}
	form := typed()
	page := entered(t, b, form)
	if a := b.Post("/messages/new", form); a.Status != http.StatusOK || a.Path != page || !a.Has(": 10:00") {
		t.Errorf("twice: %d at %s", a.Status, a.Path)
	}
	if a := w.Browse("analyst", text.RU).Get("/messages/new"); a.Status != http.StatusForbidden {
		t.Errorf("analyst: %d", a.Status)
	}
}

// The message shows the question of safety and nothing else to do until it is
// answered (practice rule 1).
func TestSafetyComesFirst(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	duty, secretary := w.Browse("duty@lake", text.KK), w.Browse("secretary@lake", text.RU)
	page := entered(t, duty, typed())
	for _, step := range []string{"/kind", "/case", "/not-confirmed", "/pass"} {
		if a := secretary.Get(page); a.Has(page + step) {
			t.Errorf("%s is offered before the answer", step)
		}
	}
	if a := secretary.Get(page); !a.Has("feared_near") || a.Fields() > 8 {
		t.Errorf("the question: %d fields", a.Fields())
	}
	a := duty.Post(page, with(safe(), "injured", "unknown"))
	if a.Status != http.StatusUnprocessableEntity || !a.Has("action_body-error") || !a.Has("action_result-error") || !a.Has("with the aunt") {
		t.Errorf("danger without action: %d", a.Status)
	}
	a = duty.Post(page, with(safe(), "injured", "yes", "action_body", "ambulance", "action_at", "09:50", "action_result", "the doctor has seen the child"))
	if a.Status != http.StatusOK || a.Has("action_body-error") {
		t.Errorf("answer: %d", a.Status)
	}
	if a := secretary.Get(page); !a.Has(page + "/kind") {
		t.Error("triage is not offered after the answer")
	}
	if a := duty.Post(page, safe()); a.Status != http.StatusConflict {
		t.Errorf("answered twice: %d", a.Status)
	}
}

// Two people answer at once: the second one's answer is refused, but nothing
// of it is lost. Both texts are shown, and the second becomes a message of its
// own, which asks about safety anew.
func TestSecondAnswerAboutSafetyIsKept(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for _, lang := range []text.Lang{text.KK, text.RU} {
		duty, secretary := w.Browse("duty@lake", lang), w.Browse("secretary@lake", lang)
		page := entered(t, duty, typed())
		duty.Post(page, safe())
		a := secretary.Post(page, with(safe(), "with_whom", "alone in the yard", "injured", "yes", "suicide", "unknown",
			"action_body", "ambulance", "action_at", "09:50", "action_result", "the doctor is on the way"))
		if a.Status != http.StatusConflict || !a.Has("with the aunt") || !a.Has("sk-conflict") || !a.Has("/messages/new/from") {
			t.Fatalf("%s: the second answer: %d", lang, a.Status)
		}
		form := hidden(a, "/messages/new/from")
		for _, mine := range []string{"alone in the yard", "the doctor is on the way", "09:50"} {
			if !a.Has(mine) || !strings.Contains(form.Get("what"), mine) {
				t.Errorf("%s: %q is lost: %q", lang, mine, form.Get("what"))
			}
		}
		if form.Get("urgent") != "yes" || form.Get("kind") != "bullying" {
			t.Errorf("%s: the new message: %v", lang, form)
		}
		b := secretary.Post("/messages/new/from", form)
		if b.Status != http.StatusOK || !b.Has("alone in the yard") || !b.Has(form.Get("id")) || b.Has("govuk-error-summary") {
			t.Errorf("%s: the form of the new message: %d", lang, b.Status)
		}
		fresh := entered(t, secretary, with(form, "how_known", "seen by the worker", "reporter_kind", "neighbour"))
		if c := secretary.Get(fresh); !c.Has("feared_near") {
			t.Errorf("%s: the new message does not ask about safety", lang)
		}
		if c := duty.Post(page, with(safe(), "with_whom", "with the aunt ")); c.Has("sk-conflict") {
			t.Errorf("%s: the same answer is shown as another", lang)
		}
	}
}

// hidden are the hidden values of the form that is posted to an address.
func hidden(a trial.Answer, to string) url.Values {
	out := url.Values{}
	_, rest, _ := strings.Cut(a.Body, `action="`+to+`"`)
	rest, _, _ = strings.Cut(rest, "</form>")
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(rest, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

// One question at a time: what it is, whose it is, what becomes of it.
func TestTriageToCase(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	duty, b := w.Browse("duty@lake", text.RU), w.Browse("secretary@lake", text.RU)
	child := w.Child(trial.Lake, date.New(2014, 4, 2))
	page := entered(t, duty, with(typed(), "child", child.String()))
	duty.Post(page, safe())
	if a := b.Get(page + "/kind"); a.Fields() != 1 {
		t.Errorf("kind: %d fields", a.Fields())
	}
	if a := b.Post(page+"/kind", url.Values{"version": {"2"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no kind: %d", a.Status)
	}
	if a := b.Post(page+"/kind", url.Values{"version": {"1"}, "kind": {"bullying"}}); a.Status != http.StatusConflict {
		t.Errorf("stale: %d", a.Status)
	}
	if a := b.Post(page+"/kind", url.Values{"version": {"2"}, "kind": {"bullying"}}); !a.Has(page + "/case") {
		t.Errorf("the case is not offered: %d", a.Status)
	}
	if a := b.Get(page + "/case"); a.Status != http.StatusOK || a.Fields() > 6 {
		t.Errorf("case form: %d, %d fields", a.Status, a.Fields())
	}
	form := url.Values{"version": {"3"}, "id": {id.New().String()}, "problems": {"bullying"}, "risk": {"high"}, "curator": {trial.Person("curator1@lake").String()}}
	if a := b.Post(page+"/case", form); a.Status != http.StatusUnprocessableEntity || !a.Has("reason-error") {
		t.Errorf("no reason: %d", a.Status)
	}
	b.Post(page+"/case", with(form, "reason", "beaten twice this month"))
	made := id.ID(form.Get("id")).Of(trial.Person("secretary@lake"))
	err := w.Show("curator1@lake", func(ctx context.Context, v *act.View) error {
		_, err := casework.Get(ctx, v, made)
		return err
	})
	if err != nil {
		t.Errorf("the proposed curator: %v", err)
	}
	if a := b.Get(page); !a.Has("/cases/" + made.String()) {
		t.Error("the message does not lead to its case")
	}
	asked := w.Browse("curator1@lake", text.RU)
	if a := asked.Get("/cases/" + made.String()); a.Has(page) {
		t.Error("who is only asked is led to the message")
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, made) })
	if a := asked.Get("/cases/" + made.String()); !a.Has(`href="`+page+`"`) || asked.Get(page).Status != http.StatusOK {
		t.Error("the case does not lead to its message")
	}
}

// The page of a message is one's own commission's, whatever is typed.
func TestPagesOfOthersLookMissing(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	page := entered(t, w.Browse("duty@lake", text.RU), typed())
	for _, who := range []string{"secretary@steppe", "curator1@lake", "regional@north"} {
		b := w.Browse(who, text.RU)
		x, y := b.Get(page), b.Get("/messages/"+id.New().String())
		if x.Status != http.StatusNotFound || x.Body != y.Body {
			t.Errorf("%s: forbidden %d and unknown %d differ", who, x.Status, y.Status)
		}
		if x := b.Post(page, safe()); x.Status != http.StatusNotFound && x.Status != http.StatusForbidden {
			t.Errorf("%s answers: %d", who, x.Status)
		}
	}
	if a := w.Browse("duty@lake", text.RU).Get(page + "/reporter"); a.Path != page || !a.Has("У Вас нет права на это действие") || a.Has("after six") {
		t.Errorf("the duty officer asks who told: %d", a.Status)
	}
	a := w.Browse("duty@lake", text.RU).Get(page)
	if a.Has("hears it each evening") || a.Has("after six") {
		t.Error("the duty officer reads what is the secretary's")
	}
	if a := w.Browse("secretary@lake", text.RU).Get(page + "/reporter"); !a.Has("after six, by phone") {
		t.Errorf("the secretary asks who told: %d", a.Status)
	}
}

// Passing on, refusing and the decision of the region, through the pages.
func TestPassThroughPages(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	duty, sender := w.Browse("duty@lake", text.KK), w.Browse("secretary@lake", text.KK)
	page := entered(t, duty, typed())
	duty.Post(page, safe())
	version := 2
	for _, place := range []string{"steppe", "river"} {
		receiver := w.Browse("secretary@"+place, text.RU)
		to := map[string]string{"steppe": trial.Steppe, "river": trial.River}[place]
		if a := sender.Get(page + "/pass"); !a.Has(to) || a.Fields() != 2 {
			t.Errorf("pass form: %d, %d fields", a.Status, a.Fields())
		}
		if a := sender.Post(page+"/pass", url.Values{"version": {strconv.Itoa(version)}, "to": {to}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("no reason: %d", a.Status)
		}
		sender.Post(page+"/pass", url.Values{"version": {strconv.Itoa(version)}, "to": {to}, "reason": {"lives there"}})
		if a := receiver.Get("/messages"); !a.Has(page) {
			t.Error("the receiver's list does not show it")
		}
		a := receiver.Get(page)
		if !a.Has(page+"/accept") || !a.Has(page+"/refuse") || a.Has("hears it each evening") {
			t.Errorf("the receiver: %d", a.Status)
		}
		receiver.Post(page+"/refuse", url.Values{"version": {strconv.Itoa(version + 1)}, "reason": {"not ours"}})
		version += 2
	}
	region := w.Browse("regional@north", text.EN)
	if a := region.Get("/messages"); !a.Has(page) {
		t.Errorf("the region's list: %d", a.Status)
	}
	if a := region.Get(page + "/decide"); a.Status != http.StatusOK || !a.Has(trial.Steppe) || a.Has(trial.River) {
		t.Errorf("decide form: %d", a.Status)
	}
	region.Post(page+"/decide", url.Values{"version": {strconv.Itoa(version)}, "to": {trial.Steppe}, "reason": {"the child lives there"}})
	if a := w.Browse("secretary@steppe", text.RU).Get(page); !a.Has(page + "/kind") {
		t.Errorf("the chosen commission: %d", a.Status)
	}
}

func TestSecondPersonAndTelling(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	duty, b, chair := w.Browse("duty@lake", text.RU), w.Browse("secretary@lake", text.RU), w.Browse("chair@lake", text.KK)
	page := entered(t, duty, with(typed(), "kind", "violence_family"))
	duty.Post(page, safe())
	if a := b.Get(page); !a.Has(page + "/tell") {
		t.Error("the hold is not shown")
	}
	if a := b.Post(page+"/tell", url.Values{"version": {"2"}, "told_whom": {"the grandmother"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("told_how-error") {
		t.Errorf("tell without how: %d", a.Status)
	}
	if a := b.Post(page+"/tell", url.Values{"version": {"2"}, "told_whom": {"the grandmother"}, "told_how": {"at her work"}}); a.Has(page + "/tell") {
		t.Error("the hold stays")
	}
	b.Post(page+"/not-confirmed", url.Values{"version": {"3"}, "reason": {"the child was seen alone"}})
	if a := b.Get(page); a.Has(page + "/second") {
		t.Error("whoever triaged is asked to be the second")
	}
	if a := chair.Get(page); !a.Has(page + "/second") {
		t.Error("the chair is not asked")
	}
	if a := chair.Post(page+"/second", url.Values{"version": {"4"}, "reason": {"read the notes"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("agree-error") {
		t.Errorf("no opinion: %d", a.Status)
	}
	chair.Post(page+"/second", url.Values{"version": {"4"}, "agree": {"yes"}, "reason": {"read the notes"}})
	var m signal.Message
	key := id.ID(strings.TrimPrefix(page, "/messages/"))
	err := w.Show("chair@lake", func(ctx context.Context, v *act.View) error {
		var err error
		m, err = signal.Get(ctx, v, key)
		return err
	})
	if err != nil || m.Outcome != signal.NotConfirmedEnd {
		t.Errorf("%v: %+v", err, m.Signal)
	}
}

// The child is looked for by a POST: no name stands in an address.
func TestFindChild(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	duty, b := w.Browse("duty@lake", text.RU), w.Browse("secretary@lake", text.RU)
	page := entered(t, duty, typed())
	duty.Post(page, safe())
	b.Post(page+"/kind", url.Values{"version": {"2"}, "kind": {"bullying"}})
	if a := b.Get(page + "/child"); a.Status != http.StatusOK || a.Fields() != 1 {
		t.Errorf("search: %d, %d fields", a.Status, a.Fields())
	}
	if a := b.Post(page+"/child/find", url.Values{"text": {"ә"}}); !a.Has("text-error") {
		t.Errorf("too short: %d", a.Status)
	}
	if a := b.Post(page+"/child/find", url.Values{"text": {"Nobodyeva"}}); a.Status != http.StatusOK {
		t.Errorf("nobody: %d", a.Status)
	}
	child := w.Child(trial.Lake, date.New(2014, 4, 2))
	b.Post(page+"/child", url.Values{"version": {"3"}, "child": {child.String()}})
	if a := b.Get(page); !a.Has(page + "/case") {
		t.Error("the case is not offered")
	}
	b.Post(page+"/other", url.Values{"version": {"4"}, "child": {w.Child(trial.Lake, date.New(2013, 4, 2)).String()}, "part": {"harming"}})
	a := b.Get(page)
	i := strings.Index(a.Body, page+"/case/")
	if i < 0 {
		t.Fatal("no case is offered for the other child")
	}
	if a := b.Get(a.Body[i : i+len(page)+len("/case/")+36]); a.Status != http.StatusOK || !a.Has("checked") || !a.Has("need") {
		t.Errorf("the other child's form: %d", a.Status)
	}
}

func TestListByGroupsAndPages(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	b := w.Browse("duty@lake", text.KK)
	for range 23 {
		entered(t, b, typed())
		w.Pass(time.Minute)
	}
	a := b.Get("/messages?group=unanswered&urgent=yes&kind=bullying")
	if a.Status != http.StatusOK || !a.Has("after=") {
		t.Fatalf("list: %d", a.Status)
	}
	if n := strings.Count(a.Body, `href="/messages/`); n < 20 || n > 22 {
		t.Errorf("%d links", n)
	}
	if a := b.Get("/messages?group=x&kind=y"); a.Status != http.StatusOK {
		t.Errorf("a broken filter: %d", a.Status)
	}
	if a := w.Browse("executor@lake", text.KK).Get("/messages"); a.Status != http.StatusForbidden {
		t.Errorf("executor: %d", a.Status)
	}
}
