package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
	"serik/internal/transport/web/kit"
)

// seen is what each page of one case knows.
type seen struct {
	casework.Whole
	q       *kit.Req
	me      id.ID
	may     map[access.Action]bool
	child   *registry.File // nil where the reader may not open the child's file
	brief   string         // who it is, where the reader may know that alone
	appoint bool           // the chair may appoint without asking
	silent  time.Time      // when the term of the proposed curator's answer passed, if it has
	names   map[id.ID]directory.Name
	bodies  map[id.ID]string
	place   string
	hold    *kit.Warning // the household may not be told yet
	blind   []string     // kinds of contact that are not seeing the child
	files   map[id.ID][]procedure.Listed
}

// actions are those the pages of a case offer.
var actions = []access.Action{casework.SeeCaseRecord, casework.ProposeOne, casework.AppointOne, casework.AnswerOffer, casework.MaySetRisk, casework.MaySecondRisk,
	casework.MayAssess, casework.MayPlan, casework.MayOrder, casework.MayDeliver, casework.MayRead, casework.MayJudge,
	casework.MaySecondResult, casework.MayContact, casework.MayEnd, casework.MayCheck, casework.MayReopen, casework.MayLook}

// look reads the case of the address with everything its pages show. The child
// is a second question with a rule of its own.
func look(ctx context.Context, v *act.View, q *kit.Req) (seen, error) {
	s := seen{q: q, me: v.Actor().Person, blind: casework.Unseeing(v)}
	key, err := q.ID("id")
	if err != nil {
		return s, err
	}
	if s.Whole, err = casework.Overview(ctx, v, key); err != nil {
		return s, err
	}
	if s.may, err = casework.Allowed(ctx, v, s.Case, actions...); err != nil {
		return s, err
	}
	if s.child, err = childOf(ctx, v, s.Case.Child); err != nil {
		return s, err
	}
	if s.child == nil {
		if s.brief, err = s.briefly(ctx, v); err != nil {
			return s, err
		}
	}
	if s.hold, err = holdOf(ctx, v, q, s.Case.Child); err != nil {
		return s, err
	}
	if s.appoint, err = casework.AppointDue(ctx, v, s.Case); err != nil {
		return s, err
	}
	if g := s.offered(); g != nil {
		if until := g.ProposedAt.Add(v.Norm("curator.answer_hours").Hours()); !v.Now().Before(until) {
			s.silent = until
		}
	}
	t, err := directory.TerritoryAt(ctx, v, s.Case.Territory)
	if err != nil {
		return s, err
	}
	s.place = t.Name(string(q.T.Lang()))
	if s.names, err = directory.Names(ctx, v, s.people()...); err != nil {
		return s, err
	}
	var bodies []id.ID
	for _, m := range s.Measures {
		bodies = append(bodies, m.Body)
	}
	s.bodies, err = worklist.Bodies(ctx, v, q.T.Lang(), bodies...)
	return s, err
}

// childOf is the child's file, or nil to a reader who may not know the child.
func childOf(ctx context.Context, v *act.View, key id.ID) (*registry.File, error) {
	f, err := registry.Get(ctx, v, key)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return nil, nil
	}
	return &f, err
}

// briefly is the child's short name and age, or nothing to a reader who may not
// know even that.
func (s seen) briefly(ctx context.Context, v *act.View) (string, error) {
	l, born, err := registry.Brief(ctx, v, s.Case.Child)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return "", nil
	}
	return l.Name + ", " + s.q.T.Age(born, s.q.Today()), err
}

// holdOf warns while nobody has recorded whom of the household it is safe to
// tell; who may record it is led to the message.
func holdOf(ctx context.Context, v *act.View, q *kit.Req, child id.ID) (*kit.Warning, error) {
	held, message, err := signal.Holding(ctx, v, child)
	if err != nil || !held {
		return nil, err
	}
	w := kit.Warning{Text: q.T.T("messages.hold")}
	if message != "" {
		w.Link = &kit.Link{Text: q.T.T("messages.tell_do"), URL: "/messages/" + message.String()}
	}
	return &w, nil
}

func (s seen) people() []id.ID {
	var out []id.ID
	for _, g := range s.Turns {
		out = append(out, g.Person)
	}
	for _, r := range s.Risks {
		out = append(out, r.By, r.SecondBy)
	}
	for _, x := range s.Assessments {
		out = append(out, x.By)
	}
	for _, m := range s.Measures {
		out = append(out, m.Executor)
		for _, r := range m.Results {
			out = append(out, r.By, r.SecondBy)
		}
	}
	for _, k := range s.Contacts {
		out = append(out, k.By)
	}
	for _, k := range s.Checks {
		out = append(out, k.DoneBy)
	}
	if s.Plan != nil {
		out = append(out, s.Plan.By)
	}
	return append(out, s.Case.EndedBy, s.Case.LookedBy)
}

