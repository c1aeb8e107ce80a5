package kit

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/journal"
)

const (
	maxUpload = file.Most + 1<<20 // of a form that brings a file
	maxFields = 64 << 10          // of all else in such a form
	slowLine  = 5 * time.Minute   // twenty megabytes over a telephone in a village
)

// isUpload tells a form that brings a file.
func isUpload(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// Takes writes in an act what hangs a file on its noun. Its bytes lie in the
// store already.
type Takes func(ctx context.Context, a *act.Act, q *Req, f file.Stored) (Next, error)

// Take makes the handler of a form that brings a file: may is asked before a
// byte of it is taken; the bytes are kept before the act, and dropped when the
// act refuses them.
func (s *Site) Take(form, may Reads, do Takes) http.Handler {
	return s.deed(form, func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if !ok {
			return
		}
		var most file.Limits
		err := s.Run.Show(r.Context(), q.Who, func(ctx context.Context, v *act.View) error {
			most = file.LimitsOf(v.Norm)
			_, err := may(ctx, v, q)
			return err
		})
		store := s.files()
		if err == nil && store == nil {
			err = fault.New(fault.Unavailable, "file.no_store")
		}
		if err != nil {
			s.fail(w, q, err)
			return
		}
		end, err := store.Turn(r.Context())
		if err != nil {
			s.fail(w, q, fault.Wrap(fault.Unavailable, "fault.unavailable", err))
			return
		}
		defer end()
		s.take(w, q, form, do, store, most)
	})
}

func (s *Site) take(w http.ResponseWriter, q *Req, form Reads, do Takes, store *file.Store, most file.Limits) {
	c, err := q.upload(w, most)
	if err != nil {
		s.refuse(w, q, form, err)
		return
	}
	q.Form.Set("digest", c.Digest)
	p := pressOf(q)
	q.Form.Del("digest") // it tells one press from another and is kept nowhere
	defer s.presses.wait(q.Context(), p)()
	if s.saved(w, q, form, p) {
		return
	}
	kept, err := store.Put(q.Context(), c)
	if err != nil {
		s.fail(w, q, fault.Wrap(fault.Unavailable, "file.not_kept", err))
		return
	}
	err = s.act(w, q, p, func(ctx context.Context, a *act.Act, q *Req) (Next, error) { return do(ctx, a, q, kept) })
	if err == nil {
		return
	}
	// A refused act has no row; of one that broke nobody knows, and the sweep sees.
	if k := fault.KindOf(err); k != "" && k != fault.Unavailable {
		if e := store.Drop(context.WithoutCancel(q.Context()), kept.Blob); e != nil {
			s.Log.Error("bytes stay behind", "request", noteOf(q.Request).id.String(), "error", journal.Unquoted(e.Error()))
		}
	}
	if !s.repeated(w, q, form, p, err) {
		s.refuse(w, q, form, err)
	}
}

// upload reads a form that brings a file, each part within its bound, and
// prepares the file.
func (q *Req) upload(w http.ResponseWriter, most file.Limits) (file.Clean, error) {
	q.Form = url.Values{}
	large := fault.Bad("file", "file.too_large", fault.Args{"Max": most.Bytes >> 20})
	if q.ContentLength > int64(most.Bytes)+maxFields {
		return file.Clean{}, large
	}
	q.patient(w)
	parts, err := q.MultipartReader()
	if err != nil {
		return file.Clean{}, fault.Bad("file", "file.blank")
	}
	var name string
	var b []byte
	for left := int64(maxFields); ; {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return file.Clean{}, broken(err, large)
		}
		if p.FormName() == "file" {
			if b, err = io.ReadAll(io.LimitReader(p, int64(most.Bytes)+1)); err != nil {
				return file.Clean{}, broken(err, large)
			}
			name = p.FileName()
			if len(b) > most.Bytes {
				return file.Clean{}, large
			}
			continue
		}
		v, err := io.ReadAll(io.LimitReader(p, left+1))
		if left -= int64(len(v)); err != nil || left < 0 {
			return file.Clean{}, broken(err, large)
		}
		q.Form.Add(p.FormName(), clean(string(v)))
	}
	return file.Prepare(name, b, most)
}

