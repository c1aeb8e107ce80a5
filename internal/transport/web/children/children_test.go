package children_test

import (
	"context"
	"encoding/base64"
	"net/http"
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

// number is one that keeps its checksum, of an invented boy.
func number(t *testing.T) string {
	t.Helper()
	for n := 0; n < 10000; n++ {
		s := "1205175" + strings.Repeat("0", 4-len(digits(n))) + digits(n)
		for c := '0'; c <= '9'; c++ {
			if k, err := id.ParseIIN(s + string(c)); err == nil {
				return string(k)
			}
		}
	}
	t.Fatal("no number")
	return ""
}

func digits(n int) string {
	if n == 0 {
		return "0"
	}
	s := ""
	for ; n > 0; n /= 10 {
		s = string(rune('0'+n%10)) + s
	}
	return s
}

// boy is an invented child as the office writes him.
func boy() registry.Particulars {
	return registry.Particulars{IINAbsent: "unknown", Family: "Сапаров", Given: "Ерлан", Patronymic: "Бекұлы",
		Born: date.New(2012, 5, 17), Sex: "m", Lang: "kk", Source: "school"}
}

func onFile(t *testing.T, w *trial.World, p registry.Particulars) registry.Child {
	t.Helper()
	var c registry.Child
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = registry.Register(ctx, a, registry.Registration{Territory: trial.Lake, Particulars: p})
		return err
	})
	return c
}

func mother(t *testing.T, w *trial.World, c registry.Child) id.ID {
	t.Helper()
	var m registry.Adult
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		m, err = registry.AddAdult(ctx, a, c.ID, registry.Adult{Family: "Сапарова", Given: "Гүлнар", Phone: "+7 700 000 00 00"},
			registry.Relation{Kind: "mother", Legal: true, LivesWith: true, FromDay: date.New(2012, 5, 17)})
		return err
	})
	return m.ID
}

func languages(t *testing.T, do func(t *testing.T, lang text.Lang)) {
	t.Helper()
	for _, lang := range []text.Lang{text.KK, text.RU} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			do(t, lang)
		})
	}
}

func day(form url.Values, name string, d date.Date) url.Values {
	y, m, n := d.YMD()
	form.Set(name+"-year", digits(y))
	form.Set(name+"-month", digits(m))
	form.Set(name+"-day", digits(n))
	return form
}

func TestSearchPutsNobodyIntoAnAddress(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		onFile(t, w, boy())
		b := w.Browse("secretary@lake", lang)
		if a := b.Get("/children"); a.Status != http.StatusOK || a.Fields() != 3 || !a.Has("Ерлан С.") || a.Has("Сапаров") {
			t.Fatalf("list: %d, %d fields", a.Status, a.Fields())
		}
		// Another spelling, from the header and from the form.
		for _, form := range []url.Values{{"q": {"Yerlan Saparov"}}, {"q": {"сапаров 17.05.2012"}}, {"text": {"Сапаров"}, "born-year": {"2012"}}} {
			a := b.Post("/children/search", form)
			if a.Status != http.StatusOK || !strings.HasPrefix(a.Path, "/children/found/") || !a.Has("Ерлан С.") {
				t.Errorf("%v: %d at %s", form, a.Status, a.Path)
			}
			for _, s := range []string{"aparov", "апаров", "17.05", "=2012", url.QueryEscape("сапаров")} {
				if strings.Contains(a.Path, s) || hrefs(a.Body, s) {
					t.Errorf("%q stands in an address", s)
				}
			}
		}
		none := b.Post("/children/search", url.Values{"text": {"Nobody Whatsoever"}})
		if !none.Has("/children/register/") || none.Has("Ерлан") {
			t.Error("an empty answer offers no registration")
		}
		for _, form := range []url.Values{{}, {"text": {"а"}}, {"iin": {"123"}}, {"born-day": {"40"}, "born-month": {"1"}, "born-year": {"2012"}}, {"born-year": {"12"}}} {
			if a := b.Post("/children/search", form); a.Status != http.StatusUnprocessableEntity || !a.Has("govuk-error-summary") {
				t.Errorf("%v: %d", form, a.Status)
			}
		}
		if a := w.Browse("secretary@lake", lang).Get(none.Path); a.Status != http.StatusOK || a.Has("Nobody Whatsoever") {
			t.Error("one session's search is read in another")
		}
		if a := w.Browse("curator1@lake", lang).Post("/children/search", url.Values{"q": {"Сапаров"}}); a.Has("Ерлан С.") || a.Has("/children/register/") {
			t.Error("a curator finds whom they do not walk with")
		}
		if a := w.Browse("analyst", lang).Post("/children/search", url.Values{"q": {"Сапаров"}}); a.Status != http.StatusForbidden {
			t.Errorf("analyst: %d", a.Status)
		}
	})
}

