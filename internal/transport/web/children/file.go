package children

import (
	"context"
	"strings"

	"serik/internal/app/timeline"
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
	"serik/internal/transport/web/kit"
)

// picture is what the page of a file is drawn from.
type picture struct {
	registry.File
	cases    []timeline.Case
	messages []signal.Brief
	can      map[access.Action]bool
	place    string
	schools  map[id.ID]string
	hushed   map[id.ID]bool // adults who may be told nothing though they bear no mark
	held     bool           // nobody of the household may be told yet
	kept     *registry.Hold // nothing of the child may be erased; for the office
	holding  id.ID          // the message that forbids it, where the viewer may record whom it is safe to tell
}

// file shows one child in one picture. It is a look.
func file(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	p, err := paint(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	view := fileView{Card: card(q, p), Who: who(q, p), Family: family(q, p), Cases: cases(q, p), Timeline: happened(q, p)}
	if p.markedNow() {
		view.Unsafe = &kit.Warning{Text: q.T.T("children.unsafe_near")}
	}
	if p.kept != nil {
		view.Kept = keptSince(q, *p.kept)
	}
	if p.held {
		view.Hold = &kit.Warning{Text: q.T.T("messages.hold")}
		if p.holding != "" {
			view.Hold.Link = &kit.Link{Text: q.T.T("messages.tell_do"), URL: messageURL(p.holding)}
		}
	}
	if v.May(signal.SeeOne) == nil {
		t := messageTable(q, p)
		view.Messages = &t
	}
	view.HistoryTitle = q.T.T("children.history")
	sc := kit.Screen{Section: URL, Back: &kit.Link{Text: q.T.T("children.title"), URL: URL}, Body: filePage(view)}
	if v.May(registry.SearchAll) != nil {
		sc.Back = nil
	}
	sc.Title = title(q, p)
	return sc, nil
}

// paint gathers what the viewer may know.
func paint(ctx context.Context, v *act.View, q *kit.Req) (picture, error) {
	var p picture
	key, err := q.ID("id")
	if err != nil {
		return p, err
	}
	if p.File, err = registry.Get(ctx, v, key); err != nil {
		return p, err
	}
	if p.cases, err = timeline.Cases(ctx, v, key); err != nil {
		return p, err
	}
	if p.messages, err = messages(ctx, v, key); err != nil {
		return p, err
	}
	p.can, err = worklist.Allowed(ctx, v, key, registry.Write, registry.MarkUnsafeOne, registry.MoveOne, registry.MergeTwo,
		registry.SeeLooks, registry.HoldOne, casework.OpenCase, signal.EnterOne)
	if err != nil {
		return p, err
	}
	if p.can[registry.HoldOne] {
		if p.kept, err = registry.HoldOf(ctx, v, key); err != nil {
			return p, err
		}
	}
	names, err := places(ctx, v, q, p.Child.Territory)
	if err != nil {
		return p, err
	}
	p.place = names[p.Child.Territory]
	if p.schools, err = schools(ctx, v, q, p.Schooling); err != nil {
		return p, err
	}
	if p.held, p.holding, err = signal.Holding(ctx, v, key); err != nil {
		return p, err
	}
	p.hushed, err = hushed(ctx, v, p.File)
	return p, err
}

// schools names the schools of a child.
func schools(ctx context.Context, v *act.View, q *kit.Req, all []registry.Schooling) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	for _, s := range all {
		if s.School == "" || out[s.School] != "" {
			continue
		}
		y, err := directory.AgencyByID(ctx, v, s.School)
		if err != nil {
			return nil, err
		}
		out[s.School] = agencyName(q, y)
	}
	return out, nil
}

// hushed are the adults who share a home with an unsafe one.
func hushed(ctx context.Context, v *act.View, f registry.File) (map[id.ID]bool, error) {
	out := map[id.ID]bool{}
	if !(picture{File: f}).markedNow() {
		return out, nil
	}
	for _, k := range f.Kin {
		if k.Unsafe != nil || !k.Relation.ToDay.IsZero() {
			continue
		}
		ok, err := registry.MayTell(ctx, v, f.Child.ID, k.Adult.ID)
		if err != nil {
			return nil, err
		}
		out[k.Adult.ID] = !ok
	}
	return out, nil
}

// markedNow tells whether an unsafe person stands near the child.
func (p picture) markedNow() bool {
	for _, u := range p.Unsafe {
		if u.ToAt == nil {
			return true
		}
	}
	return false
}

// running is the open case, if there is one.
func (p picture) running() *timeline.Case {
	for i, c := range p.cases {
		if c.EndedAt == nil {
			return &p.cases[i]
		}
	}
	return nil
}

// keptSince says since when nothing of the child is erased, and why to those who
// may know.
func keptSince(q *kit.Req, h registry.Hold) string {
	day := q.T.Date(date.Of(h.PlacedAt))
	if !h.Known {
		return q.T.T("children.hold_stands", fault.Args{"Day": day})
	}
	return q.T.T("children.hold_since", fault.Args{"Day": day, "Reason": h.Reason})
}

