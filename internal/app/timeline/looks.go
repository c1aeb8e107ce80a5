// Package timeline reads across rooms what happened around one child, in the
// order of time: here, who has looked at the file, in what role, when and why.
// It writes nothing but its own look.
//
// Serves the duty to keep secret what is known of a child and to show who has
// learned of it (Law of 21.05.2013 No 94-V, art. 20-22).
package timeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
)

// Look is one look at a child's file, a search that showed it or an opening.
type Look struct {
	ID     id.ID
	At     time.Time
	Verb   string // look, child.open_file
	Noun   string // what was shown
	Why    string // a key (file, search) or, of an opening, the typed reason
	Actor  string // "person:…", "operator:…", "system:…"
	Person id.ID
	Family string
	Given  string
	Roles  []access.Role // held then
}

// Cursor is the place after which a page of looks begins.
type Cursor struct {
	At time.Time
	ID id.ID
}

// Looks is one page; Next is nil on the last.
type Looks struct {
	Child     id.ID
	Name      string // short, or a pseudonym for who may not see the child
	Territory string
	Rows      []Look
	Next      *Cursor
}

// looking are the verbs of the log that show a child to somebody.
func looking() []string { return []string{"look", "child.open_file"} }

const perPage = 50

// OfChild tells who has looked at a child, newest first: to the office of the
// child's territory by name, to the officer for data protection under a
// pseudonym. Looks at a file that was merged into this one count too.
//
// Faults: Denied; NotFound.
func OfChild(ctx context.Context, v *act.View, child id.ID, after *Cursor) (Looks, error) {
	out, err := head(ctx, v, child)
	if err != nil {
		return out, err
	}
	hands, err := signal.UnseenHands(ctx, v.DB(), v.Actor(), child, v.Now())
	if err != nil {
		return out, err
	}
	q := v.DB().NewSelect().TableExpr("audit AS a").Join("LEFT JOIN audit_detail AS d ON d.audit = a.id").
		ColumnExpr("a.id, a.at, a.verb, a.noun, a.actor, d.detail AS why").
		Where("a.child IN (SELECT c.id FROM child AS c WHERE c.id = ? OR c.merged_into = ?)", child, child).
		Where("a.verb IN (?)", bun.List(looking())).Apply(notClosed(v, hands)).OrderExpr("a.at DESC, a.id DESC").Limit(perPage + 1)
	if after != nil {
		q = q.Where("(a.at, a.id) < (?, ?)", after.At, after.ID)
	}
	var rows []struct {
		ID                id.ID
		At                time.Time
		Verb, Noun, Actor string
		Why               *string
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return out, fmt.Errorf("looks at child: %w", err)
	}
	if len(rows) > perPage {
		rows = rows[:perPage]
		out.Next = &Cursor{At: rows[perPage-1].At.UTC(), ID: rows[perPage-1].ID}
	}
	for _, r := range rows {
		l := Look{ID: r.ID, At: r.At.UTC(), Verb: r.Verb, Noun: r.Noun, Actor: r.Actor}
		if l.Why, err = why(ctx, r.ID, r.Why); err != nil {
			return out, fmt.Errorf("looks at child: %w", err)
		}
		if p, ok := strings.CutPrefix(r.Actor, "person:"); ok {
			l.Person = id.ID(p)
		}
		out.Rows = append(out.Rows, l)
	}
	if err := nameLooks(ctx, v.DB(), out.Rows); err != nil {
		return out, err
	}
	v.Look(act.On{Noun: "looks", ID: child, Child: child, Territory: out.Territory}, "")
	return out, nil
}

// notClosed drops the looks at a thing the viewer must not learn of: a message
// that names the viewer tells of itself by who has read it, and so do the
// measures of its case, the files that hang on either, and whoever handles it by
// any look at the child. Of a file that is erased nobody knows any more on what
// it hung: a look at it is for those alone from whom nothing is closed.
func notClosed(v *act.View, hands signal.Hands) func(*bun.SelectQuery) *bun.SelectQuery {
	who := v.Actor()
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		for actor, since := range hands {
			q = q.Where("NOT (a.actor = ? AND a.at >= ?)", actor, since)
		}
		return q.Apply(access.Closed(who, access.Row{Alias: "a", Subjects: []string{"subject"}})).
			Where("NOT EXISTS (SELECT 1 FROM measure AS m WHERE m.id = a.subject AND m.case_id IN (?))", access.Shut(who)).
			Where("(a.noun <> 'file' OR EXISTS (SELECT 1 FROM file AS f LEFT JOIN measure AS m ON m.id = f.subject LEFT JOIN result AS r ON r.id = f.subject"+
				" LEFT JOIN reading AS g ON g.id = f.subject LEFT JOIN contact AS k ON k.id = f.subject WHERE f.id = a.subject"+
				" AND coalesce(m.case_id, r.case_id, g.case_id, k.case_id, f.subject) NOT IN (?0)) OR NOT EXISTS (?0))", access.Shut(who))
	}
}

