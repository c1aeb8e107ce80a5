package signals

import (
	"context"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/name"
	"serik/internal/transport/web/kit"
)

// page shows one message: the question of safety alone until it is answered,
// then what is to be done next, then what is known.
func page(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	m, names, err := message(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	sc := kit.Screen{Tab: true, Section: URL, Title: kit.Title{Text: q.T.T("messages.one"), State: about(q, m, names)}}
	if v.May(signal.ListAll) == nil {
		sc.Back = &kit.Link{Text: q.T.T("messages.title"), URL: URL}
	}
	view := pageView{What: m.What}
	if m.Sight == signal.Narrowed {
		view.Facts = kit.SummaryList{Rows: []kit.SummaryRow{{Key: q.T.T("messages.kind"), Text: q.T.Head("problem." + m.Kind())}}}
		sc.Title.State, sc.Back, err = fromCase(ctx, v, q, m)
		sc.Body = messagePage(view)
		return sc, err
	}
	sc.Title.Tags = tags(v, q, m)
	if m.State == signal.New {
		rows := reported(q, m, names)
		if m.Can(v, signal.AnswerSafe) {
			f := safetyForm(v, q, m)
			view.Safety = &f
			// About whom and of what kind stands before the questions.
			view.Asked, rows = kit.SummaryList{Rows: rows[:2]}, rows[2:]
		}
		view.Facts = kit.SummaryList{Rows: rows}
		sc.Body = messagePage(view)
		return sc, nil
	}
	view.Differs = differing(v, q, m)
	c, open, err := worklist.OpenCase(ctx, v, m.Child)
	if err != nil {
		return kit.Screen{}, err
	}
	view.Next, view.Steps = steps(v, q, m, names, c, open)
	if !m.MayTell() {
		view.Hold = q.T.T("messages.hold")
		if m.Can(v, signal.TellOne) {
			view.Tell = &kit.Link{Text: q.T.T("messages.tell_do"), URL: to(m.ID, "tell")}
		}
	}
	view.Facts = kit.SummaryList{Title: q.T.T("messages.said"), Rows: append(reported(q, m, names), later(q, m, names)...)}
	view.Safe = kit.SummaryList{Title: q.T.T("messages.safety"), Rows: safetyRows(q, m, names)}
	view.Others = others(v, q, m, names)
	switch m.State {
	case signal.SafeChecked:
		view.Norms = q.NormsOf(v.Norm("signal.triage_days"), v.Norm("signal.repeat_months"))
	case signal.Passed:
		view.Norms = q.NormsOf(v.Norm("signal.pass_hours"))
	}
	view.Passed = passings(q, m, names)
	if err := view.files(ctx, v, q, m, &sc); err != nil {
		return kit.Screen{}, err
	}
	if m.Can(v, signal.TriageOne) && (m.State == signal.SafeChecked || m.State == signal.Ended) {
		sc.Title.More = append(sc.Title.More, kit.Action{Text: q.T.T("messages.other_do"), URL: to(m.ID, "other")})
	}
	sc.Body = messagePage(view)
	return sc, nil
}

// fromCase is the way of a curator: what their message is about, in a line, and
// the open case of theirs to which they go back.
func fromCase(ctx context.Context, v *act.View, q *kit.Req, m signal.Message) (string, *kit.Link, error) {
	c, found, err := worklist.CaseOfMessage(ctx, v, m.ID)
	if err != nil || !found {
		return stated(q, m, ""), nil, err
	}
	whom, err := briefly(ctx, v, q, c.Child)
	return stated(q, m, whom), &kit.Link{Text: q.T.T("cases.back"), URL: "/cases/" + c.ID.String()}, err
}

// briefly is a child's short name and age, or nothing to a reader who may not
// know even that.
func briefly(ctx context.Context, v *act.View, q *kit.Req, key id.ID) (string, error) {
	l, born, err := registry.Brief(ctx, v, key)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return "", nil
	}
	return l.Name + ", " + q.T.Age(born, q.Today()), err
}

// files lists the files of a message and offers to add one, to who handles it.
func (p *pageView) files(ctx context.Context, v *act.View, q *kit.Req, m signal.Message, sc *kit.Screen) error {
	if m.Sight != signal.Whole {
		return nil
	}
	all, err := procedure.Files(ctx, v, "signal", m.ID)
	if err != nil {
		return err
	}
	var people []id.ID
	for _, f := range all {
		people = append(people, f.By)
	}
	names, err := directory.Names(ctx, v, people...)
	if err != nil {
		return err
	}
	p.Files = q.Files(v, func(who id.ID) string { return name.Official(names[who].Family, names[who].Given) }, all)
	p.Files.Title = q.T.T("file.part")
	if m.State != signal.Ended && m.Can(v, signal.AnswerSafe) {
		sc.Title.More = append(sc.Title.More, kit.Action{Text: q.T.T("file.add"), URL: kit.FilesURL("signal", m.ID, "add")})
	}
	return nil
}

