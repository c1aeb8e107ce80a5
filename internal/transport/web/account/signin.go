package account

import (
	"context"
	"net/url"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// signInForm asks login and password.
func (d desk) signInForm(_ context.Context, _ *act.View, q *kit.Req) (kit.Screen, error) {
	view := signInView{
		Form: kit.Form{URL: "/sign-in", Hidden: []kit.Hidden{{Name: "next", Value: q.Value("next", q.URL.Query().Get("next"))}}},
		Login: kit.Input{Field: q.Field("login", "signin.login"), Value: q.Value("login", ""), Complete: "username",
			Chars: 20, Max: 100},
		Password: kit.Password{Field: q.Field("password", "signin.password")},
		Button:   kit.Button{Text: q.T.T("signin.button")},
		Help:     q.T.T("signin.help"),
	}
	next := "?next=" + url.QueryEscape(q.Value("next", q.URL.Query().Get("next")))
	if d.site.Origin(q) != "" {
		view.Ways = append(view.Ways, kit.Link{Text: q.T.T("signin.passkey"), URL: passkeyURL + next})
	}
	if p := d.site.Provider; p.Issuer != "" {
		view.Ways = append(view.Ways, kit.Link{Text: q.T.T("signin.provider", fault.Args{"Name": p.Name}), URL: providerURL + next})
	}
	switch q.URL.Query().Get("again") {
	case "1":
		view.Why = &kit.Warning{Text: q.T.T("signin.again")}
	case "2":
		view.Why = &kit.Warning{Text: q.T.T("signin.code_late")}
	case "3":
		view.Why, view.Waits = &kit.Warning{Text: q.T.T("signin.ended")}, q.T.T("signin.waits")
	}
	if len(d.site.Guests) > 0 {
		guests := kit.Table{Caption: q.T.T("signin.guests", fault.Args{"Password": d.site.Guests[0].Password}),
			Columns: []kit.Column{{Text: q.T.T("signin.login")}, {Text: q.T.T("account.role")}, {Text: q.T.T("account.place")}}}
		for _, g := range d.site.Guests {
			guests.Rows = append(guests.Rows, []kit.Cell{{Text: g.Login}, {Text: q.T.T(g.Role)}, {Text: g.Place[string(q.T.Lang())]}})
		}
		view.Guests = &guests
	}
	return kit.Screen{Tab: true, Title: kit.Title{Text: q.T.T("signin.title"), State: q.T.T("signin.about")}, Body: signInPage(view)}, nil
}

// signIn lets a person in; a box left empty is no attempt.
func (d desk) signIn(ctx context.Context, q *kit.Req) (kit.Next, error) {
	if q.Text("login") == "" || q.Form.Get("password") == "" {
		return kit.Next{}, fault.Deny("signin.blank")
	}
	in, err := directory.SignIn(ctx, d.site.Run, directory.Attempt{Login: q.Text("login"), Password: q.Form.Get("password"),
		Address: q.Address(), Device: q.Device()})
	if err != nil {
		return kit.Next{}, err
	}
	return d.site.SignedIn(q, in, q.Next())
}
