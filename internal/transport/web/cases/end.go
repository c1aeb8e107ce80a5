package cases

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// endForm shows what is missing and, in numbers, what will happen.
func endForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MayEnd)
	if err != nil {
		return kit.Screen{}, err
	}
	s, err := look(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	t := q.T
	if len(s.Gaps) > 0 {
		p.Above = append(p.Above, kit.Warning{Text: t.N("cases.gaps_count", len(s.Gaps))}, s.gapLines(s.Gaps), paragraph(t.T("cases.gaps_lawful")))
	} else if s.Case.State != casework.Ended {
		p.Above = append(p.Above, paragraph(t.T("cases.no_gaps")))
	}
	if grave := s.grave(); grave != "" && s.Case.State != casework.Ended {
		p.Above = append(p.Above, kit.Warning{Text: t.T("cases.end_grave", fault.Args{"What": grave})})
	}
	p.Above = append(p.Above, blocks([]block{{t.T("cases.will_happen"), s.willHappen(v)}}))
	lawful := casework.EndKindsFor(v, s.Case)
	if none := unasked(t, lawful); len(none) > 0 && s.Case.State != casework.Ended {
		p.Above = append(p.Above, paragraph(text.Capital(t.T("cases.will_not_check", fault.Args{"Kinds": t.Either(none)}))))
	}
	reason := kit.Textarea{Field: q.Field("reason", "cases.end_reason"), Value: q.Value("reason", ""), Max: 2000}
	kinds := q.Options("kind", "choice.end.", lawful)
	kind := kit.Radios{Field: q.Field("kind", "cases.end_kind"), Options: kinds}
	safety := kit.Textarea{Field: q.Field("safety", "cases.end_safety"), Value: q.Value("safety", ""), Max: 2000}
	fields := []templ.Component{kind, reason}
	if s.AsksSafety() { // of each lawful end, not of a refusal alone
		safety.Hint = t.T("cases.end_safety_asked")
		fields = []templ.Component{kind, safety, reason}
	} else {
		kinds[slices.Index(lawful, casework.Refusal)].Reveal = safety
	}
	p.Norms = q.NormsOf(v.Norm("end.check_first_months"), v.Norm("end.check_second_months"), v.Norm("end.check_third_months"), v.Norm("child.adult_age"))
	return p.sheet("end", "cases.end_title", "cases.end_button", fields...), nil
}

// grave is what the last assessment found at its worst, in words, or "": whoever
// ends the case sees it once more.
func (s seen) grave() string {
	if len(s.Assessments) == 0 {
		return ""
	}
	levels := s.Assessments[len(s.Assessments)-1].Levels()
	var out []string
	for i, d := range casework.Domains() {
		if levels[i] == casework.Grave {
			out = append(out, s.q.T.T("domain."+d)+": "+s.q.T.T("domain."+d+"_"+strconv.Itoa(casework.Grave)))
		}
	}
	return strings.Join(out, "; ")
}

// unasked are the ends offered here that no check follows, each as a condition.
func unasked(t *text.Printer, lawful []string) []string {
	var out []string
	for _, k := range casework.Unchecked() {
		if slices.Contains(lawful, k) {
			out = append(out, t.T("choice.unchecked."+k))
		}
	}
	return out
}

// willHappen says before the button what the end does.
func (s seen) willHappen(v *act.View) templ.Component {
	t := s.q.T
	open := 0
	for _, m := range s.Measures {
		if m.State == casework.Ordered || m.State == casework.Delivered {
			open++
		}
	}
	turns := 0
	for _, g := range s.Turns {
		if g.State == "active" || g.State == "proposed" {
			turns++
		}
	}
	var days []string
	for _, key := range []string{"end.check_first_months", "end.check_second_months", "end.check_third_months"} {
		days = append(days, t.Date(s.q.Today().AddMonths(v.Norm(key).Int())))
	}
	var out kit.Figures
	for _, x := range []struct {
		key string
		n   int
	}{{"cases.will_interrupt", open}, {"cases.will_leave", turns}} {
		if x.n > 0 { // what happens to nothing is not said
			out.Items = append(out.Items, kit.Counted{Number: t.Number(x.n), Text: t.N(x.key, x.n)})
		}
	}
	out.Items = append(out.Items, kit.Counted{Number: strconv.Itoa(len(days)), Text: t.T("cases.will_check"), Of: t.List(days)})
	return out
}

func end(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	c, err := casework.Get(ctx, &a.View, key)
	if err != nil {
		return kit.Next{}, err
	}
	e := casework.Ending{Kind: q.Text("kind"), Reason: q.Text("reason"), Safety: q.Text("safety"), Version: q.Version()}
	f, err := registry.Get(ctx, &a.View, c.Child)
	if err != nil {
		return kit.Next{}, err
	}
	e.Born = f.Child.Birth().Last()
	return kit.Next{URL: URL + "/" + key.String(), Done: "cases.end_done"}, casework.End(ctx, a, key, e)
}
