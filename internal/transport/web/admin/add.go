package admin

import (
	"context"
	"net/http"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// addForm asks first where the person works, for the bodies depend on it, then
// who it is.
func addForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	back := &kit.Link{Text: q.T.T("admin.people"), URL: peopleURL}
	place, err := placeAsked(v, q, directory.AddPeople)
	if err != nil {
		return kit.Screen{}, err
	}
	if place == "" {
		return askPlace(ctx, v, q, directory.AddPeople, peopleURL+"/add", "admin.choose_place", "", back)
	}
	t, err := directory.TerritoryAt(ctx, v, place)
	if err != nil {
		return kit.Screen{}, err
	}
	view, err := fieldsOf(ctx, v, q, directory.Person{Territory: place, Lang: string(text.KK)})
	if err != nil {
		return kit.Screen{}, err
	}
	view.Form = kit.Form{URL: peopleURL + "/add", Keep: "person-add",
		Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}, {Name: "territory", Value: place}}}
	view.Login = &kit.Input{Field: q.Field("login", "admin.login"), Value: q.Value("login", ""), Chars: 20, Max: 64}
	view.Button = kit.Button{Text: q.T.T("admin.add_person")}
	return kit.Screen{Tab: true, Section: URL, Back: back, Title: kit.Title{Text: q.T.T("admin.add_person"), State: t.Name(lang(q))}, Body: fieldsPage(view)}, nil
}

// placeAsked is the place that was chosen in the step before, or the only one
// there is. A place out of reach is missing.
func placeAsked(v *act.View, q *kit.Req, action access.Action) (string, error) {
	if err := v.May(action); err != nil {
		return "", err
	}
	place := q.URL.Query().Get("territory")
	if q.Form != nil {
		place = q.Text("territory")
	}
	if place != "" && v.May(action, place) != nil {
		return "", fault.Missing()
	}
	return place, nil
}

// askPlace is the step of choosing a place; nothing chosen is refused at the
// field.
func askPlace(ctx context.Context, v *act.View, q *kit.Req, action access.Action, url, key, now string, back *kit.Link) (kit.Screen, error) {
	options, err := places(ctx, v, q, action, now)
	if err != nil {
		return kit.Screen{}, err
	}
	if q.URL.Query().Has("territory") { // sent on with nothing chosen
		q.Fault = fault.Bad("territory", "fault.choose_one")
	}
	view := placeView{Form: kit.Form{URL: url, Get: true}, Button: kit.Button{Text: q.T.T("admin.choose_place_button")},
		Place: kit.Select{Field: q.Field("territory", "admin.territory"), None: q.T.T("admin.choose_none"), Options: options}}
	sc := kit.Screen{Tab: true, Section: URL, Back: back, Title: kit.Title{Text: q.T.T(key)}, Body: placePage(view)}
	if q.Fault != nil {
		sc.Status = http.StatusUnprocessableEntity
	}
	return sc, nil
}

// fieldsOf are the questions about a person, with what is known.
func fieldsOf(ctx context.Context, v *act.View, q *kit.Req, p directory.Person) (fieldsView, error) {
	agencies, err := bodies(ctx, v, q, p.Territory, q.Value("agency", p.Agency.String()))
	if err != nil {
		return fieldsView{}, err
	}
	in := func(name, key, given string, longest int) kit.Input {
		return kit.Input{Field: q.Field(name, key), Value: q.Value(name, given), Max: longest}
	}
	view := fieldsView{
		Family: in("family", "admin.family", p.Family, 100), Given: in("given", "admin.given", p.Given, 100),
		Patronymic: in("patronymic", "admin.patronymic", p.Patronymic, 100),
		PostKK:     in("post_kk", "admin.post_kk", p.PostKK, 200), PostRU: in("post_ru", "admin.post_ru", p.PostRU, 200),
		Agency: kit.Select{Field: kit.Optional(q.Field("agency", "admin.agency")), None: q.T.T("admin.no_agency"), Options: agencies},
		Lang:   kit.Radios{Field: q.Field("lang", "admin.language"), Inline: true},
	}
	view.Patronymic.Optional, view.PostKK.Optional, view.PostRU.Optional = true, true, true
	now := q.Value("lang", p.Lang)
	for _, l := range text.Langs() {
		view.Lang.Options = append(view.Lang.Options, kit.Option{Value: string(l), Text: tongue(q, string(l)), On: string(l) == now})
	}
	return view, nil
}

// tongue is a language by its own name.
func tongue(q *kit.Req, l string) string {
	switch text.Lang(l) {
	case text.KK:
		return q.T.T("admin.in_kk")
	case text.RU:
		return q.T.T("admin.in_ru")
	}
	return q.T.T("admin.in_en")
}

// typed is the person of a form.
func typed(q *kit.Req) directory.Newcomer {
	return directory.Newcomer{ID: q.Made(), Login: q.Text("login"), Family: q.Text("family"), Given: q.Text("given"), Patronymic: q.Text("patronymic"),
		PostKK: q.Text("post_kk"), PostRU: q.Text("post_ru"), Lang: q.Text("lang"), Agency: q.Ref("agency"), Territory: q.Text("territory")}
}

// add adds the person.
func add(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := directory.AddPerson(ctx, a, typed(q))
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.added"}, nil
}
