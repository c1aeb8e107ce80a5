package admin_test

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
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
	"serik/words"
)

func at(person, what string) string {
	return "/admin/people/" + trial.Person(person).String() + what
}

func TestPeopleList(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for who, want := range map[string]struct{ lake, steppe bool }{
		"administrator": {true, true}, "regional@north": {true, true}, "secretary@lake": {true, false}, "chair@steppe": {false, true},
	} {
		for _, lang := range []text.Lang{text.KK, text.RU} {
			a := w.Browse(who, lang).Get("/admin/people")
			if a.Status != http.StatusOK || a.Has("duty@lake Invented") != want.lake || a.Has("duty@steppe Invented") != want.steppe {
				t.Errorf("%s: %d, lake %v, steppe %v", who, a.Status, a.Has("duty@lake Invented"), a.Has("duty@steppe Invented"))
			}
		}
	}
	for _, who := range []string{"curator1@lake", "analyst", "head@lake"} {
		if a := w.Browse(who, text.RU).Get("/admin/people"); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d", who, a.Status)
		}
	}
}

func TestPeopleAreFoundByPost(t *testing.T) {
	t.Parallel()
	b := trial.New(t).Browse("administrator", text.KK)
	a := b.Post("/admin/people", url.Values{"text": {"curator2@l"}})
	if a.Status != http.StatusOK || !a.Has("curator2@lake Invented") || a.Has("curator1@lake Invented") || !a.Has(`value="curator2@l"`) {
		t.Errorf("found: %d", a.Status)
	}
	if a := b.Post("/admin/people", url.Values{"text": {"nobody"}}); a.Status != http.StatusOK || !a.Has("sk-empty") {
		t.Errorf("none: %d", a.Status)
	}
	if a := b.Get("/admin/people?role=curator&place=" + trial.Steppe); !a.Has("curator1@steppe Invented") || a.Has("@lake Invented</a>") || a.Has("duty@steppe Invented") {
		t.Error("the filter")
	}
}

// Another district's people and people who never were look alike, and who may
// only look is offered no act.
func TestPersonIsWithinScope(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	other := w.Browse("secretary@steppe", text.RU)
	for _, what := range []string{"", "/suspend"} {
		x, y := other.Get(at("curator1@lake", what)), other.Get("/admin/people/"+id.New().String()+what)
		if x.Status != http.StatusNotFound || x.Body != y.Body {
			t.Errorf("%s: forbidden %d and unknown %d differ", what, x.Status, y.Status)
		}
	}
	for _, what := range []string{"/edit", "/move", "/grant", "/deactivate", "/password"} {
		if a := w.Browse("secretary@lake", text.RU).Get(at("curator1@lake", what)); a.Path != at("curator1@lake", "") || a.Fields() != 0 || !a.Has("У Вас нет права на это действие") {
			t.Errorf("%s: %d", what, a.Status)
		}
	}
	if a := w.Browse("regional@north", text.KK).Get(at("curator1@lake", "")); a.Status != http.StatusOK || a.Has("/suspend") || a.Has("/edit") {
		t.Errorf("looking only: %d", a.Status)
	}
	if a := w.Browse("administrator", text.KK).Get(at("administrator", "")); a.Status != http.StatusOK || a.Has("/suspend") || a.Has("/grant\"") {
		t.Errorf("oneself: %d", a.Status)
	}
}

