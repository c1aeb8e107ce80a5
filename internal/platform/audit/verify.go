package audit

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"golang.org/x/mod/sumdb/tlog"

	"serik/internal/platform/db"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// Check says what is verified and how strictly.
type Check struct {
	Dir     string // the folder of checkpoints
	Key     string // the verifier's key: the content of checkpoint.pub
	Now     time.Time
	Serving bool // a server runs, so that no record may wait long for its seal
	// Keys open the details, so that they are compared with their digests; nil
	// leaves them unread.
	Keys *secret.Ring
}

// Report is the outcome of a verification.
type Report struct {
	OK         bool  `json:"ok"`
	Sealed     int64 `json:"sealed"`
	Unsealed   int64 `json:"unsealed"`
	Oldest     int64 `json:"oldest_unsealed_s"` // seconds; 0 when none waits
	Checkpoint int64 `json:"checkpoint"`        // size that the last checkpoint signs
	FirstBad   *Bad  `json:"first_bad"`
	Details    bool  `json:"details"` // they were opened and compared
}

// Bad is the first place where the log is not what was signed.
type Bad struct {
	Index int64  `json:"index"` // from 0; -1 for an unsealed log
	ID    id.ID  `json:"id"`    // of the record there, or "" when none is
	Why   string `json:"why"`
}

// What can be wrong, by the deed behind it.
const (
	Flip       = "flip"       // a column was changed
	Delete     = "delete"     // a record was removed
	Insert     = "insert"     // a record was put in
	Reorder    = "reorder"    // records changed places
	Truncate   = "truncate"   // the last records are gone: shorter than its checkpoint
	Rewrite    = "rewrite"    // records and nodes were replaced together since the checkpoint before
	Forged     = "forged"     // a checkpoint was not signed by the key, or stands out of order
	Unsigned   = "unsigned"   // records are sealed and no checkpoint is there
	Detailed   = "detail"     // a detail is not what was recorded
	Vanished   = "erased"     // a detail is gone without a sealed record of its erasure
	Waiting    = "waiting"    // a record waits longer than a minute for its seal
	Unreadable = "unreadable" // a row cannot be read
)

// patience is how long a record may wait for its seal while a server runs.
const patience = time.Minute

// Verify recomputes the whole log from its rows and compares it with the
// signed checkpoints, in memory that grows with its logarithm. The stored
// nodes are read only to name what was done, after a failure. It stops at the
// first bad place. Its error means that it could not look, not that the log
// is bad.
func Verify(ctx context.Context, d bun.IDB, c Check) (Report, error) {
	r, err := verify(ctx, d, c)
	if err == nil && r.FirstBad != nil && r.FirstBad.Why == Unsigned {
		// The first seal may have come after the checkpoints were opened; whatever
		// was sealed by now had a checkpoint before it.
		return verify(ctx, d, c)
	}
	return r, err
}

func verify(ctx context.Context, d bun.IDB, c Check) (Report, error) {
	r := Report{Details: c.Keys != nil}
	if c.Keys != nil {
		ctx = secret.With(ctx, c.Keys)
	}
	signed, err := openCheckpoints(c) // before the rows: a seal is committed first and signed after
	if err != nil {
		return r, fmt.Errorf("verify audit: %w", err)
	}
	defer signed.close()
	v := &verifier{d: d, signed: signed, r: &r}
	if err := v.run(ctx); err != nil {
		return r, fmt.Errorf("verify audit: %w", err)
	}
	if err := v.waiting(ctx, c); err != nil {
		return r, fmt.Errorf("verify audit: %w", err)
	}
	r.OK = r.FirstBad == nil
	return r, nil
}

type verifier struct {
	d      bun.IDB
	signed *checkpoints
	r      *Report
	tree   frontier
	about  map[id.ID]int64 // the last place where the details about a subject were erased; nil before it is asked
	found  bool            // a checkpoint was read
	proved int64           // size of the last checkpoint that agreed
}

// errBad ends the walk; the report says why.
var errBad = errors.New("bad")

func (v *verifier) bad(index int64, record id.ID, why string) error {
	v.r.FirstBad = &Bad{Index: index, ID: record, Why: why}
	return errBad
}

func (v *verifier) run(ctx context.Context) error {
	var top int64
	err := v.d.NewRaw("SELECT count(*), coalesce(max(idx), -1) FROM audit WHERE idx IS NOT NULL").Scan(ctx, &v.r.Sealed, &top)
	if err == nil {
		err = v.walk(ctx, top)
	}
	if err != nil && !errors.Is(err, errBad) {
		err = v.unreadable(ctx, err)
	}
	if err == nil {
		err = v.end(ctx)
	}
	if errors.Is(err, errBad) {
		return v.signed.rest(v.r)
	}
	return err
}

