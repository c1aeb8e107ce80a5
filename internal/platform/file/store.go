package file

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // s3://
	"gocloud.dev/gcerrors"
)

// ErrLost tells that the bytes of a file are not where they were put, or do
// not open any more.
var ErrLost = errors.New("the bytes of a file are lost")

// Store is where the bytes of files lie: a folder of this machine, or a bucket
// that several machines share.
type Store struct {
	bucket *blob.Bucket
	dir    string // "" for a bucket
	turns  chan struct{}
}

// uploads is how many files may be in memory at once.
const uploads = 8

// Open opens a store: a folder, made where there is none, or s3://bucket?…
func Open(ctx context.Context, where string) (*Store, error) {
	s := &Store{turns: make(chan struct{}, uploads)}
	if !strings.Contains(where, "://") {
		var err error
		s.dir = where
		s.bucket, err = fileblob.OpenBucket(where, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
		if err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
		return s, nil
	}
	u, err := url.Parse(where)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return nil, errors.New("files: a folder, or a bucket such as s3://name?region=…")
	}
	if s.bucket, err = blob.OpenBucket(ctx, where); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return s, nil
}

// Close lets go of it.
func (s *Store) Close() error { return s.bucket.Close() }

// Folder is the folder where the bytes lie, or "" for a bucket.
func (s *Store) Folder() string { return s.dir }

// Turn waits until another file may be in memory; what it gives ends the turn.
func (s *Store) Turn(ctx context.Context) (func(), error) {
	select {
	case s.turns <- struct{}{}:
		return func() { <-s.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Stored is a file whose bytes lie in the store and whom no row names yet.
type Stored struct {
	Clean
	Blob string
	Key  string
	Size int64 // of the open bytes
}

// at is the key under which the bytes of a name lie: 256 folders.
func at(name string) string { return name[:2] + "/" + name }

// Put closes the bytes with a key of their own and lays them down under a
// random name. A failed Put leaves nothing; a killed one leaves what Sweep
// takes away.
func (s *Store) Put(ctx context.Context, c Clean) (Stored, error) {
	var name [20]byte
	var key [32]byte
	_, _ = rand.Read(name[:]) // never fails
	_, _ = rand.Read(key[:])
	out := Stored{Clean: c, Blob: hex.EncodeToString(name[:]), Key: base64.RawStdEncoding.EncodeToString(key[:])}
	closed, err := closing(key[:])
	if err != nil {
		return Stored{}, err
	}
	writing, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(writing, at(out.Blob), &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return Stored{}, fmt.Errorf("keep file: %w", err)
	}
	if err = fill(w, closed, out); err != nil {
		cancel() // before Close: nothing is to bear the name
	}
	if e := w.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = s.settle(at(out.Blob))
	}
	if err != nil {
		return Stored{}, fmt.Errorf("keep file: %w", err)
	}
	out.Bytes, out.Size = nil, int64(len(c.Bytes))
	return out, nil
}

// closing is the streaming cipher of one file (AES-256-GCM-HKDF, segments of
// 64 KiB): cut, swapped and foreign segments do not open.
func closing(key []byte) (*subtle.AESGCMHKDF, error) {
	c, err := subtle.NewAESGCMHKDF(key, "SHA256", 32, 64<<10, 0)
	if err != nil {
		return nil, fmt.Errorf("close file: %w", err)
	}
	return c, nil
}

func fill(w io.Writer, c *subtle.AESGCMHKDF, f Stored) error {
	e, err := c.NewEncryptingWriter(w, []byte(f.Blob))
	if err != nil {
		return err
	}
	if _, err := io.Copy(e, bytes.NewReader(f.Bytes)); err != nil {
		return err
	}
	return e.Close()
}

// settle has the disk keep what was written: the row that names it is kept as
// surely.
func (s *Store) settle(key string) error {
	if s.dir == "" {
		return nil
	}
	path := filepath.Join(s.dir, filepath.FromSlash(key))
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	for _, p := range []string{path, filepath.Dir(path), s.dir} {
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		err = f.Sync()
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Read opens the bytes of a file. Its beginning is read at once, so that a
// lost file is told before anything is shown.
//
// Faults: ErrLost.
func (s *Store) Read(ctx context.Context, f File) (io.ReadCloser, error) {
	key, err := base64.RawStdEncoding.DecodeString(f.Key)
	if err != nil || len(key) != 32 {
		return nil, ErrLost
	}
	c, err := closing(key)
	if err != nil {
		return nil, err
	}
	r, err := s.bucket.NewReader(ctx, at(f.Blob), nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, ErrLost
	}
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	from := &source{Reader: r}
	open, err := c.NewDecryptingReader(from, []byte(f.Blob))
	if err == nil {
		b := bufio.NewReaderSize(open, 64<<10)
		if _, err = b.Peek(1); err == nil {
			return opened{b, r, from}, nil
		}
	}
	_ = r.Close() // it was only read
	return nil, from.why()
}

// source remembers that the store broke off: a reader who has gone, or a line
// that is down, is no file that is lost.
type source struct {
	io.Reader
	broke error
}

// Read reads closed bytes.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.broke = err
	}
	return n, err
}

// why is the reason why the bytes do not open.
func (s *source) why() error {
	if s.broke != nil {
		return fmt.Errorf("read file: %w", s.broke)
	}
	return ErrLost
}

// opened reads the open bytes and closes the source.
type opened struct {
	open io.Reader
	io.Closer
	from *source
}

// Read reads open bytes.
func (o opened) Read(p []byte) (int, error) {
	n, err := o.open.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, o.from.why()
	}
	return n, err
}

// Drop takes bytes away; that there are none is as good.
func (s *Store) Drop(ctx context.Context, name string) error {
	err := s.bucket.Delete(ctx, at(name))
	if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("drop file: %w", err)
	}
	return nil
}
