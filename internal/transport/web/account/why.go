package account

import (
	"cmp"
	"context"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// whyForm asks why somebody who has looked at many children looks at more.
func (d desk) whyForm(_ context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	sc := kit.Screen{Tab: true, Title: kit.Title{Text: q.T.T("account.why")}}
	k, ok := d.site.Wanted(q)
	if !ok {
		sc.Body = kit.Empty{Why: q.T.T("account.why_none")}
		return sc, nil
	}
	hours := int(v.Norm(directory.ExportHours).Hours().Hours())
	sc.Body = whyPage(whyView{
		Lead:   q.T.N("account.why_lead", v.Norm(directory.PageFree).Int(), fault.Args{"Hours": hours}),
		Form:   kit.Form{URL: kit.WhyURL, Hidden: []kit.Hidden{{Name: "to", Value: q.Value("to", k.To)}}},
		Reason: kit.Textarea{Field: q.Field("reason", "account.why_reason"), Value: q.Value("reason", ""), Max: 300},
		Button: kit.Button{Text: q.T.T("account.why_button")},
	})
	return sc, nil
}

// why takes the reason and leads to what was asked for.
func (d desk) why(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	k, ok := d.site.Wanted(q)
	if !ok {
		return kit.Next{URL: "/"}, nil
	}
	return kit.Next{URL: kit.Local(cmp.Or(q.Text("to"), k.To))}, directory.SayWhy(ctx, a, k.WhyAsked, q.Text("reason"))
}
