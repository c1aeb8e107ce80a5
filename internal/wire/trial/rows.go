package trial

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"serik/internal/platform/secret"
	"serik/internal/wire"
)

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
