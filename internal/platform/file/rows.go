package file

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/file/content"
	"serik/internal/platform/id"
)

// Add writes the row of a file, and of a picture that is shown the parts of
// its look.
//
// Faults: Conflict "fault.sent_twice".
func Add(ctx context.Context, d bun.IDB, f File) error {
	if f.State != Kept {
		f.Look = "" // what is unseen is compared with nothing
	}
	_, err := d.NewInsert().Model(&f).Exec(ctx)
	switch db.Violates(err) {
	case "file_pkey", "file.id":
		return fault.Tell("fault.sent_twice")
	}
	if err != nil {
		return fmt.Errorf("add file: %w", err)
	}
	var rows []band
	for i, b := range content.Bands(f.Look) {
		rows = append(rows, band{ID: id.Derive(0, "file_look."+f.ID.String(), i, f.At), File: f.ID, Band: b})
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := d.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("add look: %w", err)
	}
	return nil
}

// Find gives the row of a file. Whether it may be seen is the caller's to ask.
//
// Faults: NotFound.
func Find(ctx context.Context, d bun.IDB, key id.ID) (File, error) {
	var f File
	err := d.NewSelect().Model(&f).Where("f.id = ?", key).Scan(ctx)
	if db.IsNone(err) {
		return f, fault.Missing()
	}
	if err != nil {
		return f, fmt.Errorf("find file: %w", err)
	}
	return f, nil
}

// Of lists the files of a noun, the last first.
func Of(ctx context.Context, d bun.IDB, noun string, subjects ...id.ID) ([]File, error) {
	var out []File
	if len(subjects) == 0 {
		return nil, nil
	}
	err := d.NewSelect().Model(&out).Where("f.noun = ?", noun).Where("f.subject IN (?)", bun.List(subjects)).
		OrderExpr("f.at DESC, f.id DESC").Limit(500).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("files of a noun: %w", err)
	}
	return out, nil
}

// Save writes what has become of a file. One that is no longer shown is no
// longer compared either.
func Save(ctx context.Context, d bun.IDB, f File) error {
	if f.State != Kept {
		f.Look = ""
		if _, err := d.NewDelete().Table("file_look").Where("file = ?", f.ID).Exec(ctx); err != nil {
			return fmt.Errorf("save file: %w", err)
		}
	}
	if _, err := d.NewUpdate().Model(&f).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("save file: %w", err)
	}
	return nil
}

// Lost notes since when the bytes of a file are known to be lost.
func Lost(ctx context.Context, d bun.IDB, key id.ID, now time.Time) error {
	if err := markLost(ctx, d, &now, []id.ID{key}); err != nil {
		return fmt.Errorf("mark lost file: %w", err)
	}
	return nil
}

// Unseen tells whether bytes are among those that were put aside unseen, or
// destroyed: whoever brings them again brings them to the same place.
func Unseen(ctx context.Context, d bun.IDB, digest string) (bool, error) {
	all, err := digestColumn.Blinds(ctx, digest)
	if err != nil {
		return false, err
	}
	yes, err := d.NewSelect().Table("file").Where("digest_blind IN (?)", bun.List(all)).Where("state <> ?", Kept).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("unseen files: %w", err)
	}
	return yes, nil
}

// Twins lists other files that are the same bytes or look alike, the last
// first. Which of them a viewer may know of is the caller's to ask.
func Twins(ctx context.Context, d bun.IDB, f File) ([]File, error) {
	if f.State != Kept {
		return nil, nil
	}
	same, err := digestColumn.Blinds(ctx, f.Digest)
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, b := range content.Bands(f.Look) {
		more, err := bandColumn.Blinds(ctx, b)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	var all []File
	q := d.NewSelect().Model(&all).Where("f.id <> ?", f.ID).Where("f.state = ?", Kept)
	if len(parts) == 0 {
		q = q.Where("f.digest_blind IN (?)", bun.List(same))
	} else {
		q = q.Where("(f.digest_blind IN (?) OR f.id IN (SELECT l.file FROM file_look AS l WHERE l.band_blind IN (?)))", bun.List(same), bun.List(parts))
	}
	if err := q.OrderExpr("f.at DESC, f.id DESC").Limit(200).Scan(ctx); err != nil {
		return nil, fmt.Errorf("look-alikes: %w", err)
	}
	var out []File
	for _, x := range all {
		if x.Digest == f.Digest || content.Alike(x.Look, f.Look) {
			out = append(out, x)
		}
	}
	return out, nil
}

// Erase forgets the files of some subjects whose years are over: the rows go, and
// with each its key, so that the bytes open to nobody from this instant; the
// store drops them as orphans. What was destroyed keeps its row and digest, or
// the same bytes could come back unseen (practice rule 10), and loses its words.
// It gives how many rows went.
//
// Faults: Conflict "erasure.kept" while one of them waits to be handed over.
func Erase(ctx context.Context, d bun.IDB, subjects []id.ID) (int, error) {
	gone := 0
	for part := range slices.Chunk(subjects, 500) {
		waits, err := d.NewSelect().Table("file").Where("subject IN (?)", bun.List(part)).Where("state IN (?)", bun.List([]State{Quarantined, Handed})).Exists(ctx)
		if err != nil {
			return 0, fmt.Errorf("erase files: %w", err)
		}
		if waits {
			return 0, fault.Clash("erasure.kept")
		}
		const kept = "SELECT id FROM file WHERE subject IN (?) AND state = 'kept'"
		if _, err := d.NewDelete().Table("file_look").Where("file IN ("+kept+")", bun.List(part)).Exec(ctx); err != nil {
			return 0, fmt.Errorf("erase looks: %w", err)
		}
		res, err := d.NewDelete().Table("file").Where("subject IN (?)", bun.List(part)).Where("state = 'kept'").Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("erase files: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return 0, fmt.Errorf("erase files: %w", err)
		}
		gone += int(n)
		_, err = d.NewUpdate().Table("file").Set("title = ''").Set("why = ''").Where("subject IN (?)", bun.List(part)).Exec(ctx)
		if err != nil {
			return 0, fmt.Errorf("erase words of files: %w", err)
		}
	}
	return gone, nil
}
