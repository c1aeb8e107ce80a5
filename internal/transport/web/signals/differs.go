package signals

import (
	"strings"

	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// differing shows an answer about safety that came second beside the one that
// was saved first, where they differ. A given answer is not written over: what
// differs is entered as a message of its own, which asks about safety anew.
func differing(v *act.View, q *kit.Req, m signal.Message) *differsView {
	if !q.Stale() || q.Text("with_whom") == "" {
		return nil
	}
	q.Fault = fault.Clash("signal.safety_answered")
	t := q.T
	d := differsView{Box: kit.Conflict{Title: t.T("messages.conflict"), Text: t.T("messages.conflict_do")}}
	var said []string
	row := func(key, mine, theirs string) {
		if mine != "" {
			said = append(said, strings.TrimRight(t.T(key), "?: ")+": "+mine)
		}
		if squeezed(mine) != squeezed(theirs) {
			d.Box.Rows = append(d.Box.Rows, kit.ConflictRow{Label: t.T(key), Mine: mine, Theirs: theirs})
		}
	}
	answer := func(s string) string {
		if s == "" {
			return ""
		}
		return t.T("messages.answer." + s)
	}
	row("messages.with_whom", q.Text("with_whom"), m.WithWhom)
	row("messages.feared_near", answer(q.Text("feared_near")), answer(m.FearedNear))
	row("messages.injured", answer(q.Text("injured")), answer(m.Injured))
	kept := len(said)
	row("messages.suicide", answer(q.Text("suicide")), answer(m.Suicide))
	said = said[:kept] // asked again with the new message; never in its text
	theirs := ""
	if m.ActionBody != "" {
		theirs = t.T("messages.body." + m.ActionBody)
	}
	mine := ""
	if b := q.Text("action_body"); t.Has("messages.body." + b) {
		mine = t.T("messages.body." + b)
	}
	row("messages.action_body", mine, theirs)
	if m.ActionAt != nil {
		theirs = hourMinute(*m.ActionAt)
	}
	row("messages.action_at", q.Text("action_at"), theirs)
	row("messages.action_result", q.Text("action_result"), m.ActionResult)
	if len(d.Box.Rows) == 0 {
		return nil
	}
	if _, err := place(v); err == nil {
		d.Add = &kit.Action{Text: t.T("messages.conflict_add"), URL: URL + "/new/from", Post: true, Primary: true, Fields: again(q, m, said)}
	}
	return &d
}

// again fills the form of a new message with a second answer.
func again(q *kit.Req, m signal.Message, said []string) []kit.Hidden {
	x := signal.Safety{FearedNear: q.Text("feared_near"), Injured: q.Text("injured"), Suicide: q.Text("suicide")}
	urgent := "no"
	if m.Urgent || x.Danger() {
		urgent = "yes"
	}
	out := []kit.Hidden{{Name: "id", Value: id.New().String()}, {Name: "what", Value: strings.Join(said, "\n")}, {Name: "kind", Value: m.KindReported},
		{Name: "urgent", Value: urgent}, {Name: "channel", Value: m.Channel}, {Name: "whom", Value: m.Whom}}
	if m.Child != "" {
		out = append(out, kit.Hidden{Name: "child", Value: m.Child.String()})
	}
	return out
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }
