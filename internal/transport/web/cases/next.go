package cases

import (
	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// deed is a form of the case: who may, where, and the words of its button.
type deed struct {
	may access.Action
	url string
	key string
}

// deeds of the whole case, in the order of the menu.
func (s seen) deeds() []deed {
	if s.Case.State == casework.Ended {
		return []deed{{casework.MayLook, s.at("look"), "cases.do_look"}, {casework.MayCheck, s.at("check"), "cases.do_check"}, {casework.MayReopen, s.at("reopen"), "cases.do_reopen"}}
	}
	return []deed{
		{casework.MayContact, s.at("contact"), "cases.do_contact"},
		{casework.MayAssess, s.at("assessment"), "cases.do_assess"},
		{casework.MayPlan, s.at("plan", "edit"), s.planKey()},
		{casework.MayOrder, s.at("measure"), "cases.do_measure"},
		{casework.MaySetRisk, s.at("risk"), "cases.do_risk"},
		{casework.ProposeOne, s.at("curator"), "cases.do_curator"},
		{casework.AppointOne, s.at("appoint"), "cases.do_appoint"},
		{casework.MayEnd, s.at("end"), "cases.do_end"},
	}
}

// planKey names the form of the plan: what stands already is changed.
func (s seen) planKey() string {
	if s.Plan != nil {
		return "cases.do_replan"
	}
	return "cases.do_plan"
}

// more offers what the reader may do now, and nothing that would be refused.
func (s seen) more() []kit.Action {
	var out []kit.Action
	if s.child != nil {
		out = append(out, kit.Action{Text: s.q.T.T("cases.child_file"), URL: s.childURL()})
	}
	for _, d := range s.deeds() {
		if s.may[d.may] && s.now(d) {
			out = append(out, kit.Action{Text: s.q.T.T(d.key), URL: d.url, Danger: d.may == casework.MayEnd})
		}
	}
	return out
}

// now tells that the state of the case allows a deed.
func (s seen) now(d deed) bool {
	switch d.may {
	case casework.MayPlan:
		return s.Case.State != casework.Opened
	case casework.MayCheck:
		return s.Next.Kind == casework.LineEndCheck && !s.Next.Due.After(s.q.Today())
	case casework.MayLook:
		return s.Case.Unlooked() && s.Case.EndedBy != s.me
	case casework.AppointOne:
		return s.appoint
	case casework.MayReopen:
		return s.reopens()
	}
	return true
}

// childURL is the address of the child's file.
func (s seen) childURL() string { return "/children/" + s.Case.Child.String() }

// reopens tells that the end was of a kind after which a case may be reopened.
func (s seen) reopens() bool {
	switch s.Case.EndKind {
	case casework.Died, casework.WrongChild, casework.Merged:
		return false
	}
	return true
}

// way is where a line of the day or a missing thing is mended.
func (s seen) way(kind string, on id.ID) (deed, bool) {
	measure := func(what string) string { return MeasuresURL + "/" + on.String() + "/" + what }
	d, ok := map[string]deed{
		casework.StepCurator:    {casework.ProposeOne, s.at("curator"), "cases.do_curator"},
		casework.LineContact:    {casework.MayContact, s.at("contact"), "cases.do_contact"},
		casework.LineNotSeen:    {casework.MayContact, s.at("contact"), "cases.do_contact"},
		casework.LineAssessment: {casework.MayAssess, s.at("assessment"), "cases.do_assess"},
		casework.LinePlan:       {casework.MayPlan, s.at("plan", "edit"), "cases.do_plan"},
		casework.LineReview:     {casework.MayPlan, s.at("plan", "edit"), "cases.do_review"},
		casework.LineDelivery:   {casework.MayDeliver, measure("delivery"), "cases.do_delivery"},
		casework.LineReading:    {casework.MayRead, measure("reading"), "cases.do_reading"},
		casework.LineResult:     {casework.MayJudge, measure("result"), "cases.do_result"},
		casework.LineResultTwo:  {casework.MaySecondResult, measure("second"), "cases.do_second"},
		casework.LineRiskTwo:    {casework.MaySecondRisk, s.at("risk", on.String()), "cases.do_second"},
		casework.LineHarmed:     {casework.MayPlan, s.at("plan", "edit"), s.planKey()},
		casework.StepMeasure:    {casework.MayOrder, s.at("measure"), "cases.do_measure"},
		casework.StepEnd:        {casework.MayEnd, s.at("end"), "cases.do_end"},
		casework.LineSafety:     {casework.MayOrder, s.at("measure") + "?exempt=urgent", "cases.do_protect"},
		casework.LineEnded:      {casework.MayLook, s.at("look"), "cases.do_look"},
		casework.LineEndCheck:   {casework.MayCheck, s.at("check"), "cases.do_check"},
	}[kind]
	if kind == casework.LineHarmed && s.Case.State == casework.Opened { // there is no plan to change yet
		d = deed{casework.MayOrder, s.at("measure"), "cases.do_measure"}
	}
	return d, ok && s.may[d.may] && !s.own(kind, on)
}

// own tells that a second person is wanted and the reader is the first.
func (s seen) own(kind string, on id.ID) bool {
	switch kind {
	case casework.LineRiskTwo:
		r := s.lowering()
		return r == nil || r.By == s.me
	case casework.LineResultTwo:
		m := s.measure(on)
		return m == nil || m.Result == nil || m.Result.By == s.me || m.Executor == s.me
	case casework.LineEnded:
		return s.Case.EndedBy == s.me
	}
	return false
}

// lowering is the change of risk that waits for a second person, or nil.
func (s seen) lowering() *casework.RiskChange {
	for i, r := range s.Risks {
		if r.State == "second_wanted" {
			return &s.Risks[i]
		}
	}
	return nil
}

// next says what to do next and offers it to who may do it.
func (s seen) next() *nextView {
	l, t := s.Next, s.q.T
	if s.asked() {
		return &nextView{Level: kit.Wait, Text: t.T("cases.asked"), Note: t.T("cases.asked_note"), Actions: []kit.Action{
			{Text: t.T("cases.accept_button"), URL: s.at("accept"), Post: true}, {Text: t.T("cases.decline_button"), URL: s.at("decline")}}}
	}
	if l.Kind == "" {
		return nil
	}
	n := &nextView{Level: kit.Calm, Text: s.step(l)}
	switch {
	case l.Rank == casework.Danger:
		n.Level = kit.Danger
	case l.Late:
		n.Level = kit.Wait
	case l.Kind == casework.StepEnd:
		n.Level = kit.Good
	}
	if l.Kind == casework.StepAnswer {
		if g := s.offered(); g != nil {
			n.Note = t.T("cases.asked_other", fault.Args{"Person": s.name(g.Person)})
		}
		if d, ok := s.way(casework.StepCurator, l.On); ok && !s.silent.IsZero() { // another is asked; that withdraws the first
			n.Text = t.T("cases.next", fault.Args{"What": t.T("step.curator_other")})
			n.Note = t.T("cases.asked_silent", fault.Args{"At": t.DateTime(s.silent)}) + ". " + n.Note
			n.Level, n.Actions = kit.Wait, []kit.Action{{Text: t.T("cases.do_curator_other"), URL: d.url}}
		}
		return n
	}
	d, ok := s.way(l.Kind, l.On)
	if ok && (l.Kind != casework.LineEndCheck || !l.Due.After(s.q.Today())) {
		n.Actions = []kit.Action{{Text: t.T(d.key), URL: d.url}}
	}
	if l.Kind == casework.LineSafety {
		n.Note = t.T("cases.danger_note")
		if s.may[casework.MaySetRisk] {
			n.Actions = append(n.Actions, kit.Action{Text: t.T("cases.do_risk_or_why"), URL: s.at("risk")})
		}
	}
	return n
}

// step is the sentence of a next step: what, about which measure, until when.
func (s seen) step(l casework.Line) string {
	t := s.q.T
	what := t.T("step." + l.Kind)
	if m := s.measure(l.On); m != nil {
		what = t.T("cases.of_measure", fault.Args{"What": what, "Measure": t.T("measure_kind." + m.Kind)})
	}
	args := fault.Args{"What": what, "Day": t.Long(l.Due, s.q.Today())}
	switch {
	case l.Due == (date.Date{}):
		return t.T("cases.next", args)
	case l.Late:
		return t.T("cases.next_late", args)
	}
	return t.T("cases.next_due", args)
}

// gapWays ties what the closing gate misses to the forms that mend it.
var gapWays = map[string]string{
	"delivery": casework.LineDelivery, "result": casework.LineResult, "result_second": casework.LineResultTwo,
	"no_measure": casework.StepMeasure, "no_plan": casework.LinePlan, "plan_old": casework.LineReview,
	"no_assessment": casework.LineAssessment, "assessment_old": casework.LineAssessment, "risk_second": casework.LineRiskTwo,
	"safety": casework.LineSafety, "in_danger": casework.LineAssessment, "not_seen": casework.LineContact,
	"none_delivered": casework.StepMeasure, "none_helped": casework.StepMeasure,
}

// gapLines list what is missing before the case may end with its goals met,
// each with where it is mended.
func (s seen) gapLines(gaps []casework.Gap) kit.TaskList {
	var out kit.TaskList
	for _, g := range gaps {
		l := kit.Line{Level: kit.Wait, Text: s.q.T.T(g.Key)}
		if g.Kind != "" {
			l.Meta = s.q.T.T("measure_kind." + g.Kind)
		}
		if d, ok := s.way(gapWays[g.Key[len("case.gap."):]], g.On); ok && s.now(d) {
			l.URL = d.url
		}
		out.Lines = append(out.Lines, l)
	}
	return out
}
