// Package backup puts the whole of a SQLite house into one file and brings it
// back: the database as it was at one instant, with the signed checkpoints of
// its log, compressed and closed with a key of its own. It holds neither the
// key that signs checkpoints nor the keys of sealed columns: who steals a
// backup and its key still has no number and no sealed address, and who brings
// one back needs all three. A backup counts only when it has been opened again,
// counted and its log proved; until then there is no file of its name.
//
// Not a goal: PostgreSQL, which has better tools of its own
// (docs/runbooks/backup.md).
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
	"syscall"
	"time"

	"serik/internal/platform/audit"
	"serik/internal/platform/db"
)

// Refused is why a backup is not made or not brought back.
type Refused string

func (r Refused) Error() string { return string(r) }

// Manifest says what is in a backup.
type Manifest struct {
	Version    string           `json:"version"` // of the program
	Schema     int64            `json:"schema"`  // the last migration
	Made       time.Time        `json:"made"`
	Tables     map[string]int64 `json:"tables"`     // rows
	Signed     bool             `json:"signed"`     // checkpoints are in it
	Checkpoint int64            `json:"checkpoint"` // records that the last one signs
}

// Rows is the sum over all tables.
func (m Manifest) Rows() int64 {
	var n int64
	for _, c := range m.Tables {
		n += c
	}
	return n
}

// The files of a house that a backup holds, in this order behind the manifest.
const (
	database    = "serik.db"
	verifier    = "checkpoint.pub"
	checkpoints = "checkpoints.log"
	manifest    = "manifest.json"
)

// Make is what is asked for.
type Make struct {
	Dir     string // of the house: database, checkpoints
	To      string // the file to be made
	Key     Key
	Version string
	Now     time.Time
	Schema  func(ctx context.Context, d *db.DB) (db.Schema, error)
}

// Write makes a backup beside the process that serves, if one does. Plain
// copies stay in the house's own folder and are gone at the end.
//
// Faults: Refused.
func Write(ctx context.Context, m Make) (Manifest, error) {
	if _, err := os.Lstat(m.To); err == nil {
		return Manifest{}, Refused("there is a file already: " + m.To)
	}
	unlock, err := alone(m.Dir)
	if err != nil {
		return Manifest{}, err
	}
	defer unlock()
	if err := clean(m.Dir, m.To); err != nil {
		return Manifest{}, err
	}
	if err := m.room(); err != nil {
		return Manifest{}, err
	}
	work, err := os.MkdirTemp(m.Dir, ".backup-")
	if err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }() // the next backup removes what stays
	man, err := m.gather(ctx, work)
	if err != nil {
		return man, err
	}
	part, err := m.pack(ctx, man, work)
	if err != nil {
		return man, err
	}
	defer func() { _ = os.Remove(part) }() // it bears its name when all went well
	if err := m.prove(ctx, part, work, man); err != nil {
		return man, fmt.Errorf("the backup does not open: %w", err)
	}
	if err := os.Rename(part, m.To); err != nil {
		return man, fmt.Errorf("backup: %w", err)
	}
	return man, settle(filepath.Dir(m.To))
}

// alone lets one backup of a house be made at a time.
func alone(dir string) (func(), error) {
	f, err := os.OpenFile(filepath.Join(dir, "backup.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, Refused("another backup of this folder is under way")
	}
	return func() { _ = f.Close() }, nil
}

// clean removes what a killed backup has left.
func clean(dir, to string) error {
	for _, pattern := range []string{filepath.Join(dir, ".backup-*"), partOf(to)} {
		left, err := filepath.Glob(pattern)
		if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		for _, p := range left {
			if err := os.RemoveAll(p); err != nil {
				return fmt.Errorf("backup: %w", err)
			}
		}
	}
	return nil
}

func partOf(to string) string {
	return filepath.Join(filepath.Dir(to), "."+filepath.Base(to)+".part-*")
}

// room refuses what would fill the disk under a serving house.
func (m Make) room() error {
	var size uint64
	for _, name := range []string{database, database + "-wal"} {
		if info, err := os.Stat(filepath.Join(m.Dir, name)); err == nil {
			size += uint64(info.Size())
		}
	}
	free, _, err := db.Free(m.Dir)
	if err != nil {
		return err
	}
	if need := size + size/10 + 16<<20; free < need {
		return Refused(fmt.Sprintf("a backup needs %d MiB free in %s for a while; there are %d", need>>20, m.Dir, free>>20))
	}
	return nil
}

// gather copies the parts into the working folder: checkpoints first, since the
// log may only be longer than they say.
func (m Make) gather(ctx context.Context, work string) (Manifest, error) {
	man := Manifest{Version: m.Version, Made: m.Now.UTC().Truncate(time.Second), Signed: true}
	for _, name := range []string{verifier, checkpoints} {
		err := copyFile(filepath.Join(m.Dir, name), filepath.Join(work, name))
		if errors.Is(err, fs.ErrNotExist) {
			man.Signed = false
		} else if err != nil {
			return man, fmt.Errorf("backup: %w", err)
		}
	}
	path := filepath.Join(work, database)
	if err := db.Copy(ctx, filepath.Join(m.Dir, database), path); err != nil {
		return man, err
	}
	d, err := db.OpenReader(ctx, db.Config{Path: path})
	if err != nil {
		return man, err
	}
	s, err := m.Schema(ctx, d)
	if err == nil {
		man.Schema = s.At
		man.Tables, err = d.Tables(ctx)
	}
	if e := d.Close(); err == nil {
		err = e
	}
	return man, err
}

// pack writes the parts into a file beside the one asked for.
func (m Make) pack(ctx context.Context, man Manifest, work string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(m.To), filepath.Base(partOf(m.To)))
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	err = m.fill(ctx, f, man, work)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Remove(filepath.Join(work, database)) // its room is needed for the proof
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", fmt.Errorf("backup: %w", err)
	}
	return f.Name(), nil
}