// staff is a person of the service as pages name them: family name and initial.
func staff(names map[id.ID]directory.Name, who id.ID) string {
	n, ok := names[who]
	if !ok {
		return ""
	}
	return name.Official(n.Family, n.Given)
}

func (s seen) name(who id.ID) string { return staff(s.names, who) }

// curator is the turn of who walks with the child now, or nil.
func (s seen) curator() *casework.Assignment { return s.turn("curator", "active") }

// offered is the proposal that waits, or nil.
func (s seen) offered() *casework.Assignment { return s.turn("curator", "proposed") }

func (s seen) turn(role, state string) *casework.Assignment {
	i := slices.IndexFunc(s.Turns, func(g casework.Assignment) bool { return g.Role == role && g.State == state })
	if i < 0 {
		return nil
	}
	return &s.Turns[i]
}

// asked tells that the proposal waits for the reader.
func (s seen) asked() bool {
	g := s.offered()
	return g != nil && g.Person == s.me && s.may[casework.AnswerOffer]
}

// at is an address below the case.
func (s seen) at(parts ...string) string {
	return strings.Join(append([]string{URL, s.Case.ID.String()}, parts...), "/")
}

func (s seen) measure(key id.ID) *casework.MeasureView {
	i := slices.IndexFunc(s.Measures, func(m casework.MeasureView) bool { return m.ID == key })
	if i < 0 {
		return nil
	}
	return &s.Measures[i]
}

// title says whose case it is; its state in one line.
func (s seen) title() kit.Title {
	t := s.q.T
	args := fault.Args{"No": s.Case.No}
	risk := *riskTag(t, s.Case.Risk)
	risk.Text = t.T("choice.risk." + string(s.Case.Risk))
	out := kit.Title{Tags: []kit.Tag{risk}}
	switch g := s.curator(); {
	case s.Case.State == casework.Ended:
		out.Text = t.T("cases.title_ended", args)
		out.Tags = []kit.Tag{{Text: t.T("case_state.ended"), Level: kit.Calm}}
	case g == nil:
		out.Text = t.T("cases.title_alone", args)
		out.Tags = append(out.Tags, kit.Tag{Text: t.T("cases.uncovered"), Level: kit.Danger})
	default:
		args["Curator"] = s.name(g.Person)
		out.Text = t.T("cases.title_curator", args)
		if !s.Covered { // away, suspended, or no longer serving here
			out.Tags = append(out.Tags, kit.Tag{Text: t.T("cases.uncovered"), Level: kit.Danger})
		}
	}
	line := []string{t.T("cases.name_hidden")}
	switch {
	case s.brief != "":
		line = []string{s.brief}
	case s.child != nil:
		line = []string{s.child.Child.Short() + ", " + t.Age(s.child.Child.Birth(), s.q.Today())}
	}
	line = append(line, s.place)
	if s.Case.State != casework.Ended {
		line = append(line, t.T("case_state."+string(s.Case.State)), s.opened())
	}
	out.State = strings.Join(line, " · ")
	return out
}

// screen is one of the pages of the case: the next step as the one primary
// action, the rest under More.
func (s seen) screen(tab string, parts ...block) kit.Screen {
	title := s.title()
	next := s.next()
	title.More = s.more()
	if next != nil && len(next.Actions) > 0 {
		first := next.Actions[0]
		title.Primary = &first
		next.Actions = next.Actions[1:]
		title.More = slices.DeleteFunc(title.More, func(a kit.Action) bool { return a.URL == first.URL })
	}
	return kit.Screen{Section: URL, Title: title, Back: &kit.Link{Text: s.q.T.T("cases.title"), URL: URL},
		Body: partsPage(partsView{Next: next, Tabs: s.tabs(tab), Part: parts})}
}

func (s seen) tabs(on string) kit.SubNav {
	var nav kit.SubNav
	add := func(key, url string) {
		nav.Tabs = append(nav.Tabs, kit.Tab{Link: kit.Link{Text: s.q.T.T("choice.tab." + key), URL: url, Current: key == on}})
	}
	add("overview", s.at())
	if !s.Narrowed {
		add("plan", s.at("plan"))
		add("contacts", s.at("contacts"))
	}
	if s.may[casework.SeeCaseRecord] {
		add("history", s.at("history"))
	}
	return nav
}

// opened is how long the case has been open.
func (s seen) opened() string {
	if n := s.q.Today().Sub(date.Of(s.Case.OpenedAt)); n > 0 {
		return s.q.T.N("cases.days_open", n)
	}
	return s.q.T.T("cases.opened_today")
}
