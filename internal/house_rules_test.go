package internal_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const tooLong = 500

var (
	badNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "model", "models", "base"}
	toDo     = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`)
	issue    = regexp.MustCompile(`#\d+`)
)

// breaches walks the tree through every rule.
func (h *house) breaches() []breach {
	commented := map[string]bool{}
	for _, f := range h.files {
		h.length(f)
		h.toDos(f)
		if path.Ext(f.path) == ".templ" {
			h.cyrillicText(f)
		}
		if f.ast == nil {
			continue
		}
		h.standing(f)
		h.importing(f)
		h.naming(f)
		h.inits(f)
		h.literals(f)
		h.clocks(f)
		h.tables(f)
		if !strings.HasSuffix(f.path, "_test.go") && !f.generated {
			commented[f.dir] = commented[f.dir] || packageComment(f)
		}
	}
	for dir, ok := range commented {
		if !ok {
			h.found = append(h.found, breach{dir, 1, "comment", "the package does not say what it is"})
		}
	}
	slices.SortFunc(h.found, func(a, b breach) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.line, b.line), cmp.Compare(a.rule, b.rule))
	})
	return h.found
}

func packageComment(f *source) bool {
	text := f.ast.Doc.Text()
	if f.ast.Name.Name == "main" {
		return text != ""
	}
	return strings.HasPrefix(text, "Package "+f.ast.Name.Name+" ")
}

func (h *house) length(f *source) {
	if n := strings.Count(string(f.text), "\n"); n > tooLong && !f.generated {
		h.add(f, n, "length", fmt.Sprintf("%d lines, %d at most", n, tooLong))
	}
}

// toDos: a postponed thing bears the number of its issue. In Go only comments
// count.
func (h *house) toDos(f *source) {
	check := func(text string, line int) {
		for i, l := range strings.Split(text, "\n") {
			if toDo.MatchString(l) && !issue.MatchString(l) {
				h.add(f, line+i, "todo", "without the number of an issue")
			}
		}
	}
	if f.ast == nil {
		check(string(f.text), 1)
		return
	}
	for _, group := range f.ast.Comments {
		for _, c := range group.List {
			check(c.Text, f.fset.Position(c.Pos()).Line)
		}
	}
}

func (h *house) naming(f *source) {
	name := strings.TrimSuffix(f.ast.Name.Name, "_test")
	if slices.Contains(badNames, name) || slices.Contains(badNames, path.Base(f.dir)) {
		h.add(f, 1, "name", "a package is a noun of the law, not "+name)
	}
}

func (h *house) inits(f *source) {
	if f.generated {
		return
	}
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			h.addAt(f, fn.Pos(), "init", "nothing runs before main")
		}
	}
}

func cyrillic(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) >= 0
}

// literals: words live in words/, spelling tables in embedded data.
func (h *house) literals(f *source) {
	if f.test || f.generated {
		return
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && cyrillic(unquoted(lit)) {
			h.addAt(f, lit.Pos(), "cyrillic", "a text in code")
		}
		return true
	})
}

// unquoted is the value of a string literal, "" for any other.
func unquoted(lit *ast.BasicLit) string {
	if lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

func (h *house) cyrillicText(f *source) {
	for i, l := range strings.Split(string(f.text), "\n") {
		if cyrillic(l) && !strings.HasPrefix(strings.TrimSpace(l), "//") {
			h.add(f, i+1, "cyrillic", "a text in a template")
		}
	}
}

// clocks: in domain and app the time is the act's, and so is the context.
func (h *house) clocks(f *source) {
	if f.test || f.at.floor != "domain" && f.at.floor != "app" {
		return
	}
	clock, ctx := f.called("time"), f.called("context")
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		switch {
		case x.Name == clock && sel.Sel.Name == "Now":
			h.addAt(f, sel.Pos(), "clock", "the time is a.Now()")
		case x.Name == ctx && (sel.Sel.Name == "Background" || sel.Sel.Name == "TO"+"DO"):
			h.addAt(f, sel.Pos(), "context", "the context comes from the caller")
		}
		return true
	})
}