// walk goes through the sealed rows in order.
func (v *verifier) walk(ctx context.Context, top int64) error {
	at, after := int64(-1<<62), none
	if err := v.checkpoint(ctx); err != nil {
		return err
	}
	for {
		page, err := readPage(ctx, v.d, at, after, top)
		if err != nil {
			return err
		}
		for i := range page {
			if err := v.step(ctx, &page[i]); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
		last := page[len(page)-1]
		at, after = *last.Idx, last.ID
	}
}

// step checks one row at the place it claims and adds it to the tree.
func (v *verifier) step(ctx context.Context, s *sealedRow) error {
	want := v.tree.size
	switch {
	case *s.Idx > want:
		return v.bad(want, "", Delete)
	case *s.Idx < want:
		return v.bad(*s.Idx, s.ID, Insert)
	}
	leaf := s.leaf(want)
	if s.Leaf == nil || *s.Leaf != leaf.String() {
		return v.diagnose(ctx, want+1, Bad{want, s.ID, Flip})
	}
	if err := v.detail(ctx, s); err != nil {
		return err
	}
	v.tree.add(leaf)
	return v.checkpoint(ctx)
}

// detail compares the detail with its digest, or finds the record of its
// erasure: a sealed one, further on in the walk, whose leaf is right and which
// says why.
func (v *verifier) detail(ctx context.Context, s *sealedRow) error {
	if s.Detail != nil && s.Salt != nil {
		whole, err := v.whole(ctx, s)
		if err != nil {
			return err
		}
		if !whole {
			return v.bad(*s.Idx, s.ID, Detailed)
		}
		return nil
	}
	if s.Digest == "" {
		return nil
	}
	if gone, err := v.erasedAbout(ctx, s); err != nil || gone {
		return err
	}
	var all []row
	err := v.d.NewSelect().Model(&all).Where("verb = ?", Erased).Where("subject = ?", s.ID).Where("idx > ?", *s.Idx).
		Where("digest <> ''").Limit(100).Scan(ctx)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Leaf != nil && *e.Leaf == e.leaf(*e.Idx).String() {
			return nil
		}
	}
	return v.bad(*s.Idx, s.ID, Vanished)
}

// erasedAbout finds a record, further on, that the details about the row's
// subject or child were erased.
func (v *verifier) erasedAbout(ctx context.Context, s *sealedRow) (bool, error) {
	if keepsDetail(s.Verb) {
		return false, nil
	}
	if v.about == nil {
		v.about = map[id.ID]int64{}
		var all []row
		err := v.d.NewSelect().Model(&all).Where("verb = ?", ErasedAbout).Where("idx IS NOT NULL").Where("digest <> ''").Scan(ctx)
		if err != nil {
			return false, err
		}
		for _, e := range all {
			if e.Leaf != nil && *e.Leaf == e.leaf(*e.Idx).String() {
				v.about[e.Subject] = max(v.about[e.Subject], *e.Idx)
			}
		}
	}
	for _, subject := range []id.ID{s.Subject, s.Child} {
		if at, ok := v.about[subject]; ok && subject != "" && at > *s.Idx {
			return true, nil
		}
	}
	return false, nil
}

// whole tells whether the detail of a row is what was recorded. Without keys
// only that the record has one is seen.
func (v *verifier) whole(ctx context.Context, s *sealedRow) (bool, error) {
	if !v.r.Details {
		return s.Digest != "", nil
	}
	salt, err := saltColumn.Open(ctx, s.ID, *s.Salt)
	if err == nil {
		var text string
		if text, err = Open(ctx, s.ID, *s.Detail); err == nil {
			return digest(salt, text) == s.Digest, nil
		}
	}
	if errors.Is(err, secret.ErrKey) {
		return false, nil
	}
	return false, err
}

// checkpoint compares the tree with each checkpoint of its size.
func (v *verifier) checkpoint(ctx context.Context) error {
	for {
		next, ok, err := v.signed.peek()
		if err != nil || !ok {
			return v.forged(err)
		}
		if next.N > v.tree.size {
			return nil
		}
		if next.N < v.tree.size {
			return v.bad(next.N, "", Forged)
		}
		v.signed.skip()
		v.found, v.r.Checkpoint = true, next.N
		if v.tree.root() != next.Hash {
			return v.diagnose(ctx, next.N, Bad{v.proved, "", Rewrite})
		}
		v.proved = next.N
	}
}

func (v *verifier) forged(err error) error {
	if errors.Is(err, errForged) {
		return v.bad(v.tree.size, "", Forged)
	}
	return err
}

// end: the rows are over; so must the checkpoints be.
func (v *verifier) end(ctx context.Context) error {
	next, ok, err := v.signed.peek()
	if err != nil {
		return v.forged(err)
	}
	if ok && next.N > v.tree.size {
		return v.diagnose(ctx, v.tree.size, Bad{v.tree.size, "", Truncate})
	}
	if !v.found && v.tree.size > 0 {
		return v.bad(0, "", Unsigned)
	}
	return nil
}

// unreadable: SQLite lets anything be written into a column; what does not
// scan was not written by Append or Seal.
func (v *verifier) unreadable(ctx context.Context, err error) error {
	var file *fs.PathError
	if ctx.Err() != nil || db.Broken(err) || errors.As(err, &file) || v.d.Dialect().Name() != dialect.SQLite {
		return err
	}
	return v.bad(v.tree.size, "", Unreadable)
}

// waiting reports the records without a seal.
func (v *verifier) waiting(ctx context.Context, c Check) error {
	w, err := Unsealed(ctx, v.d, c.Now)
	if err != nil {
		return err
	}
	v.r.Unsealed, v.r.Oldest = w.Count, int64(w.Age/time.Second)
	if c.Serving && w.Late() && v.r.FirstBad == nil {
		v.r.FirstBad = &Bad{-1, w.First, Waiting}
	}
	return nil
}

// frontier is the right edge of a growing tree: the roots of its full
// subtrees, largest first (RFC 6962, section 2.1).
type frontier struct {
	size  int64
	roots []tlog.Hash
}

func (f *frontier) add(h tlog.Hash) {
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.roots) - 1
		h = tlog.NodeHash(f.roots[last], h)
		f.roots = f.roots[:last]
	}
	f.roots = append(f.roots, h)
	f.size++
}

func (f *frontier) root() tlog.Hash {
	if f.size == 0 {
		return sha256.Sum256(nil)
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h
}
