package wire_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// form is a form of a page as a browser would send it.
type form struct {
	action string
	values url.Values
	typed  []string // names of the fields that take any text
}

// forms reads the forms of a page: hidden values as they are, the first choice
// of each choice, dates and numbers left as they stand.
func forms(t testing.TB, page string) []form {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []form
	var walk func(n *html.Node, in *form)
	walk = func(n *html.Node, in *form) {
		if n.Type == html.ElementNode && n.Data == "form" && attribute(n, "method") == "post" {
			out = append(out, form{action: attribute(n, "action"), values: url.Values{}})
			in = &out[len(out)-1]
		}
		if in != nil && n.Type == html.ElementNode {
			in.take(n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(doc, nil)
	return out
}

func (f *form) take(n *html.Node) {
	name := attribute(n, "name")
	if name == "" {
		return
	}
	value, kind := attribute(n, "value"), attribute(n, "type")
	switch {
	case n.Data == "textarea":
		f.typed = append(f.typed, name)
		if n.FirstChild != nil {
			value = n.FirstChild.Data
		}
		f.values.Set(name, value)
	case n.Data == "select":
		f.values.Set(name, choice(n))
	case n.Data == "input" && (kind == "radio" || kind == "checkbox"):
		if f.values.Get(name) == "" || has(n, "checked") {
			f.values.Set(name, value)
		}
	case n.Data == "input":
		f.values.Set(name, value)
		if kind != "hidden" && !dated(name) {
			f.typed = append(f.typed, name)
		}
	}
}

func dated(name string) bool {
	return slices.ContainsFunc([]string{"-day", "-month", "-year"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// choice is the chosen option of a select, else its first that says something.
func choice(n *html.Node) string {
	var first, on string
	for o := range n.Descendants() {
		if o.Type == html.ElementNode && o.Data == "option" {
			v := attribute(o, "value")
			if first == "" {
				first = v
			}
			if has(o, "selected") {
				on = v
			}
		}
	}
	if on != "" {
		return on
	}
	return first
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// scripts tells of elements and attributes in a page that no template of ours
// makes: what was typed has become markup.
func scripts(t testing.TB, page string) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" && !strings.HasPrefix(attribute(n, "src"), "/static/") || n.Data == "img" && attribute(n, "src") == "x" {
			out = append(out, n.Data)
		}
		for _, a := range n.Attr {
			link := a.Key == "href" || a.Key == "action" || a.Key == "src"
			if strings.HasPrefix(a.Key, "on") || link && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				out = append(out, n.Data+" "+a.Key)
			}
		}
	}
	return out
}

// errorsOf are the messages of a refused page.
func errorsOf(page string) []string {
	var out []string
	for _, part := range strings.Split(page, `govuk-error-message`)[1:] {
		out = append(out, strings.Join(strings.Fields(part[:min(len(part), 200)]), " "))
	}
	return out
}

// unfilled is what a blank text field is told, in the languages of the tests.
var unfilled = []string{"Осы өрісті толтырыңыз", "Заполните это поле"}

// sound looks that each line of an error summary leads to a field that is seen,
// and that nobody is asked to fill in a choice.
func sound(t testing.TB, pattern, page string) {
	t.Helper()
	if !strings.Contains(page, "govuk-error-summary") {
		return
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case attribute(n, "type") != "hidden":
			seen[attribute(n, "id")] = true
		case attribute(n, "value") != "": // goes missing by tampering alone
			seen[attribute(n, "name")] = true
		}
	}
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "a" && n.Parent.Data == "li" && strings.HasPrefix(attribute(n, "href"), "#"):
			if to := attribute(n, "href")[1:]; !seen[to] {
				t.Errorf("%s: the summary leads to #%s, which is not there", pattern, to)
			}
		case strings.HasPrefix(attribute(n, "class"), "govuk-form-group"):
			asksToFillAChoice(t, pattern, n)
		}
	}
}

func asksToFillAChoice(t testing.TB, pattern string, group *html.Node) {
	t.Helper()
	choice, said := "", ""
	for n := range group.Descendants() {
		switch kind := attribute(n, "type"); {
		case n.Type == html.TextNode && slices.Contains(unfilled, strings.TrimSpace(n.Data)):
			said = n.Data
		case n.Type == html.ElementNode && (n.Data == "select" || kind == "radio" || kind == "checkbox"):
			choice = attribute(n, "name")
		}
	}
	if choice != "" && said != "" {
		t.Errorf("%s: %s is a choice, yet it is asked to be filled in", pattern, choice)
	}
}
