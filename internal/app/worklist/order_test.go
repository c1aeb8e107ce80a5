package worklist

import (
	"slices"
	"testing"
)

// Choices stand in the order of the Kazakh alphabet, by group and by name, and
// what is nearest first.
func TestChoicesAreAlphabetical(t *testing.T) {
	t.Parallel()
	all := []Choice{
		{Value: "1.03.01.", Group: "Атырау облысы", Text: "Құрманғазы ауданы"},
		{Value: "1.02.02.", Group: "Ақмола облысы", Text: "Шортанды ауданы"},
		{Value: "1.02.01.", Group: "Ақмола облысы", Text: "Көкшетау қаласы"},
		{Value: "1.09.01.", Group: "Ұлытау облысы", Text: "Ұлытау ауданы"},
		{Value: "1.20.01.", Group: "Астана қаласы", Text: "Есіл ауданы"},
	}
	alphabetical(all, "1.09.")
	var got []string
	for _, c := range all {
		got = append(got, c.Value)
	}
	if want := []string{"1.09.01.", "1.02.01.", "1.02.02.", "1.20.01.", "1.03.01."}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	people := []Candidate{{Name: "Соколова А."}, {Name: "Сәтбаев Д."}}
	sortCandidates(people)
	if people[0].Name != "Сәтбаев Д." {
		t.Errorf("%+v", people)
	}
}
