package admin

import (
	"context"
	"slices"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// asked is the role and place of the first step.
type asked struct {
	role  access.Role
	place string
}

func roleAsked(v *act.View, q *kit.Req) (asked, error) {
	place, err := placeAsked(v, q, directory.GrantPeople)
	if err != nil {
		return asked{}, err
	}
	role := q.URL.Query().Get("role")
	if q.Form != nil {
		role = q.Text("role")
	}
	if !slices.Contains(access.Roles(), access.Role(role)) {
		role = ""
	}
	return asked{access.Role(role), place}, nil
}

// grantForm asks first which role and where, then what depends on it: the
// commission or the body, and the term.
func grantForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := writable(ctx, v, q, directory.GrantPeople)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(directory.MayAppoint(ctx, v, p)); err != nil {
		return kit.Screen{}, err
	}
	x, err := roleAsked(v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := kit.Screen{Tab: true, Section: URL, Back: backTo(p), Title: kit.Title{Text: q.T.T("admin.grant_what"), State: p.Full()}}
	if x.role == "" || x.place == "" {
		view, err := askRole(ctx, v, q, p, x)
		sc.Body = rolePage(view)
		return sc, err
	}
	t, err := directory.TerritoryAt(ctx, v, x.place)
	if err != nil {
		return kit.Screen{}, err
	}
	view := grantView{Half: q.T.T("admin.other_half"), From: q.DateBoxes("from", "admin.from", date.Date{}), To: q.DateBoxes("to", "admin.to", date.Date{}),
		Button: kit.Button{Text: q.T.T("admin.grant_button")}, Again: kit.Link{Text: q.T.T("admin.choose_again"), URL: at(p, "grant")}}
	view.From.Optional, view.To.Optional = true, true
	view.Form = kit.Form{URL: at(p, "grant"), Hidden: []kit.Hidden{{Name: "role", Value: string(x.role)}, {Name: "territory", Value: x.place}}}
	if err := view.askBody(ctx, v, q, x); err != nil {
		return kit.Screen{}, err
	}
	sc.Title = kit.Title{Text: q.T.T("role."+string(x.role)) + ", " + t.Name(lang(q)), State: p.Full()}
	sc.Body = grantPage(view)
	return sc, nil
}

func askRole(ctx context.Context, v *act.View, q *kit.Req, p directory.Person, x asked) (roleView, error) {
	options, err := places(ctx, v, q, directory.GrantPeople, x.place)
	if err != nil {
		return roleView{}, err
	}
	if x.place == "" {
		for i := range options {
			options[i].On = options[i].Value == p.Territory
		}
	}
	view := roleView{Half: q.T.T("admin.other_half"), Form: kit.Form{URL: at(p, "grant"), Get: true}, Button: kit.Button{Text: q.T.T("admin.choose_place_button")},
		Role:  kit.Select{Field: q.Field("role", "admin.role"), None: q.T.T("admin.choose_none")},
		Place: kit.Select{Field: q.Field("territory", "admin.territory"), None: q.T.T("admin.choose_none"), Options: options}}
	for _, r := range access.Roles() {
		view.Role.Options = append(view.Role.Options, kit.Option{Value: string(r), Text: q.T.T("role." + string(r)), On: r == x.role})
	}
	return view, nil
}

// askBody adds the question that a role brings: in which commission one sits
// (not asked where there is one), for which body one serves.
func (view *grantView) askBody(ctx context.Context, v *act.View, q *kit.Req, x asked) error {
	var err error
	switch {
	case directory.ServesIn(x.role):
		view.Agency = &kit.Select{Field: q.Field("agency", "admin.agency"), None: q.T.T("admin.choose_none")}
		view.Agency.Options, err = bodies(ctx, v, q, x.place, q.Value("agency", ""))
	case directory.SitsIn(x.role):
		var all []directory.Commission
		all, err = directory.Commissions(ctx, v, x.place)
		all = slices.DeleteFunc(all, func(c directory.Commission) bool { return c.Territory != x.place })
		if len(all) == 0 {
			view.None = &kit.Empty{Why: q.T.T("admin.no_commission"), Do: q.T.T("admin.no_commission_do")}
		}
		if len(all) == 1 {
			view.Form.Hidden = append(view.Form.Hidden, kit.Hidden{Name: "commission", Value: all[0].ID.String()})
			break
		}
		view.Commission = &kit.Radios{Field: q.Field("commission", "admin.commission")}
		for _, c := range all {
			view.Commission.Options = append(view.Commission.Options, kit.Option{Value: c.ID.String(), Text: c.Name(lang(q)),
				On: q.Value("commission", "") == c.ID.String()})
		}
	}
	return err
}

// grant gives the role. A first day that is today begins now; a last day
// counts whole.
func grant(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	g := directory.Grant{Person: key, Role: access.Role(q.Text("role")), Territory: q.Text("territory"), Agency: q.Ref("agency"), Commission: q.Ref("commission")}
	if d := q.Date("from"); !d.IsZero() && d != q.Today() {
		g.From = d.Start()
	}
	if d := q.Date("to"); !d.IsZero() {
		end := d.AddDays(1).Start()
		g.To = &end
	}
	_, err = directory.Give(ctx, a, g)
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.granted"}, err
}

// held finds the grant of the address among those of the person.
func held(ctx context.Context, v *act.View, q *kit.Req) (directory.Person, directory.Grant, error) {
	if err := v.May(directory.GrantPeople); err != nil {
		return directory.Person{}, directory.Grant{}, err
	}
	p, err := open(ctx, v, q)
	if err != nil {
		return p, directory.Grant{}, err
	}
	key, err := id.Parse(q.PathValue("grant"))
	i := slices.IndexFunc(p.Grants, func(g directory.Grant) bool { return g.ID == key })
	if err != nil || i < 0 || v.May(directory.GrantPeople, p.Grants[i].Territory) != nil {
		return p, directory.Grant{}, fault.Missing()
	}
	return p, p.Grants[i], nil
}

// endForm says what ending a role does.
func endForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, g, err := held(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	n, err := namesFor(ctx, v, q, p)
	if err != nil {
		return kit.Screen{}, err
	}
	view := warn(q, at(p, "grants/"+g.ID.String()+"/end"), at(p, ""), "admin.end_role", q.T.T("admin.end_now"), q.T.T("admin.end_log"))
	if g.Role == access.Curator {
		line, err := casesLine(ctx, v, q, p)
		if err != nil {
			return kit.Screen{}, err
		}
		view.Lines = append([]string{line}, view.Lines...)
	}
	return kit.Screen{Tab: true, Section: URL, Back: backTo(p), Body: confirmPage(view), Title: kit.Title{
		Text:  q.T.T("admin.end_title", map[string]any{"Role": q.T.T("role." + string(g.Role))}),
		State: p.Full() + " · " + n.place(g.Territory) + " · " + term(q, v.Now(), g.From, g.To)}}, nil
}

// end ends the role.
func end(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	g, err := id.Parse(q.PathValue("grant"))
	if err != nil {
		return kit.Next{}, fault.Missing()
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.ended"}, directory.EndGrant(ctx, a, g)
}
