// Package text finds the words: it reads the texts of the three languages,
// refuses a set in which they differ, and prints keys, faults, counts, dates
// and lists for one reader. It also orders names by the Kazakh alphabet, which
// holds the Russian one. A Printer is made once for a request; a page asks it
// and nothing else, so that no sentence stands in the code.
package text

import (
	"io/fs"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Lang is a language of the screens.
type Lang string

// The languages of Serik; Kazakh, the state language, comes first.
const (
	KK Lang = "kk"
	RU Lang = "ru"
	EN Lang = "en"
)

// Langs are the languages in the order in which a reader is offered them.
func Langs() []Lang { return []Lang{KK, RU, EN} }

// ParseLang reads a language tag such as "ru" or "ru-RU".
func ParseLang(s string) (Lang, bool) {
	base, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "-")
	switch l := Lang(base); l {
	case KK, RU, EN:
		return l, true
	}
	return "", false
}

// Accept is the first language of an Accept-Language header that Serik has,
// else the state language.
func Accept(header string) Lang {
	for _, part := range strings.Split(header, ",") {
		code, _, _ := strings.Cut(part, ";")
		if l, ok := ParseLang(code); ok {
			return l
		}
	}
	return KK
}

// Words holds the texts of all languages. It is read at start and then only
// asked, by many at once.
type Words struct {
	// OnMissing is told of a key, or of a placeholder's value, that was asked
	// for and is not there. It is set before the first Printer is used.
	OnMissing func(lang Lang, key string)

	texts    map[Lang]map[string]entry
	printers map[Lang]*Printer
}

// entry is one text: plain, or in plural forms by their CLDR names.
type entry struct {
	plain string
	forms map[string]string
}

// Load reads the folders kk, ru and en. It refuses a key that is missing in a
// language, stands twice or does not begin with its file's name; an empty
// text, markup, incomplete plural forms; and placeholders that differ between
// the languages. The error lists everything found.
func Load(files fs.FS) (*Words, error) {
	texts, err := readAll(files)
	if err != nil {
		return nil, err
	}
	if err := check(texts); err != nil {
		return nil, err
	}
	w := &Words{texts: texts, printers: make(map[Lang]*Printer, len(texts))}
	bundle := i18n.NewBundle(language.Kazakh)
	for _, lang := range Langs() {
		if err := bundle.AddMessages(language.Make(string(lang)), plurals(texts[lang])...); err != nil {
			return nil, err
		}
	}
	for _, lang := range Langs() {
		w.printers[lang] = &Printer{lang: lang, words: w, texts: texts[lang], plural: i18n.NewLocalizer(bundle, string(lang))}
	}
	return w, nil
}

// plurals are the texts in plural forms, for the library that knows the rules.
func plurals(texts map[string]entry) []*i18n.Message {
	var all []*i18n.Message
	for key, e := range texts {
		if e.forms != nil {
			f := e.forms
			all = append(all, &i18n.Message{ID: key, One: f["one"], Few: f["few"], Many: f["many"], Other: f["other"]})
		}
	}
	return all
}

// In is the Printer of a language; an unknown language reads Kazakh.
func (w *Words) In(l Lang) *Printer {
	if p, ok := w.printers[l]; ok {
		return p
	}
	return w.printers[KK]
}

// Keys are all keys, in no order.
func (w *Words) Keys() []string {
	keys := make([]string, 0, len(w.texts[KK]))
	for k := range w.texts[KK] {
		keys = append(keys, k)
	}
	return keys
}

func (w *Words) missing(l Lang, key string) {
	if w.OnMissing != nil {
		w.OnMissing(l, key)
	}
}