// hrefs tells whether an address on the page holds a text.
func hrefs(body, s string) bool {
	for _, mark := range []string{`href="`, `action="`} {
		for _, part := range strings.Split(body, mark)[1:] {
			if u, _, _ := strings.Cut(part, `"`); strings.Contains(u, s) {
				return true
			}
		}
	}
	return false
}

func TestFileShowsOnePicture(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		p := boy()
		p.IIN, p.IINAbsent = number(t), ""
		c := onFile(t, w, p)
		m := mother(t, w, c)
		page := "/children/" + c.ID.String()
		b := w.Browse("secretary@lake", lang)
		a := b.Get(page)
		if a.Status != http.StatusOK || !a.Has("Сапаров Ерлан Бекұлы") || !a.Has("Сапарова Гүлнар") || a.Has(p.IIN) || !a.Has(p.IIN[7:]) {
			t.Fatalf("file: %d", a.Status)
		}
		if !a.Has(page+"/open-case") || !a.Has(page+"/unsafe/"+m.String()) || !a.Has(page+"/looks") {
			t.Error("the secretary lacks something to do")
		}
		if strings.Contains(a.Body[:strings.Index(a.Body, "</title>")], "Сапаров") {
			t.Error("the window's title names the child")
		}
		for _, who := range []string{"secretary@steppe", "regional@north", "curator1@lake", "executor@lake"} {
			x, y := w.Browse(who, lang).Get(page), w.Browse(who, lang).Get("/children/"+id.New().String())
			if x.Status < 400 || x.Body != y.Body {
				t.Errorf("%s: forbidden %d and unknown %d differ", who, x.Status, y.Status)
			}
		}
		if a := w.Browse("chair@lake", lang).Get(page); a.Has(page + "/amend") {
			t.Error("the chair is offered what the chair may not do")
		}
		if a := b.Get(page + "/nonsense"); a.Status != http.StatusNotFound {
			t.Errorf("unknown step: %d", a.Status)
		}
	})
}

