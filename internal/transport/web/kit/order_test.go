package kit

import (
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

// The error summary follows the fields as they are drawn, not the order in which
// they were asked for or refused; what has no field on the page comes last.
func TestTheSummaryFollowsThePage(t *testing.T) {
	t.Parallel()
	f := Frame{Errors: []FieldError{{ID: "gone", Text: "gone"}, {Text: "nowhere"}, {ID: "day-year", Text: "year"}, {ID: "kind", Text: "kind"}, {ID: "when", Text: "when"}}}
	body := templ.Join(Input{Field: Field{Name: "when"}}, Radios{Field: Field{Name: "kind"}, Options: []Option{{Value: "a"}, {Value: "b"}}},
		DateBoxes{Field: Field{Name: "day"}})
	page, err := draw(t.Context(), f, body)
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	for _, x := range []string{">when<", ">kind<", ">year<", ">gone<", "nowhere"} {
		at = append(at, strings.Index(string(page), x))
	}
	if at[0] < 0 || !slices.IsSorted(at) || strings.Count(string(page), `id="kind"`) != 1 {
		t.Errorf("%v", at)
	}
}