func tags(v *act.View, q *kit.Req, m signal.Message) []kit.Tag {
	out := []kit.Tag{*state(v, q.T, m.Signal)}
	if c := clock(v, q.T, m.Signal); c != "" {
		level := kit.Wait
		if m.Clock.Late(v.Now()) {
			level = kit.Danger
		}
		out = append(out, kit.Tag{Text: c, Level: level})
	}
	if m.Urgent && m.State != signal.Ended {
		out = append(out, kit.Tag{Text: q.T.T("messages.urgent"), Level: kit.Danger})
	}
	if m.Repeat {
		out = append(out, kit.Tag{Text: q.T.T("messages.repeat"), Level: kit.Wait})
	}
	if m.Up {
		out = append(out, kit.Tag{Text: q.T.T("messages.up"), Level: kit.Wait})
	}
	return out
}

// steps are what the reader may do next with a message: the one thing first.
func steps(v *act.View, q *kit.Req, m signal.Message, n worklist.Names, c casework.Case, open bool) (string, []kit.Action) {
	link := func(key, step string) kit.Action { return kit.Action{Text: q.T.T(key), URL: to(m.ID, step)} }
	post := func(key, step string, more ...kit.Hidden) kit.Action {
		return kit.Action{Text: q.T.T(key), URL: to(m.ID, step), Post: true, Fields: append(more, kit.Hidden{Name: "version", Value: version(m)})}
	}
	var out []kit.Action
	var say string
	switch m.State {
	case signal.Passed:
		say = q.T.T("messages.waits_for", map[string]any{"Place": n.Places[m.PassTo]})
		if m.Sight == signal.Offered {
			say = q.T.T("messages.offered_here", map[string]any{"Place": n.Places[m.Territory]})
			out = append(out, post("messages.accept", "accept"), link("messages.refuse", "refuse"))
		}
	case signal.SecondWanted:
		say = q.T.T("messages.second_wanted")
		if m.TriagedBy != v.Actor().Person && m.Can(v, signal.SecondOne) {
			out = append(out, link("messages.second_do", "second"))
		}
	case signal.SafeChecked:
		if m.Up && m.Can(v, signal.HandleUp) && v.May(signal.HandleUp) == nil {
			say = q.T.T("messages.decide_wanted")
			out = append(out, link("messages.decide", "decide"))
		}
		if m.Can(v, signal.TriageOne) {
			s, more := triage(q, m, c, open, link, post)
			say, out = s, append(out, more...)
		}
		if !m.Up && m.Can(v, signal.PassOne) {
			out = append(out, link("messages.pass", "pass"))
		}
	}
	if len(out) > 0 {
		out[0].Primary = true
	}
	return say, out
}

// triage asks one question at a time: what is it, then what becomes of it.
func triage(q *kit.Req, m signal.Message, c casework.Case, open bool, link func(string, string) kit.Action,
	post func(string, string, ...kit.Hidden) kit.Action) (string, []kit.Action) {
	refute := link("messages.refute", "not-confirmed")
	switch {
	case m.KindConfirmed == "":
		return q.T.T("messages.kind_wanted"), []kit.Action{link("messages.kind_do", "kind"), refute}
	case m.Child == "":
		return q.T.T("messages.child_wanted"), []kit.Action{link("messages.child_do", "child"), refute}
	case open:
		return q.T.T("messages.has_case", map[string]any{"No": c.No}),
			[]kit.Action{post("messages.add", "add", kit.Hidden{Name: "case", Value: c.ID.String()}), refute}
	}
	return q.T.T("messages.outcome_wanted"), []kit.Action{link("messages.open_case", "case"), refute}
}

// reported is what was said.
func reported(q *kit.Req, m signal.Message, n worklist.Names) []kit.SummaryRow {
	whom := m.Whom
	switch {
	case whom == "":
		whom = child(q.T, m.Signal, n)
	case m.Child != "":
		whom = child(q.T, m.Signal, n) + " · " + whom
	}
	rows := []kit.SummaryRow{
		{Key: q.T.T("messages.fact_whom"), Text: whom},
		{Key: q.T.T("messages.kind"), Text: q.T.Head("problem." + m.KindReported)},
		{Key: q.T.T("messages.channel"), Text: q.T.T("messages.channel." + m.Channel)},
		{Key: q.T.T("messages.entered_by"), Text: n.People[m.EnteredBy]},
	}
	if m.Reporter {
		rows = append(rows, kit.SummaryRow{Key: q.T.T("messages.how_known"), Text: m.HowKnown},
			kit.SummaryRow{Key: q.T.T("messages.reporter"), Text: q.T.T("messages.reporter_closed"),
				Links: []kit.Link{{Text: q.T.T("messages.reporter_show"), URL: to(m.ID, "reporter")}}})
	}
	return rows
}