func TestAddPersonGiveRoleAndPassword(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU} {
		w := trial.New(t)
		b := w.Browse("administrator", lang)
		if a := b.Get("/admin/people/add"); a.Status != http.StatusOK || a.Fields() != 1 {
			t.Fatalf("the place: %d, %d fields", a.Status, a.Fields())
		}
		if a := b.Get("/admin/people/add?territory=" + trial.Lake); a.Status != http.StatusOK || a.Fields() != 8 {
			t.Fatalf("the person: %d, %d fields", a.Status, a.Fields())
		}
		form := url.Values{"id": {id.New().String()}, "territory": {trial.Lake}, "login": {"Duty@Lake"}, "family": {"Invented"}, "given": {""}, "lang": {"ru"}}
		a := b.Post("/admin/people/add", form)
		if a.Status != http.StatusUnprocessableEntity || !a.Has(`value="Invented"`) || !a.Has("given-error") || !a.Has("login-error") {
			t.Fatalf("refusal: %d", a.Status)
		}
		form.Set("login", "new.one")
		form.Set("given", "Person")
		a = b.Post("/admin/people/add", form)
		if a.Status != http.StatusOK || !a.Has("new.one") || !strings.HasPrefix(a.Path, "/admin/people/0") {
			t.Fatalf("added: %d at %s", a.Status, a.Path)
		}
		page := a.Path
		if a := b.Post("/admin/people/add", form); a.Status != http.StatusOK || a.Path != page || !saidAgain(a) {
			t.Errorf("sent twice: %d at %s", a.Status, a.Path)
		}
		giveRole(t, b, page)
		signsIn(t, w, b, page, "new.one")
	}
}

func giveRole(t *testing.T, b *trial.Browser, page string) {
	t.Helper()
	if a := b.Get(page + "/grant"); a.Status != http.StatusOK || a.Fields() != 2 {
		t.Fatalf("which role: %d, %d fields", a.Status, a.Fields())
	}
	// One commission is not asked for; a body is.
	if a := b.Get(page + "/grant?role=secretary&territory=" + trial.Lake); a.Status != http.StatusOK || a.Fields() != 2 {
		t.Fatalf("secretary: %d, %d fields", a.Status, a.Fields())
	}
	if a := b.Get(page + "/grant?role=executor&territory=" + trial.Lake); a.Status != http.StatusOK || a.Fields() != 3 || !a.Has("school of lake") || a.Has("school of river") {
		t.Fatalf("executor: %d, %d fields", a.Status, a.Fields())
	}
	form := url.Values{"role": {"executor"}, "territory": {trial.Lake}, "to-day": {"1"}, "to-month": {"2"}, "to-year": {"2026"}}
	a := b.Post(page+"/grant", form)
	if a.Status != http.StatusUnprocessableEntity || !a.Has("agency-error") || !a.Has("to-error") || !a.Has(`value="2026"`) {
		t.Fatalf("refused: %d", a.Status)
	}
	form.Set("agency", trial.Agency("school@lake").String())
	form.Set("to-day", "31")
	form.Set("to-month", "12")
	if a = b.Post(page+"/grant", form); a.Status != http.StatusOK || !a.Has("31.12.2026") || !a.Has("school of lake") {
		t.Fatalf("given: %d\n%s", a.Status, a.Body)
	}
	if a := b.Post(page+"/grant", form); a.Status != http.StatusOK || a.Path != page || !saidAgain(a) {
		t.Errorf("given twice: %d at %s", a.Status, a.Path)
	}
	link := regexp.MustCompile(page + `/grants/[0-9a-f-]+/end`).FindString(a.Body)
	if a := b.Get(link); a.Status != http.StatusOK || a.Fields() != 0 {
		t.Fatalf("ending %q: %d", link, a.Status)
	}
	if a := b.Post(link, nil); a.Status != http.StatusOK || a.Has("31.12.2026") {
		t.Errorf("ended: %d", a.Status)
	}
	if a := b.Get(link); a.Status != http.StatusNotFound {
		t.Errorf("ending what has ended: %d", a.Status)
	}
}

// signsIn gives a password, shown once, and tries it.
func signsIn(t *testing.T, w *trial.World, b *trial.Browser, page, login string) {
	t.Helper()
	if a := b.Get(page); !a.Has(page + "/grant\" role=\"button\"") {
		t.Error("without a role one is given next")
	}
	if a := b.Get(page + "/password"); a.Status != http.StatusOK || a.Fields() != 0 {
		t.Fatalf("password: %d", a.Status)
	}
	a := b.Post(page+"/password", nil)
	m := regexp.MustCompile(`<code[^>]*>([a-z0-9-]{16})</code>`).FindStringSubmatch(a.Body)
	if a.Status != http.StatusOK || m == nil {
		t.Fatalf("shown: %d\n%s", a.Status, a.Body)
	}
	if in, err := directory.SignIn(t.Context(), w.Run, directory.Attempt{Login: login, Password: m[1], Address: "10.0.0.1"}); err != nil || !in.MustChange {
		t.Errorf("signs in: %v, %v", in.MustChange, err)
	}
	if a := b.Get(page); a.Has(m[1]) {
		t.Error("shown again")
	}
}

