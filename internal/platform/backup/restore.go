package backup

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Bring is what is asked for.
type Bring struct {
	From  string // the backup
	Dir   string // the folder of the new house: empty, or not there
	Key   Key
	Known int64 // the last migration that this program knows
	Now   time.Time
}

// Restore brings a backup back into an empty folder: opened, counted and its
// log proved before anything bears its name.
//
// Faults: Refused.
func Restore(ctx context.Context, b Bring) (Manifest, error) {
	var m Manifest
	made, err := vacant(b.Dir)
	if err != nil {
		return m, err
	}
	work := filepath.Join(b.Dir, ".restore")
	if err := os.Mkdir(work, 0o700); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	m, err = unpack(ctx, b.From, work, b.Key, b.Known)
	if err == nil {
		err = check(ctx, work, m, b.Now)
	}
	if err == nil {
		err = take(work, b.Dir, m)
	}
	if err != nil {
		_ = os.RemoveAll(work)
		if made {
			_ = os.Remove(b.Dir) // empty again
		}
		return m, fmt.Errorf("restore: %w", err)
	}
	return m, settle(b.Dir)
}

// vacant refuses a folder in which something is, and makes one that is missing.
func vacant(dir string) (bool, error) {
	all, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return false, fmt.Errorf("restore: %w", err)
		}
		return true, nil
	case err != nil:
		return false, fmt.Errorf("restore: %w", err)
	case len(all) > 0:
		return false, Refused("the folder is not empty: " + dir)
	}
	return false, nil
}

// take gives the parts their names, the database last: until it stands there is
// no house.
func take(work, dir string, m Manifest) error {
	for _, name := range m.parts() {
		if err := os.Rename(filepath.Join(work, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return os.RemoveAll(work)
}

// unpack opens a backup into a folder, to its last byte: one that was cut or
// changed anywhere does not open.
func unpack(ctx context.Context, from, dir string, k Key, known int64) (Manifest, error) {
	var m Manifest
	f, err := os.Open(from)
	if err != nil {
		return m, err
	}
	defer func() { _ = f.Close() }() // it was only read
	plain, err := k.opening(bufio.NewReaderSize(patient{ctx, f}, 1<<20))
	if err != nil {
		return m, err
	}
	z, err := gzip.NewReader(plain)
	if err != nil {
		if k.passphrase != "" {
			return m, Refused("wrong passphrase, or the backup is damaged")
		}
		return m, damaged(ctx, err)
	}
	t := tar.NewReader(z)
	if err := m.read(t); err != nil {
		return m, damaged(ctx, err)
	}
	if m.Schema > known {
		return m, Refused(fmt.Sprintf("the backup is of a newer program: serik %s, schema %d; this one knows %d", m.Version, m.Schema, known))
	}
	for _, name := range m.parts() {
		h, err := t.Next()
		if err == nil && h.Name != name {
			err = errors.New("parts in another order")
		}
		if err == nil {
			err = writeFile(filepath.Join(dir, name), t)
		}
		if err != nil {
			return m, damaged(ctx, err)
		}
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return m, damaged(ctx, errors.New("more than the manifest names"))
	}
	if _, err := io.Copy(io.Discard, z); err != nil { // the end is signed too
		return m, damaged(ctx, err)
	}
	return m, nil
}

const mostManifest = 1 << 20

func (m *Manifest) read(t *tar.Reader) error {
	h, err := t.Next()
	if err != nil {
		return err
	}
	if h.Name != manifest || h.Size > mostManifest {
		return errors.New("no manifest")
	}
	return json.NewDecoder(t).Decode(m)
}

// damaged tells a broken file from a full disk or an interruption.
func damaged(ctx context.Context, err error) error {
	var path *fs.PathError
	if ctx.Err() != nil || errors.As(err, &path) {
		return err
	}
	return Refused("the backup is cut short or damaged")
}
