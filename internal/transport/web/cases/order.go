package cases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/measure"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// orderForm asks first which kind of measure, then what no catalogue knows: at
// most seven things in all (practice rule 17). What the catalogue knows is
// filled in and can be opened for change.
func orderForm(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := opened(ctx, v, q, casework.MayOrder)
	if err != nil {
		return kit.Screen{}, err
	}
	get := q.URL.Query().Get
	kind, exempt := q.Value("kind", get("kind")), q.Value("exempt", get("exempt"))
	if !slices.Contains([]string{casework.Urgent, casework.OneOff}, exempt) {
		exempt = ""
	}
	if !measure.IsKind(kind) {
		if q.Fault != nil { // nothing else is asked on this page
			q.Fault = fault.New(fault.Invalid, "fault.choose_one")
		}
		return p.kinds(exempt), nil
	}
	if err := q.Possible(casework.ReadyToOrder(p.Case, exempt)); err != nil {
		return kit.Screen{}, err
	}
	return p.order(ctx, kind, exempt, q.Value("more", get("more")) != "")
}

// kinds is the catalogue: one tap chooses.
func (p *paper) kinds(exempt string) kit.Screen {
	t, q := p.q.T, p.q
	base := p.home() + "/measure?"
	if exempt != "" {
		base += "exempt=" + exempt + "&"
	}
	var parts []block
	for _, c := range p.Above {
		parts = append(parts, block{Body: c})
	}
	subjects := casework.Subjects()
	if f, ok := fault.Of(casework.ReadyToOrder(p.Case, exempt)); ok {
		w := kit.Warning{Text: t.Fault(f), Link: &kit.Link{Text: t.T("cases.do_assess"), URL: p.home() + "/assessment"}}
		if p.State != casework.Opened {
			w.Link = &kit.Link{Text: t.T("cases.do_plan"), URL: p.home() + "/plan/edit"}
		}
		parts, subjects = append(parts, block{Body: w}), nil
	} else {
		parts = append(parts, block{Body: paragraph(t.T("cases.which_measure"))})
	}
	for _, subject := range subjects {
		var some []kit.Link
		for _, k := range measure.Kinds() {
			if measure.UsualOf(k).Subject == subject {
				some = append(some, kit.Link{Text: t.T("measure_kind." + k), URL: base + "kind=" + k})
			}
		}
		if len(some) > 0 {
			parts = append(parts, block{t.T("choice.subject." + subject), links(some)})
		}
	}
	if exempt == "" {
		parts = append(parts, block{t.T("cases.exempt_part"), blocks([]block{{"", paragraph(t.T("cases.exempt_hint"))},
			{"", kit.Action{Text: t.T("choice.exempt.urgent"), URL: base + "exempt=urgent"}},
			{"", kit.Action{Text: t.T("choice.exempt.one_off"), URL: base + "exempt=one_off"}}})})
	}
	return kit.Screen{Tab: true, Section: URL, Back: back(p.Case, q), Title: kit.Title{Text: t.T("cases.measure_title"), State: about(p.whose, p.No)}, Body: blocks(parts)}
}

// order asks the rest of one kind.
func (p *paper) order(ctx context.Context, kind, exempt string, more bool) (kit.Screen, error) {
	q, t := p.q, p.q.T
	all, err := worklist.Executors(ctx, p.v, p.Case, t.Lang())
	if err != nil {
		return kit.Screen{}, err
	}
	who := kit.Select{Field: q.Field("executor", "cases.executor"), None: t.T("cases.choose")}
	for _, x := range all {
		o := kit.Option{Value: "body:" + x.Body.String(), Text: x.Name}
		if x.Person != "" {
			o = kit.Option{Value: "person:" + x.Person.String(), Text: executorName(x.Name, x.Of)}
			if !x.Away.IsZero() {
				o.Text += " · " + t.T("cases.away", fault.Args{"Day": x.Away})
			}
		}
		o.On = o.Value == q.Value("executor", "")
		who.Options = append(who.Options, o)
	}
	fields := []templ.Component{who,
		kit.Radios{Field: q.Field("ground", "cases.ground"), Options: q.Options("ground", "choice.ground.", casework.Grounds())},
		kit.Input{Field: q.Field("ground_note", "cases.ground_note"), Value: q.Value("ground_note", ""), Max: 500},
		q.DateBoxes("due", "cases.due", date.Date{})}
	u := measure.UsualOf(kind)
	indicator := q.Value("indicator", u.Indicator)
	if _, known := measure.ScaleOf(indicator); !known {
		indicator = u.Indicator
	}
	if exempt == "" {
		was, err := p.lastValue(ctx, indicator)
		if err != nil {
			return kit.Screen{}, err
		}
		unit := counting(t, indicator)
		base, target := q.Field("baseline", "cases.baseline"), q.Field("target", "cases.target")
		base.Hint, target.Hint = unit, unit
		fields = append(fields, kit.Input{Field: base, Value: q.Value("baseline", was), Mode: "decimal", Chars: 5},
			kit.Input{Field: target, Value: q.Value("target", ""), Mode: "decimal", Chars: 5})
	}
	p.Hidden = append(p.Hidden, kit.Hidden{Name: "kind", Value: kind}, kit.Hidden{Name: "exempt", Value: exempt})
	if more || hiddenFault(q) {
		p.Hidden = append(p.Hidden, kit.Hidden{Name: "more", Value: "1"})
		fields = append(fields, p.rest(u, exempt)...)
	} else {
		p.Hidden = append(p.Hidden, kit.Hidden{Name: "subject", Value: u.Subject}, kit.Hidden{Name: "indicator", Value: indicator})
		again := p.home() + "/measure?kind=" + kind + "&more=1"
		if exempt != "" {
			again += "&exempt=" + exempt
		}
		p.Above = append(p.Above, kit.SummaryList{Rows: p.known(u, indicator, exempt, again)})
	}
	sc := p.sheet("measure", "cases.measure_title", "cases.measure_button", fields...)
	sc.Title.Text = t.T("measure_kind." + kind)
	sc.Back = &kit.Link{Text: t.T("cases.other_kind"), URL: p.home() + "/measure"}
	return sc, nil
}

