package internal_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// pkg writes a package with a comment and imports; what follows is its code.
func pkg(name string, code ...string) string {
	var imports, rest []string
	for _, c := range code {
		if strings.HasPrefix(c, "import ") {
			imports = append(imports, c)
		} else {
			rest = append(rest, c)
		}
	}
	return "// Package " + name + " is here.\npackage " + name + "\n" +
		strings.Join(imports, "\n") + "\n" + strings.Join(rest, "\n") + "\n"
}

func imp(path string) string { return `import _ "serik/internal/` + path + `"` }

const (
	registrySQL = "CREATE TABLE child (id {id});\n"
	caseworkSQL = "create table if not exists \"cases\" (id {id});\n"
	platformSQL = "-- sqlite:\nCREATE VIRTUAL TABLE reach USING fts5(x);\n"
)

// schema is the migrations and rooms that the rules on tables need.
func schema(path, code string) map[string]string {
	return map[string]string{
		"migrations/0001_access.sql":             platformSQL,
		"migrations/0002_registry.sql":           registrySQL,
		"migrations/0003_casework_first.sql":     caseworkSQL,
		"internal/domain/registry/doc.go":        pkg("registry"),
		"internal/domain/casework/doc.go":        pkg("casework"),
		"internal/app/worklist/doc.go":           pkg("worklist"),
		path:                                     code,
		"internal/platform/access/reach/here.go": pkg("reach", "var q = `SELECT 1 FROM reach`"),
	}
}

func one(path, code string) map[string]string { return map[string]string{path: code} }

