package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"serik/internal/platform/fault"
)

// Clean is a file as it is kept: of a kind that is taken, without what its
// camera tells.
type Clean struct {
	Kind   Kind
	Bytes  []byte
	Digest string // of the bytes as they are kept
	Look   string // of a picture, for look-alikes; "" where there is none
}

// Prepare recognises a file by its content and its ending and takes off what
// must not be kept.
//
// Faults: Invalid at "file": "file.blank", "file.too_large", "file.heic",
// "file.kind", "file.ending", "file.broken", "file.pixels", "file.macros",
// "file.bomb".
func Prepare(name string, b []byte, most Limits) (Clean, error) {
	if len(b) == 0 {
		return Clean{}, bad("file.blank")
	}
	if len(b) > most.Bytes {
		return Clean{}, bad("file.too_large", fault.Args{"Max": most.Bytes >> 20})
	}
	k, err := recognise(name, b)
	if err != nil {
		return Clean{}, err
	}
	c := Clean{Kind: k, Bytes: b}
	switch k {
	case JPEG, PNG:
		err = c.picture(most.Pixels)
	case DOCX, XLSX:
		err = office(b, k)
	case PDF:
		if !bytes.Contains(b, []byte("%%EOF")) {
			err = bad("file.broken")
		}
	}
	if err != nil {
		return Clean{}, err
	}
	sum := sha256.Sum256(c.Bytes)
	c.Digest = hex.EncodeToString(sum[:])
	return c, nil
}

func bad(key string, args ...fault.Args) error { return fault.Bad("file", key, args...) }

// endings are what a kind may end with.
var endings = map[string]Kind{".pdf": PDF, ".jpg": JPEG, ".jpeg": JPEG, ".png": PNG, ".docx": DOCX, ".xlsx": XLSX}

// recognise finds the kind that content and ending agree on.
func recognise(name string, b []byte) (Kind, error) {
	ending := strings.ToLower(path.Ext(name))
	m := mimetype.Detect(b)
	if within(m, "image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif") || ending == ".heic" || ending == ".heif" {
		return "", bad("file.heic")
	}
	var k Kind
	switch {
	case m.Is("application/pdf") && bytes.HasPrefix(b, []byte("%PDF-")):
		k = PDF
	case m.Is("image/jpeg"):
		k = JPEG
	case within(m, "image/png"):
		k = PNG
	case within(m, "application/zip"):
		var err error
		if k, err = officeKind(b); err != nil {
			return "", err
		}
	default:
		return "", bad("file.kind")
	}
	if endings[ending] != k {
		return "", bad("file.ending", fault.Args{"Ending": k.Ending()})
	}
	return k, nil
}

// within tells whether a type, or one that it is a form of, is among some.
func within(m *mimetype.MIME, types ...string) bool {
	for ; m != nil; m = m.Parent() {
		for _, t := range types {
			if m.Is(t) {
				return true
			}
		}
	}
	return false
}