// known is what the catalogue fills in.
func (p *paper) known(u measure.Usual, indicator, exempt, again string) []kit.SummaryRow {
	t := p.q.T
	change := []kit.Link{{Text: t.T("cases.change"), URL: again}}
	rows := []kit.SummaryRow{{Key: t.T("cases.subject"), Text: t.T("choice.subject." + u.Subject), Links: change}}
	if exempt == "" {
		return append(rows, kit.SummaryRow{Key: t.T("cases.indicator"), Text: t.T("indicator." + indicator), Links: change})
	}
	return append(rows, kit.SummaryRow{Key: t.T("cases.exempt_row"), Text: t.T("choice.exempt." + exempt)})
}

// rest is "more about the measure": what is otherwise filled in.
func (p *paper) rest(u measure.Usual, exempt string) []templ.Component {
	q := p.q
	out := []templ.Component{kit.Radios{Field: q.Field("subject", "cases.subject"), Options: q.Options("subject", "choice.subject.", casework.Subjects(), u.Subject)},
		q.DateBoxes("from", "cases.from", q.Today())}
	if exempt == "" {
		out = append(out, kit.Select{Field: q.Field("indicator", "cases.indicator"), Options: q.Options("indicator", "indicator.", measure.Indicators(), u.Indicator)},
			q.DateBoxes("check", "cases.check", date.Date{}))
	}
	return append(out, kit.Input{Field: kit.Optional(q.Field("dose", "cases.dose")), Value: q.Value("dose", ""), Max: 200},
		kit.Input{Field: kit.Optional(q.Field("cost", "cases.cost")), Value: q.Value("cost", ""), Mode: "numeric", Chars: 10})
}

// hiddenFault tells that what was filled in is refused, so that it is asked.
func hiddenFault(q *kit.Req) bool {
	return slices.ContainsFunc([]string{"subject", "from", "indicator", "check", "dose", "cost"}, func(n string) bool { return q.Err(n) != "" })
}

// lastValue is the last value of an indicator in the case: from where the
// measure starts.
func (p *paper) lastValue(ctx context.Context, indicator string) (string, error) {
	w, err := casework.Overview(ctx, p.v, p.Case.ID)
	if err != nil {
		return "", err
	}
	for i := len(w.Readings) - 1; i >= 0; i-- {
		if w.Readings[i].Indicator == indicator {
			return decimal(p.q.T, w.Readings[i].Value), nil
		}
	}
	return "", nil
}

// visible says a refusal of the day of reading, which the short form takes from
// the term, at the term.
func visible(err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	at := func(name string) int {
		return slices.IndexFunc(f.Fields, func(x fault.Field) bool { return x.Name == name })
	}
	switch i := at("check"); {
	case i < 0:
	case at("due") >= 0:
		f.Fields = slices.Delete(f.Fields, i, i+1)
	default:
		f.Fields[i] = fault.Field{Name: "due", Key: "case.due_too_soon"}
	}
	return err
}

func orderMeasure(ctx context.Context, a *act.Act, q *kit.Req) (kit.Next, error) {
	key, err := q.ID("id")
	if err != nil {
		return kit.Next{}, err
	}
	in := casework.MeasureInput{ID: q.Made(), Kind: q.Text("kind"), Subject: q.Text("subject"), Ground: q.Text("ground"),
		GroundNote: q.Text("ground_note"), Exempt: q.Text("exempt"), Indicator: q.Text("indicator"), Baseline: q.Float("baseline"),
		Target: q.Float("target"), From: q.Date("from"), Due: q.Date("due"), Check: q.Date("check"), Dose: q.Text("dose"), Cost: q.Int("cost"),
		Catalogue: catalogue()}
	kind, who, _ := strings.Cut(q.Text("executor"), ":")
	switch x, err := id.Parse(who); {
	case err != nil:
	case kind == "person":
		in.Executor = x
	case kind == "body":
		in.Body = x
	}
	if in.From.IsZero() && q.Text("more") == "" {
		in.From = q.Today()
	}
	if in.Check.IsZero() {
		in.Check = in.Due // read when it is over, unless told otherwise
	}
	_, err = casework.Order(ctx, a, key, in)
	if q.Text("more") == "" {
		err = visible(err)
	}
	return kit.Next{URL: URL + "/" + key.String() + "/plan", Done: "cases.measure_done"}, err
}

// catalogue is what a case must know of kinds of measures and indicators.
func catalogue() casework.Catalogue {
	return casework.Catalogue{Kind: measure.IsKind, Indicator: func(k string) (casework.Scale, bool) {
		s, ok := measure.ScaleOf(k)
		return casework.Scale(s), ok
	}}
}

// counting says in what a value is counted, its range and the better way.
func counting(t *text.Printer, indicator string) string {
	s, ok := measure.ScaleOf(indicator)
	if !ok {
		return ""
	}
	key := "cases.scale_open"
	switch {
	case s.Better > 0:
		key = "cases.scale_up"
	case s.Better < 0:
		key = "cases.scale_down"
	}
	said := strings.TrimSuffix(t.T("indicator."+indicator), fmt.Sprintf(", %d–%d", s.Min, s.Max)) // the range is said once
	return t.T(key, fault.Args{"Indicator": said, "Min": s.Min, "Max": s.Max})
}