func TestRule17RegisterWithCaseAndCurator(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		b := w.Browse("secretary@lake", lang)
		fields, pages := 0, 0
		count := func(a trial.Answer) {
			fields, pages = fields+a.Fields(), pages+1
		}
		count(b.Get("/children"))
		found := b.Post("/children/search", url.Values{"text": {"Сапаров Ерлан"}})
		to := strings.Replace(found.Path, "found", "register", 1)
		form := b.Get(to)
		count(form)
		if form.Status != http.StatusOK || !form.Has(`value="Сапаров"`) || !form.Has(`value="Ерлан"`) {
			t.Fatalf("register: %d at %s, or the names do not come along", form.Status, form.Path)
		}
		bad := b.Post(to, url.Values{"territory": {trial.Lake}, "given": {"Ерлан"}, "iin": {"1"}})
		if bad.Status != http.StatusUnprocessableEntity || !bad.Has("family-error") || !bad.Has("iin-error") || !bad.Has(`value="Ерлан"`) {
			t.Fatalf("refusal: %d", bad.Status)
		}
		child := id.New()
		typed := url.Values{"id": {child.String()}, "territory": {trial.Lake}, "family": {"Сапаров"}, "given": {"Ерлан"}, "iin": {number(t)},
			"lang": {"kk"}, "source": {"school"}} // birth date and sex stand in the number
		page := b.Post(to, typed)
		if page.Status != http.StatusOK || page.Path != "/children/"+child.Of(trial.Person("secretary@lake")).String() {
			t.Fatalf("registered: %d at %s", page.Status, page.Path)
		}
		count(b.Get(page.Path + "/open-case"))
		bad = b.Post(page.Path+"/open-case", url.Values{"id": {id.New().String()}, "reason": {"kept text"}})
		if bad.Status != http.StatusUnprocessableEntity || !bad.Has("kept text") || !bad.Has("problems-error") || !bad.Has("risk-error") {
			t.Errorf("case refused: %d", bad.Status)
		}
		a := b.Post(page.Path+"/open-case", url.Values{"id": {id.New().String()}, "problems": {"truancy", "conflict"}, "risk": {"medium"},
			"reason": {"the school told"}, "curator": {trial.Person("curator1@lake").String()}})
		if a.Status != http.StatusOK || a.Path != page.Path || !a.Has("/cases/") || a.Has("/open-case") {
			t.Errorf("case: %d at %s", a.Status, a.Path)
		}
		if again := b.Post(page.Path+"/open-case", url.Values{"id": {id.New().String()}, "problems": {"truancy"}, "risk": {"low"}, "reason": {"x"}}); again.Status != http.StatusConflict {
			t.Errorf("a second case: %d", again.Status)
		}
		if fields > 25 || pages > 4 {
			t.Errorf("%d fields on %d pages", fields, pages)
		}
		// The same child again is refused by the number, one like it is shown first.
		typed.Set("id", id.New().String())
		if a := b.Post(to, typed); a.Status != http.StatusConflict {
			t.Errorf("the same number: %d", a.Status)
		}
		typed.Del("iin")
		typed.Set("iin_absent", "unknown")
		typed.Set("sex", "m")
		typed.Set("given", "Yerlan")
		day(typed, "born", date.New(2012, 5, 18))
		like := b.Post(to, typed)
		if like.Status != http.StatusConflict || !like.Has("Ерлан С.") || !like.Has(`name="distinct"`) || !like.Has(`value="Yerlan"`) {
			t.Fatalf("a child like this one: %d", like.Status)
		}
		typed.Set("distinct", "yes")
		if a := b.Post(to, typed); a.Status != http.StatusOK || !strings.HasPrefix(a.Path, "/children/") || a.Path == to {
			t.Errorf("none of these: %d at %s", a.Status, a.Path)
		}
		if a := w.Browse("chair@lake", lang).Get(to); a.Status != http.StatusForbidden {
			t.Errorf("chair registers: %d", a.Status)
		}
	})
}

