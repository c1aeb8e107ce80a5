package wire_test

import (
	"slices"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
)

// The kinds of messages and the problems of cases are one list, kept in two
// rooms that do not know one another.
func TestKindsAreProblems(t *testing.T) {
	t.Parallel()
	if !slices.Equal(signal.Kinds(), casework.Problems()) {
		t.Errorf("kinds %v\nproblems %v", signal.Kinds(), casework.Problems())
	}
}
