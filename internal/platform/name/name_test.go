package name_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"serik/internal/platform/name"
)

func lines(t testing.TB, file string) [][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "#") {
			all = append(all, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		}
	}
	return all
}

func share(a, b []string) bool {
	return slices.ContainsFunc(a, func(k string) bool { return slices.Contains(b, k) })
}

// Each two spellings of each usual name meet, but for the few that are another
// name by now (Мұхаммед and Магомед).
func TestSpellingsMeet(t *testing.T) {
	t.Parallel()
	rows := lines(t, "testdata/spellings.tsv")
	pairs, met, equal, whole := 0, 0, 0, 0
	for _, row := range rows {
		spellings, missed := row[1:], pairs-met
		for i, a := range spellings {
			for _, b := range spellings[i+1:] {
				pairs++
				switch s := name.Similar(a, b); {
				case share(name.Keys(a), name.Keys(b)):
					equal++
					met++
				case s >= 0.8:
					met++
				default:
					t.Logf("%s and %s: %.2f", a, b, s)
				}
			}
		}
		if pairs-met == missed {
			whole++
		}
	}
	got := float64(whole) / float64(len(rows))
	t.Logf("%d of %d rows meet whole, %d of %d pairs, %d of them by a shared key", whole, len(rows), met, pairs, equal)
	if len(rows) < 400 || got < 0.97 {
		t.Errorf("%.4f of %d rows", got, len(rows))
	}
}

func TestPatronymicsMeetTheFather(t *testing.T) {
	t.Parallel()
	pairs, met := 0, 0
	for _, row := range lines(t, "testdata/patronymics.tsv") {
		fathers := append(name.Keys(row[0]), name.Keys(row[1])...)
		for _, p := range row[2:] {
			for _, spelling := range []string{p, strings.ToUpper(p), name.Latin(p)} {
				pairs++
				if share(fathers, name.Keys(spelling)) {
					met++
				} else {
					t.Logf("%s does not meet %s", spelling, row[0])
				}
			}
		}
	}
	if got := float64(met) / float64(pairs); pairs < 1000 || got < 0.99 {
		t.Errorf("%.4f of %d", got, pairs)
	} else {
		t.Logf("%.2f%% of %d", 100*got, pairs)
	}
}

func TestLatinIsThePassport(t *testing.T) {
	t.Parallel()
	rows := lines(t, "testdata/latin.tsv")
	wrong := 0
	for _, row := range rows {
		if got := name.Latin(row[0]); got != row[1] {
			wrong++
			t.Logf("%s: %s, the table has %s", row[0], got, row[1])
		}
	}
	if wrong*100 > len(rows) {
		t.Errorf("%d of %d differ", wrong, len(rows))
	}
	for s, want := range map[string]string{"Әсел Серікқызы": "ASSEL SERIKKYZY", "Нұр-Сұлтан": "NUR-SULTAN", "Щукин": "SHCHUKIN", "Kim": "KIM", "": "", "Емельянов Егор": "YEMELYANOV YEGOR"} {
		if got := name.Latin(s); got != want {
			t.Errorf("Latin(%s) = %s, want %s", s, got, want)
		}
	}
}

func TestKeyIsOneForManySpellings(t *testing.T) {
	t.Parallel()
	for _, spellings := range []string{
		"ҚАЙРАТ Кайрат KAIRAT Kayrat қайрат KAYRAT Qairat",
		"Әсел Асель ASSEL ASEL Əсел əсел",
		"Жақсыбеков Джаксыбеков DZHAKSYBEKOV ZHAKSYBEKOV Жаксыбеков",
		"Айгүл Айгуль AIGUL Aygul АЙГҮЛ",
		"Семёнов Семенов SEMYONOV SEMENOV",
		"Ерлан YERLAN ERLAN Yerlan",
		"Әлиев Алиев ALIYEV ALIEV",
		"Ілияс Ильяс Илияс ILYAS ILIYAS Iлияс",
		"Александр ALEKSANDR Alexandr",
		"Жүсіп Жусип ZHUSSIP ZHUSIP JUSSIP",
	} {
		all := strings.Fields(spellings)
		for _, s := range all {
			if name.Key(s) != name.Key(all[0]) {
				t.Errorf("%s: %q, %s: %q", s, name.Key(s), all[0], name.Key(all[0]))
			}
		}
	}
	for _, s := range []string{"Чингис", "Шынгыс", "CHINGIS", "SHYNGYS"} {
		if !share(name.Keys(s), name.Keys("Шыңғыс")) {
			t.Errorf("%s does not meet", s)
		}
	}
}