func TestFormsOfAFile(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		c := onFile(t, w, boy())
		page := "/children/" + c.ID.String()
		b := w.Browse("secretary@lake", lang)
		today := date.Of(trial.Start)
		for _, x := range []struct {
			step   string
			fields int
			bad    string // the field that is refused when only the note is typed
			note   string
			good   url.Values
			shows  string
		}{
			{"contact", 5, "contact_who", "contact_hours", url.Values{"contact_who": {"aunt"}, "contact_how": {"by phone"}, "contact_not": {"the stepfather"}}, "the stepfather"},
			{"address", 2, "from_day", "address", day(url.Values{"address": {"7 Reed street"}}, "from_day", today), "7 Reed street"},
			{"school", 4, "school", "grade", day(url.Values{"school": {trial.Agency("school@lake").String()}, "grade": {"7"}}, "from_day", today), "school of lake"},
			{"adult", 9, "lives_with", "family", day(url.Values{"family": {"Other"}, "given": {"Aunt"}, "kind": {"aunt_uncle"}, "legal": {"no"}, "lives_with": {"yes"}}, "from_day", today), "Other Aunt"},
			{"amend", 10, "sex", "family", day(url.Values{"family": {"Сапар"}, "given": {"Ерлан"}, "iin_absent": {"foreign"}, "sex": {"m"}, "lang": {"ru"}, "source": {"school"}}, "born", date.New(2012, 5, 17)), "Сапар Ерлан"},
		} {
			form := b.Get(page + "/" + x.step)
			if form.Status != http.StatusOK || form.Fields() != x.fields {
				t.Errorf("%s: %d, %d fields", x.step, form.Status, form.Fields())
			}
			version := ""
			if found := hiddenVersion.FindStringSubmatch(form.Body); found != nil {
				version = found[1]
			}
			x.good.Set("version", version)
			bad := b.Post(page+"/"+x.step, url.Values{"version": {version}, x.note: {"kept text"}})
			if bad.Status != http.StatusUnprocessableEntity || !bad.Has("kept text") || !bad.Has(x.bad+"-error") {
				t.Errorf("%s refused: %d", x.step, bad.Status)
			}
			if a := b.Post(page+"/"+x.step, x.good); a.Status != http.StatusOK || a.Path != page || !a.Has(x.shows) {
				t.Errorf("%s: %d at %s", x.step, a.Status, a.Path)
			}
			other := w.Browse("secretary@steppe", lang)
			y, z := other.Get(page+"/"+x.step), other.Get("/children/"+id.New().String()+"/"+x.step)
			if y.Status != http.StatusNotFound || y.Body != z.Body {
				t.Errorf("%s: forbidden %d and unknown %d differ", x.step, y.Status, z.Status)
			}
		}
		// Somebody else saved first: both texts stand on the page.
		for step, form := range map[string]url.Values{
			"amend":   day(url.Values{"family": {"Мұратов"}, "given": {"Ерлан"}, "iin_absent": {"foreign"}, "sex": {"m"}, "lang": {"kk"}, "source": {"school"}}, "born", date.New(2012, 5, 17)),
			"contact": {"contact_who": {"teacher"}, "contact_how": {"by phone"}},
		} {
			form.Set("version", "1")
			a := b.Post(page+"/"+step, form)
			mine, theirs := "Мұратов", "Сапар"
			if step == "contact" {
				mine, theirs = "teacher", "aunt"
			}
			if a.Status != http.StatusConflict || !a.Has("sk-conflict") || !a.Has(mine) || !a.Has(theirs) {
				t.Errorf("%s, stale: %d", step, a.Status)
			}
		}
	})
}

