package signals

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/transport/web/kit"
)

func reason(q *kit.Req, key string) kit.Textarea {
	return kit.Textarea{Field: q.Field("reason", key), Value: q.Value("reason", ""), Max: 2000}
}

// refuteForm asks why the message is not confirmed.
func refuteForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := step(ctx, v, q, signal.TriageOne)
	if err != nil {
		return kit.Screen{}, err
	}
	view := stepView{Form: form(m, "not-confirmed"), Button: kit.Button{Text: q.T.T("messages.refute_do")},
		Fields: []templ.Component{reason(q, "messages.refute_reason")}}
	if m.NeedsSecond() {
		view.Warning = q.T.T("messages.second_needed")
	}
	sc := screen(q, m, n, q.T.T("messages.refute"))
	sc.Body = stepPage(view)
	return sc, nil
}

func refute(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	s, err := signal.NotConfirm(ctx, a, key, q.Text("reason"), q.Version())
	done := "messages.refuted"
	if s.State == signal.SecondWanted {
		done = "messages.second_asked"
	}
	return kit.Next{URL: to(key, ""), Done: done}, err
}

// secondForm asks the second person.
func secondForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := step(ctx, v, q, signal.SecondOne)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := screen(q, m, n, q.T.T("messages.second_do"))
	sc.Body = stepPage(stepView{Form: form(m, "second"), Warning: q.T.T("messages.first_said", map[string]any{"Who": n.People[m.TriagedBy], "Reason": m.Reason}),
		Button: kit.Button{Text: q.T.T("messages.save")},
		Fields: []templ.Component{
			kit.Radios{Field: q.Field("agree", "messages.agree"), Options: q.Options("agree", "messages.agree.", []string{"yes", "no"})},
			reason(q, "messages.second_reason")}})
	return sc, nil
}

func second(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	agree := q.OneOf("agree", "yes", "no") == "yes"
	err = signal.Second(ctx, a, key, signal.Opinion{Version: q.Version(), Agree: agree, Reason: q.Text("reason")})
	return kit.Next{URL: to(key, ""), Done: "messages.saved"}, err
}

// tellForm asks whom it is safe to tell, and how.
func tellForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, n, err := step(ctx, v, q, signal.TellOne)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := screen(q, m, n, q.T.T("messages.tell_title"))
	sc.Body = stepPage(stepView{Form: form(m, "tell"), Warning: q.T.T("messages.tell_warning"), Button: kit.Button{Text: q.T.T("messages.save")},
		Fields: []templ.Component{
			kit.Input{Field: q.Field("told_whom", "messages.told_whom"), Value: q.Value("told_whom", ""), Max: 500},
			kit.Textarea{Field: q.Field("told_how", "messages.told_how"), Value: q.Value("told_how", ""), Max: 500}}})
	return sc, nil
}

func tell(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err == nil {
		err = signal.Tell(ctx, a, key, signal.Telling{Version: q.Version(), Whom: q.Text("told_whom"), How: q.Text("told_how")})
	}
	return kit.Next{URL: to(key, ""), Done: "messages.saved"}, err
}
