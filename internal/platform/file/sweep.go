package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/uptrace/bun"
	"gocloud.dev/blob"

	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// Grace is how long bytes that no row names are left alone: their act may be
// under way, or the database may have been brought back from a backup.
const Grace = 7 * 24 * time.Hour

// Swept is what a round has found.
type Swept struct {
	Files   int
	Orphans int     // bytes that no row names, for longer than Grace
	Lost    []id.ID // rows whose bytes are not there, 100 at most
	Missing int     // how many they are
}

// Parts are how many turns go over all files: few enough files each that a
// stopping server need not wait.
const Parts = 16

// Sweep goes through one part of the store and the rows. With mend it takes
// orphans away and marks the rows whose bytes are lost, or found again;
// without, it only looks.
func (s *Store) Sweep(ctx context.Context, d *db.DB, now time.Time, part int, mend bool) (Swept, error) {
	var out Swept
	for n := part * 256 / Parts; n < (part+1)*256/Parts; n++ {
		if err := s.sweep(ctx, d, now, mend, shard(n), shard(n+1), &out); err != nil {
			return out, fmt.Errorf("sweep files: %w", err)
		}
	}
	return out, nil
}

// Check looks all parts over and changes nothing.
func (s *Store) Check(ctx context.Context, d *db.DB, now time.Time) (Swept, error) {
	var all Swept
	for part := range Parts {
		one, err := s.Sweep(ctx, d, now, part, false)
		if err != nil {
			return all, err
		}
		all.Files, all.Orphans, all.Missing = all.Files+one.Files, all.Orphans+one.Orphans, all.Missing+one.Missing
		all.Lost = append(all.Lost, one.Lost...)
	}
	return all, nil
}

// shard is the beginning of the names of one folder.
func shard(n int) string {
	if n > 255 {
		return "g"
	}
	return fmt.Sprintf("%02x", n)
}

// row is what the sweep must know; nothing sealed is opened.
type row struct {
	ID     id.ID
	Blob   string
	LostAt *time.Time
}

// sweep reads the rows first: the bytes of each were there before it.
func (s *Store) sweep(ctx context.Context, d *db.DB, now time.Time, mend bool, from, to string, out *Swept) error {
	var rows []row
	err := d.R.NewSelect().Table("file").Column("id", "blob", "lost_at").Where("blob >= ? AND blob < ?", from, to).
		Where("state <> ?", Destroyed).OrderExpr("blob").Scan(ctx, &rows)
	if err != nil {
		return err
	}
	there, err := s.list(ctx, from+"/")
	if err != nil {
		return err
	}
	var lost, found []id.ID
	for _, r := range rows {
		_, ok := there[at(r.Blob)]
		delete(there, at(r.Blob))
		switch {
		case ok && r.LostAt != nil:
			found = append(found, r.ID)
		case !ok:
			out.Missing++
			if len(out.Lost) < 100 {
				out.Lost = append(out.Lost, r.ID)
			}
			if r.LostAt == nil {
				lost = append(lost, r.ID)
			}
		}
	}
	out.Files += len(rows)
	for key, when := range there {
		if now.Sub(when) < Grace {
			continue
		}
		out.Orphans++
		if mend {
			if err := s.bucket.Delete(ctx, key); err != nil {
				return err
			}
		}
	}
	if !mend || len(lost)+len(found) == 0 {
		return nil
	}
	return d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := markLost(ctx, tx, &now, lost); err != nil {
			return err
		}
		return markLost(ctx, tx, nil, found)
	})
}

// list gives what lies in a folder, and since when.
func (s *Store) list(ctx context.Context, prefix string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	all := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := all.Next(ctx)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out[o.Key] = o.ModTime
	}
}

// markLost notes since when bytes are lost, or with no instant that they are
// there.
func markLost(ctx context.Context, d bun.IDB, when *time.Time, keys []id.ID) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := d.NewUpdate().Table("file").Set("lost_at = ?", when).Where("id IN (?)", bun.List(keys)).Exec(ctx)
	return err
}

// Known counts what the database knows of: files, their bytes, and of how many
// files the bytes are known to be lost.
type Known struct{ Files, Size, Lost int64 }

// Count counts the files that are not destroyed.
func Count(ctx context.Context, d bun.IDB) (Known, error) {
	var n Known
	err := d.NewSelect().Table("file").ColumnExpr("count(*) AS files").ColumnExpr("coalesce(sum(size), 0) AS size").
		ColumnExpr("count(lost_at) AS lost").Where("state <> ?", Destroyed).Scan(ctx, &n)
	if err != nil {
		return n, fmt.Errorf("count files: %w", err)
	}
	return n, nil
}
