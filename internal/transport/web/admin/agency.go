package admin

import (
	"context"
	"strconv"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

func backAgencies(q *kit.Req) *kit.Link {
	return &kit.Link{Text: q.T.T("admin.agencies"), URL: agenciesURL}
}

// agencyAddForm asks the place first, for a body stays where it is.
func agencyAddForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	place, err := placeAsked(v, q, directory.WriteAgencies)
	if err != nil {
		return kit.Screen{}, err
	}
	if place == "" {
		return askPlace(ctx, v, q, directory.WriteAgencies, agenciesURL+"/add", "admin.agency_place", "", backAgencies(q))
	}
	t, err := directory.TerritoryAt(ctx, v, place)
	if err != nil {
		return kit.Screen{}, err
	}
	view := agencyFields(q, directory.Agency{})
	view.Form = kit.Form{URL: agenciesURL + "/add", Keep: "agency-add",
		Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}, {Name: "territory", Value: place}}}
	view.Button = kit.Button{Text: q.T.T("admin.add_agency")}
	return kit.Screen{Tab: true, Section: URL, Back: backAgencies(q), Title: kit.Title{Text: q.T.T("admin.add_agency"), State: t.Name(lang(q))}, Body: agencyPage(view)}, nil
}

func agencyFields(q *kit.Req, y directory.Agency) agencyView {
	view := agencyView{
		Kind:   kit.Select{Field: q.Field("kind", "admin.kind"), None: q.T.T("admin.choose_none")},
		NameKK: kit.Input{Field: q.Field("name_kk", "admin.name_kk"), Value: q.Value("name_kk", y.NameKK), Max: 300},
		NameRU: kit.Input{Field: q.Field("name_ru", "admin.name_ru"), Value: q.Value("name_ru", y.NameRU), Max: 300},
		BIN:    kit.Input{Field: kit.Optional(q.Field("bin", "admin.bin")), Value: q.Value("bin", y.BIN), Mode: "numeric", Chars: 10, Max: 12},
	}
	now := q.Value("kind", y.Kind)
	all := kinds()
	if y.Kind != "" && !q.T.Has("agency_kind."+y.Kind) {
		view.Kind.Options = append(view.Kind.Options, kit.Option{Value: y.Kind, Text: y.Kind, On: now == y.Kind})
	}
	for _, k := range all {
		view.Kind.Options = append(view.Kind.Options, kit.Option{Value: k, Text: q.T.T("agency_kind." + k), On: k == now})
	}
	return view
}

func typedAgency(q *kit.Req) directory.Agency {
	return directory.Agency{ID: q.Made(), Kind: q.Text("kind"), Territory: q.Text("territory"), NameKK: q.Text("name_kk"),
		NameRU: q.Text("name_ru"), BIN: q.Text("bin"), Version: q.Version()}
}

// agencyAdd adds the body.
func agencyAdd(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	_, err := directory.AddAgency(ctx, a, typedAgency(q))
	return kit.Next{URL: agenciesURL, Done: "admin.agency_added"}, err
}

// openAgency finds an open body that the reader may change.
func openAgency(ctx context.Context, v *act.View, q *kit.Req) (directory.Agency, error) {
	if err := v.May(directory.WriteAgencies); err != nil {
		return directory.Agency{}, err
	}
	key, err := q.ID("id")
	if err != nil {
		return directory.Agency{}, err
	}
	y, err := directory.AgencyByID(ctx, v, key)
	if err == nil && (y.ClosedAt != nil || v.May(directory.WriteAgencies, y.Territory) != nil) {
		err = fault.Missing()
	}
	return y, err
}

// agencyForm asks what has changed.
func agencyForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	y, err := openAgency(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	t, err := directory.TerritoryAt(ctx, v, y.Territory)
	if err != nil {
		return kit.Screen{}, err
	}
	view := agencyFields(q, y)
	version := strconv.Itoa(y.Version)
	if q.Stale() {
		view.Conflict = &kit.Conflict{Title: q.T.T("admin.conflict"), Text: q.T.T("admin.conflict_text"), Rows: []kit.ConflictRow{
			{Label: view.NameKK.Label, Mine: view.NameKK.Value, Theirs: y.NameKK}, {Label: view.NameRU.Label, Mine: view.NameRU.Value, Theirs: y.NameRU},
			{Label: view.BIN.Label, Mine: view.BIN.Value, Theirs: y.BIN}}}
	} else {
		version = q.Value("version", version)
	}
	url := agenciesURL + "/" + y.ID.String()
	view.Form = kit.Form{URL: url, Keep: "agency-" + y.ID.String(), Version: version, Hidden: []kit.Hidden{{Name: "version", Value: version}}}
	view.Button = kit.Button{Text: q.T.T("admin.save")}
	return kit.Screen{Tab: true, Section: URL, Back: backAgencies(q), Body: agencyPage(view), Title: kit.Title{Text: y.Name(lang(q)),
		State: kindWord(q, y.Kind) + " · " + t.Name(lang(q)), More: []kit.Action{{Text: q.T.T("admin.agency_close"), URL: url + "/close", Danger: true}}}}, nil
}

// agencyEdit saves the changes.
func agencyEdit(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	y := typedAgency(q)
	y.ID = key
	return kit.Next{URL: agenciesURL, Done: "admin.saved"}, directory.EditAgency(ctx, a, y)
}

// agencyCloseForm says what closing does.
func agencyCloseForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	y, err := openAgency(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	url := agenciesURL + "/" + y.ID.String()
	view := warn(q, url+"/close", url, "admin.agency_close", q.T.T("admin.agency_will"), q.T.T("admin.agency_will_keep"))
	view.Form.Hidden = []kit.Hidden{{Name: "version", Value: strconv.Itoa(y.Version)}}
	return kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: y.Name(lang(q)), URL: url},
		Title: kit.Title{Text: q.T.T("admin.agency_close_title"), State: y.Name(lang(q))}, Body: confirmPage(view)}, nil
}

// agencyClose closes the body.
func agencyClose(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: agenciesURL, Done: "admin.agency_closed"}, directory.CloseAgency(ctx, a, key, q.Version())
}
