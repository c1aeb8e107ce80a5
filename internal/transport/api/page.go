package api

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// freely is how many children a program learns of without a ground within the
// norm's hours (access.export_hours). Whoever takes more says why; many small lists
// are one large one, and so are many single looks.
func freely(v *act.View) int { return v.Norm(directory.ExportFree).Int() }

// Paging is how a list is asked for.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" maxLength:"2000" doc:"The next of the page before. It belongs to this token and this list."`
}

// Grounded is Paging of a list with names of children.
type Grounded struct {
	Paging
	Grounding
}

// Grounding is the ground of whoever learns of many children: each operation that
// tells of one takes it.
type Grounding struct {
	Ground string `header:"Serik-Ground" maxLength:"2000" doc:"Why personal data is taken, percent-encoded UTF-8, 10 to 300 characters. Required for a page of more rows than a person learns of freely (50), for a page after the first, and for a further child once the looks of some hours (24), at lists and at single children, come to more. It stands in the record of each look."`
}

// Rows is a page of a list.
type Rows[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Sealed: where the next page begins."`
}

// sealer hides places in a list. The key is the token's, so that a cursor is
// worth nothing to anybody else, on whichever machine; the list is bound to it.
func sealer(ctx context.Context) (cipher.AEAD, error) {
	k := callerOf(ctx).seal
	b, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, fmt.Errorf("seal cursor: %w", err)
	}
	g, err := cipher.NewGCM(b)
	if err != nil {
		return nil, fmt.Errorf("seal cursor: %w", err)
	}
	return g, nil
}

func sealed(ctx context.Context, list string, place []byte) (string, error) {
	g, err := sealer(ctx)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, g.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(g.Seal(nonce, nonce, place, []byte(list))), nil
}

// place opens the cursor of a list; none is the beginning, a broken one is
// refused.
func (p Paging) place(ctx context.Context, list string) ([]byte, error) {
	if p.After == "" {
		return nil, nil
	}
	g, err := sealer(ctx)
	if err != nil {
		return nil, err
	}
	b, err := base64.RawURLEncoding.DecodeString(p.After)
	if err == nil && len(b) > g.NonceSize() {
		if out, err := g.Open(nil, b[:g.NonceSize()], b[g.NonceSize():], []byte(list)); err == nil {
			return out, nil
		}
	}
	return nil, fault.Bad("after", "api.cursor")
}

// placeAt is place made of an instant and an identifier.
func (p Paging) placeAt(ctx context.Context, list string) (time.Time, id.ID, error) {
	b, err := p.place(ctx, list)
	if err != nil || b == nil {
		return time.Time{}, "", err
	}
	at, k, ok := db.PartsAt(b)
	if !ok {
		return time.Time{}, "", fault.Bad("after", "api.cursor")
	}
	return at, id.ID(k), nil
}

// placeID is place made of an identifier.
func (p Paging) placeID(ctx context.Context, list string) (id.ID, error) {
	b, err := p.place(ctx, list)
	return id.ID(b), err
}

// why is the ground of an export, or nothing where one page needs none.
func (g Grounded) why(v *act.View) (string, error) {
	if g.Limit <= freely(v) && g.After == "" && g.Ground == "" {
		return "", nil
	}
	return g.said(v)
}

// why is the ground that was given, or nothing.
func (r Grounding) why(v *act.View) (string, error) {
	if r.Ground == "" {
		return "", nil
	}
	return r.said(v)
}

func (r Grounding) said(v *act.View) (string, error) {
	s, err := url.PathUnescape(r.Ground)
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	if err != nil || n < 10 || n > 300 || printable(s) != nil {
		return "", fault.Bad("Serik-Ground", "api.ground", fault.Args{"Free": freely(v)})
	}
	return strings.TrimSpace(s), nil
}

// grounded is what is asked with a ground, or may be.
type grounded interface {
	grounds(v *act.View) (string, error)
}

func (r Grounding) grounds(v *act.View) (string, error) { return r.why(v) }

// weigh counts the children whom an answer shows, whichever operation it is of: a
// list, a search, one file, one case. They leave for a ground, which then stands in
// the record for each of them, or freely while all whom the person has looked at
// lately, by whatever door, are few. What is refused is not shown and leaves no look.
//
// Faults: Invalid "api.ground".
func weigh(ctx context.Context, v *act.View, in any) error {
	rows := v.Looked()
	if len(rows) == 0 {
		return nil
	}
	g, ok := in.(grounded)
	if !ok {
		return fmt.Errorf("%T shows children and takes no ground", in)
	}
	why, err := g.grounds(v)
	if err != nil {
		return err
	}
	var children []id.ID
	for _, on := range rows {
		children = append(children, on.Child)
		if why != "" {
			on.Noun = "export"
			v.Look(on, why)
		}
	}
	if why != "" {
		return nil
	}
	most := freely(v)
	beyond, err := audit.Beyond(ctx, v.DB(), v.Actor().Actor, v.Now().Add(-v.Norm(directory.ExportHours).Hours()), children, most)
	if err == nil && beyond {
		return fault.Bad("Serik-Ground", "api.ground", fault.Args{"Free": most})
	}
	return err
}
