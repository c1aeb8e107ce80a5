package access

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"serik/internal/platform/id"
)

// IsClosed tells whether any of the subjects is closed to the principal.
func IsClosed(ctx context.Context, d bun.IDB, who Principal, subjects ...id.ID) (bool, error) {
	q := d.NewSelect().TableExpr("access_closed AS x").Where("x.subject IN (?)", bun.List(subjects))
	if len(who.Agencies) > 0 {
		q = q.Where("(x.person = ? OR x.agency IN (?))", who.Person, bun.List(who.Agencies))
	} else {
		q = q.Where("x.person = ?", who.Person)
	}
	n, err := q.Count(ctx)
	if err != nil {
		return false, fmt.Errorf("closed: %w", err)
	}
	return n > 0, nil
}

// Shut are the subjects, as a query inside another, that are closed to the
// principal.
func Shut(who Principal) schema.QueryWithArgs {
	const all = "SELECT x.subject FROM access_closed AS x WHERE x.person = ?"
	if len(who.Agencies) == 0 {
		return bun.SafeQuery(all, who.Person)
	}
	return bun.SafeQuery(all+" OR x.agency IN (?)", who.Person, bun.List(who.Agencies))
}

type closedRow struct {
	bun.BaseModel `bun:"table:access_closed,alias:x"`
	ID            id.ID
	Person        id.ID
	Agency        id.ID
	Subject       id.ID
	Ground        string
	FromAt        time.Time
}

// Close hides one subject from a person or from all who work for a body,
// whatever their grants, from now on.
func Close(ctx context.Context, d bun.IDB, person, agency, subject id.ID, ground string, now time.Time) error {
	row := closedRow{ID: id.New(), Person: person, Agency: agency, Subject: subject, Ground: ground, FromAt: now}
	if _, err := d.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("close subject: %w", err)
	}
	return nil
}

// Closures are to whom subjects are closed, and since when.
type Closures map[id.ID][]closedRow

// ClosuresOf finds to whom many subjects are closed.
func ClosuresOf(ctx context.Context, d bun.IDB, subjects ...id.ID) (Closures, error) {
	out := Closures{}
	for block := range slices.Chunk(subjects, 500) {
		var rows []closedRow
		if err := d.NewSelect().Model(&rows).Where("x.subject IN (?)", bun.List(block)).Scan(ctx); err != nil {
			return nil, fmt.Errorf("closures: %w", err)
		}
		for _, r := range rows {
			out[r.Subject] = append(out[r.Subject], r)
		}
	}
	return out, nil
}

// To tells whether any of the subjects is closed to a person, whatever body of
// theirs it is closed to.
func (c Closures) To(s Standing, subjects ...id.ID) bool {
	for _, x := range subjects {
		for _, r := range c[x] {
			if r.Person != "" && r.Person == s.Person || r.Agency != "" && slices.Contains(s.Agencies, r.Agency) {
				return true
			}
		}
	}
	return false
}

// ToAt tells whether any of the subjects was closed by an instant to a person,
// or to a body the person then worked for.
func (c Closures) ToAt(s Standing, at time.Time, subjects ...id.ID) bool {
	for _, x := range subjects {
		for _, r := range c[x] {
			if !r.FromAt.After(at) && (r.Person != "" && r.Person == s.Person || r.Agency != "" && slices.Contains(s.bodies(at), r.Agency)) {
				return true
			}
		}
	}
	return false
}

// Since are the instants from which a subject was closed to somebody.
func (c Closures) Since(subject id.ID) []time.Time {
	var out []time.Time
	for _, r := range c[subject] {
		out = append(out, r.FromAt)
	}
	return out
}

// Bounds are the instants at which a person's access or bodies may have changed.
func (s Standing) Bounds() []time.Time {
	var out []time.Time
	add := func(from time.Time, to *time.Time) {
		out = append(out, from)
		if to != nil {
			out = append(out, *to)
		}
	}
	for _, c := range s.Cuts {
		add(c.FromAt, c.ToAt)
	}
	for _, g := range slices.Concat(s.Grants, s.served) {
		add(g.FromAt, g.ToAt)
	}
	return out
}
