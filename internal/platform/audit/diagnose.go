package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"serik/internal/platform/id"
)

// sealedRow is a record with its detail, if that is there.
type sealedRow struct {
	row
	Salt   *string
	Detail *string
}

const pageSize = 5000

// none is before every identifier.
const none id.ID = "00000000-0000-0000-0000-000000000000"

// readPage reads sealed rows after (at, after), up to the index top. Ids break
// ties, so that a second row with one index is met and not passed over.
func readPage(ctx context.Context, d bun.IDB, at int64, after id.ID, top int64) ([]sealedRow, error) {
	var page []sealedRow
	err := d.NewSelect().TableExpr("audit AS a").ColumnExpr("a.*, d.salt, d.detail").
		Join("LEFT JOIN audit_detail AS d ON d.audit = a.id").
		Where("a.idx >= ? AND a.idx <= ? AND (a.idx, a.id) > (?, ?)", at, top, at, after).
		OrderExpr("a.idx, a.id").Limit(pageSize).Scan(ctx, &page)
	return page, err
}

// diagnose names what was done between the last checkpoint that agreed and
// the index to, by the stored nodes; if these were replaced too, what the walk
// found stands.
func (v *verifier) diagnose(ctx context.Context, to int64, found Bad) error {
	for from := v.proved; from < to; {
		page, err := readPage(ctx, v.d, from, none, to-1)
		if err != nil {
			return err
		}
		stored, err := leaves(ctx, v.d, from, int64(len(page)))
		if err != nil {
			return err
		}
		for i := range page {
			if *page[i].Idx != from { // a gap, behind what was found
				return v.bad(found.Index, found.ID, found.Why)
			}
			if h, ok := stored[from]; ok && h != page[i].leaf(from) {
				return v.name(ctx, from)
			}
			from++
		}
		if len(page) < pageSize {
			break
		}
	}
	return v.bad(found.Index, found.ID, found.Why)
}

// name says what happened at the first place whose row is not that of its
// node: where this row and the one behind it once stood tells.
func (v *verifier) name(ctx context.Context, here int64) error {
	rows, err := readPage(ctx, v.d, here, none, here+1)
	if err != nil || len(rows) == 0 {
		return err
	}
	own, err := v.place(ctx, &rows[0].row)
	if err != nil {
		return err
	}
	next := int64(-1)
	if len(rows) > 1 {
		if next, err = v.place(ctx, &rows[1].row); err != nil {
			return err
		}
	}
	why := Flip
	switch {
	case own < 0 && next == here:
		why = Insert
	case own == here+1 && next != here:
		why = Delete
	case own >= 0:
		why = Reorder
	}
	return v.bad(here, rows[0].ID, why)
}

// place finds where in the tree a row once stood, or gives -1.
func (v *verifier) place(ctx context.Context, r *row) (int64, error) {
	for from := int64(0); ; from += pageSize {
		stored, err := leaves(ctx, v.d, from, pageSize)
		if err != nil || len(stored) == 0 {
			return -1, err
		}
		for idx, h := range stored {
			if r.leaf(idx) == h {
				return idx, nil
			}
		}
	}
}

// leaves reads the stored leaf hashes of n places.
func leaves(ctx context.Context, d bun.IDB, from, n int64) (map[int64]tlog.Hash, error) {
	var stored []struct {
		Pos  int64
		Hash string
	}
	err := d.NewRaw("SELECT pos, hash FROM audit_node WHERE pos >= ? AND pos < ? ORDER BY pos",
		tlog.StoredHashIndex(0, from), tlog.StoredHashIndex(0, from+n)).Scan(ctx, &stored)
	if err != nil {
		return nil, err
	}
	out := map[int64]tlog.Hash{}
	for _, s := range stored {
		level, idx := tlog.SplitStoredHashIndex(s.Pos)
		h, err := tlog.ParseHash(s.Hash)
		if level == 0 && err == nil {
			out[idx] = h
		}
	}
	return out, nil
}

var errForged = errors.New("checkpoint is not signed by the key")

// checkpoints reads the signed notes one after another.
type checkpoints struct {
	f    *os.File
	in   *bufio.Reader
	keys note.Verifiers
	next *tlog.Tree
}

// openCheckpoints opens the file as it is now; a missing file is an empty one.
func openCheckpoints(c Check) (*checkpoints, error) {
	k, err := note.NewVerifier(strings.TrimSpace(c.Key))
	if err != nil {
		return nil, fmt.Errorf("checkpoint key: %w", err)
	}
	s := &checkpoints{keys: note.VerifierList(k), in: bufio.NewReader(strings.NewReader(""))}
	s.f, err = os.Open(filepath.Join(c.Dir, ledger))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoints: %w", err)
	}
	info, err := s.f.Stat()
	if err != nil {
		_ = s.f.Close()
		return nil, fmt.Errorf("checkpoints: %w", err)
	}
	s.in = bufio.NewReader(io.LimitReader(s.f, info.Size()))
	return s, nil
}

func (s *checkpoints) close() {
	if s.f != nil {
		_ = s.f.Close() // it was only read
	}
}

// peek gives the next checkpoint and whether there is one. What a killed
// sealer left unfinished at the end is none.
func (s *checkpoints) peek() (tlog.Tree, bool, error) {
	if s.next != nil {
		return *s.next, true, nil
	}
	var text strings.Builder
	for {
		line, err := s.in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return tlog.Tree{}, false, nil
		}
		if err != nil {
			return tlog.Tree{}, false, fmt.Errorf("checkpoints: %w", err)
		}
		if line == separator {
			break
		}
		text.WriteString(line)
	}
	n, err := note.Open([]byte(text.String()), s.keys)
	if err != nil {
		return tlog.Tree{}, false, errForged
	}
	t, err := parseTree(n.Text)
	if err != nil {
		return tlog.Tree{}, false, errForged
	}
	s.next = &t
	return t, true, nil
}

func (s *checkpoints) skip() { s.next = nil }

// rest reads on after a failure, for the size that was signed last.
func (s *checkpoints) rest(r *Report) error {
	for {
		t, ok, err := s.peek()
		if errors.Is(err, errForged) {
			continue // named already, or behind what was
		}
		if err != nil || !ok {
			return err
		}
		r.Checkpoint = max(r.Checkpoint, t.N)
		s.skip()
	}
}