// head finds the child within the scope of the action and says its name, or a
// pseudonym.
func head(ctx context.Context, v *act.View, child id.ID) (Looks, error) {
	if err := v.May(registry.SeeLooks); err != nil {
		return Looks{}, err
	}
	if _, err := id.Parse(child.String()); err != nil {
		return Looks{}, fault.Missing()
	}
	var c struct{ Territory, Family, Given string }
	err := v.DB().NewSelect().TableExpr("child AS c").ColumnExpr("c.territory, c.family, c.given").Where("c.id = ?", child).
		Where("c.merged_into IS NULL").Where("c.erased_at IS NULL").Apply(v.Scope(registry.SeeLooks, access.Row{Alias: "c", Subjects: []string{"id"}})).Scan(ctx, &c)
	if db.IsNone(err) {
		return Looks{}, fault.Missing()
	}
	if err != nil {
		return Looks{}, fmt.Errorf("looks at child: %w", err)
	}
	out := Looks{Child: child, Name: pseudonym(child), Territory: c.Territory}
	if v.May(registry.See, c.Territory) == nil {
		out.Name = name.Initial(c.Family, c.Given)
	}
	return out, nil
}

// pseudonym is one and the same for a child, and tells nothing of it.
func pseudonym(child id.ID) string {
	h := sha256.Sum256([]byte("pseudonym " + child.String()))
	return strings.ToUpper(hex.EncodeToString(h[:4]))
}

// why reads the reason out of a record's detail; an erased one has none.
func why(ctx context.Context, record id.ID, sealed *string) (string, error) {
	if sealed == nil {
		return "", nil
	}
	text, err := audit.Open(ctx, record, *sealed)
	if err != nil {
		return "", err
	}
	var d struct{ Why, Reason string }
	if json.Unmarshal([]byte(text), &d) != nil {
		return "", nil
	}
	return d.Why + d.Reason, nil
}

// nameLooks puts names, and the roles held at the time, to the looks.
func nameLooks(ctx context.Context, d bun.IDB, looks []Look) error {
	var people []id.ID
	for _, l := range looks {
		if l.Person != "" && !slices.Contains(people, l.Person) {
			people = append(people, l.Person)
		}
	}
	if len(people) == 0 {
		return nil
	}
	var names []struct {
		ID            id.ID
		Family, Given string
	}
	err := d.NewSelect().Table("person").Column("id", "family", "given").Where("id IN (?)", bun.List(people)).Scan(ctx, &names)
	if err != nil {
		return fmt.Errorf("who looked: %w", err)
	}
	grants, err := grantsOf(ctx, d, people)
	if err != nil {
		return err
	}
	for i := range looks {
		l := &looks[i]
		for _, n := range names {
			if n.ID == l.Person {
				l.Family, l.Given = n.Family, n.Given
			}
		}
		for _, g := range grants {
			if g.Person == l.Person && heldAt(g, l.At) && !slices.Contains(l.Roles, g.Role) {
				l.Roles = append(l.Roles, g.Role)
			}
		}
	}
	return nil
}

// grantsOf gives the grants people have or had.
func grantsOf(ctx context.Context, d bun.IDB, people []id.ID) ([]access.Grant, error) {
	if len(people) == 0 {
		return nil, nil
	}
	var out []access.Grant
	err := d.NewSelect().Table("access_grant").Column("person", "role", "territory", "from_at", "to_at").Where("person IN (?)", bun.List(people)).
		OrderExpr("from_at, id").Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("in what role: %w", err)
	}
	return out, nil
}

// heldAt tells whether a grant was in force at an instant.
func heldAt(g access.Grant, at time.Time) bool {
	return !g.FromAt.After(at) && (g.ToAt == nil || g.ToAt.After(at))
}
