package account

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// passwordForm asks the old password and the new one twice.
func (d desk) passwordForm(_ context.Context, _ *act.View, q *kit.Req) (kit.Screen, error) {
	view := passwordView{
		Form:   kit.Form{URL: "/account/password"},
		Old:    kit.Password{Field: q.Field("old", "account.old")},
		Fresh:  kit.Password{Field: q.Field("new", "account.new"), New: true},
		Again:  kit.Password{Field: q.Field("again", "account.again"), New: true},
		Button: kit.Button{Text: q.T.T("account.change_password")},
	}
	return kit.Screen{Tab: true, Title: kit.Title{Text: q.T.T("account.change_password")}, Body: passwordPage(view)}, nil
}

// password changes it; all other places are signed out.
func (d desk) password(ctx context.Context, q *kit.Req) (kit.Next, error) {
	if q.Form.Get("new") != q.Form.Get("again") {
		return kit.Next{}, fault.Bad("again", "account.not_equal")
	}
	err := directory.ChangePassword(ctx, d.site.Run, q.Who, directory.NewPassword{Old: q.Form.Get("old"), New: q.Form.Get("new"),
		Keep: d.site.SessionID(q), Address: q.Address()})
	if err != nil {
		return kit.Next{}, err
	}
	d.site.Changed(q)
	return kit.Next{URL: "/account", Done: "account.changed"}, nil
}
