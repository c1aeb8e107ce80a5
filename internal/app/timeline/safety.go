package timeline

import (
	"context"
	"slices"
	"strings"

	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Answer is what was answered about the child's safety when a message was
// taken, and in what role.
type Answer struct {
	signal.Given
	Role access.Role // "" where it is not known
}

// SafetyOf gives to whoever reads a case what was answered about the child's
// safety when the messages that led to it were taken, oldest first; to who is
// only asked to be the curator, nothing.
//
// Faults: NotFound.
func SafetyOf(ctx context.Context, v *act.View, key id.ID) ([]Answer, error) {
	c, err := casework.Record(ctx, v, key)
	if fault.KindOf(err) == fault.NotFound {
		_, err = casework.Get(ctx, v, key)
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	given, err := signal.GivenInCase(ctx, v, c.ID, c.Child)
	if err != nil {
		return nil, err
	}
	people := make([]id.ID, len(given))
	for i, g := range given {
		people[i] = g.By
	}
	grants, err := grantsOf(ctx, v.DB(), people)
	if err != nil {
		return nil, err
	}
	out := make([]Answer, len(given))
	for i, g := range given {
		out[i] = Answer{g, roleOf(g, grants)}
	}
	return out, nil
}

// roleOf is the role in which somebody answered: the nearest to the question of
// those held there and then.
func roleOf(g signal.Given, grants []access.Grant) access.Role {
	for _, r := range []access.Role{access.Duty, access.Secretary, access.Chair, access.Regional, access.Republican} {
		if slices.ContainsFunc(grants, func(x access.Grant) bool {
			return x.Person == g.By && x.Role == r && strings.HasPrefix(g.Place, x.Territory) && heldAt(x, g.At)
		}) {
			return r
		}
	}
	return ""
}