// title says who it is, and the one thing to do now.
func title(q *kit.Req, p picture) kit.Title {
	c := p.Child
	t := kit.Title{Text: full(c), State: q.T.Age(c.Birth(), q.Today()) + " · " + p.place}
	run := p.running()
	waits := waits(p.messages)
	switch {
	case run != nil:
		t.Primary = &kit.Action{Text: q.T.T("children.to_case"), URL: caseURL(run.ID)}
		risk := riskTag(q, run.Risk)
		risk.Text = q.T.T("children.risk_is", fault.Args{"Level": "risk." + string(run.Risk)})
		t.Tags = append(t.Tags, risk)
	case p.can[casework.OpenCase] && waits != "":
		t.Primary = &kit.Action{Text: q.T.T("children.triage_message"), URL: messageURL(waits)}
		t.More = append(t.More, kit.Action{Text: q.T.T("children.open_case"), URL: to(c.ID, "open-case")})
	case p.can[casework.OpenCase]:
		t.Primary = &kit.Action{Text: q.T.T("children.open_case"), URL: to(c.ID, "open-case")}
	}
	if p.can[registry.Write] {
		for _, m := range []struct{ key, step string }{{"children.contact", "contact"}, {"children.amend", "amend"},
			{"children.address_new", "address"}, {"children.school_new", "school"}, {"children.adult_new", "adult"}} {
			t.More = append(t.More, kit.Action{Text: q.T.T(m.key), URL: to(c.ID, m.step)})
		}
	}
	if p.can[signal.EnterOne] {
		t.More = append(t.More, kit.Action{Text: q.T.T("children.message_new"), URL: "/messages/new?child=" + c.ID.String()})
	}
	if p.can[registry.MoveOne] {
		t.More = append(t.More, kit.Action{Text: q.T.T("children.move"), URL: to(c.ID, "move")})
	}
	if p.can[registry.MergeTwo] {
		t.More = append(t.More, kit.Action{Text: q.T.T("children.merge"), URL: to(c.ID, "merge")})
	}
	switch {
	case p.kept != nil && p.kept.Liftable:
		t.More = append(t.More, kit.Action{Text: q.T.T("children.release"), URL: to(c.ID, "release")})
	case p.kept == nil && p.can[registry.HoldOne]:
		t.More = append(t.More, kit.Action{Text: q.T.T("children.hold"), URL: to(c.ID, "hold")})
	}
	if p.can[registry.SeeLooks] {
		t.More = append(t.More, kit.Action{Text: q.T.T("children.looks"), URL: to(c.ID, "looks")})
	}
	return t
}

// waits is the last message that nobody has ended yet.
func waits(all []signal.Brief) id.ID {
	for _, m := range all {
		if m.State != signal.Ended {
			return m.ID
		}
	}
	return ""
}

// card is the safe-contact card; it stands first, for whoever calls tonight.
func card(q *kit.Req, p picture) cardView {
	k, c := p.Child.Card(), p.Child
	out := cardView{Title: q.T.T("children.contact")}
	if k.Who == "" {
		out.Empty = &kit.Empty{Why: q.T.T("children.contact_none"), Do: q.T.T("children.contact_none_do")}
		if p.can[registry.Write] {
			out.Empty.Action = &kit.Action{Text: q.T.T("children.contact_fill"), URL: to(c.ID, "contact")}
		}
		return out
	}
	add := func(key, s string) {
		if s != "" {
			out.Rows.Rows = append(out.Rows.Rows, kit.SummaryRow{Key: q.T.T(key), Text: s})
		}
	}
	add("children.contact_who", k.Who)
	add("children.contact_how", k.How)
	add("children.contact_hours", k.Hours)
	if k.Lang != "" {
		add("children.contact_lang", q.T.T("child_code.lang."+k.Lang))
	}
	if k.Not != "" {
		out.Rows.Rows = append(out.Rows.Rows, kit.SummaryRow{Key: q.T.T("children.contact_not"), Content: kit.Tag{Text: k.Not, Level: kit.Danger}})
	}
	return out
}

// who is what the file says of the child.
func who(q *kit.Req, p picture) kit.SummaryList {
	c := p.Child
	s := kit.SummaryList{Title: q.T.T("children.about")}
	add := func(key, text, step string) {
		r := kit.SummaryRow{Key: q.T.T(key), Text: text}
		if step != "" && p.can[registry.Write] {
			r.Links = []kit.Link{{Text: q.T.T("children.change"), URL: to(c.ID, step)}}
		}
		s.Rows = append(s.Rows, r)
	}
	number := c.IIN.Masked()
	if number == "" {
		number = q.T.T("children.iin_none", fault.Args{"Why": "child_code.iin." + c.IINAbsent})
	}
	add("children.iin", number, "amend")
	add("children.born", q.T.Born(c.Birth()), "amend")
	add("children.sex", q.T.T("child_code.sex."+c.Sex), "")
	add("children.lang_short", q.T.T("child_code.lang."+c.Lang), "")
	add("children.address", p.address(q), "address")
	add("children.school", p.school(q), "school")
	source := "child_code.source." + c.Source
	if q.T.Has(source) {
		add("children.source_short", q.T.T(source), "")
	}
	return s
}

// address is where the child lives now.
func (p picture) address(q *kit.Req) string {
	for _, x := range p.Addresses {
		if x.ToDay.IsZero() {
			return x.Text
		}
	}
	return q.T.T("children.address_none")
}

// school is where the child learns now, or why nowhere.
func (p picture) school(q *kit.Req) string {
	for _, x := range p.Schooling {
		switch {
		case !x.ToDay.IsZero():
			continue
		case x.None != "":
			return q.T.T("child_code.school." + x.None)
		case x.Grade != "":
			return p.schools[x.School] + ", " + q.T.T("children.grade_of", fault.Args{"Grade": x.Grade})
		}
		return p.schools[x.School]
	}
	return q.T.T("children.school_unsaid")
}

func full(c registry.Child) string { return joined(c.Family, c.Given, c.Patronymic) }

func fullName(a registry.Adult) string { return joined(a.Family, a.Given, a.Patronymic) }

func joined(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func caseURL(key id.ID) string { return "/cases/" + key.String() }
