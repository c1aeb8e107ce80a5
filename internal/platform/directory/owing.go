package directory

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/norm"
)

// owing is what a session or a token is asked beside itself, in the same
// statement: does its person owe a second factor by the norms of the day? So a
// norm that begins tomorrow binds tomorrow whoever is signed in or has a program,
// and so does a role that begins then. There is one row for each role.
type owing struct {
	Role      access.Role
	HasFactor bool
	Mark      string // of the norms
}

// askOwing adds to a query what owing is read of; person is the column that
// holds whose session or token it is.
func askOwing(q *bun.SelectQuery, person string, now time.Time) *bun.SelectQuery {
	p := bun.Ident(person)
	return q.ColumnExpr("COALESCE(ow.role, '') AS role, ("+norm.Mark+") AS mark").
		ColumnExpr("(EXISTS (SELECT 1 FROM totp AS ot WHERE ot.id = ?0) OR EXISTS (SELECT 1 FROM passkey AS ok WHERE ok.person = ?0)) AS has_factor", p).
		Join("LEFT JOIN access_grant AS ow ON ow.person = ? AND ow.from_at <= ? AND (ow.to_at IS NULL OR ow.to_at > ?)", p, now, now).
		OrderExpr("ow.from_at, ow.id").Limit(100)
}

// owes tells whether one of the roles demands a factor that the person has not.
func owes(ctx context.Context, r *act.Runner, now time.Time, rows []owing) (bool, error) {
	if len(rows) == 0 || rows[0].HasFactor {
		return false, nil
	}
	norms, err := r.Book().Marked(ctx, r.Database().R, date.Of(now), rows[0].Mark)
	if err != nil {
		return false, err
	}
	for _, x := range rows {
		if n, ok := norms.Get(factorOf(x.Role)); ok && x.Role != "" && n.Yes() {
			return true, nil
		}
	}
	return false, nil
}
