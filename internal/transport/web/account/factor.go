package account

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

const (
	factorURL = "/account/factor"
	appURL    = factorURL + "/app"
	codesURL  = factorURL + "/codes"
	keysURL   = factorURL + "/passkeys"
	appSecret = "app_secret" // in the session until a code has confirmed it
	fewCodes  = 3
)

// factor shows what I have to sign in with besides the password.
func (d desk) factor(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := directory.OwnFactors(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	view := factorView{About: q.T.T("account.factor_about"), Facts: appFacts(q, f), Keys: d.keys(q, f)}
	switch {
	case f.Demanded && !f.Any():
		view.Must = &kit.Warning{Text: q.T.T("account.factor_must")}
	case f.Any() && f.Codes < fewCodes:
		view.Few = &kit.Warning{Text: q.T.N("account.codes_few", f.Codes)}
	}
	app := kit.Action{Text: q.T.T("account.app_add"), URL: appURL, Primary: !f.Any()}
	if f.App {
		app.Text = q.T.T("account.app_again")
	}
	view.Actions = append(view.Actions, app)
	if d.site.Origin(q) != "" {
		view.Actions = append(view.Actions, kit.Action{Text: q.T.T("account.passkey_add"), URL: keysURL + "/new"})
	}
	if f.Any() {
		view.Actions = append(view.Actions, kit.Action{Text: q.T.T("account.codes_new"), URL: codesURL})
	}
	state := q.T.T("account.factor_none")
	if f.Any() {
		state = q.T.T("account.factor_on")
	}
	return kit.Screen{Tab: true, Back: &kit.Link{Text: q.T.T("kit.account"), URL: "/account"}, Title: kit.Title{Text: q.T.T("account.factor"), State: state}, Body: factorPage(view)}, nil
}

func appFacts(q *kit.Req, f directory.Factors) kit.SummaryList {
	app := kit.SummaryRow{Key: q.T.T("account.app"), Text: q.T.T("account.app_none")}
	if f.App {
		app.Text = q.T.T("account.app_since", fault.Args{"Date": date.Of(f.AppSince)})
		app.Links, app.About = []kit.Link{{Text: q.T.T("account.remove"), URL: appURL + "/remove"}}, q.T.T("account.app")
	}
	out := kit.SummaryList{Rows: []kit.SummaryRow{app}}
	if f.Any() {
		out.Rows = append(out.Rows, kit.SummaryRow{Key: q.T.T("account.codes"), Text: q.T.N("account.codes_left", f.Codes)})
	}
	return out
}

func (d desk) keys(q *kit.Req, f directory.Factors) kit.Table {
	t := kit.Table{Caption: q.T.T("account.passkeys"), Columns: []kit.Column{{Text: q.T.T("account.passkey_name")}, {Text: q.T.T("account.passkey_since")},
		{Text: q.T.T("account.seen")}, {Text: q.T.T("account.end")}},
		Empty: &kit.Empty{Why: q.T.T("account.passkeys_none"), Do: q.T.T("account.passkeys_none_do")}}
	if d.site.Origin(q) == "" {
		t.Empty = &kit.Empty{Why: q.T.T("account.passkeys_none"), Do: q.T.T("account.passkeys_off")}
	}
	for _, k := range f.Passkeys {
		used := q.T.T("account.passkey_unused")
		if k.UsedAt != nil {
			used = q.T.DateTime(*k.UsedAt)
		}
		t.Rows = append(t.Rows, []kit.Cell{{Text: k.Name}, {Text: q.T.Date(date.Of(k.Since))}, {Text: used},
			{Text: q.T.T("account.remove"), URL: keysURL + "/" + k.ID.String() + "/remove"}})
	}
	return t
}

// appForm gives an authenticator application its secret, which is nobody's
// before a code has confirmed it and which the session keeps until then.
func (d desk) appForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := directory.ByID(ctx, v, v.Actor().Person)
	if err != nil {
		return kit.Screen{}, err
	}
	secret := d.site.Sessions.GetString(q.Context(), appSecret)
	if secret == "" {
		secret = directory.NewAppSecret()
		d.site.Sessions.Put(q.Context(), appSecret, secret)
	}
	to, err := directory.AppAddress(secret, p.Login)
	if err != nil {
		return kit.Screen{}, err
	}
	drawn, err := pictureOf(to, q.T.T("account.app_picture"))
	if err != nil {
		return kit.Screen{}, err
	}
	view := appView{Steps: []string{q.T.T("account.app_step1"), q.T.T("account.app_step2"), q.T.T("account.app_step3")},
		Picture: drawn, Typed: q.T.T("account.app_typed"), Secret: inFours(secret), Form: kit.Form{URL: appURL},
		Code:   kit.Input{Field: q.Field("code", "account.app_code"), Mode: "numeric", Chars: 10, Max: 10, Complete: "one-time-code"},
		Button: kit.Button{Text: q.T.T("account.app_confirm")}}
	return kit.Screen{Tab: true, Back: backToFactor(q), Title: kit.Title{Text: q.T.T("account.app_add")}, Body: appPage(view)}, nil
}

