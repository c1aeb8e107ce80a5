package cases

import (
	"context"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/transport/web/kit"
)

// accept is one tap of the proposed curator.
func accept(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	if err := casework.Accept(ctx, a, key); err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: URL + "/" + key.String(), Done: "cases.accepted"}, nil
}

// declineForm asks the reason.
func declineForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	if err := v.May(casework.AnswerOffer); err != nil {
		return kit.Screen{}, err
	}
	c, err := open(ctx, v, q)
	if err == nil {
		err = q.Possible(casework.Ready(ctx, v, c, casework.AnswerOffer))
	}
	if err != nil {
		return kit.Screen{}, err
	}
	child, err := whose(ctx, v, q, c.Child)
	if err != nil {
		return kit.Screen{}, err
	}
	form := declineView{
		Form:   kit.Form{URL: at(c, "decline"), Keep: "decline-" + c.ID.String()},
		Reason: kit.Textarea{Field: q.Field("reason", "cases.decline_reason"), Value: q.Value("reason", ""), Max: 1000},
		Button: kit.Button{Text: q.T.T("cases.decline_button")},
	}
	return kit.Screen{Tab: true, Section: URL, Back: back(c, q), Title: kit.Title{Text: q.T.T("cases.decline_title"), State: about(child, c.No)}, Body: declinePage(form)}, nil
}

// decline refuses the proposal.
func decline(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	if err := casework.Decline(ctx, a, key, q.Text("reason")); err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: URL, Done: "cases.declined"}, nil
}

// open finds the case of the address and notes the look.
func open(ctx context.Context, v *act.View, q *kit.Req) (casework.Case, error) {
	key, err := q.ID("id")
	if err != nil {
		return casework.Case{}, err
	}
	c, err := casework.Get(ctx, v, key)
	if err == nil {
		v.Look(act.On{Noun: "case", ID: c.ID, Child: c.Child, Territory: c.Territory}, "")
	}
	return c, err
}

func at(c casework.Case, what string) string { return URL + "/" + c.ID.String() + "/" + what }

func back(c casework.Case, q *kit.Req) *kit.Link {
	return &kit.Link{Text: q.T.T("cases.back"), URL: URL + "/" + c.ID.String()}
}
