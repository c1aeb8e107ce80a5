package trial

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"

	"serik/internal/app/procedure"
	"serik/internal/platform/act"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
)

// PDF is a paper with a text.
func PDF(text string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%% %s\ntrailer\n<< /Root 1 0 R >>\n%%%%EOF\n", text)
}

// Photo is an invented picture: another seed gives another one, another quality
// the same one again.
func Photo(seed, side, quality int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			u, v := x*8/side+seed, y*8/side+3*seed // eight by eight fields
			n := uint32(u*73856093) ^ uint32(v*19349663) ^ uint32(seed*83492791)
			n ^= n >> 13
			n *= 0x5bd1e995
			m.Set(x, y, color.RGBA{uint8(n >> 24), uint8(n >> 16), uint8(n >> 8), 255})
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}) // into memory: cannot fail
	return b.Bytes()
}

// Stored prepares bytes and lays them into the world's store.
func (w *World) Stored(name string, b []byte) file.Stored {
	w.T.Helper()
	c, err := file.Prepare(name, b, file.Limits{Bytes: 20 << 20, Pixels: 50_000_000})
	if err != nil {
		w.T.Fatal(err)
	}
	s, err := w.Files.Put(w.T.Context(), c)
	if err != nil {
		w.T.Fatal(err)
	}
	return s
}

// Attach hangs a file on a noun by a person.
func (w *World) Attach(who, noun string, subject id.ID, name string, b []byte) file.File {
	w.T.Helper()
	var f file.File
	kept := w.Stored(name, b)
	w.Must(who, func(ctx context.Context, a *act.Act) error {
		var err error
		f, err = procedure.Attach(ctx, a, procedure.Attachment{Noun: noun, Subject: subject, Stored: kept})
		return err
	})
	return f
}

// Upload sends a form that brings a file.
func (b *Browser) Upload(path string, form url.Values, name string, content []byte) Answer {
	b.T.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, all := range form {
		for _, v := range all {
			if err := m.WriteField(k, v); err != nil {
				b.T.Fatal(err)
			}
		}
	}
	p, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}})
	if err == nil {
		_, err = p.Write(content)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		b.T.Fatal(err)
	}
	res, err := b.c.Post(b.URL+path, m.FormDataContentType(), &body) //nolint:bodyclose // answer closes it
	return b.answer(res, err)
}

// Fetch gets something that is no page.
func (b *Browser) Fetch(path string) (int, http.Header, []byte) {
	b.T.Helper()
	res, err := b.c.Get(b.URL + path)
	if err != nil {
		b.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	return res.StatusCode, res.Header, all
}
