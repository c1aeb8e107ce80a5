package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"serik/internal/platform/id"
)

// Wait says how many records wait for their seal, and for how long the oldest
// does.
type Wait struct {
	Count int64
	Age   time.Duration
	First id.ID // the oldest
}

// Late tells that the oldest waits longer than a running server lets any.
func (w Wait) Late() bool { return w.Age > patience }

// Unsealed reads what waits for its seal.
func Unsealed(ctx context.Context, d bun.IDB, now time.Time) (Wait, error) {
	var w Wait
	if err := d.NewRaw("SELECT count(*) FROM audit WHERE idx IS NULL").Scan(ctx, &w.Count); err != nil {
		return w, fmt.Errorf("unsealed: %w", err)
	}
	var oldest []row
	err := d.NewSelect().Model(&oldest).Where("idx IS NULL").OrderExpr("at, id").Limit(1).Scan(ctx)
	if err != nil {
		return w, fmt.Errorf("unsealed: %w", err)
	}
	if len(oldest) > 0 {
		w.Age, w.First = max(0, now.Sub(oldest[0].At)), oldest[0].ID
	}
	return w, nil
}

// lately is how many of the records sealed last are asked for the newest: they
// are sealed in the order of their instants, but for who came late.
const lately = 1000

// Newest is the instant of the newest record, zero for an empty log. It is found
// among those that wait to be sealed and those sealed last, by their indexes: a
// start does not walk the whole log.
func Newest(ctx context.Context, d bun.IDB) (time.Time, error) {
	var waits, sealed []time.Time
	err := d.NewSelect().Table("audit").Column("at").Where("idx IS NULL").OrderExpr("at DESC, id DESC").Limit(1).Scan(ctx, &waits)
	if err == nil {
		err = d.NewSelect().Table("audit").Column("at").Where("idx IS NOT NULL").OrderExpr("idx DESC").Limit(lately).Scan(ctx, &sealed)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("newest record: %w", err)
	}
	var newest time.Time
	for _, at := range append(waits, sealed...) {
		if at.After(newest) {
			newest = at.UTC()
		}
	}
	return newest, nil
}

// Signed says what the last checkpoint signs.
type Signed struct {
	Size   int64 // records; 0 when there is none yet
	Sealed int64 // records that are sealed now
}

// Compare reads the last checkpoint and compares its root with the stored tree:
// quick, and so no proof of the rows, which Verify gives.
//
// Faults: ErrShorter when they disagree.
func Compare(ctx context.Context, d bun.IDB, dir, pub string) (Signed, error) {
	v, err := note.NewVerifier(strings.TrimSpace(pub))
	if err != nil {
		return Signed{}, fmt.Errorf("checkpoint key: %w", err)
	}
	s, found, err := compare(ctx, d, dir, v)
	if errors.Is(err, ErrShorter) && !found { // or the first seal came between the two
		s, _, err = compare(ctx, d, dir, v)
	}
	return s, err
}

// compare reads the checkpoint before the rows: a seal is committed first and
// signed after.
func compare(ctx context.Context, d bun.IDB, dir string, v note.Verifier) (Signed, bool, error) {
	var s Signed
	var last tlog.Tree
	found := false
	f, err := os.Open(filepath.Join(dir, ledger))
	if err == nil {
		last, _, found, err = newest(f, v)
		if e := f.Close(); err == nil {
			err = e
		}
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return s, found, fmt.Errorf("checkpoints: %w", err)
	}
	if err := d.NewRaw("SELECT coalesce(max(idx) + 1, 0) FROM audit").Scan(ctx, &s.Sealed); err != nil {
		return s, found, fmt.Errorf("checkpoints: %w", err)
	}
	s.Size = last.N
	if !found && s.Sealed > 0 {
		return s, found, ErrShorter
	}
	if !found {
		return s, found, nil
	}
	return s, found, agrees(ctx, d, last, s.Sealed)
}

// Unborn tells whether a log has never been sealed: no record has its place, no
// node of the tree is kept and the folder has no checkpoint. It is for a folder
// without a verifier's key, before which nothing can be proved.
func Unborn(ctx context.Context, d bun.IDB, dir string) (Report, bool, error) {
	r := Report{OK: true}
	_, err := os.Stat(filepath.Join(dir, ledger))
	if !errors.Is(err, fs.ErrNotExist) {
		return r, false, err
	}
	nodes := 0
	err = d.NewRaw("SELECT (SELECT count(*) FROM audit WHERE idx IS NOT NULL), (SELECT count(*) FROM audit WHERE idx IS NULL), (SELECT count(*) FROM audit_node)").
		Scan(ctx, &r.Sealed, &r.Unsealed, &nodes)
	if err != nil {
		return r, false, fmt.Errorf("unborn: %w", err)
	}
	return r, r.Sealed == 0 && nodes == 0, nil
}
