package internal_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const module = "serik"

// breach is one place that breaks one rule.
type breach struct {
	path string
	line int
	rule string
	why  string
}

func (b breach) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", b.path, b.line, b.rule, b.why)
}

// source is one file of the tree.
type source struct {
	path, dir string
	text      []byte
	ast       *ast.File // nil for anything but Go
	fset      *token.FileSet
	test      bool // _test.go, or inside e2e, bench, wire/trial
	generated bool
	at        place
}

// place is where a package stands: floor, room on it, section of the web.
type place struct{ floor, room, section string }

// house is the tree as read.
type house struct {
	files  []*source
	owners map[string]string // table → room, from the migrations' names
	found  []breach
}

func readHouse(tree fs.FS) (*house, error) {
	h := &house{owners: map[string]string{}}
	err := fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") ||
				slices.Contains([]string{"testdata", "node_modules", "vendor", "assets", "tmp", "bin"}, name)) {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".templ", ".sql", ".js", ".css"}, path.Ext(name)) {
			return nil
		}
		return h.read(tree, p)
	})
	if err != nil {
		return nil, err
	}
	h.readTables()
	return h, nil
}

func (h *house) read(tree fs.FS, p string) error {
	text, err := fs.ReadFile(tree, p)
	if err != nil {
		return err
	}
	f := &source{path: p, dir: path.Dir(p), text: text, at: placeOf(path.Dir(p))}
	f.test = strings.HasSuffix(p, "_test.go") || f.at.floor == "e2e" || f.at.floor == "bench" ||
		f.at == place{"wire", "trial", ""}
	if path.Ext(p) == ".go" {
		f.fset = token.NewFileSet()
		f.ast, err = parser.ParseFile(f.fset, p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		f.generated = ast.IsGenerated(f.ast)
	}
	h.files = append(h.files, f)
	return nil
}

// placeOf reads a folder's place. Folders beside internal/ and cmd/ hold data
// (words, migrations) and are their own floor.
func placeOf(dir string) place {
	parts := strings.Split(dir, "/")
	at := func(i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	switch parts[0] {
	case "internal":
		p := place{floor: at(1), room: at(2)}
		if p.floor == "transport" && p.room == "web" || p.floor == "app" && p.room == "demo" {
			p.section = at(3)
		}
		return p
	default:
		return place{floor: parts[0], room: at(1)}
	}
}

var (
	migrationName = regexp.MustCompile(`^migrations/\d+_([a-z0-9]+)(?:_[a-z0-9_]+)?\.sql$`)
	createTable   = regexp.MustCompile(`(?i)\bcreate\s+(?:virtual\s+)?table\s+(?:if\s+not\s+exists\s+)?"?(\w+)`)
)

// readTables learns from the migrations whose table is whose.
func (h *house) readTables() {
	for _, f := range h.files {
		if path.Ext(f.path) != ".sql" || !strings.HasPrefix(f.path, "migrations/") {
			continue
		}
		m := migrationName.FindStringSubmatch(f.path)
		if m == nil {
			h.add(f, 1, "migration", "the name is not NNNN_room.sql")
			continue
		}
		room := m[1]
		if !h.isRoom(room) {
			h.add(f, 1, "migration", "no room "+room+" in platform, domain or app")
		}
		for _, c := range createTable.FindAllSubmatchIndex(f.text, -1) {
			table := strings.ToLower(string(f.text[c[2]:c[3]]))
			if owner, ok := h.owners[table]; ok && owner != room {
				h.add(f, f.lineAt(c[0]), "migration", table+" belongs to "+owner)
				continue
			}
			h.owners[table] = room
		}
	}
}

// isRoom: a migration may bear the name of the platform as a whole, of a shelf,
// or of a room of domain or app, standing or planned.
func (h *house) isRoom(room string) bool {
	if _, ok := shelf(room); ok || room == "platform" || slices.Contains(planned, room) {
		return true
	}
	return slices.ContainsFunc(h.files, func(f *source) bool {
		return f.ast != nil && (f.at.floor == "domain" || f.at.floor == "app") && f.at.room == room
	})
}

func (h *house) add(f *source, line int, rule, why string) {
	h.found = append(h.found, breach{f.path, line, rule, why})
}

func (h *house) addAt(f *source, pos token.Pos, rule, why string) {
	h.add(f, f.fset.Position(pos).Line, rule, why)
}

func (f *source) lineAt(offset int) int { return 1 + bytes.Count(f.text[:offset], []byte("\n")) }

// imports gives the import paths with their positions.
func (f *source) imports() map[string]token.Pos {
	all := map[string]token.Pos{}
	for _, i := range f.ast.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			all[p] = i.Pos()
		}
	}
	return all
}

// called gives the name under which the file knows an imported package of the
// standard library, or "".
func (f *source) called(pkg string) string {
	for _, i := range f.ast.Imports {
		if i.Path.Value != strconv.Quote(pkg) {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path.Base(pkg)
	}
	return ""
}
