package access

import (
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// Row names the columns of a listable table that scope looks at: its alias,
// the column of its territory path and the columns whose subjects may be
// within reach or closed (the row's own id, its child).
type Row struct {
	Alias     string
	Territory string   // default "territory"
	Subjects  []string // default "id"
	Agency    string   // the column of the body whose heads see the row, if any
	While     string   // the condition, in SQL, while they do
}

// Rows is the usual row: territory, id and child.
func Rows(alias string) Row { return Row{Alias: alias, Subjects: []string{"id", "child"}} }

func (r Row) territory() string {
	if r.Territory == "" {
		return "territory"
	}
	return r.Territory
}

func (r Row) subjects() []string {
	if len(r.Subjects) == 0 {
		return []string{"id"}
	}
	return r.Subjects
}

// reached are the grounds that reach the row by one of its columns. The turn of a
// curator, and a file opened, reach a child, and so whatever names the child; the
// others reach the one row that they tell of.
func (r Row) reached(column string, grounds []Ground) []Ground {
	child := "id" // of the child itself
	if slices.Contains(r.subjects(), "child") {
		child = "child"
	}
	return slices.DeleteFunc(slices.Clone(grounds), func(g Ground) bool {
		switch g {
		case AsExecutor, AsReceiver:
			return column != "id"
		}
		return column != child
	})
}

func (r Row) col(c string) bun.Ident { return bun.Ident(r.Alias + "." + c) }

// Scope is the one row filter: territory inside one of my grants that has the
// action, or a subject in reach now on a ground the role has, or a row of a body
// that I head, minus what is closed to me.
func (p *Policy) Scope(who Principal, a Action, now time.Time, row Row) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if who.Machine {
			return q
		}
		paths, grounds := p.reachable(who, a)
		bodies := p.headed(who, a, row)
		if len(paths) == 0 && len(grounds) == 0 && len(bodies) == 0 {
			return q.Where("1 = 0")
		}
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			for _, path := range paths {
				lo, hi := db.Under(path)
				c := row.col(row.territory())
				q = q.WhereOr("(? >= ? AND ? < ?)", c, lo, c, hi)
			}
			if len(bodies) > 0 {
				q = q.WhereOr("(? IN (?) AND ?)", row.col(row.Agency), bun.List(bodies), bun.Safe(row.While))
			}
			if len(grounds) > 0 {
				for _, c := range row.subjects() {
					of := row.reached(c, grounds)
					if len(of) == 0 {
						continue
					}
					q = q.WhereOr("? IN (SELECT r.subject FROM access_reach AS r WHERE r.person = ? AND r.ground IN (?)"+
						" AND r.from_at <= ? AND (r.to_at IS NULL OR r.to_at > ?))",
						row.col(c), who.Person, bun.List(of), now, now)
				}
			}
			return q
		})
		return q.Apply(Closed(who, row))
	}
}

// Closed takes away the rows whose subject is closed to the person, to a body
// the person works for, or was to one before the person left it: for rows that no territory bounds.
func Closed(who Principal, row Row) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		for _, s := range row.subjects() {
			q = q.Where("NOT EXISTS (SELECT 1 FROM access_closed AS x WHERE x.subject = ? AND (?))", row.col(s), who.shut())
		}
		return q
	}
}

// headed gathers the bodies whose rows the action shows to their head: asked at
// each view, so that a head appointed later sees what was ordered before, and a
// former one nothing.
func (p *Policy) headed(who Principal, a Action, row Row) []id.ID {
	if row.Agency == "" {
		return nil
	}
	var out []id.ID
	for _, g := range who.Grants {
		if s, ok := p.cells[a][g.Role]; ok && g.Agency != "" && slices.Contains(s.Grounds, AsHead) {
			out = append(out, g.Agency)
		}
	}
	return out
}

// reachable gathers the territories and the grounds that the action has for
// this principal; a territory inside another is left out.
func (p *Policy) reachable(who Principal, a Action) ([]string, []Ground) {
	var paths []string
	var grounds []Ground
	for _, g := range who.Grants {
		s, ok := p.cells[a][g.Role]
		if !ok {
			continue
		}
		if s.Territory {
			paths = append(paths, g.Territory)
		}
		for _, x := range s.Grounds {
			if x != AsHead && !slices.Contains(grounds, x) {
				grounds = append(grounds, x)
			}
		}
	}
	slices.Sort(paths)
	var out []string
	for _, x := range paths {
		if len(out) > 0 {
			if lo, hi := db.Under(out[len(out)-1]); x >= lo && x < hi {
				continue
			}
		}
		out = append(out, x)
	}
	return out, grounds
}

// Covers tells whether the action covers a whole territory, as for a row that
// does not exist yet.
func (p *Policy) Covers(who Principal, a Action, territory string) bool {
	if who.Machine {
		return true
	}
	paths, _ := p.reachable(who, a)
	return slices.ContainsFunc(paths, func(x string) bool {
		lo, hi := db.Under(x)
		return territory >= lo && territory < hi
	})
}
