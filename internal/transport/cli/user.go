package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// User is the commands over the people of the service. The first
// administrator is added here; all others on the pages. A SQLite file has one
// owner, so that they wait for a server's end.
type User struct {
	Add           UserAdd           `cmd:"" help:"Add a person and print the first password, once."`
	List          UserList          `cmd:"" help:"List the people."`
	Suspend       UserSuspend       `cmd:"" help:"Cut a person's access at once; while a server has a SQLite database, on its page /admin/people instead."`
	Deactivate    UserDeactivate    `cmd:"" help:"End a person's service for good."`
	ResetPassword UserResetPassword `cmd:"" help:"Give a new password and print it, once."`
	ResetFactor   UserResetFactor   `cmd:"" help:"Take the second factors off a person who has lost them."`
}

// UserAdd adds a person with a role.
type UserAdd struct {
	Where
	Login      string `arg:"" help:"Login: Latin letters, digits, dot, hyphen."`
	Family     string `required:"" help:"Family name."`
	Given      string `required:"" help:"Given name."`
	Patronymic string `help:"Patronymic."`
	PostKK     string `name:"post-kk" help:"Post, in Kazakh."`
	PostRU     string `name:"post-ru" help:"Post, in Russian."`
	Lang       string `enum:"kk,ru,en" default:"kk" help:"Language of the screens: kk, ru, en."`
	Place      string `help:"Territory: its KATO code, such as 751110000, or its path; the republic unless given."`
	Role       string `help:"Role in that territory: ${roles}; none unless given."`
	Agency     string `help:"Identifier of the body, for agency_head and executor."`
}

// Run adds the person, gives the role and the first password, all or nothing.
func (c *UserAdd) Run(ctx context.Context, w Ways) error {
	if c.Role != "" && !slices.Contains(access.Roles(), access.Role(c.Role)) {
		return usageError{"--role: one of " + roles()}
	}
	if c.Place == "" && slices.Contains(ofPlaces(), access.Role(c.Role)) {
		return usageError{"--place: a " + c.Role + " serves in a district; give its KATO code, such as 751110000, or its path"}
	}
	var password string
	err := c.act(ctx, w, func(ctx context.Context, a *act.Act) error {
		place, err := placeOf(ctx, &a.View, c.Place)
		if err != nil {
			return err
		}
		person, err := directory.AddPerson(ctx, a, directory.Newcomer{Login: c.Login, Family: c.Family, Given: c.Given, Patronymic: c.Patronymic,
			PostKK: c.PostKK, PostRU: c.PostRU, Lang: c.Lang, Agency: id.ID(c.Agency), Territory: place})
		if err != nil {
			return err
		}
		if c.Role != "" {
			if err := c.give(ctx, a, person, place); err != nil {
				return err
			}
		}
		password, err = directory.ResetPassword(ctx, a, person)
		return err
	})
	if err == nil {
		fmt.Fprintln(w.Out, password)
	}
	return err
}

// ofPlaces are the roles that nobody holds in the whole country.
func ofPlaces() []access.Role {
	return []access.Role{access.Curator, access.Duty, access.Secretary, access.Chair, access.Member}
}

// roles are all of them, in one line.
func roles() string {
	var all []string
	for _, r := range access.Roles() {
		all = append(all, string(r))
	}
	return strings.Join(all, ", ")
}

func (c *UserAdd) give(ctx context.Context, a *act.Act, person id.ID, place string) error {
	g := directory.Grant{Person: person, Role: access.Role(c.Role), Territory: place, Agency: id.ID(c.Agency)}
	bodies, err := directory.Commissions(ctx, &a.View, place)
	if err != nil {
		return err
	}
	for _, b := range bodies {
		if b.Territory == place && directory.SitsIn(g.Role) {
			g.Commission = b.ID
		}
	}
	_, err = directory.Give(ctx, a, g)
	return err
}

// placeOf finds the path of a territory by what an operator typed.
func placeOf(ctx context.Context, v *act.View, typed string) (string, error) {
	if typed == "" {
		top, err := directory.Territories(ctx, v, "")
		if err != nil || len(top) == 0 {
			return "", orMissing(err, "place", "people.territory_unknown")
		}
		return top[0].Path, nil
	}
	find := directory.TerritoryByKATO
	if strings.HasSuffix(typed, ".") {
		find = directory.TerritoryAt
	}
	t, err := find(ctx, v, typed)
	if fault.KindOf(err) == fault.NotFound {
		return "", fault.Bad("place", "people.place_unknown")
	}
	return t.Path, err
}

