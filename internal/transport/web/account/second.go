package account

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

const (
	signInURL = "/sign-in"
	codeURL   = signInURL + "/code"
)

// codeForm is the second page of signing in.
func (d desk) codeForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	half, _ := d.site.Halfway(q)
	asks, err := directory.Asked(ctx, v, half)
	if fault.KindOf(err) == fault.NotFound {
		return kit.Screen{Tab: true, Title: kit.Title{Text: q.T.T("signin.code_title")}, Body: kit.Empty{Why: q.T.T("signin.code_late"),
			Do: q.T.T("signin.code_late_do"), Action: &kit.Action{Text: q.T.T("signin.code_again"), URL: signInURL}}}, nil
	}
	if err != nil {
		return kit.Screen{}, err
	}
	// A code is forgotten by the page as soon as it was sent, like a password.
	view := codeView{Form: kit.Form{URL: codeURL},
		Code:   kit.Input{Field: q.Field("code", "signin.recovery"), Chars: 20, Max: 40, Complete: "one-time-code"},
		Button: kit.Button{Text: q.T.T("signin.code_button")}, Lost: q.T.T("signin.code_lost"),
		Again: kit.Link{Text: q.T.T("signin.code_again"), URL: signInURL}}
	if asks.App {
		view.Code.Field = q.Field("code", "signin.code")
	}
	if asks.Passkey && d.site.Origin(q) != "" {
		view.Passkey = &kit.Link{Text: q.T.T("signin.passkey"), URL: passkeyURL}
	}
	return kit.Screen{Tab: true, Title: kit.Title{Text: q.T.T("signin.code_title")}, Body: codePage(view)}, nil
}

// code lets a person in whose code is right.
func (d desk) code(ctx context.Context, q *kit.Req) (kit.Next, error) {
	half, next := d.site.Halfway(q)
	in, err := directory.SignInCode(ctx, d.site.Run, directory.Typed{Half: half, Code: q.Text("code"), Address: q.Address(), Device: q.Device()})
	if fault.KindOf(err) == fault.NotFound {
		return kit.Next{URL: signInURL + "?again=2"}, nil // it has taken too long, or something has changed meanwhile
	}
	if err != nil {
		return kit.Next{}, err
	}
	return d.site.SignedIn(q, in, next)
}