func backToFactor(q *kit.Req) *kit.Link {
	return &kit.Link{Text: q.T.T("account.factor"), URL: factorURL}
}

// inFours is a secret as people type it.
func inFours(s string) string {
	out := ""
	for i := 0; i < len(s); i += 4 {
		if i > 0 {
			out += " "
		}
		out += s[i:min(i+4, len(s))]
	}
	return out
}

// app makes the application mine and shows the recovery codes this one time.
func (d desk) app(ctx context.Context, a *act.Act, q *kit.Req) (kit.Reads, error) {
	codes, err := directory.ConfirmApp(ctx, a, d.site.Sessions.GetString(q.Context(), appSecret), q.Text("code"), d.site.SessionID(q))
	if err != nil {
		return nil, err
	}
	return d.enrolled(codes, "account.app_done"), nil
}

// enrolled is the page after a new factor.
func (d desk) enrolled(codes []string, title string) kit.Reads {
	return func(_ context.Context, _ *act.View, q *kit.Req) (kit.Screen, error) {
		d.site.Sessions.Remove(q.Context(), appSecret)
		d.site.Enrolled(q)
		sc := kit.Screen{Tab: true, Title: kit.Title{Text: q.T.T(title)}}
		if len(codes) == 0 {
			sc.Body = surePage(sureView{Lines: []string{q.T.T("account.codes_keep")}, Form: kit.Form{URL: factorURL, Get: true}, Button: kit.Button{Text: q.T.T("account.codes_done")},
				Cancel: kit.Link{Text: q.T.T("kit.home"), URL: "/"}})
			return sc, nil
		}
		sc.Body = codesPage(codesView{Warning: kit.Warning{Text: q.T.T("account.codes_once")}, About: q.T.T("account.codes_about"), Codes: codes,
			Done: kit.Link{Text: q.T.T("account.codes_done"), URL: factorURL}})
		return sc, nil
	}
}

// sure is the page before something is taken away or replaced.
func sure(q *kit.Req, url, title, button string, danger bool, lines ...string) kit.Screen {
	view := sureView{Lines: lines, Form: kit.Form{URL: url}, Button: kit.Button{Text: q.T.T(button), Danger: danger},
		Cancel: kit.Link{Text: q.T.T("account.cancel"), URL: factorURL}}
	return kit.Screen{Tab: true, Back: backToFactor(q), Title: kit.Title{Text: q.T.T(title)}, Body: surePage(view)}
}

func (d desk) removeAppForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := directory.OwnFactors(ctx, v)
	if err == nil && !f.App {
		err = fault.Missing()
	}
	return sure(q, appURL+"/remove", "account.app_remove", "account.remove", true, q.T.T("account.app_will"), q.T.T("account.last_will")), err
}

// removeApp takes the application off.
func (d desk) removeApp(ctx context.Context, a *act.Act, _ *kit.Req) (kit.Next, error) {
	return kit.Next{URL: factorURL, Done: "account.removed"}, directory.RemoveApp(ctx, a)
}

func (d desk) codesForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f, err := directory.OwnFactors(ctx, v)
	if err == nil && !f.Any() {
		err = fault.Clash("factor.none")
	}
	return sure(q, codesURL, "account.codes_new", "account.codes_new", false, q.T.T("account.codes_will")), err
}

// codes makes new recovery codes.
func (d desk) codes(ctx context.Context, a *act.Act, _ *kit.Req) (kit.Reads, error) {
	codes, err := directory.FreshCodes(ctx, a)
	if err != nil {
		return nil, err
	}
	return d.enrolled(codes, "account.codes"), nil
}
