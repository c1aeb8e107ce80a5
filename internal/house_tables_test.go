package internal_test

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

var (
	sqlShaped = regexp.MustCompile(`(?i)\b(select\b[\s\S]*\bfrom|insert\s+(or\s+\w+\s+)?into|delete\s+from|update\s+\w+\s+(as\s+\w+\s+)?set)\b`)
	readsSQL  = regexp.MustCompile(`\b(?:FROM|JOIN)\s+`)
	writesSQL = regexp.MustCompile(`\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|MERGE\s+INTO|INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)`)
	listEnds  = regexp.MustCompile(`\b(WHERE|ORDER|GROUP|LIMIT|JOIN|ON|SET|LEFT|RIGHT|INNER|CROSS|HAVING|UNION|EXCEPT|USING|FOR|RETURNING|VALUES|MATCH)\b|[;()]`)
	firstWord = regexp.MustCompile(`^\s*"?(\w+)`)
	bunTable  = regexp.MustCompile(`\btable:(\w+)`)
	takesFrom = []string{"Table", "TableExpr", "ModelTableExpr"}
)

// named are the tables a literal names, to read and to write.
type named struct{ reads, writes []string }

// inSQL finds the tables in a piece of SQL. Lower-case text counts only when it
// is a whole statement: "read from file" is English.
func inSQL(s string) named {
	if sqlShaped.MatchString(s) {
		s = strings.ToUpper(s)
	}
	var n named
	for _, m := range readsSQL.FindAllStringIndex(s, -1) {
		n.reads = append(n.reads, list(s[m[1]:])...)
	}
	for _, m := range writesSQL.FindAllStringSubmatch(s, -1) {
		n.writes = append(n.writes, strings.ToLower(m[1]))
	}
	return n
}

// list reads "case AS c, child k WHERE …" as case, child.
func list(s string) []string {
	if end := listEnds.FindStringIndex(s); end != nil {
		s = s[:end[0]]
	}
	var all []string
	for _, part := range strings.Split(s, ",") {
		if m := firstWord.FindStringSubmatch(part); m != nil {
			all = append(all, strings.ToLower(m[1]))
		}
	}
	return all
}

// tables: a domain's SQL touches its own tables only; app reads all and writes
// its own. A name no migration creates is an alias or a CTE.
func (h *house) tables(f *source) {
	if f.test || f.generated || !slices.Contains([]string{"platform", "domain", "app"}, f.at.floor) {
		return
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || len(n.Args) == 0 || !slices.Contains(takesFrom, sel.Sel.Name) {
				return true
			}
			if lit, ok := n.Args[0].(*ast.BasicLit); ok {
				h.touch(f, lit, named{reads: list(unquoted(lit))})
			}
		case *ast.BasicLit:
			s := unquoted(n)
			h.touch(f, n, inSQL(s))
			if m := bunTable.FindStringSubmatch(s); m != nil {
				h.touch(f, n, named{reads: m[1:]})
			}
		}
		return true
	})
}

func (h *house) touch(f *source, at ast.Node, n named) {
	for _, table := range slices.Concat(n.reads, n.writes) {
		owner, ok := h.owners[table]
		if !ok || h.owns(f.at, owner) {
			continue
		}
		if f.at.floor != "app" || slices.Contains(n.writes, table) {
			h.addAt(f, at.Pos(), "table", table+" belongs to "+owner)
			return
		}
	}
}

// owns: the platform's rooms share the platform's tables.
func (h *house) owns(at place, owner string) bool {
	if at.floor == "platform" {
		_, ok := shelf(owner)
		return ok || owner == "platform"
	}
	return at.room == owner
}
