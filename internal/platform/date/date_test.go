package date_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"serik/internal/platform/date"
)

func day(t testing.TB, s string) date.Date {
	t.Helper()
	d, err := date.Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func anyDay() *rapid.Generator[date.Date] {
	return rapid.Custom(func(t *rapid.T) date.Date {
		return date.New(1900, 1, 1).AddDays(rapid.IntRange(0, 80_000).Draw(t, "days"))
	})
}

func TestOfIsTheDayByTheClockOfKazakhstan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ instant, want string }{
		{"2026-11-24T18:59:59.999999Z", "2026-11-24"},
		{"2026-11-24T19:00:00Z", "2026-11-25"},
		{"2026-11-24T00:00:00Z", "2026-11-24"},
		{"2026-11-24T23:59:59-10:00", "2026-11-25"},
		{"1969-12-31T19:00:00Z", "1970-01-01"},
		{"2028-02-28T19:00:00Z", "2028-02-29"},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := date.Of(at).String(); got != c.want {
			t.Errorf("Of(%s) = %s, want %s", c.instant, got, c.want)
		}
	}
	if !date.Of(time.Time{}).IsZero() {
		t.Error("the zero time has a day")
	}
}

func TestStartAndEnd(t *testing.T) {
	t.Parallel()
	d := date.New(2026, 11, 24)
	if got := d.Start().Format(time.RFC3339Nano); got != "2026-11-23T19:00:00Z" {
		t.Error(got)
	}
	if got := d.End().Format(time.RFC3339Nano); got != "2026-11-24T18:59:59.999999Z" {
		t.Error(got)
	}
	if !(date.Date{}).Start().IsZero() || !(date.Date{}).End().IsZero() {
		t.Error("none has instants")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"2026-11-24": "2026-11-24", "": "", "0001-01-01": "0001-01-01", "9999-12-31": "9999-12-31",
	} {
		if got := day(t, s).String(); got != want {
			t.Errorf("Parse(%q) = %q", s, got)
		}
	}
	for _, s := range []string{"2026-02-29", "2026-1-1", "24.11.2026", "0000-01-01", "2026-13-01", "x", " 2026-11-24"} {
		if _, err := date.Parse(s); err == nil {
			t.Errorf("Parse(%q) is taken", s)
		}
	}
	for s, want := range map[string]string{"24.11.2026": "2026-11-24", "1.9.2026": "2026-09-01", " 01.09.2026 ": "2026-09-01", "": ""} {
		if got, err := date.ParseRU(s); err != nil || got.String() != want {
			t.Errorf("ParseRU(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"31.11.2026", "24.11.26", "2026-11-24", "24/11/2026"} {
		if _, err := date.ParseRU(s); err == nil {
			t.Errorf("ParseRU(%q) is taken", s)
		}
	}
}

func TestNewRefusesNoSuchDay(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int{{2026, 2, 29}, {2026, 0, 1}, {2026, 13, 1}, {2026, 4, 31}, {0, 1, 1}, {10000, 1, 1}, {2026, 1, 0}} {
		if d := date.New(c[0], c[1], c[2]); !d.IsZero() {
			t.Errorf("New(%v) = %s", c, d)
		}
	}
}

func TestAddMonthsClamps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2026-01-31", 3, "2026-04-30"},
		{"2026-03-31", -1, "2026-02-28"}, {"2026-11-24", 2, "2027-01-24"}, {"2026-01-15", -1, "2025-12-15"},
		{"2024-02-29", 12, "2025-02-28"}, {"9999-12-01", 1, "9999-12-31"}, {"0001-01-05", -1, "0001-01-01"}, {"", 5, ""},
	} {
		if got := day(t, c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestAgeOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, on string
		want      int
	}{
		{"2010-11-24", "2026-11-23", 15}, {"2010-11-24", "2026-11-24", 16}, {"2010-11-24", "2010-11-24", 0},
		{"2012-02-29", "2030-02-28", 17}, {"2012-02-29", "2030-03-01", 18}, {"2012-02-29", "2028-02-29", 16},
		{"2026-11-25", "2026-11-24", -1}, {"", "2026-11-24", -1}, {"2026-11-24", "", -1},
	} {
		if got := date.AgeOn(day(t, c.birth), day(t, c.on)); got != c.want {
			t.Errorf("age of %s on %s = %d, want %d", c.birth, c.on, got, c.want)
		}
	}
}

func TestNoneIsBeforeNothing(t *testing.T) {
	t.Parallel()
	d, none := date.New(2026, 11, 24), date.Date{}
	if none.Before(d) || d.Before(none) || none.After(d) || d.After(none) || d.Sub(none) != 0 || !none.AddDays(3).IsZero() {
		t.Error("none takes part in the order")
	}
	if none.String() != "" || none.Year() != 0 {
		t.Error("none has a form")
	}
}

func TestStored(t *testing.T) {
	t.Parallel()
	want := date.New(2026, 11, 24)
	for _, src := range []any{"2026-11-24", []byte("2026-11-24"), "2026-11-24T00:00:00Z", "2026-11-24 00:00:00+00:00", time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)} {
		var d date.Date
		if err := d.Scan(src); err != nil || d != want {
			t.Errorf("Scan(%v) = %s, %v", src, d, err)
		}
	}
	for _, src := range []any{nil, ""} {
		d := want
		if err := d.Scan(src); err != nil || !d.IsZero() {
			t.Errorf("Scan(%v) = %s, %v", src, d, err)
		}
	}
	for _, src := range []any{7, "24.11.2026", "2026-11-24x"} {
		d := want
		if err := d.Scan(src); err == nil || d != want {
			t.Errorf("Scan(%v) is taken", src)
		}
	}
	if v, err := want.Value(); err != nil || v != "2026-11-24" {
		t.Error(v, err)
	}
	if v, err := (date.Date{}).Value(); err != nil || v != nil {
		t.Error(v, err)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	type row struct{ A, B date.Date }
	in := row{A: date.New(2026, 11, 24)}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"A":"2026-11-24","B":""}` {
		t.Fatal(string(b), err)
	}
	var out row
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Error(out, err)
	}
	if json.Unmarshal([]byte(`{"A":"24.11.2026"}`), &out) == nil {
		t.Error("a wrong date is taken from JSON")
	}
}

func TestDateProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay().Draw(t, "d")
		n := rapid.IntRange(-50_000, 50_000).Draw(t, "n")
		y, m, dd := d.YMD()
		back, err := date.Parse(d.String())
		switch e := d.AddDays(n); {
		case e.Sub(d) != n:
			t.Fatalf("%s + %d days is %s", d, n, e)
		case n > 0 && !d.Before(e), n < 0 && !d.After(e):
			t.Fatalf("order of %s and %s", d, e)
		case err != nil || back != d || date.New(y, m, dd) != d:
			t.Fatalf("%s does not come back", d)
		case date.Of(d.Start()) != d || date.Of(d.End()) != d || date.Of(d.End().Add(time.Microsecond)) != d.AddDays(1):
			t.Fatalf("ends of %s", d)
		case d.Weekday() != d.End().Weekday():
			t.Fatalf("weekday of %s", d)
		}
		k := rapid.IntRange(0, 600).Draw(t, "months")
		if e := d.AddMonths(k); e.Before(d) || date.AgeOn(d, d.AddMonths(12*k)) < k-1 || e.Sub(d) > 31*k {
			t.Fatalf("%s + %d months is %s", d, k, e)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-24", "", "2026-02-29", "24.11.2026", "0000-00-00", "+026-11-24"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := date.Parse(s); err == nil && d.String() != s {
			t.Errorf("Parse(%q) = %q", s, d)
		}
		if d, err := date.ParseRU(s); err == nil && !d.IsZero() {
			if back, err := date.Parse(d.String()); err != nil || back != d {
				t.Errorf("ParseRU(%q) = %q", s, d)
			}
		}
	})
}