// TestHouseNamesEachBreach breaks one rule in each tree: that rule and no other
// is named.
func TestHouseNamesEachBreach(t *testing.T) {
	t.Parallel()
	long := pkg("registry") + strings.Repeat("\n", tooLong)
	for name, c := range map[string]struct {
		tree map[string]string
		rule string // "" for a tree in order
	}{
		"empty":                       {nil, ""},
		"downstairs":                  {one("internal/transport/web/cases/show.go", pkg("cases", imp("app/search"), imp("domain/casework"), imp("platform/act"), imp("transport/web/kit"))), ""},
		"platform knows a domain":     {one("internal/platform/act/act.go", pkg("act", imp("domain/casework"))), "downstairs"},
		"domain knows app":            {one("internal/domain/casework/a.go", pkg("casework", imp("app/procedure"))), "downstairs"},
		"app knows transport":         {one("internal/app/search/a.go", pkg("search", imp("transport/web/kit"))), "downstairs"},
		"a test climbs":               {one("internal/domain/casework/a_test.go", pkg("casework_test", imp("app/search"))), "downstairs"},
		"data imports code":           {one("words/words.go", pkg("words", imp("platform/text"))), "downstairs"},
		"code imports data":           {one("internal/platform/text/a.go", pkg("text", `import _ "serik/words"`)), ""},
		"domain neighbour":            {one("internal/domain/casework/a.go", pkg("casework", imp("domain/registry"))), "neighbour"},
		"own sub-room":                {one("internal/domain/casework/a.go", pkg("casework", imp("domain/casework/gate"))), ""},
		"app neighbour":               {one("internal/app/search/a.go", pkg("search", imp("app/procedure"))), "neighbour"},
		"procedure knows demo":        {one("internal/app/procedure/a.go", pkg("procedure", imp("app/demo"))), "neighbour"},
		"demo calls procedure":        {one("internal/app/demo/a.go", pkg("demo", imp("app/procedure"), imp("app/demo/world"))), ""},
		"world with a database":       {one("internal/app/demo/world/a.go", pkg("world", imp("platform/db"))), "world"},
		"world acts":                  {one("internal/app/demo/world/a.go", pkg("world", `import _ "github.com/uptrace/bun"`)), "world"},
		"shelf below":                 {one("internal/platform/act/a.go", pkg("act", imp("platform/db"), imp("platform/fault"))), ""},
		"shelf above":                 {one("internal/platform/db/a.go", pkg("db", imp("platform/act"))), "shelf"},
		"same shelf":                  {one("internal/platform/audit/a.go", pkg("audit", imp("platform/job"))), "neighbour"},
		"no shelf":                    {one("internal/platform/cache/a.go", pkg("cache")), "shelf"},
		"another door":                {one("internal/transport/api/a.go", pkg("api", imp("transport/web/kit"))), "door"},
		"a fifth door":                {one("internal/transport/soap/a.go", pkg("soap")), "door"},
		"section to section":          {one("internal/transport/web/cases/a.go", pkg("cases", imp("transport/web/children"))), "section"},
		"section to router":           {one("internal/transport/web/cases/a.go", pkg("cases", imp("transport/web"))), "section"},
		"kit to section":              {one("internal/transport/web/kit/a.go", pkg("kit", imp("transport/web/cases"))), "section"},
		"router to sections":          {one("internal/transport/web/web.go", pkg("web", imp("transport/web/cases"), imp("transport/web/kit"))), ""},
		"wire from a door":            {one("internal/transport/cli/a.go", pkg("cli", imp("wire"))), "wire"},
		"wire from main":              {one("cmd/serik/main.go", "// Serik, the server.\npackage main\n"+imp("wire")), ""},
		"wire from another command":   {one("cmd/other/main.go", "// Other.\npackage main\n"+imp("wire")), "wire"},
		"wire from a test":            {one("internal/domain/casework/a_test.go", pkg("casework_test", imp("wire"), imp("wire/trial"), imp("app/demo"))), ""},
		"trial from code":             {one("internal/app/search/a.go", pkg("search", imp("wire/trial"))), "wire"},
		"trial itself":                {one("internal/wire/trial/a.go", pkg("trial", imp("wire"), `import _ "database/sql"`)), ""},
		"stories":                     {one("e2e/a_test.go", pkg("e2e", imp("wire"), imp("transport/web"), imp("app/demo/world"))), ""},
		"sql in a domain":             {one("internal/domain/casework/a.go", pkg("casework", `import _ "database/sql"`)), "sql"},
		"driver in a domain":          {one("internal/domain/casework/a.go", pkg("casework", `import _ "database/sql/driver"`)), "sql"},
		"driver in id":                {one("internal/platform/id/a.go", pkg("id", `import _ "database/sql/driver"`)), ""},
		"sql in id":                   {one("internal/platform/id/a.go", pkg("id", `import _ "database/sql"`)), "sql"},
		"sql in job":                  {one("internal/platform/job/a.go", pkg("job", `import _ "database/sql"`)), ""},
		"http in app":                 {one("internal/app/search/a.go", pkg("search", `import _ "net/http"`)), "http"},
		"http in the kit":             {one("internal/transport/web/kit/a.go", pkg("kit", `import _ "net/http/httputil"`)), ""},
		"no floor":                    {one("internal/service/a/a.go", pkg("a")), "floor"},
		"on the landing":              {one("internal/domain/a.go", pkg("domain")), "floor"},
		"own tables":                  {schema("internal/domain/casework/a.go", pkg("casework", "var q = `WITH page AS (SELECT id FROM cases ORDER BY id, child) SELECT * FROM page JOIN cases c ON true`")), ""},
		"another's table":             {schema("internal/domain/casework/a.go", pkg("casework", "var q = `SELECT 1 FROM cases c, child k WHERE true`")), "table"},
		"another's, lower case":       {schema("internal/domain/casework/a.go", pkg("casework", "var q = `select 1 from cases join child on true`")), "table"},
		"another's, joined piece":     {schema("internal/domain/casework/a.go", pkg("casework", "func f(q Q) { q.Join(`JOIN child AS k ON true`) }")), "table"},
		"another's, bun":              {schema("internal/domain/casework/a.go", pkg("casework", "func f(q Q) { q.TableExpr(`child AS c`) }")), "table"},
		"another's, bun model":        {schema("internal/domain/casework/a.go", pkg("casework", "type row struct { _ int `bun:\"table:child,alias:c\"` }")), "table"},
		"reach past access":           {schema("internal/domain/casework/a.go", pkg("casework", "var q = `SELECT 1 FROM reach`")), "table"},
		"english is not SQL":          {schema("internal/domain/casework/a.go", pkg("casework", "var q = `update child: moved from reach`")), ""},
		"app reads":                   {schema("internal/app/worklist/a.go", pkg("worklist", "var q = `SELECT 1 FROM cases JOIN child ON true`")), ""},
		"app writes":                  {schema("internal/app/worklist/a.go", pkg("worklist", "var q = `UPDATE child SET id = 1`")), "table"},
		"platform reads a domain":     {schema("internal/platform/access/a.go", pkg("access", "var q = `DELETE FROM child`")), "table"},
		"a migration of nobody":       {one("migrations/0001_nobody.sql", "SELECT 1;\n"), "migration"},
		"a migration without room":    {one("migrations/first.sql", "SELECT 1;\n"), "migration"},
		"a table made twice":          {schema("migrations/0004_casework.sql", registrySQL), "migration"},
		"text in code":                {one("internal/domain/casework/a.go", pkg("casework", `const s = "Дело"`)), "cyrillic"},
		"text in escapes":             {one("internal/domain/casework/a.go", pkg("casework", `const s = "\u0414"`)), "cyrillic"},
		"text in a template":          {one("internal/transport/web/cases/a.templ", "package cases\n<p>Дело</p>\n"), "cyrillic"},
		"text in comments and tests":  {map[string]string{"internal/domain/casework/a.go": pkg("casework", "// Open: дело."), "internal/domain/casework/a_test.go": pkg("casework", `const s = "Дело"`)}, ""},
		"own clock":                   {one("internal/domain/casework/a.go", pkg("casework", `import "time"`, "var t = time.Now()")), "clock"},
		"own clock, renamed":          {one("internal/app/search/a.go", pkg("search", `import clock "time"`, "var t = clock.Now()")), "clock"},
		"the act's clock":             {one("internal/domain/casework/a.go", pkg("casework", "func f(a A) { a.Now() }")), ""},
		"own context":                 {one("internal/domain/casework/a.go", pkg("casework", `import "context"`, "var c = context.Background()")), "context"},
		"postponed":                   {one("internal/domain/casework/a.go", pkg("casework", "// TO"+"DO: later")), "todo"},
		"postponed with number":       {one("internal/domain/casework/a.go", pkg("casework", "// TO"+"DO(#12): later")), ""},
		"postponed in SQL":            {schema("migrations/0009_casework.sql", "-- FIX"+"ME\n"), "todo"},
		"init":                        {one("internal/domain/casework/a.go", pkg("casework", "func init() {}")), "init"},
		"init, generated":             {one("internal/domain/casework/a.go", "// Code generated by x. DO NOT EDIT.\n\n"+pkg("casework", "func init() {}")), ""},
		"a bag":                       {one("internal/domain/casework/util/a.go", pkg("util")), "name"},
		"a bag by its package clause": {one("internal/domain/casework/x/a.go", pkg("helpers")), "name"},
		"too long":                    {one("internal/domain/registry/a.go", long), "length"},
		"too long, but data":          {one("internal/domain/registry/testdata/a.go", long), ""},
		"no package comment":          {one("internal/domain/registry/a.go", "package registry\n"), "comment"},
		"comment of something else":   {one("internal/domain/registry/a.go", "// All of it.\npackage registry\n"), "comment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := fstest.MapFS{}
			for p, text := range c.tree {
				tree[p] = &fstest.MapFile{Data: []byte(text)}
			}
			h, err := readHouse(tree)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range h.breaches() {
				got = append(got, b.rule)
				t.Log(b)
			}
			if want := strings.Fields(c.rule); !slices.Equal(slices.Compact(got), want) {
				t.Errorf("rules named: %q, want %q", got, want)
			}
		})
	}
}
