package kit

import (
	"encoding/base64"
	"strconv"
	"time"

	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

// Place reads the place in a list from the address, as the n parts it was made
// of; a broken one is the beginning. Parts are instants, identifiers and sort
// keys; the address shows none of them in clear.
func (q *Req) Place(n int) ([]string, bool) {
	b, err := base64.RawURLEncoding.DecodeString(q.URL.Query().Get("after"))
	if err != nil {
		return nil, false
	}
	return db.Parts(b, n)
}

// PlaceAt reads a place made of an instant and an identifier.
func (q *Req) PlaceAt() (time.Time, id.ID, bool) {
	b, err := base64.RawURLEncoding.DecodeString(q.URL.Query().Get("after"))
	if err != nil {
		return time.Time{}, "", false
	}
	at, text, ok := db.PartsAt(b)
	if !ok {
		return time.Time{}, "", false
	}
	k, err := id.Parse(text)
	return at, k, err == nil
}

// After is the address of the next page of a list.
func (q *Req) After(parts ...string) string {
	v := q.URL.Query()
	v.Set("after", base64.RawURLEncoding.EncodeToString(db.Mark(parts...)))
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
