package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"serik/internal/app/procedure"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
)

// mayAdd stands before the body of a file: whoever may not add one there, or
// names nothing, is refused before a byte is read; who may waits for a turn, and
// has it until the file is kept or refused.
func (d *desk) mayAdd(c huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(c)
	most, err := d.askAdd(c.Context(), c.Param("noun"), c.Param("subject"))
	if err != nil {
		d.unread(w, d.problem(c.Context(), err))
		return
	}
	room := int64(most.Bytes+2)/3*4 + sentBeside
	if r.ContentLength > room {
		d.unread(w, d.tooLong(c.Context()))
		return
	}
	end, err := d.store().Turn(c.Context())
	if err != nil {
		d.unread(w, d.problem(c.Context(), fault.Wrap(fault.Unavailable, "fault.unavailable", err)))
		return
	}
	defer end()
	callerOf(c.Context()).most = most
	next(&bounded{request: c, body: http.MaxBytesReader(w, r.Body, room)})
}

// askAdd is whether the caller may add a file there, and how large a one.
func (d *desk) askAdd(ctx context.Context, noun, subject string) (file.Limits, error) {
	k, err := key(subject)
	if err != nil {
		return file.Limits{}, err
	}
	var most file.Limits
	err = d.Run.Show(ctx, callerOf(ctx).who, func(ctx context.Context, v *act.View) error {
		most = file.LimitsOf(v.Norm)
		_, err := procedure.FileHome(ctx, v, noun, k, true)
		if err == nil && v.Actor().ReadOnly {
			err = fault.Deny("access.read_only") // as the act would
		}
		return err
	})
	if err == nil && d.store() == nil {
		err = fault.New(fault.Unavailable, "file.no_store")
	}
	most.Bytes = min(most.Bytes, maxFile)
	return most, err
}

// unread refuses a request whose body nobody waits for: the connection ends
// with the answer.
func (d *desk) unread(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Connection", "close")
	d.tell(w, p)
}

func (d *desk) tooLong(ctx context.Context) *Problem {
	t, status := callerOf(ctx).t, http.StatusRequestEntityTooLarge
	return &Problem{Type: "urn:serik:api.too_large", Title: http.StatusText(status), Status: status, Detail: t.T("api.too_large"), Key: "api.too_large"}
}

type request huma.Context // embedded, its name is not that of its method Context

// bounded is a request whose body ends at a bound of its own: the library knows
// only one for each operation, and takes a body cut off earlier for broken.
type bounded struct {
	request
	body io.Reader
	over bool
}

// Unwrap is for the library's adapter.
func (b *bounded) Unwrap() huma.Context { return b.request }

// BodyReader is the body up to its bound.
func (b *bounded) BodyReader() io.Reader { return b }

// Read notes that the body goes beyond its bound.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	var large *http.MaxBytesError
	b.over = b.over || errors.As(err, &large)
	return n, err
}

// SetStatus calls a body beyond its bound too large.
func (b *bounded) SetStatus(code int) {
	if b.over {
		code = http.StatusRequestEntityTooLarge
	}
	b.request.SetStatus(code)
}
