package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

var (
	keyForm     = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)
	markup      = regexp.MustCompile(`<[A-Za-z/!?]|&[A-Za-z]+;|&#`)
	placeholder = regexp.MustCompile(`\{\{\.([A-Z][A-Za-z0-9]*)\}\}`)
)

// forms are the plural forms that each language needs (CLDR).
func forms(l Lang) []string {
	if l == RU {
		return []string{"few", "many", "one", "other"}
	}
	return []string{"one", "other"}
}

// readAll reads the languages beside each other: a start waits for it.
func readAll(files fs.FS) (map[Lang]map[string]entry, error) {
	langs := Langs()
	read, faults := make([]map[string]entry, len(langs)), make([]error, len(langs))
	var wg sync.WaitGroup
	for i, lang := range langs {
		wg.Go(func() { read[i], faults[i] = readLang(files, lang) })
	}
	wg.Wait()
	texts := make(map[Lang]map[string]entry)
	for i, lang := range langs {
		texts[lang] = read[i]
	}
	return texts, errors.Join(faults...)
}

func readLang(files fs.FS, lang Lang) (map[string]entry, error) {
	names, err := fs.Glob(files, string(lang)+"/*.json")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("words: no texts in %s", lang)
	}
	texts := make(map[string]entry)
	var faults []error
	for _, name := range names {
		if err := readSection(files, name, texts); err != nil {
			faults = append(faults, fmt.Errorf("words/%s: %w", name, err))
		}
	}
	return texts, errors.Join(faults...)
}

func readSection(files fs.FS, name string, into map[string]entry) error {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	section := strings.TrimSuffix(path.Base(name), ".json")
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not an object")
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key := fmt.Sprint(t)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if _, twice := into[key]; twice {
			return fmt.Errorf("%s stands twice", key)
		}
		if !keyForm.MatchString(key) || !strings.HasPrefix(key, section+".") {
			return fmt.Errorf("%s is no key of section %s", key, section)
		}
		e, err := readEntry(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		into[key] = e
	}
	_, err = dec.Token()
	return err
}

func readEntry(raw json.RawMessage) (entry, error) {
	var e entry
	if raw[0] == '"' {
		err := json.Unmarshal(raw, &e.plain)
		return e, err
	}
	if err := json.Unmarshal(raw, &e.forms); err != nil || e.forms == nil {
		return e, errors.New("neither a text nor plural forms")
	}
	return e, nil
}

// check compares the languages and looks at each text.
func check(texts map[Lang]map[string]entry) error {
	all := make(map[string]bool)
	for _, t := range texts {
		for k := range t {
			all[k] = true
		}
	}
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(all)) {
		var want string
		for i, lang := range Langs() {
			e, ok := texts[lang][key]
			if !ok {
				faults = append(faults, fmt.Errorf("words: %s is missing in %s", key, lang))
				continue
			}
			if err := e.check(lang); err != nil {
				faults = append(faults, fmt.Errorf("words: %s in %s: %w", key, lang, err))
			}
			have := e.shape()
			if i > 0 && want != "" && have != want {
				faults = append(faults, fmt.Errorf("words: %s in %s has %s, elsewhere %s", key, lang, have, want))
			}
			want = have
		}
	}
	return errors.Join(faults...)
}

func (e entry) check(l Lang) error {
	if e.forms != nil {
		if have := slices.Sorted(maps.Keys(e.forms)); !slices.Equal(have, forms(l)) {
			return fmt.Errorf("plural forms %v, not %v", have, forms(l))
		}
	}
	for _, t := range e.all() {
		switch {
		case strings.TrimSpace(t) == "":
			return errors.New("an empty text")
		case strings.ContainsAny(t, "<&") && markup.MatchString(t):
			return errors.New("markup in the text")
		case strings.ContainsAny(t, "{}") && strings.ContainsAny(placeholder.ReplaceAllString(t, ""), "{}"):
			return errors.New("a broken placeholder")
		}
	}
	return nil
}

// shape names what the languages must have in common.
func (e entry) shape() string {
	names := make(map[string]bool)
	for _, t := range e.all() {
		if !strings.Contains(t, "{{") {
			continue
		}
		for _, m := range placeholder.FindAllStringSubmatch(t, -1) {
			names[m[1]] = true
		}
	}
	kind := "text"
	if e.forms != nil {
		kind = "plural"
		names["N"] = true // a form may say the number in words, or not at all
	}
	return kind + " with [" + strings.Join(slices.Sorted(maps.Keys(names)), " ") + "]"
}

func (e entry) all() []string {
	if e.forms == nil {
		return []string{e.plain}
	}
	return slices.Collect(maps.Values(e.forms))
}
