package api

import (
	"context"
	"slices"
	"time"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

const tagPeople = "people"

// people are the operations on the people of the service.
func people(d *desk) {
	w := func(id, route, says string) op { return op{id: id, route: route, says: says} }
	reads(d, tagPeople, op{id: "searchPeople", route: "POST /people/search", says: "Find people of the service; what is typed stands in no address", bare: true}, searchPeople)
	reads(d, tagPeople, w("getPerson", "GET /people/{person}", "One person with the grants that have not ended"), getPerson)
	writes(d, tagPeople, op{id: "addPerson", route: "POST /people", says: "Add a person, without a role and a password yet", made: true}, addPerson)
	writes(d, tagPeople, w("editPerson", "PUT /people/{person}", "Change name, post, place, language"), editPerson)
	writes(d, tagPeople, op{id: "givePersonRole", route: "POST /people/{person}/grants", says: "Give a role", made: true}, giveRole)
	writes(d, tagPeople, w("endGrant", "POST /people/{person}/grants/{grant}/end", "End a role"), endGrant)
	writes(d, tagPeople, w("suspendPerson", "POST /people/{person}/suspend", "Cut access at once"), suspendPerson)
	writes(d, tagPeople, w("restorePerson", "POST /people/{person}/restore", "Give access back"), restorePerson)
	writes(d, tagPeople, w("deactivatePerson", "POST /people/{person}/deactivate", "End a service for good"), deactivatePerson)
}

// Person is a person of the service.
type Person struct {
	ID         id.ID     `json:"id"`
	Login      string    `json:"login"`
	Family     string    `json:"family"`
	Given      string    `json:"given"`
	Patronymic string    `json:"patronymic,omitempty"`
	PostKK     string    `json:"post_kk,omitempty"`
	PostRU     string    `json:"post_ru,omitempty"`
	Lang       string    `json:"lang"`
	Agency     id.ID     `json:"agency,omitempty"`
	Territory  string    `json:"territory"`
	State      string    `json:"state"`
	CreatedAt  time.Time `json:"created_at"`
	Grants     []Role    `json:"grants"`
	Version    int       `json:"version"`
}

func (p Person) version() int { return p.Version }

// Role is a grant.
type Role struct {
	ID         id.ID      `json:"id"`
	Role       string     `json:"role"`
	Territory  string     `json:"territory"`
	Agency     id.ID      `json:"agency,omitempty"`
	Commission id.ID      `json:"commission,omitempty"`
	From       time.Time  `json:"from"`
	To         *time.Time `json:"to,omitempty"`
}

func personOf(p directory.Person) Person {
	out := Person{p.ID, p.Login, p.Family, p.Given, p.Patronymic, p.PostKK, p.PostRU, p.Lang, p.Agency, p.Territory, p.State, p.CreatedAt, []Role{}, p.Version}
	for _, g := range p.Grants {
		out.Grants = append(out.Grants, Role{g.ID, string(g.Role), g.Territory, g.Agency, g.Commission, g.From, g.To})
	}
	return out
}

type searchPeopleIn struct {
	Body struct {
		Text      string `json:"text,omitempty" maxLength:"200" doc:"Family name, given name or login, from the beginning."`
		Role      string `json:"role,omitempty" maxLength:"40"`
		Territory string `json:"territory,omitempty" pattern:"^([0-9]+\\.)*$" maxLength:"100"`
		Agency    id.ID  `json:"agency,omitempty"`
		State     string `json:"state,omitempty" enum:",active,suspended,deactivated"`
		Limit     int    `json:"limit,omitempty" minimum:"0" maximum:"200"`
		After     string `json:"after,omitempty" maxLength:"2000"`
	}
}

func searchPeople(ctx context.Context, v *act.View, in *searchPeopleIn) (Rows[Person], error) {
	out := Rows[Person]{Items: []Person{}}
	b, r := in.Body, refs{}
	last, err := Paging{After: b.After}.placeID(ctx, "people")
	if err != nil {
		return out, err
	}
	f := directory.Filter{Text: b.Text, Role: access.Role(b.Role), Territory: b.Territory, Agency: r.id("agency", b.Agency), State: b.State,
		After: last, Limit: b.Limit}
	if err := r.bad.Err(); err != nil {
		return out, err
	}
	page, err := directory.People(ctx, v, f)
	if err != nil {
		return out, err
	}
	for _, p := range page.People {
		out.Items = append(out.Items, personOf(p))
	}
	if page.Next != "" {
		out.Next, err = sealed(ctx, "people", []byte(page.Next))
	}
	return out, err
}

type onePersonIn struct{ OnePerson }

func getPerson(ctx context.Context, v *act.View, in *onePersonIn) (Person, error) {
	k, err := key(in.Person)
	if err != nil {
		return Person{}, err
	}
	if err := v.May(directory.ListPeople); err != nil {
		return Person{}, err
	}
	p, err := directory.ByID(ctx, v, k)
	return personOf(p), err
}

// Newcomer is what is written about a person.
type Newcomer struct {
	Login      string `json:"login,omitempty" maxLength:"100" doc:"Of a new person; it never changes."`
	Family     string `json:"family" maxLength:"200"`
	Given      string `json:"given" maxLength:"200"`
	Patronymic string `json:"patronymic,omitempty" maxLength:"200"`
	PostKK     string `json:"post_kk,omitempty" maxLength:"500"`
	PostRU     string `json:"post_ru,omitempty" maxLength:"500"`
	Lang       string `json:"lang" enum:"kk,ru,en"`
	Agency     id.ID  `json:"agency,omitempty"`
	Territory  string `json:"territory" pattern:"^([0-9]+\\.)+$" maxLength:"100"`
}

func (n Newcomer) input(key id.ID) (directory.Newcomer, error) {
	var r refs
	out := directory.Newcomer{ID: key, Login: n.Login, Family: n.Family, Given: n.Given, Patronymic: n.Patronymic, PostKK: n.PostKK, PostRU: n.PostRU,
		Lang: n.Lang, Agency: r.id("agency", n.Agency), Territory: n.Territory}
	return out, r.bad.Err()
}

type addPersonIn struct {
	Once
	Body Newcomer
}

func addPerson(ctx context.Context, a *act.Act, in *addPersonIn) (Made, error) {
	n, err := in.Body.input(form(ctx))
	if err != nil {
		return Made{}, err
	}
	k, err := directory.AddPerson(ctx, a, n)
	return Made{ID: k, Version: 1}, err
}

type editPersonIn struct {
	OnePerson
	Match
	Body Newcomer
}

func editPerson(ctx context.Context, a *act.Act, in *editPersonIn) (Made, error) {
	k, err := key(in.Person)
	if err != nil {
		return Made{}, err
	}
	n, err := in.Body.input("")
	if err != nil {
		return Made{}, err
	}
	return Made{ID: k}, directory.EditPerson(ctx, a, k, in.v, n)
}

type giveIn struct {
	OnePerson
	Once
	Body struct {
		Role       string    `json:"role" maxLength:"40"`
		Territory  string    `json:"territory" pattern:"^([0-9]+\\.)+$" maxLength:"100"`
		Agency     id.ID     `json:"agency,omitempty" doc:"For the head of a body and an executor."`
		Commission id.ID     `json:"commission,omitempty" doc:"For chair, secretary and member."`
		From       date.Date `json:"from,omitempty,omitzero" doc:"None is now."`
		To         date.Date `json:"to,omitempty,omitzero" doc:"The last day."`
	}
}

func giveRole(ctx context.Context, a *act.Act, in *giveIn) (Made, error) {
	k, err := key(in.Person)
	if err != nil {
		return Made{}, err
	}
	b, r := in.Body, refs{}
	g := directory.Grant{ID: form(ctx), Person: k, Role: access.Role(b.Role), Territory: b.Territory, Agency: r.id("agency", b.Agency),
		Commission: r.id("commission", b.Commission)}
	if d := b.From; !d.IsZero() && d != date.Of(a.Now()) {
		g.From = r.at("from", d.Start())
	}
	if end := r.at("to", endOf(b.To)); !end.IsZero() {
		g.To = &end
	}
	if err := r.bad.Err(); err != nil {
		return Made{}, err
	}
	out, err := directory.Give(ctx, a, g)
	return Made{ID: out}, err
}

type endGrantIn struct {
	OnePerson
	Once
	Grant string `path:"grant"`
}

func endGrant(ctx context.Context, a *act.Act, in *endGrantIn) (Made, error) {
	person, grant, err := pair(in.Person, in.Grant)
	if err != nil {
		return Made{}, err
	}
	if err := a.May(directory.GrantPeople); err != nil {
		return Made{}, err
	}
	p, err := directory.ByID(ctx, &a.View, person)
	if err != nil {
		return Made{}, err
	}
	if !slices.ContainsFunc(p.Grants, func(g directory.Grant) bool { return g.ID == grant }) {
		return Made{}, fault.Missing()
	}
	return Made{ID: grant}, directory.EndGrant(ctx, a, grant)
}

type suspendIn struct {
	OnePerson
	Once
	Body Reason
}

func suspendPerson(ctx context.Context, a *act.Act, in *suspendIn) (Made, error) {
	return on(ctx, a, in.Person, func(ctx context.Context, a *act.Act, k id.ID) error {
		return directory.Suspend(ctx, a, k, in.Body.Reason)
	})
}

type stateIn struct {
	OnePerson
	Once
}

func restorePerson(ctx context.Context, a *act.Act, in *stateIn) (Made, error) {
	return on(ctx, a, in.Person, directory.Restore)
}

func deactivatePerson(ctx context.Context, a *act.Act, in *stateIn) (Made, error) {
	return on(ctx, a, in.Person, func(ctx context.Context, a *act.Act, k id.ID) error {
		return directory.Deactivate(ctx, a, k, casework.Owed)
	})
}
