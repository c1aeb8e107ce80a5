package date_test

import (
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"serik/internal/platform/date"
)

// The published calendars of 2024, 2025 and 2026.
func TestHolidaysLawArticle5Transfer(t *testing.T) {
	t.Parallel()
	c := date.Kazakhstan()
	for _, x := range []struct {
		why, days string
		off       bool
	}{
		{"2024: 23 March on Saturday moves", "2024-03-25", true},
		{"2024: and only one day", "2024-03-26", false},
		{"2024: 6 July on Saturday moves", "2024-07-08", true},
		{"2024: 7 January on Sunday stays", "2024-01-08", false},
		{"2024: Kurban-ait on Sunday stays", "2024-06-17", false},
		{"2025: 30 August on Saturday moves", "2025-09-01", true},
		{"2025: Kurban-ait on Friday", "2025-06-06", true},
		{"2026: 8 March on Sunday moves", "2026-03-09", true},
		{"2026: 21 and 22 March on a weekend, 23 a holiday: two days", "2026-03-23 2026-03-24 2026-03-25", true},
		{"2026: and no third", "2026-03-26", false},
		{"2026: 9 May on Saturday moves", "2026-05-11", true},
		{"2026: 25 October on Sunday moves", "2026-10-26", true},
		{"2026: Kurban-ait on Wednesday", "2026-05-27", true},
		{"2026: no Constitution day", "2026-08-31 2026-03-16", false},
		{"2027: 7 January is off", "2027-01-07", true},
		{"2027: Constitution day", "2027-03-15", true},
		{"2027: Kurban-ait on Sunday stays", "2027-05-17", false},
		{"2028: 7 January on Friday", "2028-01-07", true},
		{"2022: 1 and 2 January on a weekend", "2022-01-03 2022-01-04", true},
		{"2022: no third", "2022-01-05", false},
		{"2021: holidays now dropped", "2021-12-01 2021-12-17", true},
		{"2022: dropped", "2022-12-01 2022-12-20", false},
		{"plain weekend", "2026-11-21 2026-11-22", true},
		{"plain working days", "2026-11-23 2026-11-24", false},
		{"outside the rules only weekends", "1890-01-01 2150-05-08", false},
	} {
		for _, s := range strings.Fields(x.days) {
			if got := c.IsOff(day(t, s)); got != x.off {
				t.Errorf("%s: IsOff(%s) = %v", x.why, s, got)
			}
		}
	}
	if c.IsOff(date.Date{}) {
		t.Error("none is off")
	}
}

func TestSwapsLabourCodeArticle85(t *testing.T) {
	t.Parallel()
	c := date.Kazakhstan()
	for off, work := range map[string]string{
		"2022-10-24": "2022-10-22", "2022-08-29": "2022-08-27", "2022-03-07": "2022-03-05",
		"2023-07-07": "2023-07-01", "2024-05-08": "2024-05-04", "2025-01-03": "2025-01-05",
	} {
		if !c.IsOff(day(t, off)) || c.IsOff(day(t, work)) {
			t.Errorf("%s off, %s worked", off, work)
		}
		if _, _, ok := c.Name(day(t, off)); ok {
			t.Errorf("%s has a name", off)
		}
	}
}

