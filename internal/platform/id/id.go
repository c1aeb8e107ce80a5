// Package id holds identifiers: the UUID version 7 that every row bears
// (RFC 9562), and the individual identification number of a person (IIN).
// An identifier tells nothing about a person and may stand in a URL.
package id

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ID is a UUID as text in its canonical form, or "" for none; none is NULL in
// the database.
type ID string

// New makes a fresh version 7 identifier.
func New() ID {
	return ID(uuid.Must(uuid.NewV7()).String())
}

// Parse reads an identifier in canonical form.
func Parse(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return "", fmt.Errorf("not an identifier")
	}
	return ID(u.String()), nil
}

// Derive makes the version 7 identifier of (seed, name, n) at an instant: the
// same for the same arguments, so that a synthetic country is the same twice.
func Derive(seed int64, name string, n int, at time.Time) ID {
	h := sha256.New()
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(seed))
	binary.BigEndian.PutUint64(b[8:], uint64(n))
	h.Write(b[:])
	h.Write([]byte(name))
	var u uuid.UUID
	copy(u[:], h.Sum(nil))
	ms := uint64(at.UnixMilli())
	u[0], u[1], u[2] = byte(ms>>40), byte(ms>>32), byte(ms>>24)
	u[3], u[4], u[5] = byte(ms>>16), byte(ms>>8), byte(ms)
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return ID(u.String())
}

// Of is the identifier of what an owner makes from a form that bears i: the same
// for the same form of the same owner, so that a form sent twice is known, and a
// digest, so that nobody chooses the identifier of anything. It keeps the instant
// of the form.
func (i ID) Of(owner ID) ID {
	u, err := uuid.Parse(string(i))
	if err != nil {
		return ""
	}
	ms := int64(binary.BigEndian.Uint64(u[:8]) >> 16)
	return Derive(0, "form "+string(owner)+" "+u.String(), 0, time.UnixMilli(ms))
}

// OrNew is i, or a fresh identifier when i is none.
func (i ID) OrNew() ID {
	if i == "" {
		return New()
	}
	return i
}

func (i ID) String() string { return string(i) }

// Value writes none as NULL.
func (i ID) Value() (driver.Value, error) {
	if i == "" {
		return nil, nil
	}
	return string(i), nil
}

// Scan reads text, bytes or NULL.
func (i *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = ""
	case string:
		*i = ID(v)
	case []byte:
		if len(v) == 16 {
			*i = ID(uuid.UUID(v).String())
		} else {
			*i = ID(v)
		}
	case [16]byte:
		*i = ID(uuid.UUID(v).String())
	default:
		return fmt.Errorf("identifier from %T", src)
	}
	return nil
}