func TestKeysOfFullNames(t *testing.T) {
	t.Parallel()
	want := name.Keys("Ахметов Айбек Серікұлы")
	for _, s := range []string{
		"АЙБЕК СЕРІКҰЛЫ АХМЕТОВ", "Ахметов  Айбек Серик-улы", "Ахметов Айбек Серікұлы.", "Ахметов Айбек Серік ұлы",
		"Ахметов Айбек Сериковичь", "AKHMETOV AIBEK SERIKULY", "Ахметов Айбек Серикович",
	} {
		if got := name.Keys(s); !slices.Equal(got, want) {
			t.Errorf("Keys(%s) = %v, want %v", s, got, want)
		}
	}
	for s, with := range map[string]string{
		"Серікқызы": "Серік", "Серикызы": "Серік", "Ильинична": "Илья", "Ильич": "Илья", "Никитич": "Никита", "Львовна": "Лев",
		"Павлович": "Павел", "Анатольевна": "Анатолий", "Абылаевич": "Абылай", "Серіков": "Серік", "Алиева": "Әли", "Ахметова": "Ахметов",
	} {
		if !share(name.Keys(s), name.Keys(with)) {
			t.Errorf("%s %v does not meet %s %v", s, name.Keys(s), with, name.Keys(with))
		}
	}
	if got := name.Keys(" - ' 7 阿"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestDifferentNamesStayApart(t *testing.T) {
	t.Parallel()
	for _, p := range [][2]string{{"Марат", "Мурат"}, {"Айгуль", "Айгерим"}, {"Иванов", "Волков"}, {"Дана", "Диана"}, {"Серик", "Ерик"}, {"Ахметов Айбек", "Ахметов Данияр"}} {
		if name.Key(p[0]) == name.Key(p[1]) || name.Similar(p[0], p[1]) > 0.85 {
			t.Errorf("%v: %.2f", p, name.Similar(p[0], p[1]))
		}
	}
}

func TestSimilarForgivesTyping(t *testing.T) {
	t.Parallel()
	for _, p := range [][2]string{
		{"Жумабаев", "Жуамбаев"}, {"Ахметов", "Ахмтов"}, {"Нургалиев", "Нургальев"}, {"Ахметов Айбек", "Айбек Ахметов"},
		{"Ахметов Айбек Серикович", "АХМЕТОВ АЙБЕК"}, {"AKHMETOV AIBEK", "Ахметов Айбэк"},
	} {
		if s := name.Similar(p[0], p[1]); s < 0.8 {
			t.Errorf("%v: %.2f", p, s)
		}
	}
	if name.Similar("", "Айбек") != 0 || name.Similar("", "") != 0 || name.Similar("Асель", "ӘСЕЛ") != 1 {
		t.Error("ends of the scale")
	}
}

func TestTrigrams(t *testing.T) {
	t.Parallel()
	if got := name.Trigrams("али али"); !slices.Equal(got, []string{"  а", " ал", "али", "ли "}) {
		t.Errorf("%q", got)
	}
	if got := name.Trigrams(""); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestInitial(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"Төлегенов", "Айбек", "Айбек Т."}, {"өтепов", " Әсел ", "Әсел Ө."}, {"", "Әсел", "Әсел"}, {"Ким", "", "Ким"}, {"", "", ""}} {
		if got := name.Initial(c[0], c[1]); got != c[2] {
			t.Errorf("%q", got)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"  Ахметов \t Айбек\u00a0": "Ахметов Айбек",
		"Cepік":                    "Серік",
		"Iлияс":                    "Ілияс",
		"Əсел":                     "Әсел",
		"и\u0306":                  "й",
		"Әсе\u200bл":               "Әсел",
		"COCA Kim":                 "COCA Kim",
		"KIM-Ахметoв":              "KIM-Ахметов",
		"a\xffб":                   "аб",
		"":                         "",
	} {
		if got := name.Clean(s); got != want {
			t.Errorf("Clean(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestNameProperties(t *testing.T) {
	t.Parallel()
	var known []string
	for _, row := range lines(t, "testdata/spellings.tsv") {
		known = append(known, row[1:]...)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(known).Draw(t, "a"), rapid.SampledFrom(known).Draw(t, "b")
		full, turned := a+" "+b, b+"  "+strings.ToUpper(a)
		switch s := name.Similar(full, turned); {
		case s != 1 || !slices.Equal(name.Keys(full), name.Keys(turned)):
			t.Fatalf("order of %s: %v", full, s)
		case name.Similar(a, b) != name.Similar(b, a):
			t.Fatalf("%s and %s are not symmetric", a, b)
		case name.Similar(a, b) < 0 || name.Similar(a, b) > 1:
			t.Fatalf("%s and %s: out of scale", a, b)
		case name.Key(a) == "" || name.Clean(name.Clean(full)) != name.Clean(full):
			t.Fatalf("key or clean form of %s", full)
		}
	})
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"Ахметов Айбек Серікұлы", "DZHAKSYBEKOV", "дъж", "İİıß", "ᄀ'ᅡ", "a\xffб", "Әсе\u200bл", "ﬁﬂ", "ддж ж"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k := name.Key(s)
		if name.Key(k) != k {
			t.Errorf("Key(%q) = %q, again %q", s, k, name.Key(k))
		}
		if n := utf8.RuneCountInString(k); n > 120 || !utf8.ValidString(k) {
			t.Errorf("key of %d letters", n)
		}
		if c := name.Clean(s); name.Clean(c) != c {
			t.Errorf("Clean(%q) = %q, again %q", s, c, name.Clean(c))
		}
		name.Keys(s)
		name.Latin(s)
		if len(s) < 100 {
			name.Similar(s, "Ахметов Айбек")
		}
	})
}

func BenchmarkKeys(b *testing.B) {
	for b.Loop() {
		name.Keys("Ахметов Айбек Серікұлы")
	}
}