func TestWithSwaps(t *testing.T) {
	t.Parallel()
	c := date.Kazakhstan()
	n := c.With([]date.Swap{
		{Off: date.New(2026, 12, 18), Work: date.New(2026, 12, 20)},
		{Off: date.New(2026, 3, 24)},
		{Work: date.New(2027, 5, 16)},
	})
	for s, off := range map[string]bool{
		"2026-12-18": true, "2026-12-20": false, "2025-01-03": true, "2027-05-16": false,
		"2026-03-24": true, "2026-03-25": true, "2026-03-26": true, // the rest moves past the swapped day
	} {
		if n.IsOff(day(t, s)) != off {
			t.Errorf("IsOff(%s) = %v", s, !off)
		}
	}
	if c.IsOff(date.New(2026, 12, 18)) || !c.IsOff(date.New(2026, 12, 20)) {
		t.Error("With changed its own calendar")
	}
	back := n.With([]date.Swap{{Off: date.New(2026, 12, 20), Work: date.New(2026, 12, 18)}})
	if back.IsOff(date.New(2026, 12, 18)) || !back.IsOff(date.New(2026, 12, 20)) {
		t.Error("a later swap does not overrule")
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	c := date.Kazakhstan()
	for s, want := range map[string][2]string{
		"2026-03-22": {"Наурыз мейрамы", "Наурыз мейрамы"},
		"2026-03-25": {"Наурыз мейрамы", "Наурыз мейрамы"},
		"2025-10-25": {"Республика күні", "День Республики"},
		"2026-10-25": {"Қазақстан Республикасы күні", "День Республики"},
		"2026-05-27": {"Құрбан айт", "Курбан-айт"},
	} {
		kk, ru, ok := c.Name(day(t, s))
		if !ok || kk != want[0] || ru != want[1] {
			t.Errorf("Name(%s) = %s, %s, %v", s, kk, ru, ok)
		}
	}
	if _, _, ok := c.Name(date.New(2026, 11, 22)); ok {
		t.Error("a plain Sunday has a name")
	}
}

func TestWorkdays(t *testing.T) {
	t.Parallel()
	c := date.Kazakhstan()
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-24", 3, "2026-11-27"}, {"2026-11-24", 4, "2026-11-30"}, {"2026-11-21", 1, "2026-11-23"},
		{"2026-03-20", 1, "2026-03-26"}, {"2026-03-26", -1, "2026-03-20"}, {"2026-11-22", 0, "2026-11-22"},
		{"2026-12-31", 1, "2027-01-05"}, {"", 4, ""}, {"9999-12-31", 1, "9999-12-31"},
	} {
		if got := c.AddWorkdays(day(t, x.from), x.n).String(); got != x.want {
			t.Errorf("%s + %d working days = %s, want %s", x.from, x.n, got, x.want)
		}
	}
	if got := c.Workdays(day(t, "2026-03-16"), day(t, "2026-03-31")); got != 8 {
		t.Errorf("working days after 16 until 31 March 2026: %d", got)
	}
}

func TestCalendarProperties(t *testing.T) {
	t.Parallel()
	c := date.Kazakhstan()
	rapid.Check(t, func(t *rapid.T) {
		d := date.New(1992, 1, 1).AddDays(rapid.IntRange(0, 20_000).Draw(t, "day"))
		n := rapid.IntRange(1, 300).Draw(t, "n")
		to := c.AddWorkdays(d, n)
		switch back := c.AddWorkdays(d, -n); {
		case c.IsOff(to) || c.IsOff(back) || !to.After(d) || !back.Before(d):
			t.Fatalf("%s ± %d working days: %s, %s", d, n, back, to)
		case c.Workdays(d, to) != n || c.Workdays(to, d) > 0:
			t.Fatalf("%s to %s: %d", d, to, c.Workdays(d, to))
		case c.Workdays(to, d) != -c.Workdays(d.AddDays(-1), to.AddDays(-1)):
			t.Fatalf("backwards from %s to %s", to, d)
		}
	})
}

// Every row of the data file has its form, so that reading it never drops one.
func TestHolidaysFile(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("holidays.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 10 || f[8] == "" {
			t.Errorf("form of %q", line)
			continue
		}
		rows++
		full := f[1]
		if len(full) == len("01-02") {
			full = "2024-" + full
		}
		_, err := date.Parse(full)
		switch {
		case err != nil, f[0] != "holiday" && f[0] != "swap":
			t.Errorf("row %q: %v", line, err)
		case f[0] == "holiday" && (f[4] == "" || f[5] == "" || f[6] != "moves" && f[6] != "stays"):
			t.Errorf("row %q", line)
		}
	}
	if rows != 30 {
		t.Errorf("%d rows", rows)
	}
}
