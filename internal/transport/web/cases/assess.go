package cases

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// assessForm asks the eight domains with written anchors; a repeat shows each
// as it was and asks only what has changed. The form says which assessment it
// was drawn from, and a browser that goes back puts no former answer into it.
func assessForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MayAssess)
	if err != nil {
		return kit.Screen{}, err
	}
	w, err := casework.Overview(ctx, v, p.Case.ID)
	if err != nil {
		return kit.Screen{}, err
	}
	p.Fresh, p.Hidden = true, []kit.Hidden{{Name: "upon", Value: upon(w.Assessments)}}
	var fields []templ.Component
	note := kit.Textarea{Field: q.Field("note", "cases.assess_note"), Value: q.Value("note", ""), Max: 4000}
	if len(w.Assessments) == 0 {
		note.Optional = true
		for _, d := range casework.Domains() {
			fields = append(fields, kit.Radios{Field: q.Field(d, "domain."+d), Options: anchors(q, d)})
		}
		return p.sheet("assessment", "cases.assess_title", "cases.assess_button", append(fields, note)...), nil
	}
	note.Hint = q.T.T("cases.assess_again_note")
	last := w.Assessments[len(w.Assessments)-1].Levels()
	p.Above = append(p.Above, paragraph(q.T.T("cases.assess_again")))
	for i, d := range casework.Domains() {
		f := q.Field(d, "domain."+d)
		changed := q.Value(d, "") != ""
		all := anchors(q, d)
		options := []kit.Option{{Value: "", On: !changed, Text: q.T.T("cases.as_before", fault.Args{"Was": all[last[i]].Text})}}
		for n, o := range all {
			if n != last[i] {
				options = append(options, o)
			}
		}
		fields = append(fields, folded(kit.Details{Summary: f.Label + ": " + all[last[i]].Text, Open: changed || f.Error != ""},
			kit.Radios{Field: f, Options: options}))
	}
	return p.sheet("assessment", "cases.assess_again_title", "cases.assess_button", append(fields, note)...), nil
}

// first says that a form was drawn when there was no assessment.
const first = "first"

// upon is what the form of an assessment was drawn from: the last one.
func upon(all []casework.Assessment) string {
	if len(all) == 0 {
		return first
	}
	return all[len(all)-1].ID.String()
}

// anchors are the four levels of a domain in words.
func anchors(q *kit.Req, domain string) []kit.Option {
	on := q.Value(domain, "")
	var out []kit.Option
	for n := range 4 {
		level := strconv.Itoa(n)
		out = append(out, kit.Option{Value: level, Text: level + " – " + q.T.T("domain."+domain+"_"+level), On: on == level})
	}
	return out
}

func assess(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	in := casework.AssessmentInput{ID: q.Made(), Levels: map[string]int{}, Note: q.Text("note"), Version: q.Version()}
	for _, d := range casework.Domains() {
		if n := q.Int(d); n != nil {
			in.Levels[d] = *n
		}
	}
	switch q.Text("upon") {
	case "":
	case first:
		in.First = true
	default:
		in.Upon = q.Ref("upon")
	}
	s, err := casework.Assess(ctx, a, key, in)
	done := "cases.assess_done"
	if s.InDanger() {
		done = "cases.assess_danger"
	}
	return kit.Next{URL: URL + "/" + key.String(), Done: done, Warn: s.InDanger()}, err
}