func TestUnsafeAdult(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		c := onFile(t, w, boy())
		m := mother(t, w, c).String()
		page := "/children/" + c.ID.String()
		b := w.Browse("chair@lake", lang)
		if a := b.Get(page + "/unsafe/" + m); a.Status != http.StatusOK || a.Fields() != 2 || !a.Has("govuk-warning-text") {
			t.Fatalf("form: %d, %d fields", a.Status, a.Fields())
		}
		if a := b.Post(page+"/unsafe/"+m, url.Values{"reason": {"kept text"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("kept text") || !a.Has("ground-error") {
			t.Errorf("refusal: %d", a.Status)
		}
		a := b.Post(page+"/unsafe/"+m, url.Values{"ground": {"suspected"}, "reason": {"the child told the teacher"}})
		if a.Status != http.StatusOK || !a.Has("sk-tag--danger") || !a.Has(page+"/safe/"+m) {
			t.Errorf("marked: %d", a.Status)
		}
		if a := b.Get(page + "/safe/" + m); a.Status != http.StatusOK || a.Fields() != 1 {
			t.Errorf("lift: %d, %d fields", a.Status, a.Fields())
		}
		if a := b.Post(page+"/safe/"+m, url.Values{"reason": {"the court found otherwise"}}); a.Status != http.StatusOK || !a.Has(page+"/unsafe/"+m) {
			t.Errorf("lifted: %d", a.Status)
		}
		if a := b.Get(page + "/safe/" + m); a.Path != page || a.Fields() != 0 {
			t.Errorf("nothing to lift: %d", a.Status)
		}
		if a := b.Get(page + "/unsafe/" + id.New().String()); a.Status != http.StatusNotFound {
			t.Errorf("a stranger: %d", a.Status)
		}
	})
}

func TestEndRelation(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := onFile(t, w, boy())
	mother(t, w, c)
	page := "/children/" + c.ID.String()
	b := w.Browse("secretary@lake", text.KK)
	_, rest, ok := strings.Cut(b.Get(page).Body, page+"/relations/")
	if !ok {
		t.Fatal("no link to end the relation")
	}
	to := page + "/relations/" + rest[:36]
	if a := b.Get(to); a.Status != http.StatusOK || a.Fields() != 1 {
		t.Errorf("form: %d, %d fields", a.Status, a.Fields())
	}
	if a := b.Post(to, day(url.Values{}, "to_day", date.Of(trial.Start).AddDays(3))); a.Status != http.StatusUnprocessableEntity || !a.Has("to_day-error") {
		t.Errorf("in the future: %d", a.Status)
	}
	if a := b.Post(to, day(url.Values{}, "to_day", date.Of(trial.Start))); a.Status != http.StatusOK || a.Has(to) {
		t.Errorf("ended: %d", a.Status)
	}
}

func TestOpenFileAndWhoLooked(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		c := onFile(t, w, boy())
		page := "/children/" + c.ID.String()
		var k casework.Case
		w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
			var err error
			k, err = casework.Open(ctx, a, casework.Opening{Child: c.ID, Territory: trial.Lake, Problems: []string{"bullying"}, Risk: casework.High, Reason: "told"}, registry.Home)
			return err
		})
		b := w.Browse("regional@north", lang)
		to := "/cases/" + k.ID.String() + "/open"
		if a := b.Get("/cases"); !a.Has(to) || a.Has("Ерлан") {
			t.Error("the list does not lead to opening the file")
		}
		if a := b.Get(to); a.Status != http.StatusOK || a.Fields() != 1 || a.Has("Ерлан") {
			t.Errorf("form: %d", a.Status)
		}
		if a := b.Post(to, url.Values{"reason": {"short"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("short") {
			t.Errorf("short reason: %d", a.Status)
		}
		b.Post(to, url.Values{"reason": {"complaint number 17 of the region"}})
		if a := b.Get("/cases"); a.Has(to) || !a.Has(`href="/cases/`+k.ID.String()+`"`) {
			t.Error("the list asks again for a reason that was given")
		}
		if a := b.Get(page); a.Status != http.StatusOK || !a.Has("Сапаров") || a.Has("/amend") {
			t.Errorf("opened file: %d", a.Status)
		}
		if a := w.Browse("regional@south", lang).Get(page + "/open-file"); a.Status != http.StatusNotFound {
			t.Errorf("another region: %d", a.Status)
		}
		p := w.Browse("prosecutor@north", lang)
		if a := p.Get(page + "/open-file"); a.Status != http.StatusOK || a.Fields() != 1 {
			t.Errorf("prosecutor: %d", a.Status)
		}
		if a := p.Post(page+"/open-file", url.Values{"reason": {"check of legality, order 5"}}); a.Status != http.StatusOK || a.Path != page {
			t.Errorf("prosecutor opens: %d at %s", a.Status, a.Path)
		}
		for _, who := range []string{"secretary@lake", "protection"} {
			a := w.Browse(who, lang).Get(page + "/looks")
			if a.Status != http.StatusOK || !a.Has("complaint number 17 of the region") || !a.Has("regional@north") || a.Has("Сапаров") {
				t.Errorf("%s: looks %d", who, a.Status)
			}
		}
		if a := w.Browse("secretary@steppe", lang).Get(page + "/looks"); a.Status != http.StatusNotFound {
			t.Errorf("foreign looks: %d", a.Status)
		}
		if a := w.Browse("curator1@lake", lang).Get(page + "/looks"); a.Status != http.StatusNotFound {
			t.Errorf("curator's looks: %d", a.Status)
		}
	})
}

