package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// book is the file of checkpoints: signed notes one after another, each ended
// by the separator, never rewritten.
type book struct {
	dir string
	key *Signer
	f   *os.File
}

// open opens the file and locks it against other sealers; free is false when
// one of them has it.
func (b *book) open() (func(), bool, error) {
	f, err := os.OpenFile(filepath.Join(b.dir, ledger), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, false, fmt.Errorf("checkpoints: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, false, nil
		}
		return nil, false, fmt.Errorf("checkpoints: %w", err)
	}
	b.f = f
	return func() { _ = f.Close() }, true, nil // each note is on the disk already
}

// last reads the newest checkpoint, if there is one, and cuts off what a killed process left of
// one it was writing.
func (b *book) last() (tlog.Tree, bool, error) {
	v, err := note.NewVerifier(b.key.Public)
	if err != nil {
		return tlog.Tree{}, false, err
	}
	t, whole, found, err := newest(b.f, v)
	if err != nil {
		return tlog.Tree{}, false, err
	}
	end, err := b.f.Seek(0, io.SeekEnd)
	if err == nil && whole < end {
		err = b.f.Truncate(whole)
	}
	return t, found && err == nil, err
}

// newest reads the last whole checkpoint, and where it ends.
func newest(f *os.File, v note.Verifier) (tlog.Tree, int64, bool, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return tlog.Tree{}, 0, false, err
	}
	start := max(0, end-4096) // a note has some 200 bytes
	tail := make([]byte, end-start)
	if _, err := f.ReadAt(tail, start); err != nil && !errors.Is(err, io.EOF) {
		return tlog.Tree{}, 0, false, err
	}
	whole := bytes.LastIndex(tail, []byte(separator))
	if whole < 0 {
		if start > 0 {
			return tlog.Tree{}, 0, false, errors.New("checkpoints: malformed")
		}
		return tlog.Tree{}, 0, false, nil
	}
	cut := start + int64(whole+len(separator))
	tail = tail[:whole]
	if i := bytes.LastIndex(tail, []byte(separator)); i >= 0 {
		tail = tail[i+len(separator):]
	}
	n, err := note.Open(tail, note.VerifierList(v))
	if err != nil {
		return tlog.Tree{}, 0, false, fmt.Errorf("last checkpoint: %w", err)
	}
	t, err := parseTree(n.Text)
	return t, cut, err == nil, err
}

// add signs a tree and has it on the disk.
func (b *book) add(t tlog.Tree, now time.Time) error {
	text := fmt.Sprintf("%s\n%d\n%s\n%s\n", origin, t.N, t.Hash, now.UTC().Format(time.RFC3339))
	signed, err := note.Sign(&note.Note{Text: text}, b.key.key)
	if err != nil {
		return err
	}
	if _, err := b.f.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	if _, err := b.f.Write(append(signed, separator...)); err != nil {
		return err
	}
	return b.f.Sync()
}
