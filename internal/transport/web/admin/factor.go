package admin

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// factorForm says what taking the second factors off does, and asks the reason.
func factorForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := writable(ctx, v, q, directory.ResetPasswords)
	if err != nil {
		return kit.Screen{}, err
	}
	sessions, err := sessionsLine(ctx, v, q, p)
	if err != nil {
		return kit.Screen{}, err
	}
	view := warn(q, at(p, "factor"), at(p, ""), "admin.factor_reset", q.T.T("admin.will_factor"), sessions, q.T.T("admin.will_factor_anew"), q.T.T("admin.will_two_hands"))
	view.Reason = &kit.Textarea{Field: q.Field("reason", "admin.reason"), Value: q.Value("reason", ""), Max: 500}
	return kit.Screen{Tab: true, Section: URL, Back: backTo(p), Title: kit.Title{Text: q.T.T("admin.factor_reset"), State: p.Full()}, Body: confirmPage(view)}, nil
}

// factorReset takes the second factors off.
func factorReset(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.factor_gone"}, directory.ResetFactors(ctx, a, key, q.Text("reason"))
}

// factorWords is what a person signs in with besides the password.
func factorWords(ctx context.Context, v *act.View, q *kit.Req, p directory.Person) (string, bool, error) {
	f, err := directory.FactorsOf(ctx, v, p.ID)
	switch {
	case err != nil:
		return "", false, err
	case f.App && len(f.Passkeys) > 0:
		return q.T.T("admin.factor_both"), true, nil
	case f.App:
		return q.T.T("admin.factor_app"), true, nil
	case len(f.Passkeys) > 0:
		return q.T.T("admin.factor_passkey"), true, nil
	case f.Demanded:
		return q.T.T("admin.factor_due"), false, nil
	}
	return q.T.T("admin.factor_none"), false, nil
}

// ties is the pages that tie people to accounts at the provider of identities.
type ties struct{ site *kit.Site }

// form asks the provider's name for a person's account.
func (x ties) form(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := writable(ctx, v, q, directory.ResetPasswords)
	if err != nil {
		return kit.Screen{}, err
	}
	if x.site.Provider.Issuer == "" {
		return kit.Screen{}, fault.Missing()
	}
	l, err := directory.LinkedTo(ctx, v, p.ID, x.site.Provider.Issuer)
	if err != nil {
		return kit.Screen{}, err
	}
	name := fault.Args{"Name": x.site.Provider.Name}
	view := linkView{About: q.T.T("admin.link_about", name), Form: kit.Form{URL: at(p, "link")},
		Subject: kit.Input{Field: q.Field("subject", "admin.subject"), Value: q.Value("subject", l.Subject), Max: 255},
		Button:  kit.Button{Text: q.T.T("admin.link_button")}}
	if l.ID != "" {
		view.Untie = &kit.Action{Text: q.T.T("admin.unlink"), URL: at(p, "unlink"), Post: true, Danger: true}
		view.Since = q.T.T("admin.link_since", fault.Args{"Date": date.Of(l.Since)})
	}
	return kit.Screen{Tab: true, Section: URL, Back: backTo(p), Title: kit.Title{Text: q.T.T("admin.link", name), State: p.Full()}, Body: linkPage(view)}, nil
}

// tie ties a person.
func (x ties) tie(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil || x.site.Provider.Issuer == "" {
		return kit.Next{}, fault.Missing()
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.linked"}, directory.Link(ctx, a, key, x.site.Provider.Issuer, q.Text("subject"))
}

// untie unties a person.
func (x ties) untie(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil || x.site.Provider.Issuer == "" {
		return kit.Next{}, fault.Missing()
	}
	return kit.Next{URL: peopleURL + "/" + key.String(), Done: "admin.unlinked"}, directory.Unlink(ctx, a, key, x.site.Provider.Issuer)
}
