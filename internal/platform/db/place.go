package db

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A place in a list is where the next page begins: the sort keys of the last
// row shown. Pages and API write it with Mark and read it with Parts; what
// carries it outside hides or seals it.

// Mark writes a place made of parts.
func Mark(parts ...string) []byte { return []byte(strings.Join(parts, "\x00")) }

// Parts reads the n parts of a place; a broken one is none.
func Parts(b []byte, n int) ([]string, bool) {
	if len(b) == 0 || !utf8.Valid(b) {
		return nil, false
	}
	parts := strings.Split(string(b), "\x00")
	return parts, len(parts) == n
}

// MarkAt writes a place made of an instant and a key.
func MarkAt(at time.Time, key string) []byte {
	return Mark(strconv.FormatInt(at.UnixMicro(), 36), key)
}

// PartsAt reads a place made of an instant and a key.
func PartsAt(b []byte) (time.Time, string, bool) {
	p, ok := Parts(b, 2)
	if !ok {
		return time.Time{}, "", false
	}
	us, err := strconv.ParseInt(p[0], 36, 64)
	if err != nil {
		return time.Time{}, "", false
	}
	return time.UnixMicro(us).UTC(), p[1], true
}
