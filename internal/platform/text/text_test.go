package text_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/text"
	"serik/words"
)

const extra = `"x.plain": "%", "x.hello": "{{.Name}} %", "x.cases": `

// invented is a small set of words beside the real ones of dates and faults.
func invented(t testing.TB) *text.Words {
	t.Helper()
	files := fstest.MapFS{}
	for _, l := range text.Langs() {
		for _, s := range []string{"date", "fault", "form"} {
			b, err := words.FS.ReadFile(string(l) + "/" + s + ".json")
			if err != nil {
				t.Fatal(err)
			}
			files[string(l)+"/"+s+".json"] = &fstest.MapFile{Data: b}
		}
	}
	for l, forms := range map[string]string{
		"kk": `{"one": "{{.N}} іс", "other": "{{.N}} іс"}`,
		"ru": `{"one": "{{.N}} дело", "few": "{{.N}} дела", "many": "{{.N}} дел", "other": "{{.N}} дела"}`,
		"en": `{"one": "{{.N}} case", "other": "{{.N}} cases"}`,
	} {
		files[l+"/x.json"] = &fstest.MapFile{Data: []byte("{" + strings.ReplaceAll(extra, "%", l) + forms + "}")}
	}
	w, err := text.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestPlainFilledAndPlural(t *testing.T) {
	t.Parallel()
	w := invented(t)
	kk, ru, en := w.In(text.KK), w.In(text.RU), w.In(text.EN)
	for got, want := range map[string]string{
		ru.T("x.plain"): "ru",
		ru.T("x.hello", fault.Args{"Name": "Айбек"}):                    "Айбек ru",
		kk.T("x.hello", fault.Args{"Name": "x.plain"}):                  "kk kk",
		ru.T("x.hello", fault.Args{"Name": date.New(2026, 11, 24)}):     "24.11.2026 ru",
		ru.T("x.hello", fault.Args{"Name": 2026}):                       "2026 ru",
		ru.T("x.hello", fault.Args{"Name": "{{.N}}"}):                   "{{.N}} ru",
		en.T("x.hello", fault.Args{"A": 1}, fault.Args{"Name": "both"}): "both en",
		ru.N("x.cases", 1):                    "1 дело",
		ru.N("x.cases", 3):                    "3 дела",
		ru.N("x.cases", 11):                   "11 дел",
		ru.N("x.cases", 21):                   "21 дело",
		ru.N("x.cases", 0):                    "0 дел",
		kk.N("x.cases", 1):                    "1 іс",
		kk.N("x.cases", 5):                    "5 іс",
		en.N("x.cases", 1):                    "1 case",
		en.N("x.cases", 12345):                "12\u202f345 cases",
		ru.T("x.cases", fault.Args{"N": 2}):   "2 дела",
		w.In("de").T("x.plain"):               "kk",
		string(ru.Lang()) + string(kk.Lang()): "rukk",
		ru.Field(fault.Field{Key: "x.plain"}): "ru",
		ru.Fault(fault.New("denied", "")):     "У Вас нет права на это действие",
		ru.Fault(nil):                         "",
		ru.Fault(fault.Missing()):             "Страница или запись не найдена",
		ru.Fault(fault.Clash("x.plain")):      "ru",
		ru.Fault(fault.Clash("x.nowhere")):    ru.T("fault.conflict"),
		ru.T("fault.too_long", fault.Args{"Now": 540, "Max": 500}): "Слишком длинный текст: знаков 540, допустимо не больше 500",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMissingIsReported(t *testing.T) {
	t.Parallel()
	w := invented(t)
	var told []string
	w.OnMissing = func(l text.Lang, key string) { told = append(told, string(l)+" "+key) }
	ru := w.In(text.RU)
	got := []string{ru.T("x.nowhere"), ru.T("x.hello"), ru.Fault(fault.Clash("x.gone"))}
	if want := []string{"[x.nowhere]", "[Name] ru", ru.T("fault.conflict")}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if want := []string{"ru x.nowhere", "ru x.hello {{.Name}}", "ru x.gone"}; !slices.Equal(told, want) {
		t.Errorf("%q", told)
	}
}

func TestEveryKindOfFaultHasWords(t *testing.T) {
	t.Parallel()
	p := invented(t).In(text.KK)
	for _, k := range []fault.Kind{fault.Denied, fault.NotFound, fault.Conflict, fault.Invalid, fault.Limited, fault.Unavailable} {
		if !p.Has("fault." + string(k)) {
			t.Errorf("no words for %s", k)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	good := map[string]string{"kk": `{"x.a": "б", "x.n": {"one": "1", "other": "2"}}`, "ru": `{"x.a": "б", "x.n": {"one": "1", "few": "2", "many": "3", "other": "4"}}`, "en": `{"x.a": "b", "x.n": {"one": "1", "other": "2"}}`}
	load := func(lang, data string) error {
		files := fstest.MapFS{}
		for l, d := range good {
			files[l+"/x.json"] = &fstest.MapFile{Data: []byte(d)}
		}
		if data == "" {
			delete(files, lang+"/x.json")
		} else {
			files[lang+"/x.json"] = &fstest.MapFile{Data: []byte(data)}
		}
		_, err := text.Load(files)
		return err
	}
	if err := load("en", good["en"]); err != nil {
		t.Fatal(err)
	}
	n := `, "x.n": {"one": "1", "other": "2"}}`
	for _, c := range []struct{ lang, data, want string }{
		{"en", "", "no texts in en"},
		{"en", `{"x.a": "b"}`, "x.n is missing in en"},
		{"kk", `{"x.a": "b", "x.b": "c"` + n, "x.b is missing in ru"},
		{"en", `{"y.a": "b"` + n, "y.a is no key of section x"},
		{"en", `{"x.A": "b"` + n, "x.A is no key"},
		{"en", `{"x.a": "b", "x.a": "c"` + n, "x.a stands twice"},
		{"en", `{"x.a": " "` + n, "an empty text"},
		{"en", `{"x.a": "a <b>b</b>"` + n, "markup"},
		{"en", `{"x.a": "a&nbsp;b"` + n, "markup"},
		{"en", `{"x.a": "a {{.Name}}"` + n, "x.a in en has text with [Name]"},
		{"en", `{"x.a": "a {{Name}}"` + n, "broken placeholder"},
		{"en", `{"x.a": "a {.Name}"` + n, "broken placeholder"},
		{"en", `{"x.a": 5` + n, "neither a text"},
		{"en", `{"x.a": null` + n, "neither a text"},
		{"en", `{"x.a": {"one": "1", "other": "2"}` + n, "x.a in en has plural"},
		{"ru", `{"x.a": "b"` + n, "plural forms [one other]"},
		{"en", `["x.a"]`, "not an object"},
		{"en", `{"x.a": "b"`, "EOF"},
	} {
		if err := load(c.lang, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v", c.lang, c.data, err)
		}
	}
}

func TestParseLang(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]text.Lang{"kk": text.KK, "ru-RU": text.RU, "EN": text.EN, " kk-Cyrl-KZ": text.KK, "de": "", "": "", "kz": ""} {
		if got, ok := text.ParseLang(s); got != want || ok != (want != "") {
			t.Errorf("ParseLang(%q) = %q, %v", s, got, ok)
		}
	}
}

func TestDatesInWords(t *testing.T) {
	t.Parallel()
	w := invented(t)
	kk, ru, en := w.In(text.KK), w.In(text.RU), w.In(text.EN)
	today, day := date.New(2026, 11, 21), date.New(2026, 11, 24)
	for got, want := range map[string]string{
		ru.Long(day, today): "24 ноября, вторник, через 3 дня",
		kk.Long(day, today): "24 қараша, сейсенбі, 3 күннен кейін",
		en.Long(day, today): "24 November, Tuesday, in 3 days",
		ru.Long(date.New(2027, 1, 1), date.New(2026, 12, 31)): "1 января 2027 года, пятница, завтра",
		kk.Long(date.New(2027, 1, 1), date.New(2026, 12, 31)): "2027 жылғы 1 қаңтар, жұма, ертең",
		en.Long(today, today):                           "21 November, Saturday, today",
		ru.Long(today.AddDays(-1), today):               "20 ноября, пятница, вчера",
		ru.Long(today.AddDays(-5), today):               "16 ноября, понедельник, 5 дней назад",
		kk.Long(today.AddDays(-5), today):               "16 қараша, дүйсенбі, 5 күн бұрын",
		ru.Long(date.Date{}, today):                     "",
		ru.Date(day):                                    "24.11.2026",
		ru.Date(date.Date{}):                            "",
		ru.DateTime(time.Time{}):                        "",
		ru.DateTime(day.Start()):                        "24.11.2026, 00:00",
		ru.DateTime(day.Start().Add(545 * time.Minute)): "24.11.2026, 09:05",
		ru.Ago(59 * time.Second):                        "только что",
		ru.Ago(-time.Hour):                              "только что",
		ru.Ago(5 * time.Minute):                         "5 мин назад",
		kk.Ago(119 * time.Minute):                       "1 сағ бұрын",
		en.Ago(47 * time.Hour):                          "1 day ago",
		ru.Ago(22 * 24 * time.Hour):                     "22 дня назад",
		kk.Ago(22 * 24 * time.Hour):                     "22 күн бұрын",
		ru.Span(-3 * time.Hour):                         "3 ч",
		kk.Span(0):                                      "0 мин",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNumbersAndLists(t *testing.T) {
	t.Parallel()
	w := invented(t)
	kk, ru, en := w.In(text.KK), w.In(text.RU), w.In(text.EN)
	zero := 0.0
	for got, want := range map[string]string{
		ru.Number(0): "0", ru.Number(999): "999", ru.Number(-1000): "-1\u202f000", kk.Number(1234567): "1\u202f234\u202f567",
		ru.Percent(.3746): "37%", kk.Percent(.0345): "3,5%", en.Percent(.0345): "3.5%", ru.Percent(1): "100%", ru.Percent(0): "0%",
		ru.Percent(zero / zero): "–", ru.Percent(.09999): "10%", ru.Percent(.04): "4%",
		ru.List(nil): "", ru.List([]string{"а"}): "а", ru.List([]string{"а", "б"}): "а и б",
		kk.List([]string{"а", "ә", "б"}): "а, ә және б", en.List([]string{"a", "b", "c"}): "a, b and c",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestKazakhAlphabet(t *testing.T) {
	t.Parallel()
	want := strings.Split("А Ә Б В Г Ғ Д Е Ж З И Й К Қ Л М Н Ң О Ө П Р С Т У Ұ Ү Ф Х Һ Ц Ч Ш Щ Ъ Ы І Ь Э Ю Я", " ")
	for _, shape := range []func(string) string{strings.ToUpper, strings.ToLower, func(s string) string { return s + "бв" }} {
		have := slices.Clone(want)
		slices.Sort(have)
		text.Sort(have, shape)
		if !slices.Equal(have, want) {
			t.Errorf("%v", have)
		}
	}
	names := strings.Split("10|9а|Aibek|Ахметов Серік|Ахметова Айгүл|Әбенов|Ғабдуллин|Дәулетов|Қадыров|Оспанов|Өтепов|Ұлжан|Үміт|Шәріпов|Ысқақов|Ілияс", "|")
	have := slices.Clone(names)
	slices.Reverse(have)
	text.Sort(have, func(s string) string { return s })
	if !slices.Equal(have, names) {
		t.Errorf("%v", have)
	}
}

func TestSortKeyProperties(t *testing.T) {
	t.Parallel()
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("аәбгғеиікқнңоөуұүыя -АӘКҚab1")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		ka, kb := text.SortKey(a), text.SortKey(b)
		switch {
		case text.SortKey(strings.ToUpper(a)) != ka:
			t.Fatalf("case of %q counts", a)
		case text.SortKey(a+b) < ka:
			t.Fatalf("%q stands before %q", a+b, a)
		case strings.ContainsFunc(ka, func(r rune) bool { return r <= ' ' || r > '~' }):
			t.Fatalf("key %q", ka)
		}
		two := []string{a, b}
		text.Sort(two, func(s string) string { return s })
		if ka != kb && (ka < kb) != (two[0] == a) {
			t.Fatalf("Sort and SortKey differ on %q, %q", a, b)
		}
	})
}

func TestCapitalBeginsAText(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"": "", "өз-өзіне қол жұмсау": "Өз-өзіне қол жұмсау", "безнадзорность, травля": "Безнадзорность, травля", "Word құжаты": "Word құжаты"} {
		if got := text.Capital(given); got != want {
			t.Errorf("%q gave %q", given, got)
		}
	}
}
