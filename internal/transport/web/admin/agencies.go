package admin

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// kinds are the kinds of bodies that the form offers.
func kinds() []string {
	return []string{"school", "college", "kindergarten", "police", "clinic", "guardianship", "social", "culture", "ngo", "shelter", "akimat", "other"}
}

const agenciesPerPage = 50

// agencies lists the bodies of the reader's places.
func agencies(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	get := q.URL.Query().Get
	f := directory.AgencyFilter{Territory: get("place"), Kind: get("kind"), Closed: get("closed") == "yes", Limit: agenciesPerPage}
	if here, ok := q.Place(1); ok {
		if key, err := id.Parse(here[0]); err == nil {
			f.After = key
		}
	}
	if f.Territory == "" && len(v.Actor().Grants) > 0 {
		f.Territory = v.Actor().Grants[0].Territory
	}
	all, err := directory.Agencies(ctx, v, f)
	if err != nil {
		return kit.Screen{}, err
	}
	view := agenciesView{Tabs: tabs(v, q, agenciesURL)}
	if len(all) == agenciesPerPage {
		view.Pager.Older = q.After(all[len(all)-1].ID.String())
	}
	if f.After != "" {
		view.Pager.Newer = q.Newest()
	}
	text.Sort(all, func(y directory.Agency) string { return y.Name(lang(q)) })
	if view.Filter, view.Selects, err = agencyFilter(ctx, v, q, f); err != nil {
		return kit.Screen{}, err
	}
	if view.Table, err = agencyTable(ctx, v, q, all); err != nil {
		return kit.Screen{}, err
	}
	title := kit.Title{Text: q.T.T("admin.agencies"), State: q.T.N("admin.agencies_count", len(all))}
	if len(mine(v, directory.WriteAgencies)) > 0 {
		title.Primary = &kit.Action{Text: q.T.T("admin.add_agency"), URL: agenciesURL + "/add"}
	}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Title: title, Body: agenciesPage(view)}, nil
}

func agencyFilter(ctx context.Context, v *act.View, q *kit.Req, f directory.AgencyFilter) (kit.Filter, []kit.Select, error) {
	place := kit.Select{Field: q.Field("place", "admin.territory")}
	var err error
	if place.Options, err = places(ctx, v, q, directory.ListAgencies, f.Territory); err != nil {
		return kit.Filter{}, nil, err
	}
	kind := kit.Select{Field: q.Field("kind", "admin.kind"), None: q.T.T("admin.any")}
	for _, k := range kinds() {
		kind.Options = append(kind.Options, kit.Option{Value: k, Text: q.T.T("agency_kind." + k), On: k == f.Kind})
	}
	closed := kit.Select{Field: q.Field("closed", "admin.closed_too"), None: q.T.T("admin.norm_no"),
		Options: []kit.Option{{Value: "yes", Text: q.T.T("admin.closed_shown"), On: f.Closed}}}
	selects := []kit.Select{place, kind, closed}
	return kit.Filter{URL: agenciesURL, Clear: agenciesURL, Chosen: chosen(selects[:2])}, selects, nil
}

func agencyTable(ctx context.Context, v *act.View, q *kit.Req, all []directory.Agency) (kit.Table, error) {
	var paths []string
	for _, y := range all {
		paths = append(paths, y.Territory)
	}
	where, err := directory.TerritoriesAt(ctx, v, paths...)
	if err != nil {
		return kit.Table{}, err
	}
	t := kit.Table{Caption: q.T.T("admin.agencies"), Quiet: true, Columns: []kit.Column{{Text: q.T.T("admin.col_agency")}, {Text: q.T.T("admin.col_kind")},
		{Text: q.T.T("admin.col_where")}, {Text: q.T.T("admin.bin")}},
		Empty: &kit.Empty{Why: q.T.T("admin.agencies_empty"), Do: q.T.T("admin.agencies_empty_do")}}
	for _, y := range all {
		name := kit.Cell{Text: y.Name(lang(q))}
		if y.ClosedAt != nil {
			name.Tag = &kit.Tag{Text: q.T.T("admin.closed")}
		} else if v.May(directory.WriteAgencies, y.Territory) == nil {
			name.URL = agenciesURL + "/" + y.ID.String()
		}
		t.Rows = append(t.Rows, []kit.Cell{name, {Text: kindWord(q, y.Kind)}, {Text: where[y.Territory].Name(lang(q))}, {Text: y.BIN}})
	}
	return t, nil
}

// kindWord is the kind in words; one that came with an import and has none is
// another body.
func kindWord(q *kit.Req, kind string) string {
	if !q.T.Has("agency_kind." + kind) {
		kind = "other"
	}
	return q.T.T("agency_kind." + kind)
}
