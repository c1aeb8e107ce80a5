package text_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"serik/internal/platform/text"
	"serik/words"
)

// Code builds these keys from a prefix and a code, so no literal holds them.
var builtPrefixes = []string{
	"date.month.", "date.weekday.",
	"fault.", // a refusal without a key of its own says what its kind says
	"nav.", "line.", "role.", "norm.", "problem.", "risk.", "case_state.", "measure_kind.", "indicator.", "agency_kind.", "domain.", "child_code.",
	"uncovered.why.", "curators.keep.", "my_day.guide.", "my_day.risk.", "cases.needs.", "account.token_only_",
	"messages.channel.", "messages.reporter.", "messages.group.", "messages.state.", "messages.outcome.", "messages.answer.",
	"messages.body.", "messages.part.", "messages.urgency.", "messages.agree.", "messages.pass", "messages.decide",
	"step.", "choice.", "history.", "case.gap.", "webhook.noun_", "webhook.why_",
	"erasures.noun.", "erasures.state.", "erasures.fact.", "erasures.due.", "erasures.none_due.", "erasures.goes.", "erasures.col_since.", "erasures.answer.",
}

// These literals look like keys and are something else: a name of an action,
// of a job, of a file.
var notKeys = []string{"child.search"}

var (
	literal = regexp.MustCompile("[\"`]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+)[\"`]")
	printed = regexp.MustCompile("\\.(?:T|N)\\(\\s*[\"`]([^\"`]*)[\"`]")
	refused = regexp.MustCompile(`\bfault\.(New|Deny|Clash|Bad|Wrap)\(|\.Notify\(`)
	field   = regexp.MustCompile(`\.(?:Check|Add)\(.*"[a-z_]+", "([a-z0-9_]+\.[a-z0-9_.]+)"`)
	asked   = regexp.MustCompile(`\b(May|Norm|Act|View)\("[^"]*"`)
	word    = regexp.MustCompile(`[\p{L}]+`)
	slot    = regexp.MustCompile(`\{\{[^}]*\}\}`)
)

func TestWordsLoad(t *testing.T) {
	t.Parallel()
	if _, err := text.Load(words.FS); err != nil {
		t.Fatal(err)
	}
}

// A Latin a inside a Cyrillic word reads the same and is found by no search.
func TestNoLookAlikeLetters(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(words.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := words.FS.ReadFile(path)
		if err != nil {
			return err
		}
		var all map[string]any
		if err := json.Unmarshal(b, &all); err != nil {
			return err
		}
		for key, v := range all {
			s, err := json.Marshal(v)
			if err != nil {
				return err
			}
			for _, w := range word.FindAllString(slot.ReplaceAllString(string(s), ""), -1) {
				if mixed(w) {
					t.Errorf("%s: %s: Latin and Cyrillic letters in %q", path, key, w)
				}
				if strings.HasPrefix(path, "ru/") && w != "Серік" && strings.ContainsAny(w, "әғқңөұүһіӘҒҚҢӨҰҮҺІ") {
					t.Errorf("%s: %s: a Kazakh letter in %q", path, key, w)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who is spoken to is Сіз and Вы, with a capital, anywhere in a sentence.
func TestThePolitePronounIsCapital(t *testing.T) {
	t.Parallel()
	w, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	small := map[text.Lang][]string{
		text.KK: {"сіз", "сіздің", "сізге", "сізді", "сізде", "сізден", "сізбен"},
		text.RU: {"вы", "вас", "вам", "вами", "ваш", "ваша", "ваше", "ваши", "вашего", "вашей", "вашему", "вашим", "вашу", "ваших"},
	}
	for lang, forms := range small {
		for _, k := range w.Keys() {
			for _, x := range word.FindAllString(w.In(lang).N(k, 5), -1) {
				if slices.Contains(forms, x) {
					t.Errorf("%s: %s: %q", lang, k, x)
				}
			}
		}
	}
}

func mixed(w string) bool {
	has := func(table *unicode.RangeTable) bool {
		return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(table, r) })
	}
	return has(unicode.Latin) && has(unicode.Cyrillic)
}

// Every key in the code has its words, and all words are used by the code.
func TestKeysOfTheCode(t *testing.T) {
	t.Parallel()
	w, err := text.Load(words.FS)
	if err != nil {
		t.Fatal(err)
	}
	keys := make(map[string]bool)
	sections := make(map[string]bool)
	for _, k := range w.Keys() {
		keys[k] = true
		section, _, _ := strings.Cut(k, ".")
		sections[section] = true
	}
	used := make(map[string]bool)
	for path, source := range sources(t) {
		page := strings.Contains(filepath.ToSlash(path), "/transport/web/")
		for line := range strings.Lines(source) {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for _, m := range literal.FindAllStringSubmatch(line, -1) {
				used[m[1]] = true
			}
			for _, k := range wanted(line, page, sections) {
				if strings.HasSuffix(k, "_") { // the rest is built
					continue
				}
				if !keys[k] && !slices.Contains(notKeys, k) {
					t.Errorf("%s: no words for %s", path, k)
				}
			}
		}
	}
	for _, k := range w.Keys() {
		built := slices.ContainsFunc(builtPrefixes, func(p string) bool { return strings.HasPrefix(k, p) })
		if !used[k] && !used[strings.TrimSuffix(k, "_hint")] && !built {
			t.Errorf("words: %s is never used", k)
		}
	}
}

// wanted finds the literals of a line that must have words: those that are
// printed, put into a fault, a field or a notice, and on a page all of a known
// section. Names of actions and norms look the same and are none.
func wanted(line string, page bool, sections map[string]bool) []string {
	var found []string
	for _, m := range literal.FindAllStringSubmatch(asked.ReplaceAllString(line, ""), -1) {
		section, _, _ := strings.Cut(m[1], ".")
		if refused.MatchString(line) || page && sections[section] && !isFile(m[1]) {
			found = append(found, m[1])
		}
	}
	for _, m := range printed.FindAllStringSubmatch(line, -1) {
		if !strings.HasSuffix(m[1], ".") {
			found = append(found, m[1])
		}
	}
	if m := field.FindStringSubmatch(line); m != nil {
		found = append(found, m[1])
	}
	return found
}

func isFile(s string) bool {
	return slices.Contains([]string{".json", ".tsv", ".sql", ".go", ".svg", ".css", ".js"}, filepath.Ext(s))
}

// sources are the texts of the code, without tests and generated files.
func sources(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	all := make(map[string]string)
	for _, dir := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			templ := strings.HasSuffix(path, ".templ")
			code := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go")
			if !templ && !code {
				return nil
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all[strings.TrimPrefix(path, root+string(filepath.Separator))] = string(b)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 5 {
		t.Fatalf("only %d files found", len(all))
	}
	return all
}
