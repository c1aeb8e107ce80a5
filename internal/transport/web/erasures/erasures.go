// Package erasures is the section of what has been kept for long enough: what is
// due, who has asked for its erasure and why, and the answer of another person.
//
// Serves the Law of 21.05.2013 No 94-V on personal data: kept no longer than
// their purpose asks.
package erasures

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/erasures"

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	mux.Handle("GET /erasures", s.Show(list))
	mux.Handle("GET /erasures/ask/{noun}/{id}", s.Show(askForm))
	mux.Handle("POST /erasures/ask/{noun}/{id}", s.Do(askForm, ask))
	mux.Handle("GET /erasures/{id}", s.Show(one))
	mux.Handle("POST /erasures/{id}", s.Do(one, answer))
}

func at(key id.ID) string { return URL + "/" + key.String() }

func back(q *kit.Req) *kit.Link { return &kit.Link{Text: q.T.T("erasures.back"), URL: URL} }

// where names a place; each is asked once a page.
type where map[string]string

func (w where) of(ctx context.Context, v *act.View, q *kit.Req, path string) (string, error) {
	if name, ok := w[path]; ok {
		return name, nil
	}
	t, err := directory.TerritoryAt(ctx, v, path)
	if err != nil {
		return "", err
	}
	w[path] = t.Name(string(q.T.Lang()))
	return w[path], nil
}
