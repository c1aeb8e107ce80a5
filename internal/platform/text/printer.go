package text

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"

	"serik/internal/platform/date"
	"serik/internal/platform/fault"
)

// Printer prints in one language. Many may use it at once.
type Printer struct {
	lang   Lang
	words  *Words
	texts  map[string]entry
	plural *i18n.Localizer
}

// Lang is the language of this Printer.
func (p *Printer) Lang() Lang { return p.lang }

// Has tells whether there is such a key.
func (p *Printer) Has(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// T is the text of a key with its placeholders filled. Days and instants among
// the args are printed as Date and DateTime, keys as their texts. A key in
// plural forms takes its form from N. An unknown key gives "[key]" and is
// reported to OnMissing.
func (p *Printer) T(key string, args ...fault.Args) string {
	e, ok := p.texts[key]
	if !ok {
		p.words.missing(p.lang, key)
		return "[" + key + "]"
	}
	t := e.plain
	if e.forms != nil {
		t = p.form(key, e, args)
	}
	if !strings.Contains(t, "{{") {
		return t
	}
	return p.fill(key, t, args)
}

// N is T of a key in plural forms for the number n, which is {{.N}} in it.
func (p *Printer) N(key string, n int, args ...fault.Args) string {
	with := make([]fault.Args, 0, len(args)+1)
	with = append(with, fault.Args{"N": n})
	return p.T(key, append(with, args...)...)
}

// Fault is what a refusal says to the reader. One whose own key has no text is
// reported and says what its kind says.
func (p *Printer) Fault(f *fault.Fault) string {
	if f == nil {
		return ""
	}
	if f.Key != "" && p.Has(f.Key) {
		return p.T(f.Key, f.Args)
	}
	if f.Key != "" {
		p.words.missing(p.lang, f.Key)
	}
	return p.T("fault." + string(f.Kind))
}

// Field is what stands at a broken field of a form.
func (p *Printer) Field(f fault.Field) string { return p.T(f.Key, f.Args) }

func (p *Printer) form(key string, e entry, args []fault.Args) string {
	n, ok := lookup(args, "N")
	if !ok {
		return e.forms["other"]
	}
	t, err := p.plural.Localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: n, TemplateParser: template.IdentityParser{}})
	if err != nil {
		return e.forms["other"]
	}
	return t
}

func (p *Printer) fill(key, t string, args []fault.Args) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(t, "{{.")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}}")
		v, found := lookup(args, name)
		if !found {
			p.words.missing(p.lang, key+" {{."+name+"}}")
			v = "[" + name + "]"
		}
		b.WriteString(p.value(name, v))
		t = after
	}
}

func (p *Printer) value(name string, v any) string {
	switch v := v.(type) {
	case string:
		if e, ok := p.texts[v]; ok && e.forms == nil {
			return e.plain
		}
		return v
	case int:
		if name == "N" {
			return p.Number(v)
		}
	case date.Date:
		return p.Date(v)
	case time.Time:
		return p.DateTime(v)
	}
	return fmt.Sprint(v)
}

func lookup(args []fault.Args, name string) (any, bool) {
	for _, a := range args {
		if v, ok := a[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// Head is T where the text stands alone: it begins with a capital letter.
func (p *Printer) Head(key string, args ...fault.Args) string { return Capital(p.T(key, args...)) }

// Capital begins a text with a capital letter, where a word that also stands
// inside sentences stands alone.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
