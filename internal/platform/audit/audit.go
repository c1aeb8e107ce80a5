// Package audit is a placeholder of the shape that act needs.
package audit

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"serik/internal/platform/id"
)

type Record struct {
	ID                id.ID
	At                time.Time
	Actor, Verb, Noun string
	Subject, Child    id.ID
	Territory         string
	Detail            any
}

type row struct {
	bun.BaseModel     `bun:"table:audit"`
	ID                id.ID
	At                time.Time
	Actor, Verb, Noun string
	Subject, Child    id.ID
	Territory         *string
	Digest            string
}

func Append(ctx context.Context, tx bun.IDB, rs ...Record) error {
	for _, r := range rs {
		x := &row{ID: r.ID, At: r.At, Actor: r.Actor, Verb: r.Verb, Noun: r.Noun, Subject: r.Subject, Child: r.Child, Digest: "x"}
		if r.Territory != "" {
			x.Territory = &r.Territory
		}
		if _, err := tx.NewInsert().Model(x).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
