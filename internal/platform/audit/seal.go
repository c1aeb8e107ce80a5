package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"

	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// ErrShorter: the log holds less than, or other than, what its last checkpoint
// signed, or is sealed and has none. Sealing on would hide it. The remedy is
// to bring back what is missing, from a backup.
var ErrShorter = errors.New("the log disagrees with its last checkpoint")

// Sealer gives waiting records their places in the tree and signs its root.
type Sealer struct {
	d    *db.DB
	book book
	mu   sync.Mutex
}

// NewSealer makes the sealer of a database, with the folder of its checkpoints.
func NewSealer(d *db.DB, dir string, key *Signer) *Sealer {
	return &Sealer{d: d, book: book{dir: dir, key: key}}
}

// Batches: small while little waits, so that acts are not held up; larger when
// a load is to be sealed.
const (
	little = 1000
	much   = 5000
)

// Seal seals what waits, in the order of (instant, id), and then signs a
// checkpoint, also one that a killed process left unwritten. It returns how
// many records it sealed: none when another sealer works.
func (s *Sealer) Seal(ctx context.Context, now time.Time) (int, error) {
	if !s.mu.TryLock() {
		return 0, nil
	}
	defer s.mu.Unlock()
	unlock, free, err := s.book.open()
	if err != nil || !free {
		return 0, err
	}
	defer unlock()
	last, signed, err := s.book.last()
	if err != nil {
		return 0, fmt.Errorf("seal audit: %w", err)
	}
	size, root, err := treeOf(ctx, s.d.R)
	switch {
	case err != nil:
	case signed:
		err = agrees(ctx, s.d.R, last, size)
	case size > 0:
		err = ErrShorter
	default: // an empty log is signed too, so that no seal is ever without one before it
		err = s.book.add(tlog.Tree{Hash: root}, now)
	}
	if err != nil {
		return 0, fmt.Errorf("seal audit: %w", err)
	}
	total, batch := 0, little
	for {
		n, tree, err := s.batch(ctx, batch)
		if err != nil && ctx.Err() != nil && total > 0 {
			break // of a large load: what is sealed by now is signed, the rest comes next
		}
		if err != nil {
			return total, fmt.Errorf("seal audit: %w", err)
		}
		if n > 0 {
			size, root = tree.N, tree.Hash
		}
		total += n
		if n < batch {
			break
		}
		batch = much
	}
	if size > last.N {
		if err := s.book.add(tlog.Tree{N: size, Hash: root}, now); err != nil {
			return total, fmt.Errorf("seal audit: %w", err)
		}
	}
	return total, nil
}

// treeOf gives the tree that is sealed already.
func treeOf(ctx context.Context, d bun.IDB) (int64, tlog.Hash, error) {
	var size int64
	if err := d.NewRaw("SELECT coalesce(max(idx) + 1, 0) FROM audit").Scan(ctx, &size); err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.TreeHash(size, nodes(ctx, d, map[int64]tlog.Hash{}))
	return size, root, err
}

func agrees(ctx context.Context, d bun.IDB, last tlog.Tree, size int64) error {
	if last.N > size {
		return ErrShorter
	}
	root, err := tlog.TreeHash(last.N, nodes(ctx, d, map[int64]tlog.Hash{}))
	if err != nil {
		return err
	}
	if root != last.Hash {
		return ErrShorter
	}
	return nil
}

// batch seals at most n records in one transaction and gives the new tree.
func (s *Sealer) batch(ctx context.Context, n int) (int, tlog.Tree, error) {
	var sealed int
	var tree tlog.Tree
	err := s.d.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		sealed, tree = 0, tlog.Tree{}
		if s.d.Engine == db.Postgres {
			var mine bool
			if err := tx.NewRaw("SELECT pg_try_advisory_xact_lock(7344726)").Scan(ctx, &mine); err != nil || !mine {
				return err
			}
		}
		var rows []row
		err := tx.NewSelect().Model(&rows).Where("idx IS NULL").OrderExpr("at, id").Limit(int64(n)).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return err
		}
		var first int64
		if err := tx.NewRaw("SELECT coalesce(max(idx) + 1, 0) FROM audit").Scan(ctx, &first); err != nil {
			return err
		}
		known := map[int64]tlog.Hash{}
		if _, err := tlog.TreeHash(first, nodes(ctx, tx, known)); err != nil { // reads all that later leaves need
			return err
		}
		if tree, err = s.write(ctx, tx, rows, first, known); err != nil {
			return err
		}
		sealed = len(rows)
		return nil
	})
	return sealed, tree, err
}

type node struct {
	bun.BaseModel `bun:"table:audit_node"`

	Pos  int64
	Hash string
}

func (s *Sealer) write(ctx context.Context, tx bun.Tx, rows []row, first int64, known map[int64]tlog.Hash) (tlog.Tree, error) {
	var seals strings.Builder
	made := make([]node, 0, 2*len(rows))
	reader := nodes(ctx, tx, known)
	for i := range rows {
		idx := first + int64(i)
		leaf := rows[i].leaf(idx)
		hashes, err := tlog.StoredHashesForRecordHash(idx, leaf, reader)
		if err != nil {
			return tlog.Tree{}, err
		}
		at := tlog.StoredHashIndex(0, idx)
		for j, h := range hashes {
			known[at+int64(j)] = h
			made = append(made, node{Pos: at + int64(j), Hash: h.String()})
		}
		if i > 0 {
			seals.WriteByte(',')
		}
		if _, err := id.Parse(string(rows[i].ID)); err != nil { // it goes into the statement as it stands
			return tlog.Tree{}, err
		}
		fmt.Fprintf(&seals, "('%s',%d,'%s')", rows[i].ID, idx, leaf)
	}
	q := "WITH seal (id, idx, leaf) AS (VALUES " + seals.String() + ") UPDATE audit SET idx = seal.idx, leaf = seal.leaf FROM seal WHERE audit.id = CAST(seal.id AS {id})"
	if _, err := tx.ExecContext(ctx, db.Render(s.d.Engine, q)); err != nil {
		return tlog.Tree{}, err
	}
	if _, err := tx.NewInsert().Model(&made).Exec(ctx); err != nil {
		return tlog.Tree{}, err
	}
	size := first + int64(len(rows))
	root, err := tlog.TreeHash(size, reader)
	return tlog.Tree{N: size, Hash: root}, err
}

// nodes reads stored hashes, and keeps them in known.
func nodes(ctx context.Context, d bun.IDB, known map[int64]tlog.Hash) tlog.HashReaderFunc {
	return func(at []int64) ([]tlog.Hash, error) {
		var missing []int64
		for _, p := range at {
			if _, ok := known[p]; !ok {
				missing = append(missing, p)
			}
		}
		if len(missing) > 0 {
			var found []node
			if err := d.NewSelect().Model(&found).Where("pos IN (?)", bun.List(missing)).Scan(ctx); err != nil {
				return nil, err
			}
			for _, n := range found {
				h, err := tlog.ParseHash(n.Hash)
				if err != nil {
					return nil, err
				}
				known[n.Pos] = h
			}
		}
		out := make([]tlog.Hash, len(at))
		for i, p := range at {
			h, ok := known[p]
			if !ok {
				return nil, fmt.Errorf("node %d is missing: %w", p, ErrShorter)
			}
			out[i] = h
		}
		return out, nil
	}
}
