package admin

import (
	"context"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/transport/web/kit"
)

// warn makes the page before a grave act: what will happen, the button, the
// way back.
func warn(q *kit.Req, url, back, button string, lines ...string) confirmView {
	return confirmView{Title: q.T.T("admin.will"), Lines: lines, Form: kit.Form{URL: url},
		Button: kit.Button{Text: q.T.T(button), Danger: true}, Cancel: kit.Link{Text: q.T.T("admin.cancel"), URL: back}}
}

// casesLine says in numbers which cases lose their curator.
func casesLine(ctx context.Context, v *act.View, q *kit.Req, p directory.Person) (string, error) {
	n, err := casework.Carried(ctx, v, p.ID)
	if err != nil || n == 0 {
		return q.T.T("admin.will_no_cases"), err
	}
	return q.T.N("admin.will_cases", n), nil
}

func sessionsLine(ctx context.Context, v *act.View, q *kit.Req, p directory.Person) (string, error) {
	n, err := directory.LiveSessions(ctx, v, p.ID)
	if err != nil || n == 0 {
		return q.T.T("admin.will_no_sessions"), err
	}
	return q.T.N("admin.will_sessions", n), nil
}