func (m Make) fill(ctx context.Context, f io.Writer, man Manifest, work string) error {
	out := bufio.NewWriterSize(f, 1<<20)
	sealed, err := m.Key.closing(out)
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(sealed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	text, err := json.MarshalIndent(man, "", " ")
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: manifest, Mode: 0o600, Size: int64(len(text))}); err != nil {
		return err
	}
	if _, err := t.Write(text); err != nil {
		return err
	}
	for _, name := range man.parts() {
		if err := add(ctx, t, filepath.Join(work, name)); err != nil {
			return err
		}
	}
	for _, c := range []io.Closer{t, z, sealed} {
		if err := c.Close(); err != nil {
			return err
		}
	}
	return out.Flush()
}

// parts are the files that follow the manifest.
func (m Manifest) parts() []string {
	if m.Signed {
		return []string{verifier, checkpoints, database}
	}
	return []string{database}
}

func add(ctx context.Context, t *tar.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: filepath.Base(path), Mode: 0o600, Size: info.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(t, patient{ctx, f})
	return err
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	in  io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.in.Read(b)
}

// prove opens what was packed as a restore would.
func (m Make) prove(ctx context.Context, part, work string, want Manifest) error {
	again := filepath.Join(work, "again")
	if err := os.Mkdir(again, 0o700); err != nil {
		return err
	}
	got, err := unpack(ctx, part, again, m.Key, want.Schema)
	if err != nil {
		return err
	}
	if got.Schema != want.Schema || got.Rows() != want.Rows() {
		return errors.New("its manifest is another")
	}
	return check(ctx, again, got, m.Now)
}

// check opens what was unpacked, counts it against the manifest and proves the
// log.
func check(ctx context.Context, dir string, m Manifest, now time.Time) error {
	d, err := db.OpenReader(ctx, db.Config{Path: filepath.Join(dir, database)})
	if err != nil {
		return err
	}
	err = sound(ctx, d, dir, m, now)
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}

func sound(ctx context.Context, d *db.DB, dir string, m Manifest, now time.Time) error {
	bad, err := d.Whole(ctx)
	if err != nil {
		return err
	}
	if bad != "" {
		return Refused(bad)
	}
	have, err := d.Tables(ctx)
	if err != nil {
		return err
	}
	for name, n := range m.Tables {
		if have[name] != n {
			return Refused(fmt.Sprintf("the table %s has %d rows and should have %d", name, have[name], n))
		}
	}
	if len(have) != len(m.Tables) {
		return Refused("there are other tables than the manifest names")
	}
	if !m.Signed {
		return nil
	}
	pub, err := os.ReadFile(filepath.Join(dir, verifier))
	if err != nil {
		return err
	}
	r, err := audit.Verify(ctx, d.R, audit.Check{Dir: dir, Key: string(pub), Now: now})
	if err != nil {
		return err
	}
	if !r.OK {
		return Refused(fmt.Sprintf("the log is not whole: %s at %d", r.FirstBad.Why, r.FirstBad.Index))
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	return writeFile(to, in)
}

// writeFile has a new file of its owner's alone on the disk.
func writeFile(to string, in io.Reader) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// settle has the names in a folder on the disk.
func settle(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}
