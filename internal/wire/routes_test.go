package wire_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// routes reads the patterns that the sections mount out of their source, so
// that a page that somebody adds tomorrow is attacked tomorrow.
func routes(t *testing.T) []string {
	t.Helper()
	web := filepath.Join("..", "transport", "web")
	var out []string
	err := filepath.WalkDir(web, func(dir string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return err
		}
		out = append(out, mounted(t, files)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	if len(out) < 40 {
		t.Fatalf("only %d routes found: %v", len(out), out)
	}
	return slices.Compact(out)
}

// mounted gathers the patterns of one package: literals, constants of the
// package and their sums; what is more clever than that fails the test.
func mounted(t *testing.T, files []string) []string {
	t.Helper()
	consts, calls := map[string]ast.Expr{}, []ast.Expr{}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.ValueSpec:
				for i, v := range x.Values {
					consts[x.Names[i].Name] = v
				}
			case *ast.CallExpr:
				if s, ok := x.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Handle" || s.Sel.Name == "HandleFunc") && len(x.Args) == 2 {
					calls = append(calls, x.Args[0])
				}
			}
			return true
		})
	}
	var out []string
	for _, e := range calls {
		p, ok := constant(e, consts)
		if !ok {
			t.Errorf("%s: a pattern this test cannot read; write it as a literal", set.Position(e.Pos()))
			continue
		}
		out = append(out, p)
	}
	return out
}

func constant(e ast.Expr, consts map[string]ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(x.Value)
		return s, err == nil
	case *ast.Ident:
		v, ok := consts[x.Name]
		if !ok {
			return "", false
		}
		return constant(v, consts)
	case *ast.BinaryExpr:
		l, ok1 := constant(x.X, consts)
		r, ok2 := constant(x.Y, consts)
		return l + r, ok1 && ok2
	}
	return "", false
}

// under gives the addresses of a method whose pattern speaks of a row.
func under(all []string, method string) (plain, rows []string) {
	for _, p := range all {
		path, ok := strings.CutPrefix(p, method+" ")
		switch {
		case !ok || strings.Contains(path, "{$}"):
		case strings.Contains(path, "{"):
			rows = append(rows, path)
		default:
			plain = append(plain, path)
		}
	}
	return plain, rows
}
