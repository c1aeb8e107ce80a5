// Package people is the section of curators: who walks with how many children,
// who is away, and the forms that hand cases over, let somebody stand in and
// write an absence down. The figures serve curator and supervisor alone
// (practice rule 30).
package people

import (
	"context"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/people"

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	mux.Handle("GET /people", s.Show(list))
	mux.Handle("GET /people/{id}", s.Show(one))
	mux.Handle("GET /people/{id}/handover", s.Show(handoverForm))
	mux.Handle("POST /people/{id}/handover/edit", s.Find(handoverForm))
	mux.Handle("POST /people/{id}/handover/check", s.Find(handoverCheck))
	mux.Handle("POST /people/{id}/handover", s.Do(handoverForm, handover))
	mux.Handle("GET /people/{id}/absence", s.Show(absenceForm))
	mux.Handle("POST /people/{id}/absence", s.Do(absenceForm, setAbsence))
	mux.Handle("POST /people/{id}/absence/{absence}/end", s.Do(nil, endAbsence))
	mux.Handle("GET /people/{id}/deputy", s.Show(deputyForm))
	mux.Handle("POST /people/{id}/deputy", s.Do(deputyForm, deputise))
	mux.Handle("POST /people/{id}/deputy/{case}/end", s.Do(nil, endDeputy))
}

// carried finds the curator of the address among those the reader may see.
func carried(ctx context.Context, v *act.View, q *kit.Req) (casework.Load, casework.Loads, error) {
	key, err := q.ID("id")
	if err != nil {
		return casework.Load{}, casework.Loads{}, err
	}
	all, err := casework.Caseloads(ctx, v)
	if err != nil {
		return casework.Load{}, all, err
	}
	i := slices.IndexFunc(all.Curators, func(l casework.Load) bool { return l.Person == key })
	if i < 0 {
		return casework.Load{}, all, fault.Missing()
	}
	return all.Curators[i], all, nil
}

func at(person id.ID, what string) string { return URL + "/" + person.String() + what }

func back(q *kit.Req, person id.ID) *kit.Link {
	return &kit.Link{Text: q.T.T("curators.back"), URL: at(person, "")}
}
