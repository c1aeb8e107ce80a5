package id_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"serik/internal/platform/id"
)

// Invented numbers, computed from the rule.
func TestIINChecksumDecree565(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"080101500006", "100311600000", "120529501234", "150701609995", "091130500079", "090101500905", "090101500930", " 080101500006 "} {
		if _, err := id.ParseIIN(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for s, want := range map[string]error{
		"123456789012": id.ErrIINChecksum, "080101500007": id.ErrIINChecksum,
		"": id.ErrIINLength, "08010150000": id.ErrIINLength, "0801015000066": id.ErrIINLength,
		"08010150000a": id.ErrIINDigits, "080101 500006": id.ErrIINDigits, "٠٨٠١٠١٥٠٠٠٠٦": id.ErrIINDigits, "-80101500006": id.ErrIINDigits,
	} {
		if got, err := id.ParseIIN(s); !errors.Is(err, want) || got != "" {
			t.Errorf("%s: %v, want %v", s, err, want)
		}
	}
	for c := range 10 {
		if _, err := id.ParseIIN(fmt.Sprintf("09010150098%d", c)); !errors.Is(err, id.ErrIINChecksum) {
			t.Errorf("a number whose both passes give ten ends in %d: %v", c, err)
		}
	}
}

func TestIINSaysBirthAndSex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		iin     id.IIN
		y, m, d int
		sex     string
	}{
		{"080101500006", 2008, 1, 1, "m"}, {"100311600000", 2010, 3, 11, "f"}, {"120529501234", 2012, 5, 29, "m"},
		{"150701609995", 2015, 7, 1, "f"}, {"850229300000", 0, 0, 0, "m"}, {"840229400000", 1984, 2, 29, "f"},
		{"991231100000", 1899, 12, 31, "m"}, {"000229600000", 2000, 2, 29, "f"}, {"000229400000", 0, 0, 0, "f"},
		{"101301500000", 0, 0, 0, "m"}, {"080101000000", 0, 0, 0, ""}, {"080101900000", 0, 0, 0, ""}, {"", 0, 0, 0, ""}, {"x", 0, 0, 0, ""},
	} {
		y, m, d, ok := c.iin.Birth()
		if y != c.y || m != c.m || d != c.d || ok != (c.y != 0) || c.iin.Sex() != c.sex {
			t.Errorf("%s: %d-%d-%d %v %q", c.iin, y, m, d, ok, c.iin.Sex())
		}
	}
}

func TestIINMasked(t *testing.T) {
	t.Parallel()
	if got := id.IIN("080101500006").Masked(); got != "•••••••00006" {
		t.Error(got)
	}
	if got := id.IIN("").Masked(); got != "" {
		t.Error(got)
	}
}

func FuzzIIN(f *testing.F) {
	for _, s := range []string{"080101500006", "090101500930", "123456789012", "", "08010150000a", "٠٨٠١٠١٥٠٠٠٠٦"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		any := id.IIN(s)
		any.Birth()
		if s := any.Sex(); s != "" && s != "m" && s != "f" {
			t.Fatalf("sex %q", s)
		}
		if m := any.Masked(); len([]rune(m)) > len([]rune(s)) {
			t.Fatalf("masked %q", m)
		}
		i, err := id.ParseIIN(s)
		if err != nil {
			return
		}
		if again, err := id.ParseIIN(string(i)); err != nil || again != i {
			t.Errorf("%q does not come back", s)
		}
		// One number has one last digit.
		for c := byte('0'); c <= '9'; c++ {
			if _, err := id.ParseIIN(string(i[:11]) + string(c)); (err == nil) != (c == i[11]) {
				t.Errorf("%q ends in %c too", s, c)
			}
		}
	})
}

// What is taken for an identifier is one in its canonical form, whatever was
// written.
func FuzzParse(f *testing.F) {
	f.Add("0197a2b4-7c11-7abc-8def-0123456789ab")
	f.Add("0197A2B4-7C11-7ABC-8DEF-0123456789AB")
	f.Add("{0197a2b4-7c11-7abc-8def-0123456789ab}")
	f.Add("urn:uuid:0197a2b4-7c11-7abc-8def-0123456789ab")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := id.Parse(s)
		if err != nil {
			return
		}
		if again, err := id.Parse(got.String()); err != nil || again != got || !strings.EqualFold(s, got.String()) {
			t.Errorf("%q is read as %q, then %q, %v", s, got, again, err)
		}
	})
}
