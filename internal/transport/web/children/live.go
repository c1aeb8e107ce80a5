package children

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// addressForm asks where the child lives and since when.
func addressForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.Write)
	if err != nil {
		return kit.Screen{}, err
	}
	view := formView{Form: form(q, f.Child, "address"), Button: kit.Button{Text: q.T.T("children.save")}, Fields: []templ.Component{
		kit.Textarea{Field: q.Field("address", "children.address"), Value: q.Value("address", ""), Rows: 2, Max: 300},
		q.DateBoxes("from_day", "children.lives_from", q.Today()),
	}}
	return screen(q, f.Child, q.T.T("children.address_new"), view), nil
}

// setAddress writes it; the former one stays in the history.
func setAddress(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	x := registry.Address{ID: q.Made(), Text: q.Text("address"), FromDay: q.Date("from_day")}
	return done(q, "children.address_set", registry.SetAddress(ctx, a, key, x))
}

// schoolForm asks where the child learns, or why nowhere.
func schoolForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := take(ctx, v, q, registry.Write)
	if err != nil {
		return kit.Screen{}, err
	}
	all, err := directory.Agencies(ctx, v, directory.AgencyFilter{Territory: f.Child.Territory, Above: true, Kind: "school", Limit: 200})
	if err != nil {
		return kit.Screen{}, err
	}
	text.Sort(all, func(y directory.Agency) string { return agencyName(q, y) })
	school := kit.Select{Field: q.Field("school", "children.school"), None: q.T.T("children.choose")}
	for _, y := range all {
		school.Options = append(school.Options, kit.Option{Value: y.ID.String(), Text: agencyName(q, y), On: q.Value("school", "") == y.ID.String()})
	}
	view := formView{Form: form(q, f.Child, "school"), Button: kit.Button{Text: q.T.T("children.save")}, Fields: []templ.Component{
		school,
		kit.Input{Field: kit.Optional(q.Field("grade", "children.grade")), Value: q.Value("grade", ""), Chars: 5, Max: 20},
		kit.Select{Field: kit.Optional(q.Field("none", "children.school_none")), None: q.T.T("children.goes_to_school"),
			Options: q.Options("none", "child_code.school.", registry.NoSchool())},
		q.DateBoxes("from_day", "children.learns_from", q.Today()),
	}}
	return screen(q, f.Child, q.T.T("children.school_new"), view), nil
}

func agencyName(q *kit.Req, y directory.Agency) string {
	if q.T.Lang() == "kk" {
		return y.NameKK
	}
	return y.NameRU
}

// setSchool writes it; the former one stays in the history.
func setSchool(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	x := registry.Schooling{ID: q.Made(), School: q.Ref("school"), None: q.Text("none"), Grade: q.Text("grade"), FromDay: q.Date("from_day")}
	return done(q, "children.school_set", registry.SetSchooling(ctx, a, key, x))
}
