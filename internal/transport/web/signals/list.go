package signals

import (
	"context"
	"slices"
	"strconv"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// list shows the messages in the reader's scope, what was passed here first.
func list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	f := filter(q)
	var p signal.Page
	at, key, later := q.PlaceAt()
	if later {
		p = signal.Page{At: at, After: key}
	}
	rows, next, err := signal.List(ctx, v, f, p)
	if err != nil {
		return kit.Screen{}, err
	}
	counts, err := signal.Counts(ctx, v, f)
	if err != nil {
		return kit.Screen{}, err
	}
	var offered []signal.Signal
	if v.May(signal.AnswerPass) == nil && !later {
		if offered, err = signal.Waiting(ctx, v); err != nil {
			return kit.Screen{}, err
		}
	}
	names, err := worklist.MessageNames(ctx, v, q.T.Lang(), append(offered, rows...))
	if err != nil {
		return kit.Screen{}, err
	}
	view := filters(q, f)
	view.Nav = tabs(q, f, counts)
	view.Table = table(v, q, rows, names)
	if v.May(signal.HandleUp) == nil {
		view.About = q.T.T("messages.up_about")
		view.Table.Empty = &kit.Empty{Why: q.T.T("messages.up_none"), Do: q.T.T("messages.up_none_do"),
			Action: &kit.Action{Text: q.T.T("messages.up_cases"), URL: "/cases"}}
	}
	view.Pager = kit.Pager{Text: q.T.N("messages.count", counts[f.Group])}
	if next != nil {
		view.Pager.Older = q.AfterAt(next.At, next.After)
	}
	if later {
		view.Pager.Newer = q.Newest()
	}
	if len(offered) > 0 {
		t := table(v, q, offered, names)
		t.Caption, t.Quiet = q.T.T("messages.offered"), false
		view.Offered = &t
	}
	title := kit.Title{Text: q.T.T("messages.title")}
	if v.May(signal.EnterOne) == nil {
		title.Primary = &kit.Action{Text: q.T.T("messages.enter"), URL: URL + "/new"}
	}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Title: title, Body: listPage(view)}, nil
}

func filter(q *kit.Req) signal.Filter {
	get := q.URL.Query().Get
	f := signal.Filter{Group: "open", Urgent: get("urgent") == "yes"}
	for _, g := range signal.Groups() {
		if g.Key == get("group") {
			f.Group = g.Key
		}
	}
	for _, k := range signal.Kinds() {
		if k == get("kind") && casework.Listed(k) {
			f.Kind = k
		}
	}
	return f
}

func filters(q *kit.Req, f signal.Filter) listView {
	view := listView{Filter: kit.Filter{URL: URL, Clear: URL + "?group=" + f.Group}, Group: kit.Hidden{Name: "group", Value: f.Group},
		Kind:   kit.Select{Field: q.Field("kind", "messages.kind"), None: q.T.T("messages.any")},
		Urgent: kit.Checkboxes{Field: q.Field("urgent", "messages.urgency"), Options: []kit.Option{{Value: "yes", Text: q.T.T("messages.urgent_only"), On: f.Urgent}}}}
	for _, k := range slices.DeleteFunc(signal.Kinds(), func(k string) bool { return !casework.Listed(k) }) {
		o := kit.Option{Value: k, Text: q.T.Head("problem." + k), On: k == f.Kind}
		if o.On {
			view.Filter.Chosen = append(view.Filter.Chosen, o.Text)
		}
		view.Kind.Options = append(view.Kind.Options, o)
	}
	if f.Urgent {
		view.Filter.Chosen = append(view.Filter.Chosen, q.T.T("messages.urgent_only"))
	}
	return view
}

// tabs lead through the groups, each with the number of its rows.
func tabs(q *kit.Req, f signal.Filter, counts map[string]int) kit.SubNav {
	var nav kit.SubNav
	for _, g := range signal.Groups() {
		v := q.URL.Query()
		v.Del("after")
		v.Set("group", g.Key)
		nav.Tabs = append(nav.Tabs, kit.Tab{Link: kit.Link{Text: q.T.T("messages.group." + g.Key), URL: URL + "?" + v.Encode(), Current: g.Key == f.Group},
			Count: strconv.Itoa(counts[g.Key])})
	}
	return nav
}

func table(v *act.View, q *kit.Req, rows []signal.Signal, n worklist.Names) kit.Table {
	t := kit.Table{Caption: q.T.T("messages.title"), Quiet: true,
		Columns: []kit.Column{{Text: q.T.T("messages.col_received")}, {Text: q.T.T("messages.col_kind")}, {Text: q.T.T("messages.col_child")}, {Text: q.T.T("messages.col_state")}},
		Empty:   &kit.Empty{Why: q.T.T("messages.empty"), Do: q.T.T("messages.empty_do")}}
	for _, s := range rows {
		kind := kit.Cell{Text: listed(q, s.Kind())}
		if s.Urgent && s.State != signal.Ended {
			kind.Tag = &kit.Tag{Text: q.T.T("messages.urgent"), Level: kit.Danger}
		}
		t.Rows = append(t.Rows, []kit.Cell{{Text: q.T.DateTime(s.ReceivedAt), URL: to(s.ID, ""), Sub: n.Places[s.Territory]}, kind,
			{Text: child(q.T, s, n)}, {Tag: state(v, q.T, s), Sub: clock(v, q.T, s)}})
	}
	return t
}

// child is whom a message is about, as far as the reader may know.
func child(t *text.Printer, s signal.Signal, n worklist.Names) string {
	switch {
	case s.Child == "":
		return t.T("messages.child_unknown")
	case n.Children[s.Child] == "":
		return t.T("messages.name_hidden")
	}
	return n.Children[s.Child]
}

// state is the state of a message by its weight.
func state(v *act.View, t *text.Printer, s signal.Signal) *kit.Tag {
	level := kit.Wait
	switch {
	case s.State == signal.Ended:
		return &kit.Tag{Text: t.T("messages.outcome." + s.Outcome), Level: kit.Good}
	case signal.Due(s, v.Norm).Late(v.Now()):
		level = kit.Danger
	case s.State == signal.New && s.Urgent:
		level = kit.Danger
	}
	return &kit.Tag{Text: t.T("messages.state." + string(s.State)), Level: level}
}

// clock says how long is left, or how late it is.
func clock(v *act.View, t *text.Printer, s signal.Signal) string {
	return t.TermAt(signal.Due(s, v.Norm).At, v.Now())
}

// listed is the kind as a list may name it (practice rule 11).
func listed(q *kit.Req, kind string) string {
	if casework.Listed(kind) {
		return q.T.Head("problem." + kind)
	}
	return q.T.T("messages.kind_inside")
}
