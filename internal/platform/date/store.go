package date

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Value writes the ISO text; none is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads ISO text, bytes, a database date or NULL. Of a time it takes the
// calendar day as it stands: databases give a date column as midnight.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.read(v)
	case []byte:
		return d.read(string(v))
	case time.Time:
		y, m, day := v.Date()
		*d = New(y, int(m), day)
		return nil
	}
	return fmt.Errorf("date from %T", src)
}

func (d *Date) read(s string) error {
	if len(s) > isoLen && (s[isoLen] == 'T' || s[isoLen] == ' ') {
		s = s[:isoLen]
	}
	got, err := Parse(s)
	if err != nil {
		return err
	}
	*d = got
	return nil
}

// MarshalText writes the ISO form, in JSON too.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; empty text is none.
func (d *Date) UnmarshalText(b []byte) error {
	got, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = got
	return nil
}
