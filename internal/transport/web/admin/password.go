package admin

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/transport/web/kit"
)

// passwordForm says what a new password does.
func passwordForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := writable(ctx, v, q, directory.ResetPasswords)
	if err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(directory.Standing(p.State)); err != nil {
		return kit.Screen{}, err
	}
	if err := q.Possible(directory.MayLetIn(ctx, v, p)); err != nil {
		return kit.Screen{}, err
	}
	sessions, err := sessionsLine(ctx, v, q, p)
	if err != nil {
		return kit.Screen{}, err
	}
	view := warn(q, at(p, "password"), at(p, ""), "admin.first_password", q.T.T("admin.will_password"), sessions, q.T.T("admin.will_change"), q.T.T("admin.other_half"))
	view.Button.Danger = false
	return kit.Screen{Tab: true, Section: URL, Back: backTo(p), Title: kit.Title{Text: q.T.T("admin.first_password"), State: p.Full()}, Body: confirmPage(view)}, nil
}

// password gives a new password and shows it this one time.
func password(ctx context.Context, a *act.Act, q *kit.Req) (kit.Reads, error) {
	key, err := q.ID("id")
	if err != nil {
		return nil, err
	}
	fresh, err := directory.ResetPassword(ctx, a, key)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
		p, err := open(ctx, v, q)
		if err != nil {
			return kit.Screen{}, err
		}
		view := shownView{Facts: kit.SummaryList{Rows: []kit.SummaryRow{{Key: q.T.T("admin.login"), Text: p.Login},
			{Key: q.T.T("admin.password_value"), Content: secret(fresh)}}},
			Warning: kit.Warning{Text: q.T.T("admin.password_once")},
			Done:    kit.Link{Text: q.T.T("admin.password_done"), URL: at(p, "")}}
		return kit.Screen{Tab: true, Section: URL, Title: kit.Title{Text: q.T.T("admin.password_value"), State: p.Full()}, Body: shownPage(view)}, nil
	}, nil
}