// broken is a form that did not come to its end.
func broken(err error, large error) error {
	var big *http.MaxBytesError
	if err == nil || errors.As(err, &big) {
		return large
	}
	return fault.Bad("file", "file.cut_off")
}

// patient gives a slow line its time.
func (q *Req) patient(w http.ResponseWriter) {
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(slowLine))      // a server without deadlines has none to move
	_ = c.SetWriteDeadline(time.Now().Add(2 * slowLine)) // the same
}

func (s *Site) files() *file.Store {
	if s.Files == nil {
		return nil
	}
	return s.Files()
}

// Gives finds in a view the file whose bytes are sent.
type Gives func(ctx context.Context, v *act.View, q *Req) (file.File, error)

// Give makes the handler that sends a file: to be saved, never to be drawn by
// the browser under our name. A file whose bytes are lost is told and noted.
func (s *Site) Give(find Gives) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if !ok {
			return
		}
		var f file.File
		var b io.ReadCloser
		err := s.Run.Show(r.Context(), q.Who, func(ctx context.Context, v *act.View) error {
			var err error
			if f, err = find(ctx, v, q); err != nil {
				return err
			}
			if err = weigh(ctx, v, q); err != nil {
				return err
			}
			b, err = s.bytes(r.Context(), f)
			return err
		})
		if s.asks(w, q, err) {
			return
		}
		s.give(w, q, f, b, f.Kind.Type(), f.Kind.Ending(), err)
	})
}

// Hands finds in an act the file whose bytes are given out unopened.
type Hands func(ctx context.Context, a *act.Act, q *Req) (file.File, error)

// Hand is Give for a file in quarantine: its bytes leave as mere bytes, which
// nothing opens by a click.
func (s *Site) Hand(find Hands) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, ok := s.enter(w, r)
		if !ok || !q.read(w) {
			return
		}
		var f file.File
		var b io.ReadCloser
		err := s.Run.Do(r.Context(), q.Who, func(ctx context.Context, a *act.Act) error {
			var err error
			if f, err = find(ctx, a, q); err == nil && b == nil { // an act may be tried twice
				b, err = s.bytes(r.Context(), f)
			}
			return err
		})
		s.give(w, q, f, b, "application/octet-stream", ".bin", err)
	})
}

func (s *Site) bytes(ctx context.Context, f file.File) (io.ReadCloser, error) {
	store := s.files()
	if store == nil {
		return nil, fault.New(fault.Unavailable, "file.no_store")
	}
	return store.Read(ctx, f)
}

func (s *Site) give(w http.ResponseWriter, q *Req, f file.File, b io.ReadCloser, kind, ending string, err error) {
	if b != nil {
		defer func() { _ = b.Close() }() // it was only read
	}
	if errors.Is(err, file.ErrLost) {
		err = fault.Wrap(fault.Unavailable, "file.lost", err)
		note := s.Run.Do(context.WithoutCancel(q.Context()), access.Who{System: "files"}, func(ctx context.Context, a *act.Act) error {
			return procedure.NoteLost(ctx, a, f.ID)
		})
		err = errors.Join(err, note)
	}
	if err != nil {
		s.fail(w, q, err)
		return
	}
	q.patient(w)
	FileHeaders(w.Header(), f, kind, ending)
	if q.Method == http.MethodHead {
		return
	}
	if n, err := io.Copy(w, b); n < f.Size && q.Context().Err() == nil {
		// Too few bytes for the length that was told: the reader sees that it is cut off.
		s.Log.Error("file broke off", "request", noteOf(q.Request).id.String(), "error", journal.Unquoted(cmp.Or(err, file.ErrLost).Error()))
	}
}

// FileHeaders say that what follows is saved and not drawn, kept by no cache,
// and named without a word about a child.
func FileHeaders(h http.Header, f file.File, kind, ending string) {
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+f.SavedAs(ending)+`"`)
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