func TestEditKeepsBothTexts(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	b := w.Browse("administrator", text.RU)
	page := at("curator1@lake", "/edit")
	form := url.Values{"version": {"1"}, "territory": {trial.Lake}, "family": {"Mine"}, "given": {"Mine"}, "lang": {"kk"}}
	if a := b.Get(page); a.Status != http.StatusOK || a.Fields() != 7 {
		t.Fatalf("form: %d, %d fields", a.Status, a.Fields())
	}
	w.Must("administrator", func(ctx context.Context, a *act.Act) error {
		return directory.EditPerson(ctx, a, trial.Person("curator1@lake"), 1, directory.Newcomer{Family: "Theirs", Given: "Theirs", Lang: "kk", Territory: trial.Lake})
	})
	a := b.Post(page, form)
	if a.Status != http.StatusConflict || !a.Has("Theirs") || !a.Has(`value="Mine"`) || !a.Has(`name="version" value="2"`) {
		t.Fatalf("conflict: %d", a.Status)
	}
	form.Set("version", "2")
	if a := b.Post(page, form); a.Status != http.StatusOK || !a.Has("Mine") || a.Has("Theirs") {
		t.Errorf("saved: %d", a.Status)
	}
	// moving asks the place first, and then for the bodies of the new place
	if a := b.Get(at("curator1@lake", "/move")); a.Status != http.StatusOK || a.Fields() != 1 {
		t.Errorf("moving: %d, %d fields", a.Status, a.Fields())
	}
	if a := b.Get(page + "?territory=" + trial.River); a.Status != http.StatusOK || !a.Has("school of river") || a.Has("school of lake") {
		t.Errorf("moved: %d", a.Status)
	}
}

func TestSuspendAndRestore(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	chair, curator := w.Browse("chair@lake", text.KK), w.Browse("curator1@lake", text.KK)
	if a := curator.Get("/account"); a.Status != http.StatusOK {
		t.Fatalf("curator: %d", a.Status)
	}
	if a := chair.Get(at("curator1@lake", "/suspend")); a.Status != http.StatusOK || a.Fields() != 1 {
		t.Fatalf("form: %d", a.Status)
	}
	if a := chair.Post(at("curator1@lake", "/suspend"), url.Values{"reason": {" "}}); a.Status != http.StatusUnprocessableEntity || !a.Has("reason-error") {
		t.Errorf("no reason: %d", a.Status)
	}
	if a := chair.Post(at("curator1@lake", "/suspend"), url.Values{"reason": {"check"}}); a.Status != http.StatusOK {
		t.Errorf("suspended: %d", a.Status)
	}
	if a := curator.Get("/account"); a.Path != "/sign-in" {
		t.Errorf("the suspended is at %s", a.Path)
	}
	if a := chair.Post(at("curator1@lake", "/suspend"), url.Values{"reason": {"again"}}); a.Status != http.StatusConflict || !a.Has("again") {
		t.Errorf("suspended twice: %d", a.Status)
	}
	if a := chair.Post(at("curator1@lake", "/restore"), nil); a.Status != http.StatusOK {
		t.Errorf("restored: %d", a.Status)
	}
	if a := chair.Post(at("curator1@lake", "/restore"), nil); a.Status != http.StatusOK || a.Path != at("curator1@lake", "") || !saidAgain(a) {
		t.Errorf("restored twice: %d at %s", a.Status, a.Path)
	}
	w.Pass(11 * time.Minute)
	if a := chair.Post(at("curator1@lake", "/restore"), nil); a.Status != http.StatusConflict {
		t.Errorf("restored again later: %d", a.Status)
	}
}

