package children

import (
	"slices"

	"serik/internal/app/timeline"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// family is who stands beside the child. An unsafe person is marked with a word
// and a shape, and so is one who shares a home with such a person.
func family(q *kit.Req, p picture) kit.Table {
	t := kit.Table{Caption: q.T.T("children.family_part"), Columns: []kit.Column{{Text: q.T.T("children.col_adult")},
		{Text: q.T.T("children.col_kin")}, {Text: q.T.T("children.col_tell")}},
		Empty: &kit.Empty{Why: q.T.T("children.family_none"), Do: q.T.T("children.family_none_do")}}
	acts := p.can[registry.Write] || p.can[registry.MarkUnsafeOne]
	if acts {
		t.Columns = append(t.Columns, kit.Column{Text: q.T.T("children.col_acts")})
	}
	if len(p.Kin) == 0 && p.can[registry.Write] {
		t.Empty.Action = &kit.Action{Text: q.T.T("children.adult_new"), URL: to(p.Child.ID, "adult")}
	}
	for _, k := range p.Kin {
		row := []kit.Cell{{Text: fullName(k.Adult), Sub: k.Phone}, {Text: q.T.Head("child_code.kin." + k.Relation.Kind), Sub: bond(q, k.Relation)}, tell(q, p, k)}
		if acts {
			row = append(row, kit.Cell{Content: links(p.kinLinks(q, k), fullName(k.Adult))})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// bond says in words what the relation is in law and in life.
func bond(q *kit.Req, r registry.Relation) string {
	if !r.ToDay.IsZero() {
		return q.T.T("children.kin_until", fault.Args{"Day": r.ToDay})
	}
	home := q.T.T("children.lives_apart")
	if r.LivesWith {
		home = q.T.T("children.lives_together")
	}
	if r.Legal {
		return q.T.T("children.legal_yes") + ", " + home
	}
	return home
}

// tell says whether anything may be sent to the person.
func tell(q *kit.Req, p picture, k registry.Kin) kit.Cell {
	switch {
	case k.Unsafe != nil:
		return kit.Cell{Tag: &kit.Tag{Text: q.T.T("children.unsafe_word"), Level: kit.Danger},
			Sub: q.T.T("child_code.unsafe."+k.Unsafe.Ground) + ". " + q.T.T("children.tell_nothing")}
	case !k.Relation.ToDay.IsZero():
		return kit.Cell{}
	case p.hushed[k.Adult.ID]:
		return kit.Cell{Tag: &kit.Tag{Text: q.T.T("children.hushed_word"), Level: kit.Wait}, Sub: q.T.T("children.tell_nothing")}
	}
	if p.held {
		return kit.Cell{Tag: &kit.Tag{Text: q.T.T("children.tell_not_yet"), Level: kit.Wait}}
	}
	return kit.Cell{Text: q.T.T("children.tell_may")}
}

// kinLinks are the things to do with one adult.
func (p picture) kinLinks(q *kit.Req, k registry.Kin) []kit.Link {
	var out []kit.Link
	if p.can[registry.MarkUnsafeOne] {
		if k.Unsafe == nil {
			out = append(out, kit.Link{Text: q.T.T("children.unsafe"), URL: to(p.Child.ID, "unsafe/"+k.Adult.ID.String())})
		} else {
			out = append(out, kit.Link{Text: q.T.T("children.lift"), URL: to(p.Child.ID, "safe/"+k.Adult.ID.String())})
		}
	}
	if p.can[registry.Write] && k.Relation.ToDay.IsZero() {
		out = append(out, kit.Link{Text: q.T.T("children.end_relation"), URL: to(p.Child.ID, "relations/"+k.Relation.ID.String())})
	}
	return out
}

// cases are the child's cases, the open one first.
func cases(q *kit.Req, p picture) kit.Table {
	t := kit.Table{Caption: q.T.T("children.cases"), Columns: []kit.Column{{Text: q.T.T("cases.col_case")}, {Text: q.T.T("cases.col_state")},
		{Text: q.T.T("cases.col_curator")}, {Text: q.T.T("cases.col_risk")}},
		Empty: &kit.Empty{Why: q.T.T("children.cases_none")}}
	if p.can[casework.OpenCase] {
		t.Empty.Do = q.T.T("children.cases_none_do")
	}
	for _, c := range p.cases {
		risk := riskTag(q, c.Risk)
		t.Rows = append(t.Rows, []kit.Cell{{Text: c.No, URL: caseURL(c.ID), Sub: term(q, c)}, {Text: q.T.T("case_state." + string(c.State))}, curator(q, c), {Tag: &risk}})
	}
	return t
}

func term(q *kit.Req, c timeline.Case) string {
	s := q.T.Date(date.Of(c.OpenedAt))
	if c.EndedAt != nil {
		s += " – " + q.T.Date(date.Of(*c.EndedAt))
	}
	return s
}

func curator(q *kit.Req, c timeline.Case) kit.Cell {
	out := kit.Cell{Text: c.Curator}
	if c.Curator == "" && c.EndedAt == nil {
		out.Tag = &kit.Tag{Text: q.T.T("cases.uncovered"), Level: kit.Danger}
	}
	if c.Asked != "" {
		out.Sub = q.T.T("children.asked", fault.Args{"Who": c.Asked})
	}
	return out
}

func riskTag(q *kit.Req, r casework.Risk) kit.Tag {
	level := map[casework.Risk]kit.Level{casework.Low: kit.Calm, casework.Medium: kit.Calm, casework.High: kit.Wait, casework.Acute: kit.Danger}[r]
	return kit.Tag{Text: q.T.T("risk." + string(r)), Level: level}
}

// messageTable is what messages said of the child: the day and the kind.
func messageTable(q *kit.Req, p picture) kit.Table {
	t := kit.Table{Caption: q.T.T("children.messages"), Columns: []kit.Column{{Text: q.T.T("children.col_received")}, {Text: q.T.T("children.col_kind")}},
		Empty: &kit.Empty{Why: q.T.T("children.messages_none")}}
	for _, m := range p.messages {
		t.Rows = append(t.Rows, []kit.Cell{{Text: q.T.Date(date.Of(m.ReceivedAt)), URL: messageURL(m.ID)}, {Text: kindOf(q, m.Kind)}})
	}
	return t
}

// happened is the history of the child.
func happened(q *kit.Req, p picture) kit.Timeline {
	var out kit.Timeline
	for _, e := range timeline.Events(p.File, p.cases, p.messages) {
		x := kit.Event{Text: q.T.T("child_code.event." + e.What), When: q.T.Date(e.Day), Instant: e.Day.String(), Body: detail(q, p, e)}
		switch e.What {
		case "message":
			x.URL = messageURL(e.On)
		case "opened", "ended":
			x.URL = caseURL(e.On)
		case "unsafe":
			x.Level = kit.Danger
		}
		out.Events = append(out.Events, x)
	}
	return out
}

// detail is the second line of an event.
func detail(q *kit.Req, p picture, e timeline.Event) string {
	switch e.What {
	case "school":
		return p.schools[e.On]
	case "no_school":
		return q.T.T("child_code.school." + e.Detail)
	case "unsafe":
		return p.adult(e.On) + ": " + q.T.T("child_code.unsafe."+e.Detail)
	case "lifted":
		return p.adult(e.On)
	case "message":
		return kindOf(q, e.Detail)
	}
	return e.Detail
}

func (p picture) adult(key id.ID) string {
	i := slices.IndexFunc(p.Kin, func(k registry.Kin) bool { return k.Adult.ID == key })
	if i < 0 {
		return ""
	}
	return fullName(p.Kin[i].Adult)
}

// kindOf names a kind where lists may (practice rule 11).
func kindOf(q *kit.Req, kind string) string {
	if casework.Listed(kind) {
		return q.T.Head("problem." + kind)
	}
	return q.T.T("messages.kind_inside")
}
