package secret

import (
	"context"
	"errors"
	"strings"

	"serik/internal/platform/id"
)

type carried struct{}

// With carries the ring to the verbs of a view or an act, with the keys of the
// instant at which it begins.
func With(ctx context.Context, r *Ring) context.Context {
	if r != nil {
		r.fresh()
	}
	return context.WithValue(ctx, carried{}, r)
}

// Of is the ring that a view or an act carries. Outside of one there is none,
// and that is a bug, never an open value.
func Of(ctx context.Context) (*Ring, error) {
	r, ok := ctx.Value(carried{}).(*Ring)
	if !ok || r == nil {
		return nil, errors.New("no keys are carried here")
	}
	return r, nil
}

// Column seals, opens and indexes the values of one column, named with its
// table: "child.iin".
type Column string

// Table is the column's table.
func (c Column) Table() string {
	t, _, _ := strings.Cut(string(c), ".")
	return t
}

// Name is the column's own name.
func (c Column) Name() string {
	_, n, _ := strings.Cut(string(c), ".")
	return n
}

// Seal seals a value of the column for a row.
func (c Column) Seal(ctx context.Context, row id.ID, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	r, err := Of(ctx)
	if err != nil {
		return "", err
	}
	return r.Seal(Place{string(c), row}, plain)
}

// Open opens a value of the column that stands in a row.
func (c Column) Open(ctx context.Context, row id.ID, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	r, err := Of(ctx)
	if err != nil {
		return "", err
	}
	return r.Open(Place{string(c), row}, sealed)
}

// Blind is the index of a value under the key that seals now.
func (c Column) Blind(ctx context.Context, value string) (string, error) {
	r, err := Of(ctx)
	if err != nil {
		return "", err
	}
	return r.Blind(string(c), value)
}

// Blinds are the indexes of a value under any live key.
func (c Column) Blinds(ctx context.Context, value string) ([]string, error) {
	r, err := Of(ctx)
	if err != nil {
		return nil, err
	}
	return r.Blinds(string(c), value)
}