func orMissing(err error, field, key string) error {
	if err != nil {
		return err
	}
	return fault.Bad(field, key)
}

// UserList lists the people.
type UserList struct {
	Where
	All  bool `help:"Those who have left as well."`
	JSON bool `name:"json" help:"Print one JSON value."`
}

// listed is one person as a program reads it.
type listed struct {
	Login  string   `json:"login"`
	State  string   `json:"state"`
	Name   string   `json:"name"`
	Grants []string `json:"grants"` // "role path"
}

// Run prints them in the order of the alphabet.
func (c *UserList) Run(ctx context.Context, w Ways) error {
	return looked(ctx, c.Where, w, c.JSON, c.rows, func(p listed) []string {
		return []string{p.Login, p.State, p.Name, strings.Join(p.Grants, ", ")}
	})
}

func (c *UserList) rows(ctx context.Context, v *act.View) ([]listed, error) {
	states := []string{""}
	if c.All {
		states = append(states, directory.Deactivated)
	}
	var out []listed
	for _, s := range states {
		var err error
		if out, err = gather(ctx, v, s, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func gather(ctx context.Context, v *act.View, state string, out []listed) ([]listed, error) {
	f := directory.Filter{State: state, Limit: 200}
	for {
		page, err := directory.People(ctx, v, f)
		if err != nil {
			return out, err
		}
		for _, p := range page.People {
			one := listed{Login: p.Login, State: p.State, Name: strings.TrimSpace(p.Family + " " + p.Given), Grants: []string{}}
			for _, g := range p.Grants {
				one.Grants = append(one.Grants, string(g.Role)+" "+g.Territory)
			}
			out = append(out, one)
		}
		if page.Next == "" {
			return out, nil
		}
		f.After = page.Next
	}
}

// UserSuspend cuts access.
type UserSuspend struct {
	Where
	Login  string `arg:"" help:"Login."`
	Reason string `required:"" help:"Why; it stands in the log."`
}

// Run suspends at once; every session ends.
func (c *UserSuspend) Run(ctx context.Context, w Ways) error {
	err := c.on(ctx, w, c.Login, func(ctx context.Context, a *act.Act, person id.ID) error {
		return directory.Suspend(ctx, a, person, c.Reason)
	})
	if err == nil {
		fmt.Fprintf(w.Out, "%s is suspended; every session has ended\n", c.Login)
	}
	return err
}

// UserDeactivate ends a service.
type UserDeactivate struct {
	Where
	Login string `arg:"" help:"Login."`
}

// Run is refused while the person has cases to hand over.
func (c *UserDeactivate) Run(ctx context.Context, w Ways) error {
	err := c.on(ctx, w, c.Login, func(ctx context.Context, a *act.Act, person id.ID) error {
		return directory.Deactivate(ctx, a, person, casework.Owed)
	})
	if err == nil {
		fmt.Fprintf(w.Out, "the service of %s has ended for good\n", c.Login)
	}
	return err
}

// UserResetPassword gives a new password.
type UserResetPassword struct {
	Where
	Login string `arg:"" help:"Login."`
}

// Run prints the password; it is changed at the next sign-in.
func (c *UserResetPassword) Run(ctx context.Context, w Ways) error {
	var password string
	err := c.on(ctx, w, c.Login, func(ctx context.Context, a *act.Act, person id.ID) error {
		var err error
		password, err = directory.ResetPassword(ctx, a, person)
		return err
	})
	if err == nil {
		fmt.Fprintln(w.Out, password)
	}
	return err
}

// UserResetFactor takes second factors off.
type UserResetFactor struct {
	Where
	Login  string `arg:"" help:"Login."`
	Reason string `required:"" help:"Why; it stands in the log."`
}

// Run ends every session; the person learns of it.
func (c *UserResetFactor) Run(ctx context.Context, w Ways) error {
	return c.on(ctx, w, c.Login, func(ctx context.Context, a *act.Act, person id.ID) error {
		return directory.ResetFactors(ctx, a, person, c.Reason)
	})
}

// act runs one act by the operator.
func (w Where) act(ctx context.Context, ways Ways, do func(context.Context, *act.Act) error) error {
	return w.turn(ctx, ways, func(h *House) error { return h.Run.Do(ctx, operator(), do) })
}

// on is act about the person of a login.
func (w Where) on(ctx context.Context, ways Ways, login string, do func(context.Context, *act.Act, id.ID) error) error {
	return w.act(ctx, ways, func(ctx context.Context, a *act.Act) error {
		person, err := personOf(ctx, &a.View, login)
		if err != nil {
			return err
		}
		return do(ctx, a, person)
	})
}
