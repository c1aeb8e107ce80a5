package api

import (
	"context"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
)

// agencies are the operations on bodies, and on the places that everything
// else names by path.
func agencies(d *desk) {
	reads(d, tagPeople, op{id: "listTerritories", route: "GET /territories", says: "The places one level under a place"}, listTerritories)
	reads(d, tagPeople, op{id: "listAgencies", route: "GET /agencies", says: "Bodies of a place and below"}, listAgencies)
	reads(d, tagPeople, op{id: "getAgency", route: "GET /agencies/{agency}", says: "One body"}, getAgency)
	writes(d, tagPeople, op{id: "addAgency", route: "POST /agencies", says: "Add a body", made: true}, addAgency)
	writes(d, tagPeople, op{id: "editAgency", route: "PUT /agencies/{agency}", says: "Change a body's name"}, editAgency)
	writes(d, tagPeople, op{id: "closeAgency", route: "POST /agencies/{agency}/close", says: "Close a body"}, closeAgency)
}

// Territory is a place.
type Territory struct {
	ID     id.ID  `json:"id"`
	Path   string `json:"path"`
	Level  string `json:"level"`
	Kind   string `json:"kind"`
	Kato   string `json:"kato,omitempty"`
	NameKK string `json:"name_kk"`
	NameRU string `json:"name_ru"`
	NameEN string `json:"name_en"`
}

type territoriesIn struct {
	Parent string `query:"parent" pattern:"^([0-9]+\\.)+$" maxLength:"100" doc:"Path; none gives the country."`
}

func listTerritories(ctx context.Context, v *act.View, in *territoriesIn) (Rows[Territory], error) {
	out := Rows[Territory]{Items: []Territory{}}
	all, err := directory.Territories(ctx, v, in.Parent)
	for _, t := range all {
		out.Items = append(out.Items, Territory{t.ID, t.Path, t.Level, t.Kind, t.Kato, t.NameKK, t.NameRU, t.NameEN})
	}
	return out, err
}

// Agency is a body.
type Agency struct {
	ID        id.ID      `json:"id"`
	Kind      string     `json:"kind"`
	Territory string     `json:"territory"`
	NameKK    string     `json:"name_kk"`
	NameRU    string     `json:"name_ru"`
	BIN       string     `json:"bin,omitempty"`
	ClosedAt  *time.Time `json:"closed_at,omitempty"`
	Version   int        `json:"version"`
}

func (y Agency) version() int { return y.Version }

func agencyOf(y directory.Agency) Agency {
	return Agency{y.ID, y.Kind, y.Territory, y.NameKK, y.NameRU, y.BIN, y.ClosedAt, y.Version}
}

type listAgenciesIn struct {
	Paging
	Among
	Kind   string `query:"kind" maxLength:"40"`
	Closed bool   `query:"closed"`
}

func listAgencies(ctx context.Context, v *act.View, in *listAgenciesIn) (Rows[Agency], error) {
	out := Rows[Agency]{Items: []Agency{}}
	last, err := in.placeID(ctx, "agencies")
	if err != nil {
		return out, err
	}
	all, err := directory.Agencies(ctx, v, directory.AgencyFilter{Territory: in.Territory, Kind: in.Kind, Closed: in.Closed, After: last, Limit: in.Limit})
	if err != nil {
		return out, err
	}
	for _, y := range all {
		out.Items = append(out.Items, agencyOf(y))
	}
	if n := len(all); n == in.Limit {
		out.Next, err = sealed(ctx, "agencies", []byte(all[n-1].ID))
	}
	return out, err
}

// OneAgency names the body of an address.
type OneAgency struct {
	Agency string `path:"agency"`
}

type getAgencyIn struct{ OneAgency }

func getAgency(ctx context.Context, v *act.View, in *getAgencyIn) (Agency, error) {
	k, err := key(in.Agency)
	if err != nil {
		return Agency{}, err
	}
	y, err := directory.AgencyByID(ctx, v, k)
	return agencyOf(y), err
}

type addAgencyIn struct {
	Once
	Body struct {
		Kind      string `json:"kind" maxLength:"40"`
		Territory string `json:"territory" pattern:"^([0-9]+\\.)+$" maxLength:"100"`
		NameKK    string `json:"name_kk" maxLength:"500"`
		NameRU    string `json:"name_ru" maxLength:"500"`
		BIN       string `json:"bin,omitempty" maxLength:"40"`
	}
}

func addAgency(ctx context.Context, a *act.Act, in *addAgencyIn) (Made, error) {
	b := in.Body
	k, err := directory.AddAgency(ctx, a, directory.Agency{ID: form(ctx), Kind: b.Kind, Territory: b.Territory, NameKK: b.NameKK, NameRU: b.NameRU, BIN: b.BIN})
	return Made{ID: k, Version: 1}, err
}

type editAgencyIn struct {
	OneAgency
	Match
	Body struct {
		Kind   string `json:"kind" maxLength:"40"`
		NameKK string `json:"name_kk" maxLength:"500"`
		NameRU string `json:"name_ru" maxLength:"500"`
		BIN    string `json:"bin,omitempty" maxLength:"40"`
	}
}

func editAgency(ctx context.Context, a *act.Act, in *editAgencyIn) (Made, error) {
	k, err := key(in.Agency)
	if err != nil {
		return Made{}, err
	}
	b := in.Body
	return Made{ID: k}, directory.EditAgency(ctx, a, directory.Agency{ID: k, Kind: b.Kind, NameKK: b.NameKK, NameRU: b.NameRU, BIN: b.BIN, Version: in.v})
}

type closeAgencyIn struct {
	OneAgency
	Match
	Once
}

func closeAgency(ctx context.Context, a *act.Act, in *closeAgencyIn) (Made, error) {
	return on(ctx, a, in.Agency, func(ctx context.Context, a *act.Act, k id.ID) error {
		return directory.CloseAgency(ctx, a, k, in.v)
	})
}
