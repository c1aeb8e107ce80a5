package signals

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/worklist"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// places is the choice of a commission that may take the message.
func places(ctx context.Context, v *act.View, q *kit.Req, m signal.Message, only func(string) bool) (kit.Select, error) {
	s := kit.Select{Field: q.Field("to", "messages.to_place"), None: q.T.T("messages.choose")}
	all, err := worklist.Receivers(ctx, v, q.T.Lang(), m.Territory)
	if err != nil {
		return s, err
	}
	for _, c := range all {
		if only == nil || only(c.Value) {
			s.Options = append(s.Options, kit.Option{Value: c.Value, Text: c.Group + " · " + c.Text, On: c.Value == q.Value("to", "")})
		}
	}
	return s, nil
}

// passForm asks where the message goes.
func passForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := step(ctx, v, q, signal.PassOne)
	if err != nil {
		return kit.Screen{}, err
	}
	to, err := places(ctx, v, q, m, nil)
	if err != nil {
		return kit.Screen{}, err
	}
	return handing(q, m, n, "pass", to), nil
}

// handing is the form of handing a message to a place.
func handing(q *kit.Req, m signal.Message, n worklist.Names, at string, to kit.Select) kit.Screen {
	sc := screen(q, m, n, q.T.T("messages."+at))
	sc.Body = stepPage(stepView{Form: form(m, at, kit.Hidden{Name: "id", Value: q.Value("id", id.New().String())}),
		Warning: q.T.T("messages." + at + "_warning"), Button: kit.Button{Text: q.T.T("messages." + at)},
		Fields: []templ.Component{to, reason(q, "messages.pass_reason")}})
	return sc
}

func hand(q *kit.Req) signal.Handing {
	return signal.Handing{ID: q.Made(), Version: q.Version(), To: q.Text("to"), Reason: q.Text("reason")}
}

func passOn(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = signal.PassOn(ctx, a, key, hand(q))
	}
	return kit.Next{URL: to(key, ""), Done: "messages.passed"}, err
}

func accept(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = signal.AcceptPass(ctx, a, key, q.Version())
	}
	return kit.Next{URL: to(key, ""), Done: "messages.accepted"}, err
}

// refuseForm asks why the message is given back.
func refuseForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := step(ctx, v, q, signal.AnswerPass)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := screen(q, m, n, q.T.T("messages.refuse"))
	sc.Body = stepPage(stepView{Form: form(m, "refuse"), Button: kit.Button{Text: q.T.T("messages.refuse")},
		Fields: []templ.Component{reason(q, "messages.refuse_reason")}})
	return sc, nil
}

func refuse(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = signal.RefusePass(ctx, a, key, q.Text("reason"), q.Version())
	}
	return kit.Next{URL: URL, Done: "messages.refused"}, err
}

// decideForm asks the level above which commission has the message.
func decideForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := step(ctx, v, q, signal.HandleUp)
	if err != nil {
		return kit.Screen{}, err
	}
	to, err := places(ctx, v, q, m, func(path string) bool { return v.May(signal.HandleUp, path) == nil })
	if err != nil {
		return kit.Screen{}, err
	}
	return handing(q, m, n, "decide", to), nil
}

func decide(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = signal.Decide(ctx, a, key, hand(q))
	}
	return kit.Next{URL: URL, Done: "messages.decided"}, err
}