// later is what triage has found.
func later(q *kit.Req, m signal.Message, n worklist.Names) []kit.SummaryRow {
	var rows []kit.SummaryRow
	add := func(key, says string, links ...kit.Link) {
		if says != "" {
			rows = append(rows, kit.SummaryRow{Key: q.T.T(key), Text: says, Links: links})
		}
	}
	if m.KindConfirmed != "" {
		add("messages.kind_confirmed", q.T.Head("problem."+m.KindConfirmed))
	}
	if m.ToldAt != nil {
		add("messages.told", m.ToldWhom+". "+m.ToldHow)
	}
	if m.Outcome != "" {
		var links []kit.Link
		if m.CaseID != "" {
			links = []kit.Link{{Text: q.T.T("messages.to_case"), URL: "/cases/" + m.CaseID.String()}}
		}
		add("messages.became", q.T.T("messages.outcome."+m.Outcome), links...)
	}
	add("messages.reason", m.Reason)
	add("messages.triaged_by", n.People[m.TriagedBy])
	add("messages.second_by", n.People[m.SecondBy])
	return rows
}

// others are the other children of the message, each with what may be done.
func others(v *act.View, q *kit.Req, m signal.Message, n worklist.Names) *kit.Table {
	if len(m.Others) == 0 {
		return nil
	}
	t := kit.Table{Caption: q.T.T("messages.others"), Columns: []kit.Column{{Text: q.T.T("messages.col_child")}, {Text: q.T.T("messages.part")}, {Text: q.T.T("messages.other_case")}}}
	for _, o := range m.Others {
		name := n.Children[o.Child]
		if name == "" {
			name = q.T.T("messages.name_hidden")
		}
		does := kit.Cell{Text: q.T.T("messages.other_none")}
		switch {
		case o.CaseID != "":
			does = kit.Cell{Text: q.T.T("messages.to_case"), URL: "/cases/" + o.CaseID.String()}
		case m.Can(v, signal.TriageOne) && (m.State == signal.SafeChecked || m.State == signal.Ended):
			does = kit.Cell{Text: q.T.T("messages.open_case"), URL: to(m.ID, "case/"+o.Child.String())}
		}
		t.Rows = append(t.Rows, []kit.Cell{{Text: name}, {Text: q.T.T("messages.part." + o.Part)}, does})
	}
	return &t
}

// passings are the attempts to hand the message on.
func passings(q *kit.Req, m signal.Message, n worklist.Names) *kit.Timeline {
	if len(m.Passings) == 0 {
		return nil
	}
	var t kit.Timeline
	for _, p := range m.Passings {
		e := kit.Event{When: q.T.DateTime(p.At), Instant: p.At.Format("2006-01-02T15:04Z"), By: n.People[p.By], Body: p.Reason,
			Text: q.T.T("messages.passed_to", map[string]any{"From": n.Places[p.FromPath], "To": n.Places[p.ToPath]}), Level: kit.Wait}
		switch {
		case p.AcceptedAt != nil:
			e.Tag, e.Level = &kit.Tag{Text: q.T.T("messages.pass_accepted"), Level: kit.Good}, kit.Good
		case p.RefusedAt != nil:
			e.Tag, e.Level = &kit.Tag{Text: q.T.T("messages.pass_refused"), Level: kit.Danger}, kit.Danger
			e.Body += "\n" + p.Refusal
		}
		t.Events = append(t.Events, e)
	}
	return &t
}

// reporter shows who told, to the triaging secretary alone.
func reporter(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	r, err := signal.TellReporter(ctx, v, key)
	if err != nil {
		return kit.Screen{}, err
	}
	rows := []kit.SummaryRow{{Key: q.T.T("messages.reporter"), Text: q.T.T("messages.reporter." + r.Kind)}}
	for k, text := range map[string]string{"messages.reporter_name": r.Name, "messages.reporter_contact": r.Contact} {
		if text != "" {
			rows = append(rows, kit.SummaryRow{Key: q.T.T(k), Text: text})
		}
	}
	return kit.Screen{Tab: true, Section: URL, Back: &kit.Link{Text: q.T.T("messages.back"), URL: to(key, "")},
		Title: kit.Title{Text: q.T.T("messages.reporter"), State: q.T.T("messages.reporter_state")}, Body: templ.Component(kit.SummaryList{Rows: rows})}, nil
}
