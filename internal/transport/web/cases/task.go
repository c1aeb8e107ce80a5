package cases

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"serik/internal/app/procedure"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// MeasuresURL is the address of single measures: their executors come there
// and see nothing else of the child.
const MeasuresURL = "/measures"

// task shows one measure: to its executor what to do and by when, to the
// case's people also what was read and whether it helped.
func task(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Screen{}, err
	}
	m, err := casework.GetMeasure(ctx, v, key)
	if err != nil {
		return kit.Screen{}, err
	}
	v.Look(act.On{Noun: "measure", ID: m.ID, Child: m.Child, Territory: m.Territory}, "")
	may, err := casework.AllowedFor(ctx, v, m, casework.MayDeliver, casework.MayRead, casework.MayJudge, casework.MaySecondResult)
	if err != nil {
		return kit.Screen{}, err
	}
	x := taskOf{q: q, may: may, me: v.Actor().Person, m: casework.MeasureView{Measure: m}, back: &kit.Link{Text: q.T.T("kit.home"), URL: "/"}}
	if err := x.whole(ctx, v); err != nil {
		return kit.Screen{}, err
	}
	who, err := worklist.CuratorOf(ctx, v, m)
	if err != nil {
		return kit.Screen{}, err
	}
	people := []id.ID{who, m.Executor, m.DeliveredBy}
	for _, r := range x.m.Results {
		people = append(people, r.By, r.SecondBy)
	}
	if x.names, err = directory.Names(ctx, v, people...); err != nil {
		return kit.Screen{}, err
	}
	bodies, err := worklist.Bodies(ctx, v, q.T.Lang(), m.Body)
	if err != nil {
		return kit.Screen{}, err
	}
	x.body, x.curator = bodies[m.Body], staff(x.names, who)
	if !x.inside {
		if err := x.meets(ctx, v); err != nil {
			return kit.Screen{}, err
		}
	}
	if err := x.ofMeasure(ctx, v); err != nil {
		return kit.Screen{}, err
	}
	return x.screen(v), nil
}

// taskOf is one measure as its page knows it.
type taskOf struct {
	q       *kit.Req
	m       casework.MeasureView
	may     map[access.Action]bool
	me      id.ID
	ended   bool
	inside  bool   // the reader sees the case too
	no      string // of the case, for who is inside
	whose   string // the child, where the reader inside may know
	hold    *kit.Warning
	names   map[id.ID]directory.Name
	body    string
	curator string
	back    *kit.Link
	files   map[id.ID][]procedure.Listed
	meeting *worklist.Meeting // for an executor, while there is something to do
}

// meets adds whom the executor is to see and how the child is reached safely.
func (x *taskOf) meets(ctx context.Context, v *act.View) error {
	k, err := worklist.MeetingOf(ctx, v, x.m.Measure)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	x.meeting = &k
	return nil
}

// whom is the least an executor must know (practice rule 9).
func (x taskOf) whom() []block {
	t, k := x.q.T, x.meeting
	list := kit.SummaryList{Rows: []kit.SummaryRow{{Key: t.T("cases.meet_whom"),
		Text: k.Child + ", " + t.Age(k.Born, x.q.Today())}}}
	for _, r := range []struct{ key, text string }{{"cases.card_who", k.Card.Who}, {"cases.card_how", k.Card.How}, {"cases.card_hours", k.Card.Hours}} {
		if r.text != "" {
			list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T(r.key), Text: r.text})
		}
	}
	if k.Card.Lang != "" && t.Has("choice.lang."+k.Card.Lang) {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.card_lang"), Text: t.T("choice.lang." + k.Card.Lang)})
	}
	if not := k.Hidden(func(code string) string { return t.T("child_code.kin." + code) }); len(not) > 0 {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.card_not"), Content: kit.Tag{Text: strings.Join(not, "; "), Level: kit.Danger}})
	}
	list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.meet_silent"), Text: t.T("cases.meet_silent_text")})
	out := []block{{t.T("cases.meet_part"), list}}
	if k.Card.Who == "" {
		out = append(out, block{"", kit.Warning{Text: t.T("cases.meet_no_card")}})
	}
	if k.Held {
		out = append(out, block{"", kit.Warning{Text: t.T("messages.hold")}})
	}
	return out
}

// whole adds readings and results for who may see the case.
func (x *taskOf) whole(ctx context.Context, v *act.View) error {
	w, err := casework.Overview(ctx, v, x.m.CaseID)
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound:
		return nil
	}
	if err != nil {
		return err
	}
	for _, m := range w.Measures {
		if m.ID == x.m.ID {
			x.m = m
		}
	}
	x.inside, x.ended, x.no = true, w.Case.State == casework.Ended, w.Case.No
	if x.whose, err = whose(ctx, v, x.q, w.Case.Child); err != nil {
		return err
	}
	if x.hold, err = holdOf(ctx, v, x.q, w.Case.Child); err != nil {
		return err
	}
	x.back = &kit.Link{Text: x.q.T.T("cases.back"), URL: URL + "/" + w.Case.ID.String() + "/plan"}
	return nil
}

