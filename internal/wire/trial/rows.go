package trial

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"serik/internal/platform/secret"
	"serik/internal/wire"
)

// shut looks at the end of each test whether all that stands in sealed columns
// is sealed: whatever verb a test has run, none has written in the open.
func (w *World) shut() {
	if w.T.Failed() {
		return
	}
	n, err := w.Run.Keys().Stale(context.WithoutCancel(w.T.Context()), w.DB.R, wire.Sealed())
	if err == nil && n > 0 { // a test may have broken the database itself
		w.T.Errorf("%d values of sealed columns stand in the open", n)
	}
}

// Rows gives the rows of a query over a table as text, in their order, with
// what is sealed opened and without the columns named.
func (w *World) Rows(table, query string, without ...string) []string {
	w.T.Helper()
	var rows []map[string]any
	if err := w.DB.R.NewRaw(query).Scan(w.T.Context(), &rows); err != nil {
		w.T.Fatalf("%s: %v", query, err)
	}
	ctx := secret.With(w.T.Context(), w.Run.Keys())
	out := make([]string, len(rows))
	for i, r := range rows {
		if err := secret.OpenRow(ctx, wire.Sealed(), table, r); err != nil {
			w.T.Fatalf("%s: %v", query, err)
		}
		var line []string
		for _, k := range slices.Sorted(maps.Keys(r)) {
			if !slices.Contains(without, k) {
				line = append(line, fmt.Sprintf("%s=%v", k, r[k]))
			}
		}
		out[i] = strings.Join(line, " ")
	}
	return out
}
