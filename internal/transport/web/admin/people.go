package admin

import (
	"context"
	"slices"
	"strings"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// people lists those whom the reader may see; a search by name comes as a POST
// and shows one page.
func people(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f := filter(q)
	page, err := directory.People(ctx, v, f)
	if err != nil {
		return kit.Screen{}, err
	}
	text.Sort(page.People, func(p directory.Person) string { return p.Family + " " + p.Given })
	n, err := namesFor(ctx, v, q, page.People...)
	if err != nil {
		return kit.Screen{}, err
	}
	view := peopleView{Tabs: tabs(v, q, peopleURL), Search: kit.Form{URL: peopleURL},
		Find:   kit.Input{Field: q.Field("text", "admin.find"), Value: f.Text, Kind: "search", Chars: 30, Max: 100},
		Button: kit.Button{Text: q.T.T("admin.find_button"), Secondary: true},
		Table:  peopleTable(q, page.People, n)}
	title := kit.Title{Text: q.T.T("admin.people"), State: q.T.N("admin.people_count", len(page.People))}
	if len(mine(v, directory.AddPeople)) > 0 {
		title.Primary = &kit.Action{Text: q.T.T("admin.add_person"), URL: peopleURL + "/add"}
	}
	if f.Text != "" {
		title.State = q.T.N("admin.found", len(page.People))
		view.All = &kit.Link{Text: q.T.T("admin.found_all"), URL: peopleURL}
		if page.Next != "" {
			view.More = q.T.T("admin.found_more")
		}
		return kit.Screen{Tab: true, Section: URL, Wide: true, Title: title, Body: peoplePage(view)}, nil
	}
	if view.Filter, view.Selects, err = peopleFilter(ctx, v, q, f); err != nil {
		return kit.Screen{}, err
	}
	if page.Next != "" {
		view.Pager.Older = q.After(page.Next.String())
	}
	if f.After != "" {
		view.Pager.Newer = q.Newest()
	}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Title: title, Body: peoplePage(view)}, nil
}

func filter(q *kit.Req) directory.Filter {
	f := directory.Filter{Text: q.Text("text"), Limit: 50}
	if f.Text != "" {
		return f
	}
	get := q.URL.Query().Get
	if r := access.Role(get("role")); slices.Contains(access.Roles(), r) {
		f.Role = r
	}
	if s := get("state"); slices.Contains([]string{directory.Active, directory.Suspended, directory.Deactivated}, s) {
		f.State = s
	}
	f.Territory = get("place")
	if at, ok := q.Place(1); ok {
		if key, err := id.Parse(at[0]); err == nil {
			f.After = key
		}
	}
	return f
}

func peopleFilter(ctx context.Context, v *act.View, q *kit.Req, f directory.Filter) (kit.Filter, []kit.Select, error) {
	role := kit.Select{Field: q.Field("role", "admin.role"), None: q.T.T("admin.any")}
	for _, r := range access.Roles() {
		role.Options = append(role.Options, kit.Option{Value: string(r), Text: q.T.T("role." + string(r)), On: r == f.Role})
	}
	place := kit.Select{Field: q.Field("place", "admin.territory"), None: q.T.T("admin.any")}
	var err error
	if place.Options, err = places(ctx, v, q, directory.ListPeople, f.Territory); err != nil {
		return kit.Filter{}, nil, err
	}
	state := kit.Select{Field: q.Field("state", "admin.state"), None: q.T.T("admin.any")}
	for _, s := range []string{directory.Suspended, directory.Deactivated} {
		state.Options = append(state.Options, kit.Option{Value: s, Text: stateWord(q, s), On: s == f.State})
	}
	selects := []kit.Select{role, place, state}
	return kit.Filter{URL: peopleURL, Clear: peopleURL, Chosen: chosen(selects)}, selects, nil
}

// chosen are the words of what a filter is set to.
func chosen(selects []kit.Select) []string {
	var out []string
	for _, s := range selects {
		for _, o := range s.Options {
			if o.On {
				out = append(out, o.Text)
			}
		}
	}
	return out
}

func peopleTable(q *kit.Req, all []directory.Person, n names) kit.Table {
	t := kit.Table{Caption: q.T.T("admin.people"), Quiet: true,
		Columns: []kit.Column{{Text: q.T.T("admin.col_person")}, {Text: q.T.T("admin.col_login")}, {Text: q.T.T("admin.col_place")},
			{Text: q.T.T("admin.col_roles")}, {Text: q.T.T("admin.col_state")}},
		Empty: &kit.Empty{Why: q.T.T("admin.people_empty"), Do: q.T.T("admin.people_empty_do")}}
	for _, p := range all {
		where := kit.Cell{Text: n.place(p.Territory)}
		if p.Agency != "" {
			where.Sub = n.agency(p.Agency)
		}
		t.Rows = append(t.Rows, []kit.Cell{{Text: p.Full(), Sub: p.Post(lang(q)), URL: at(p, "")}, {Text: p.Login}, where,
			rolesCell(q, p, n), stateCell(q, p.State)})
	}
	return t
}

// rolesCell names the roles, with the place where it is not the home.
func rolesCell(q *kit.Req, p directory.Person, n names) kit.Cell {
	var out []string
	for _, g := range p.Grants {
		word := q.T.T("role." + string(g.Role))
		if g.Territory != p.Territory {
			word += " (" + n.place(g.Territory) + ")"
		}
		out = append(out, word)
	}
	if len(out) == 0 && p.State != directory.Deactivated {
		return kit.Cell{Tag: &kit.Tag{Text: q.T.T("admin.no_role"), Level: kit.Wait}}
	}
	return kit.Cell{Text: strings.Join(slices.Compact(out), ", ")}
}

func stateWord(q *kit.Req, state string) string {
	switch state {
	case directory.Suspended:
		return q.T.T("admin.state_suspended")
	case directory.Deactivated:
		return q.T.T("admin.state_deactivated")
	}
	return q.T.T("admin.state_active")
}

// stateCell marks only who cannot work: the others are many.
func stateCell(q *kit.Req, state string) kit.Cell {
	if state == directory.Active {
		return kit.Cell{Text: stateWord(q, state)}
	}
	return kit.Cell{Tag: stateTag(q, state)}
}

func stateTag(q *kit.Req, state string) *kit.Tag {
	level := kit.Calm
	if state == directory.Suspended {
		level = kit.Wait
	}
	return &kit.Tag{Text: stateWord(q, state), Level: level}
}

// at is an address of a person's.
func at(p directory.Person, what string) string {
	if what != "" {
		what = "/" + what
	}
	return peopleURL + "/" + p.ID.String() + what
}
