package signals

import (
	"context"
	"strconv"
	"time"

	"serik/internal/app/worklist"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/transport/web/kit"
)

func version(m signal.Message) string { return strconv.Itoa(m.Version) }

// safetyForm is the question nothing comes before.
func safetyForm(v *act.View, q *kit.Req, m signal.Message) safetyView {
	ask := func(name, key string) kit.Radios {
		return kit.Radios{Field: q.Field(name, key), Inline: true, Options: q.Options(name, "messages.answer.", signal.Answers())}
	}
	f := form(m, "")
	f.Keep = "message-safety-" + m.ID.String()
	return safetyView{Norms: q.NormsOf(v.Norm(signal.SafetyNorm(m.Signal))),
		Title: q.T.T("messages.safety_title"), Form: f,
		With:   kit.Input{Field: q.Field("with_whom", "messages.with_whom"), Value: q.Value("with_whom", ""), Max: 500},
		Feared: ask("feared_near", "messages.feared_near"), Injured: ask("injured", "messages.injured"), Suicide: ask("suicide", "messages.suicide"),
		Action: kit.Fieldset{ID: "action", Legend: q.T.T("messages.action"), Hint: q.T.T("messages.action_why")},
		Body:   kit.Radios{Field: q.Field("action_body", "messages.action_body"), Options: q.Options("action_body", "messages.body.", signal.Bodies())},
		At:     kit.TimeBox{Field: q.Field("action_at", "messages.action_at"), Value: q.Value("action_at", "")},
		Result: kit.Textarea{Field: q.Field("action_result", "messages.action_result"), Value: q.Value("action_result", ""), Max: 2000},
		Button: kit.Button{Text: q.T.T("messages.safety_save")},
	}
}

// answerSafety records the answer.
func answerSafety(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	x := signal.Safety{Version: q.Version(), WithWhom: q.Text("with_whom"), FearedNear: q.Text("feared_near"), Injured: q.Text("injured"), Suicide: q.Text("suicide"),
		Action: signal.Protection{Body: q.Text("action_body"), At: lastHour(a, q), Result: q.Text("action_result")}}
	if err := signal.AnswerSafety(ctx, a, key, x); err != nil {
		return kit.Next{}, err
	}
	return kit.Next{URL: to(key, ""), Done: "messages.safety_saved"}, nil
}

// lastHour reads the hour of the action: the latest such hour that has passed,
// so that at 0:10 "23:50" is yesterday's; an hour farther back is a slip, and
// the rule of the future refuses it.
func lastHour(a *act.Act, q *kit.Req) time.Time {
	if q.Text("action_at") == "" {
		return time.Time{}
	}
	at := q.Clock("action_at", date.Of(a.Now()))
	if last := at.AddDate(0, 0, -1); at.After(a.Now()) && a.Now().Sub(last) < 3*time.Hour {
		return last
	}
	return at
}

// safetyRows are the answers that were given.
func safetyRows(q *kit.Req, m signal.Message, n worklist.Names) []kit.SummaryRow {
	answer := func(s string) string { return q.T.T("messages.answer." + s) }
	rows := []kit.SummaryRow{
		{Key: q.T.T("messages.with_whom"), Text: m.WithWhom},
		{Key: q.T.T("messages.feared_near"), Text: answer(m.FearedNear)},
		{Key: q.T.T("messages.injured"), Text: answer(m.Injured)},
		{Key: q.T.T("messages.suicide"), Text: answer(m.Suicide)},
	}
	if m.ActionAt != nil {
		rows = append(rows, kit.SummaryRow{Key: q.T.T("messages.action"),
			Text: q.T.T("messages.body."+m.ActionBody) + ", " + q.T.DateTime(*m.ActionAt) + ". " + m.ActionResult})
	}
	if m.AnsweredAt != nil {
		rows = append(rows, kit.SummaryRow{Key: q.T.T("messages.answered"), Text: q.T.DateTime(*m.AnsweredAt) + ", " + n.People[m.AnsweredBy]})
	}
	return rows
}
