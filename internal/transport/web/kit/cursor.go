package kit

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"serik/internal/platform/id"
)

// Place reads the place in a list from the address, as the n parts it was made
// of; a broken one is the beginning. Parts are instants, identifiers and sort
// keys; the address shows none of them in clear.
func (q *Req) Place(n int) ([]string, bool) {
	b, err := base64.RawURLEncoding.DecodeString(q.URL.Query().Get("after"))
	if err != nil || len(b) == 0 || !utf8.Valid(b) {
		return nil, false
	}
	parts := strings.Split(string(b), "\x00")
	return parts, len(parts) == n
}

// PlaceAt reads a place made of an instant and an identifier.
func (q *Req) PlaceAt() (time.Time, id.ID, bool) {
	p, ok := q.Place(2)
	if !ok {
		return time.Time{}, "", false
	}
	us, err := strconv.ParseInt(p[0], 36, 64)
	if err != nil {
		return time.Time{}, "", false
	}
	k, err := id.Parse(p[1])
	return time.UnixMicro(us).UTC(), k, err == nil
}

// After is the address of the next page of a list.
func (q *Req) After(parts ...string) string {
	v := q.URL.Query()
	v.Set("after", base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\x00"))))
	return q.URL.Path + "?" + v.Encode()
}

// AfterAt is After of an instant and an identifier.
func (q *Req) AfterAt(at time.Time, key id.ID) string {
	return q.After(strconv.FormatInt(at.UnixMicro(), 36), key.String())
}

// Newest is the address of the first page of a list.
func (q *Req) Newest() string {
	v := q.URL.Query()
	v.Del("after")
	if len(v) == 0 {
		return q.URL.Path
	}
	return q.URL.Path + "?" + v.Encode()
}
