package wire_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"serik/internal/platform/id"
	"serik/internal/transport/web"
	"serik/internal/wire/trial"
)

// routes are the patterns of all pages and forms, so that a page that somebody
// adds tomorrow is attacked tomorrow.
func routes(t *testing.T, w *trial.World) []string {
	t.Helper()
	s, _, err := w.Site(w.Sessions(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	all := web.Routes(s)
	if len(all) < 60 {
		t.Fatalf("only %d routes: %v", len(all), all)
	}
	return all
}

// under gives the addresses of a method: the plain ones and the patterns that
// speak of a row. A search lies in the seeker's own session and is no row.
func under(all []string, method string) (plain, rows []string) {
	for _, p := range all {
		path, ok := strings.CutPrefix(p, method+" ")
		switch {
		case !ok || strings.Contains(path, "{$}"):
		case strings.Contains(path, "{search}"):
			plain = append(plain, strings.Replace(path, "{search}", id.New().String(), 1))
		case strings.Contains(path, "{"):
			rows = append(rows, path)
		default:
			plain = append(plain, path)
		}
	}
	return plain, rows
}