func TestDeactivateWaitsForHandover(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: trial.Lake,
			Problems: []string{"bullying"}, Risk: casework.High, Reason: "told by the class teacher", Curator: trial.Person("curator1@lake")}, registry.Home)
		return err
	})
	var offer id.ID
	if err := w.DB.R.NewRaw("SELECT case_id FROM assignment WHERE person = ?", trial.Person("curator1@lake")).Scan(t.Context(), &offer); err != nil {
		t.Fatal(err)
	}
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, offer) })
	b := w.Browse("administrator", text.RU)
	if a := b.Get(at("curator1@lake", "/deactivate")); a.Status != http.StatusOK || a.Has(`action="`+at("curator1@lake", "/deactivate")) || !a.Has(at("curator1@lake", "/suspend")) {
		t.Errorf("the form is offered: %d", a.Status)
	}
	if a := b.Post(at("curator1@lake", "/deactivate"), nil); a.Status != http.StatusConflict {
		t.Errorf("cases wait: %d", a.Status)
	}
	if a := b.Get(at("curator2@lake", "/deactivate")); a.Status != http.StatusOK || !a.Has(`action="`+at("curator2@lake", "/deactivate")) {
		t.Errorf("form: %d", a.Status)
	}
	if a := b.Post(at("curator2@lake", "/deactivate"), nil); a.Status != http.StatusOK || a.Has("/suspend") {
		t.Errorf("deactivated: %d", a.Status)
	}
}

// Decision 22 on the pages: who gave the role is led back with the reason
// instead of a password, and the chair is led from a line to the newcomer.
func TestNobodyIsMadeByOneHand(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		w := trial.New(t)
		b := w.Browse("administrator", lang)
		page := b.Post("/admin/people/add", url.Values{"id": {id.New().String()}, "territory": {trial.Lake}, "login": {"dana"},
			"family": {"Invented"}, "given": {"Dana"}, "lang": {"kk"}}).Path
		if a := b.Get(page + "/password"); a.Status != http.StatusOK {
			t.Fatalf("%s: before a role: %d at %s", lang, a.Status, page)
		}
		if a := b.Post(page+"/grant", url.Values{"role": {"curator"}, "territory": {trial.Lake}}); a.Status != http.StatusOK || a.Path != page {
			t.Fatalf("%s: the role: %d at %s", lang, a.Status, a.Path)
		}
		printers, err := text.Load(words.FS)
		if err != nil {
			t.Fatal(err)
		}
		p := printers.In(lang)
		if a := b.Get(page + "/password"); a.Path != page || !a.Has(p.T("people.other_hand")) {
			t.Errorf("%s: the form: %d at %s", lang, a.Status, a.Path)
		}
		if a := b.Post(page+"/password", nil); a.Status != http.StatusConflict && !a.Has(p.T("people.other_hand")) {
			t.Errorf("%s: the password: %d", lang, a.Status)
		}
		// Who has given the role is offered no password, and is told whose it is to give.
		if a := b.Get(page); a.Has(page+"/password") || !a.Has(p.T("people.other_hand")) || !b.Get(page+"/grant").Has(p.T("admin.other_half")) {
			t.Errorf("%s: what would be refused is offered", lang)
		}
		other := b.Post("/admin/people/add", url.Values{"id": {id.New().String()}, "territory": {trial.Lake}, "login": {"danara"},
			"family": {"Invented"}, "given": {"Danara"}, "lang": {"kk"}}).Path
		if a := b.Get(other + "/password"); !a.Has(p.T("admin.other_half")) {
			t.Errorf("%s: the password form does not say who gives the role", lang)
		}
		b.Post(other+"/password", nil)
		if a := b.Get(other); a.Has(other+"/grant") || !a.Has(p.T("people.other_hand")) || b.Get(other+"/grant").Path != other {
			t.Errorf("%s: the role is offered to who gave the password", lang)
		}
		chair := w.Browse("chair@lake", lang)
		if a := chair.Get("/account/inbox"); !a.Has(p.T("notice.newcomer")) || !a.Has(page) || chair.Get(page).Status != http.StatusOK {
			t.Errorf("%s: the chair is not led to the newcomer", lang)
		}
	}
}