func TestMoveAndMerge(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, lang text.Lang) {
		w := trial.New(t)
		c := onFile(t, w, boy())
		p := boy()
		p.Given, p.Born = "Yerlan", date.New(2012, 5, 18)
		twin := onFile(t, w, p)
		page := "/children/" + c.ID.String()
		b := w.Browse("data@north", lang)
		if a := b.Get(page); !a.Has(page + "/merge") {
			t.Error("the data officer is not offered to merge")
		}
		if a := b.Get(page + "/merge"); a.Status != http.StatusOK || a.Fields() != 2 || !a.Has(twin.ID.String()) {
			t.Errorf("merge: %d, %d fields", a.Status, a.Fields())
		}
		if a := b.Post(page+"/merge", url.Values{"reason": {"kept text"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("kept text") || !a.Has("drop-error") {
			t.Errorf("merge refused: %d", a.Status)
		}
		if a := b.Post(page+"/merge", url.Values{"drop": {twin.ID.String()}, "reason": {"one birth certificate"}}); a.Status != http.StatusOK || a.Path != page {
			t.Errorf("merged: %d", a.Status)
		}
		if a := b.Get("/children/" + twin.ID.String()); a.Status != http.StatusNotFound {
			t.Errorf("the dropped file: %d", a.Status)
		}
		s := w.Browse("secretary@lake", lang)
		if a := s.Get(page + "/merge"); a.Path != page || a.Fields() != 0 {
			t.Errorf("secretary merges: %d", a.Status)
		}
		if a := s.Get(page + "/move"); a.Status != http.StatusOK || a.Fields() != 2 || !a.Has(trial.River) || a.Has(`value="`+trial.Lake+`"`) {
			t.Errorf("move: %d, %d fields", a.Status, a.Fields())
		}
		if a := s.Post(page+"/move", url.Values{"reason": {"kept text"}}); a.Status != http.StatusUnprocessableEntity || !a.Has("kept text") || !a.Has("to-error") {
			t.Errorf("move refused: %d", a.Status)
		}
		if a := s.Post(page+"/move", url.Values{"to": {trial.River}, "reason": {"the family moves"}}); a.Status != http.StatusOK || a.Path != "/children" {
			t.Errorf("moved: %d at %s", a.Status, a.Path)
		}
		if x, y := s.Get(page), w.Browse("secretary@river", lang).Get(page); x.Status != http.StatusNotFound || y.Status != http.StatusOK {
			t.Errorf("after the move: %d here, %d there", x.Status, y.Status)
		}
	})
}

func TestListGoesOnWithoutNames(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	for range 51 {
		w.Child(trial.Lake, date.New(2012, 5, 17))
	}
	b := w.Browse("secretary@lake", text.RU)
	_, rest, ok := strings.Cut(b.Get("/children").Body, `href="/children?after=`)
	if !ok {
		t.Fatal("no second page")
	}
	after, _, _ := strings.Cut(rest, `"`)
	if raw, err := base64.RawURLEncoding.DecodeString(after); err != nil || strings.Contains(string(raw), "nvented") || len(raw) != 36 {
		t.Errorf("the address says more than an identifier: %q", raw)
	}
	a := b.Get("/children?after=" + after)
	if n := strings.Count(a.Body, "Child I."); a.Status != http.StatusOK || n != 1 {
		t.Errorf("second page: %d, %d children", a.Status, n)
	}
}

var hiddenVersion = regexp.MustCompile(`name="version" value="(\d+)"`)