func (x taskOf) screen(v *act.View) kit.Screen {
	t := x.q.T
	title := kit.Title{Text: t.T("measure_kind." + x.m.Kind), Tags: []kit.Tag{*measureTag(t, x.m, x.q.Today())},
		State: t.T("cases.task_until", fault.Args{"Day": t.Long(x.m.DueDay, x.q.Today())})}
	acts := x.actions()
	if len(acts) > 0 {
		title.Primary, title.More = &acts[0], acts[1:]
	}
	parts := []block{{"", x.facts()}}
	if x.hold != nil {
		parts = append([]block{{Body: x.hold}}, parts...)
	}
	if x.meeting != nil {
		parts = append(x.whom(), block{t.T("cases.meet_what"), x.facts()})
	}
	if x.m.DeliveredAt != nil {
		parts = append(parts, block{t.T("cases.delivery_part"), x.delivery()})
	}
	if x.inside {
		if x.m.Exempt == "" {
			parts = append(parts, block{t.T("cases.readings_part"), x.readings()})
		}
		parts = append(parts, block{t.T("cases.results_part"), x.results()})
	}
	parts = append(parts, x.papers(v)...)
	section := ""
	if x.inside {
		section = URL
	}
	return kit.Screen{Section: section, Back: x.back, Title: title, Body: blocks(parts)}
}

// actions are what can be done with the measure now, the next one first.
func (x taskOf) actions() []kit.Action {
	var out []kit.Action
	add := func(ok bool, key, what string) {
		if ok {
			out = append(out, kit.Action{Text: x.q.T.T(key), URL: MeasuresURL + "/" + x.m.ID.String() + "/" + what})
		}
	}
	if x.ended || x.m.State == casework.Judged || x.m.State == casework.Interrupted {
		return nil
	}
	r, own := x.m.Result, x.m.Executor == x.me
	waits := r != nil && r.State == "second_wanted"
	add(x.may[casework.MayDeliver] && x.m.State == casework.Ordered, "cases.do_delivery", "delivery")
	add(waits && x.may[casework.MaySecondResult] && r.By != x.me && !own, "cases.do_second", "second")
	add(x.may[casework.MayJudge] && x.m.State == casework.Delivered && !waits && !own, "cases.do_result", "result")
	add(x.may[casework.MayRead] && x.m.Exempt == "", "cases.do_reading", "reading")
	add(x.may[casework.MayDeliver] && x.m.State != casework.Ordered && !waits, "cases.do_redeliver", "delivery")
	return out
}

func (x taskOf) facts() templ.Component {
	t, m := x.q.T, x.m
	var list kit.SummaryList
	row := func(key, text string) {
		if strings.TrimSpace(text) != "" {
			list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T(key), Text: text})
		}
	}
	if x.inside {
		row("cases.task_child", x.whose)
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.task_case"), Text: x.no,
			Links: []kit.Link{{Text: t.T("cases.task_open"), URL: URL + "/" + m.CaseID.String()}}, About: x.no})
	}
	row("cases.subject", t.T("choice.subject."+m.Subject))
	row("cases.dose", m.Dose)
	row("cases.from", t.Date(m.FromDay))
	row("cases.due", t.Date(m.DueDay))
	if m.Exempt == "" {
		row("cases.expected", expected(t, m.Measure))
	} else {
		row("cases.exempt_row", expected(t, m.Measure))
	}
	row("cases.executor", executorName(staff(x.names, m.Executor), x.body))
	row("cases.col_curator", x.curator)
	if x.inside {
		row("cases.ground", t.T("choice.ground."+m.Ground)+": "+m.GroundNote)
	}
	return list
}

func (x taskOf) delivery() templ.Component {
	t, m := x.q.T, x.m
	list := kit.SummaryList{Rows: []kit.SummaryRow{{Key: t.T("cases.delivery_how"), Text: t.T("choice.delivery." + m.Delivery)}}}
	if m.DeliveryReason != "" {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.delivery_reason"), Text: t.T("choice.delivery_reason." + m.DeliveryReason)})
	}
	if m.DeliveryNote != "" {
		list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.delivery_note"), Text: m.DeliveryNote})
	}
	list.Rows = append(list.Rows, kit.SummaryRow{Key: t.T("cases.written"), Text: x.signed(m.DeliveredBy, t.DateTime(*m.DeliveredAt))})
	return list
}

func (x taskOf) signed(who id.ID, when string) string {
	return strings.TrimPrefix(staff(x.names, who)+" · "+when, " · ")
}

func (x taskOf) readings() templ.Component {
	t := x.q.T
	table := kit.Table{Caption: t.T("cases.readings_part"), Quiet: true,
		Columns: []kit.Column{{Text: t.T("cases.reading_day")}, {Text: t.T("cases.reading_value"), Number: true}, {Text: t.T("cases.reading_source")}},
		Empty:   &kit.Empty{Why: t.T("cases.no_readings"), Do: t.T("cases.no_readings_do")}}
	for _, r := range x.m.Readings {
		table.Rows = append(table.Rows, []kit.Cell{{Text: t.Date(r.Day)}, {Text: decimal(t, r.Value)}, {Text: t.T("choice.source." + r.Source)}})
	}
	return table
}

func (x taskOf) results() templ.Component {
	t := x.q.T
	if len(x.m.Results) == 0 {
		e := kit.Empty{Why: t.T("cases.no_result")}
		if !x.m.ResultDue.IsZero() {
			e.Do = t.T("cases.result_by", fault.Args{"Day": t.Long(x.m.ResultDue, x.q.Today())})
		}
		return e
	}
	var line kit.Timeline
	for i := len(x.m.Results) - 1; i >= 0; i-- {
		r := x.m.Results[i]
		e := kit.Event{Text: t.T("choice.outcome." + r.Outcome), By: staff(x.names, r.By), When: t.DateTime(r.At), Body: r.Reason, Level: kit.Calm,
			Tag: &kit.Tag{Text: t.T("choice.independence." + r.Independence)}}
		switch r.State {
		case "second_wanted":
			e.Tag = &kit.Tag{Text: t.T("cases.second_wanted"), Level: kit.Wait}
		case "refused":
			e.Tag = &kit.Tag{Text: t.T("cases.second_refused"), Level: kit.Wait}
		}
		line.Events = append(line.Events, e)
	}
	return line
}
