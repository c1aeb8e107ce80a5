package account

import (
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/transport/web/kit"
)

// me shows who I am here, what I may do where, where I am signed in, and
// the keys of my programs.
func (d desk) me(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	names, err := directory.Names(ctx, v, v.Actor().Person)
	if err != nil {
		return kit.Screen{}, err
	}
	n := names[v.Actor().Person]
	sessions, err := directory.Sessions(ctx, v, v.Actor().Person)
	if err != nil {
		return kit.Screen{}, err
	}
	roles := kit.Table{Caption: q.T.T("account.roles"), Columns: []kit.Column{{Text: q.T.T("account.role")}, {Text: q.T.T("account.place")}, {Text: q.T.T("account.until")}},
		Empty: &kit.Empty{Why: q.T.T("account.no_roles"), Do: q.T.T("account.no_roles_do")}}
	for _, g := range v.Actor().Grants {
		place, err := directory.TerritoryAt(ctx, v, g.Territory)
		if err != nil {
			return kit.Screen{}, err
		}
		until := q.T.T("account.open_ended")
		if g.ToAt != nil {
			until = q.T.Date(date.Of(*g.ToAt))
		}
		roles.Rows = append(roles.Rows, []kit.Cell{{Text: q.T.T("role." + string(g.Role))}, {Text: place.Name(string(q.T.Lang()))}, {Text: until}})
	}
	here := d.site.SessionID(q)
	places := kit.Table{Caption: q.T.T("account.sessions"), Columns: []kit.Column{{Text: q.T.T("account.browser")}, {Text: q.T.T("account.seen")}, {Text: q.T.T("account.end")}}}
	for _, s := range sessions {
		last := kit.Cell{Content: kit.Action{Text: q.T.T("account.end_button"), URL: "/account/sessions/" + s.ID.String() + "/end", Post: true}}
		if s.ID == here {
			last = kit.Cell{Text: q.T.T("account.here")}
		}
		places.Rows = append(places.Rows, []kit.Cell{{Text: kindOf(q, s.Agent), Sub: s.Address}, {Text: q.T.DateTime(s.SeenAt)}, last})
	}
	keys, err := tokens(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	return kit.Screen{Tab: true, Title: kit.Title{Text: n.Full(), State: n.Post(string(q.T.Lang())),
		Primary: &kit.Action{Text: q.T.T("account.change_password"), URL: "/account/password"},
		More:    []kit.Action{{Text: q.T.T("account.factor"), URL: factorURL}, {Text: q.T.T("account.token_new"), URL: "/account/tokens/new"}}},
		Body: mePage(meView{roles, places, keys})}, nil
}

// endSession signs me out elsewhere.
func (d desk) endSession(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: "/account", Done: "account.ended"}, directory.Revoke(ctx, a, key)
}
