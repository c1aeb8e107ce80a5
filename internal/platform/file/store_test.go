package file_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"serik/internal/platform/file"
)

var most = file.Limits{Bytes: 20 << 20, Pixels: 50_000_000}

const (
	pdf     = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"
	planted = "Kokserekov 43.2389N 76.8897E"
)

// place is a store and what lies in it, seen from outside.
type place struct {
	*file.Store
	names func() []string
	read  func(name string) []byte
	write func(name string, b []byte)
}

func folder(t *testing.T) place {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := file.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return place{s, func() []string { return under(t, dir) },
		func(name string) []byte {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
		func(name string, b []byte) {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}}
}

func under(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, e := filepath.Rel(dir, p)
			all, err = append(all, name), e
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// bucket is a bucket of a server in this process.
func bucket(t *testing.T) place {
	t.Helper()
	back := s3mem.New()
	srv := httptest.NewServer(gofakes3.New(back).Server())
	t.Cleanup(srv.Close)
	if err := back.CreateBucket("serik"); err != nil {
		t.Fatal(err)
	}
	s, err := file.Open(t.Context(), "s3://serik?region=eu-north-1&use_path_style=true&endpoint="+url.QueryEscape(srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return place{s, func() []string {
		l, err := back.ListBucket("serik", nil, gofakes3.ListBucketPage{})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, o := range l.Contents {
			all = append(all, o.Key)
		}
		return all
	}, func(name string) []byte {
		o, err := back.GetObject("serik", name, nil)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(o.Contents)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}, func(name string, b []byte) {
		if _, err := back.PutObject("serik", name, map[string]string{}, bytes.NewReader(b), int64(len(b)), nil); err != nil {
			t.Fatal(err)
		}
	}}
}

// both runs a test on a folder and on a bucket.
func both(t *testing.T, run func(t *testing.T, p place)) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "invented")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "invented")
	t.Run("folder", func(t *testing.T) { run(t, folder(t)) })
	t.Run("bucket", func(t *testing.T) { run(t, bucket(t)) })
}

func read(t *testing.T, s *file.Store, f file.File) ([]byte, error) {
	t.Helper()
	r, err := s.Read(t.Context(), f)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

// large is a paper of several segments.
func large(n int) []byte {
	return append(append([]byte(pdf), bytes.Repeat([]byte(planted+"\n"), n/len(planted))...), "%%EOF\n"...)
}

func prepared(t *testing.T, b []byte) file.Clean {
	t.Helper()
	c, err := file.Prepare("a.pdf", b, most)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What lies outside the database tells nothing, opens only whole and under its
// own name, and the same file twice is two unlike ones.
func TestClosedBytes(t *testing.T) {
	both(t, func(t *testing.T, p place) {
		b := large(300 << 10)
		one, err := p.Put(t.Context(), prepared(t, b))
		if err != nil {
			t.Fatal(err)
		}
		two, err := p.Put(t.Context(), prepared(t, b))
		if err != nil {
			t.Fatal(err)
		}
		f, g := file.File{Blob: one.Blob, Key: one.Key}, file.File{Blob: two.Blob, Key: two.Key}
		for _, x := range []file.File{f, g} {
			got, err := read(t, p.Store, x)
			if err != nil || !bytes.Equal(got, b) || one.Size != int64(len(b)) {
				t.Fatalf("not what was put: %d bytes, %v", len(got), err)
			}
		}
		names := p.names()
		if len(names) != 2 || one.Key == two.Key {
			t.Fatalf("%v", names)
		}
		raw := p.read(names[0])
		if bytes.Contains(raw, []byte("Kokserekov")) || bytes.Contains(raw, []byte("%PDF")) || bytes.Equal(raw, p.read(names[1])) {
			t.Error("the bytes lie open")
		}
		for what, change := range map[string]func([]byte) []byte{
			"cut":     func(b []byte) []byte { return b[:len(b)-100] },
			"changed": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
			"begun":   func(b []byte) []byte { b[60] ^= 1; return b },
			"empty":   func([]byte) []byte { return nil },
			"foreign": func([]byte) []byte { return p.read(names[1]) },
		} {
			p.write(names[0], change(bytes.Clone(raw)))
			x := f
			if strings.HasSuffix(names[0], two.Blob) {
				x = g
			}
			if got, err := read(t, p.Store, x); err == nil {
				t.Errorf("%s bytes open: %d", what, len(got))
			}
		}
	})
}

func TestLostAndDropped(t *testing.T) {
	both(t, func(t *testing.T, p place) {
		one, err := p.Put(t.Context(), prepared(t, large(1000)))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := p.Drop(t.Context(), one.Blob); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Read(t.Context(), file.File{Blob: one.Blob, Key: one.Key}); !errors.Is(err, file.ErrLost) {
			t.Errorf("a lost file: %v", err)
		}
		if left := p.names(); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// A store that breaks off and a caller who goes lose no file: it is there.
func TestBrokenOffIsNotLost(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "invented")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "invented")
	back := s3mem.New()
	s3, most := gofakes3.New(back).Server(), atomic.Int64{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := most.Load(); r.Method == http.MethodGet && n > 0 {
			w = &short{w, int(n)}
		}
		s3.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	if err := back.CreateBucket("serik"); err != nil {
		t.Fatal(err)
	}
	s, err := file.Open(t.Context(), "s3://serik?region=eu-north-1&use_path_style=true&endpoint="+url.QueryEscape(srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	one, err := s.Put(t.Context(), prepared(t, large(300<<10)))
	if err != nil {
		t.Fatal(err)
	}
	f := file.File{Blob: one.Blob, Key: one.Key}
	for _, n := range []int64{1, 20, 1000, 70_000, 200_000} {
		most.Store(n)
		if _, err := read(t, s, f); err == nil || errors.Is(err, file.ErrLost) {
			t.Errorf("broken off after %d bytes: %v", n, err)
		}
	}
	most.Store(0)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Read(gone, f); err == nil || errors.Is(err, file.ErrLost) {
		t.Errorf("the caller has gone: %v", err)
	}
	if b, err := read(t, s, f); err != nil || int64(len(b)) != one.Size {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// short breaks the connection off after so many bytes.
type short struct {
	http.ResponseWriter
	left int
}

func (s *short) Write(b []byte) (int, error) {
	if len(b) <= s.left {
		s.left -= len(b)
		return s.ResponseWriter.Write(b)
	}
	_, _ = s.ResponseWriter.Write(b[:s.left])
	// With its head gone out, the answer is not asked for again, which waits.
	_ = http.NewResponseController(s.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// A writing that ends half-way leaves nothing behind.
func TestHalfWritten(t *testing.T) {
	both(t, func(t *testing.T, p place) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.Put(gone, prepared(t, large(12<<20))); err == nil {
			t.Error("a file is kept for who has gone")
		}
		if left := p.names(); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// A full disk refuses and leaves nothing: here a process that may write no file
// beyond 200 KB.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("SERIK_TEST_FULL")
	if dir == "" {
		dir = t.TempDir()
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.count=1")
		c.Env = append(os.Environ(), "SERIK_TEST_FULL="+dir)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if left := under(t, dir); len(left) != 1 {
			t.Errorf("left: %v", left)
		}
		return
	}
	s, err := file.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 200 << 10, Max: 200 << 10}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), prepared(t, large(1<<20))); err == nil {
		t.Fatal("a file larger than the disk is kept")
	}
	if _, err := s.Put(t.Context(), prepared(t, large(1000))); err != nil {
		t.Fatalf("and none after it: %v", err)
	}
}

func TestTurns(t *testing.T) {
	t.Parallel()
	p := folder(t)
	var ends []func()
	for range 8 {
		end, err := p.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Turn(ctx); err == nil {
		t.Error("a ninth file comes into memory")
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		end, err := p.Turn(t.Context())
		if err == nil {
			end()
		}
	})
	for _, end := range ends {
		end()
	}
	wg.Wait()
}

func TestWhere(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"mem://", "http://files", "s3://", "file:///tmp", "gs://bucket"} {
		if _, err := file.Open(t.Context(), bad); err == nil {
			t.Errorf("%s is a store", bad)
		}
	}
}
