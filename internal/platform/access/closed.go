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
	n, err := d.NewSelect().TableExpr("access_closed AS x").Where("x.subject IN (?)", bun.List(subjects)).Where("(?)", who.shut()).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("closed: %w", err)
	}
	return n > 0, nil
}

// Shut are the subjects, as a query inside another, that are closed to the
// principal.
func Shut(who Principal) schema.QueryWithArgs {
	return bun.SafeQuery("SELECT x.subject FROM access_closed AS x WHERE ?", who.shut())
}

// shut is the condition on a closure "x" that it holds against the principal: as
// a person, as a worker of a body, or as one who worked for the body after it
// was closed to it. Who is named through a body stays named on leaving it.
func (p Principal) shut() schema.QueryWithArgs {
	q, args := "x.person = ?", []any{p.Person}
	if len(p.Agencies) > 0 {
		q, args = q+" OR x.agency IN (?)", append(args, bun.List(p.Agencies))
	}
	for _, l := range p.Left {
		q, args = q+" OR (x.agency = ? AND x.from_at < ?)", append(args, l.Agency, l.At)
	}
	return bun.SafeQuery(q, args...)
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

// Leave keeps from a person who stops working for a body, by the account, what is
// closed to the body by then. (Of a body of a grant the grant tells it for
// itself: Principal.Left.) What is closed to the body later is none of theirs.
func Leave(ctx context.Context, d bun.IDB, person, agency id.ID, now time.Time) error {
	var rows []closedRow
	err := d.NewSelect().TableExpr("access_closed AS x").ColumnExpr("x.subject, min(x.ground) AS ground, min(x.from_at) AS from_at").
		Where("x.agency = ?", agency).Where("x.from_at <= ?", now).
		Where("NOT EXISTS (SELECT 1 FROM access_closed AS o WHERE o.subject = x.subject AND o.person = ? AND o.from_at <= x.from_at)", person).
		GroupExpr("x.subject").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("leave body: %w", err)
	}
	for i := range rows {
		rows[i].ID, rows[i].Person = id.New(), person
	}
	for block := range slices.Chunk(rows, 500) {
		if _, err := d.NewInsert().Model(&block).Exec(ctx); err != nil {
			return fmt.Errorf("leave body: %w", err)
		}
	}
	return nil
}

// Copy closes a subject, from now on, to all to whom another is closed: also to
// who has left a body of theirs since.
func Copy(ctx context.Context, d bun.IDB, keep, drop id.ID, now time.Time) error {
	var rows []closedRow
	if err := d.NewSelect().Model(&rows).Where("x.subject = ?", drop).OrderExpr("x.from_at, x.id").Scan(ctx); err != nil {
		return fmt.Errorf("copy closed: %w", err)
	}
	for _, r := range rows {
		if err := Close(ctx, d, r.Person, r.Agency, keep, r.Ground, now); err != nil {
			return err
		}
		if r.Agency == "" {
			continue
		}
		var left []id.ID
		err := d.NewSelect().TableExpr("access_grant AS g").ColumnExpr("DISTINCT g.person").Where("g.agency = ?", r.Agency).
			Where("g.to_at > ?", r.FromAt).Where("g.to_at <= ?", now).Where("g.to_at > g.from_at").
			Where("NOT EXISTS (SELECT 1 FROM access_closed AS o WHERE o.subject = ? AND o.person = g.person)", keep).Scan(ctx, &left)
		if err != nil {
			return fmt.Errorf("copy closed: %w", err)
		}
		for _, p := range left {
			if err := Close(ctx, d, p, "", keep, r.Ground, now); err != nil {
				return err
			}
		}
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
// or to a body the person has worked for since, up to the instant.
func (c Closures) ToAt(s Standing, at time.Time, subjects ...id.ID) bool {
	for _, x := range subjects {
		for _, r := range c[x] {
			if !r.FromAt.After(at) && (r.Person != "" && r.Person == s.Person || r.Agency != "" && s.worked(r.Agency, r.FromAt, at)) {
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
