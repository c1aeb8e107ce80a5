package account

import (
	"context"
	"strconv"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// tokens lists the keys of my programs: the live ones with the button that
// ends them.
func tokens(ctx context.Context, v *act.View, q *kit.Req) (kit.Table, error) {
	t := q.T
	table := kit.Table{Caption: t.T("account.tokens"), Columns: []kit.Column{{Text: t.T("account.token_name")}, {Text: t.T("account.token_until")},
		{Text: t.T("account.seen")}, {Text: t.T("account.end")}},
		Empty: &kit.Empty{Why: t.T("account.no_tokens"), Do: t.T("account.no_tokens_do")}}
	all, err := directory.Tokens(ctx, v, v.Actor().Person)
	if err != nil {
		return table, err
	}
	for _, k := range all {
		used := t.T("account.token_unused")
		if k.UsedAt != nil {
			used = t.DateTime(*k.UsedAt)
		}
		name := k.Name
		if k.ReadOnly {
			name = t.T("account.token_reads", map[string]any{"Name": k.Name})
		}
		last := kit.Cell{Text: t.T("account.token_ended")}
		if k.Live(v.Now()) {
			last = kit.Cell{Content: kit.Action{Text: t.T("account.token_revoke"), About: k.Name, URL: "/account/tokens/" + k.ID.String() + "/revoke", Post: true}}
		}
		table.Rows = append(table.Rows, []kit.Cell{{Text: name, Sub: k.Prefix + "…"}, {Text: t.Date(date.Of(k.ExpiresAt))}, {Text: used}, last})
	}
	return table, nil
}

// tokenForm asks for the name and the term of a new token.
func tokenForm(_ context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	reads := "yes"
	view := tokenView{
		Form:   kit.Form{URL: "/account/tokens/new", Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Name:   kit.Input{Field: q.Field("name", "account.token_name"), Value: q.Value("name", ""), Max: 60},
		Days:   kit.Input{Field: q.Field("days", "account.token_days"), Value: q.Value("days", "90"), Mode: "numeric", Chars: 5},
		Reads:  kit.Radios{Field: q.Field("reads", "account.token_may"), Options: q.Options("reads", "account.token_only_", []string{"yes", "no"}, reads)},
		Button: kit.Button{Text: q.T.T("account.token_new")},
	}
	return kit.Screen{Tab: true, Back: &kit.Link{Text: q.T.T("kit.account"), URL: "/account"},
		Title: kit.Title{Text: q.T.T("account.token_new"), State: q.T.T("account.token_acts")}, Body: tokenPage(view)}, nil
}

// createToken makes it and shows it this one time.
func createToken(ctx context.Context, a *act.Act, q *kit.Req) (kit.Reads, error) {
	days, err := strconv.Atoi(q.Text("days"))
	if err != nil {
		days = 0 // refused at its field
	}
	k, secret, err := directory.CreateToken(ctx, a, directory.NewToken{ID: q.Made(), Name: q.Text("name"), Days: days,
		ReadOnly: q.OneOf("reads", "yes", "no") == "yes"})
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, _ *act.View, q *kit.Req) (kit.Screen, error) {
		t := q.T
		view := shownToken{Facts: kit.SummaryList{Rows: []kit.SummaryRow{{Key: t.T("account.token_name"), Text: k.Name},
			{Key: t.T("account.token_until"), Text: t.Date(date.Of(k.ExpiresAt))}, {Key: t.T("account.token_value"), Content: tokenSecret(secret)}}},
			Warning: kit.Warning{Text: t.T("account.token_once")}, Done: kit.Link{Text: t.T("account.token_done"), URL: "/account"}}
		return kit.Screen{Tab: true, Title: kit.Title{Text: t.T("account.token_value")}, Body: shownTokenPage(view)}, nil
	}, nil
}

// revokeToken ends one at once.
func revokeToken(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: "/account", Done: "account.token_revoked"}, directory.RevokeToken(ctx, a, key)
}
