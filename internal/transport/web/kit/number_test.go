package kit_test

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// A number is what people write, and nothing that only machines do.
func TestNumbersAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]float64{
		"0": 0, "12": 12, "2,5": 2.5, "2.5": 2.5, "-3": -3, "\u22123,25": -3.25, "007": 7, " 8 ": 8,
		"1 234": 1234, "1\u00a0234\u00a0567": 1234567, "12\u202f345,6": 12345.6, "999999999999": 999999999999,
	} {
		q := posted(typed)
		if n := q.Float("n"); n == nil || *n != want {
			t.Errorf("%q: %v", typed, n)
		}
		if q.Refusal(nil) != nil {
			t.Errorf("%q is refused", typed)
		}
	}
	for _, typed := range []string{"0x1p10", "1e9", "NaN", "Inf", "-inf", "+5", "1_000", "1,2,3", "1.2.3", ",5", "5,", "-", "--1", "1 2",
		"12 34", "1  234", "1234 567", "1 234,5 6", "\u0661", "1/2", "9999999999999"} {
		q := posted(typed)
		if n := q.Float("n"); n != nil || !fault.Has(q.Refusal(nil), "n", "fault.number") {
			t.Errorf("%q is read as %v", typed, n)
		}
	}
	if q := posted("2,5"); q.Int("n") != nil || !fault.Has(q.Refusal(nil), "n", "fault.number_whole") {
		t.Error("a part is a whole number")
	}
	if q := posted("1 500"); *q.Int("n") != 1500 {
		t.Error("thousands")
	}
	if q := posted(""); q.Int("n") != nil || q.Float("n") != nil || q.Refusal(nil) != nil {
		t.Error("empty is none")
	}
}

func posted(n string) *kit.Req {
	return &kit.Req{Request: httptest.NewRequest("POST", "/", nil), Form: url.Values{"n": {n}}}
}
