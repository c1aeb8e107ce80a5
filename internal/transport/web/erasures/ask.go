package erasures

import (
	"context"

	"serik/internal/app/retention"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// askForm says what will be gone and what stays, and asks why.
func askForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	noun, key, err := subject(q)
	if err != nil {
		return kit.Screen{}, err
	}
	x, err := retention.One(ctx, v, noun, key)
	if err != nil {
		return kit.Screen{}, err
	}
	view := formView{Lines: []string{q.T.T("erasures.goes." + noun), q.T.T("erasures.stays"), q.T.T("erasures.second")},
		Form: kit.Form{URL: URL + "/ask/" + noun + "/" + key.String(), Keep: "erasure-" + key.String(),
			Hidden: []kit.Hidden{{Name: "id", Value: q.Value("id", id.New().String())}}},
		Fields: []kit.Textarea{{Field: q.Field("reason", "erasures.reason"), Value: q.Value("reason", ""), Max: 1000}},
		Button: kit.Button{Text: q.T.T("erasures.ask_button")}}
	return kit.Screen{Tab: true, Section: URL, Back: back(q), Title: kit.Title{Text: q.T.T("erasures.ask"), State: what(q, noun, x) + " · " + q.T.Date(date.Of(x.At))},
		Body: formPage(view)}, nil
}

// subject is what the address is about.
func subject(q *kit.Req) (string, id.ID, error) {
	key, err := q.ID("id")
	if err != nil {
		return "", "", err
	}
	return q.PathValue("noun"), key, nil
}

// ask asks for it.
func ask(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	noun, key, err := subject(q)
	if err != nil {
		return kit.Next{}, err
	}
	e, err := retention.Ask(ctx, a, retention.Asking{ID: q.Made(), Noun: noun, Subject: key, Reason: q.Text("reason")})
	if fault.Has(err, "noun", "fault.choice") {
		err = fault.Missing()
	}
	return kit.Next{URL: at(e.ID), Done: "erasures.asked"}, err
}
