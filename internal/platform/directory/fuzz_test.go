package directory

import (
	"strings"
	"testing"
	"time"
)

// What stands in the place of a password's hash breaks nothing, and asks for no
// more memory or passes than the bounds.
func FuzzPHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=3,p=2$c29tZXNhbHQ$" + strings.Repeat("A", 43))
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=1$$")
	f.Add("$argon2i$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, phc string) {
		_, key, m, passes, lanes, ok := parse(phc)
		if ok && (len(key) != keyLen || m > 1<<18 || passes == 0 || passes > 16 || lanes == 0) {
			t.Errorf("%q: %d bytes, m=%d t=%d p=%d", phc, len(key), m, passes, lanes)
		}
	})
}

// A session that is broken is refused; what is read is written back the same.
func FuzzCodec(f *testing.F) {
	f.Add([]byte(`{"deadline":"2026-03-02T10:00:00Z","values":{"person":"x","told":1,"done":true}}`))
	f.Add([]byte(`{"values":null}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		at, values, err := Codec{}.Decode(b)
		if err != nil {
			return
		}
		if at.IsZero() {
			at = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
		}
		out, err := Codec{}.Encode(at, values)
		if err != nil {
			return // a year of five digits
		}
		if _, again, err := (Codec{}).Decode(out); err != nil || len(again) < len(values) {
			t.Errorf("%q came back as %q, %v", b, out, err)
		}
	})
}
