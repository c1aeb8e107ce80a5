package cases

import (
	"strings"

	"serik/internal/app/timeline"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// answers are what was answered about the child's safety when the messages that
// led to the case were taken; nothing of who told.
func (s seen) answers(all []timeline.Answer) []block {
	t := s.q.T
	var out []block
	for _, x := range all {
		list := kit.SummaryList{Title: t.T("cases.safety_of", fault.Args{"Day": date.Of(x.ReceivedAt)})}
		row := func(key, text string) {
			if text != "" {
				list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T(key), Text: text})
			}
		}
		row("messages.with_whom", x.Safety.WithWhom)
		row("messages.feared_near", t.T("messages.answer."+x.Safety.FearedNear))
		row("messages.injured", t.T("messages.answer."+x.Safety.Injured))
		row("messages.suicide", t.T("messages.answer."+x.Safety.Suicide))
		if p := x.Safety.Action; p.Body != "" {
			row("messages.action", strings.TrimSuffix(t.T("messages.body."+p.Body)+", "+t.DateTime(p.At)+". "+p.Result, ". "))
		}
		by := t.DateTime(x.At)
		if x.Role != "" {
			by += ", " + t.T("role."+string(x.Role))
		}
		row("messages.answered", by)
		out = append(out, block{"", list})
	}
	if len(out) > 0 {
		out[0].Title = t.T("cases.safety_part")
	}
	return out
}
