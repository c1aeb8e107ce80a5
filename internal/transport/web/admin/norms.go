package admin

import (
	"context"
	"strings"

	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/norm"
	"serik/internal/platform/settings"
	"serik/internal/transport/web/kit"
)

// book is the pages of the norms.
type book struct{ norms *norm.Book }

// rooms are the headings of the list and the beginnings of the keys under
// each; what has no heading of its own stands last.
func rooms() []struct {
	key    string
	prefix string
} {
	return []struct{ key, prefix string }{
		{"norm.room.signal", "signal"},
		{"norm.room.case", "case curator contact risk measure result end plan"},
		{"norm.room.child", "child"},
		{"norm.room.access", "signin session token factor people"},
		{"norm.room.looks", "access"},
		{"norm.room.keeping", "retention file"},
		{"norm.room.webhook", "webhook"},
		{"norm.room.other", ""},
	}
}

// list shows every norm by which somebody is judged, with its ground.
func (b book) list(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	all, err := settings.List(ctx, v, b.norms)
	if err != nil {
		return kit.Screen{}, err
	}
	view := normsView{Tabs: tabs(v, q, normsURL), About: q.T.T("admin.norms_about")}
	unverified := 0
	groups := map[string]*kit.Table{}
	for _, r := range all {
		if !r.Now.Verified() {
			unverified++
		}
		room := roomOf(r.Key)
		if groups[room] == nil {
			groups[room] = &kit.Table{Caption: q.T.T(room), Columns: []kit.Column{{Text: q.T.T("admin.col_norm")}, {Text: q.T.T("admin.col_value")}, {Text: q.T.T("admin.norm_check")}}}
		}
		groups[room].Rows = append(groups[room].Rows, normRow(q, r))
	}
	for _, x := range rooms() {
		if t := groups[x.key]; t != nil {
			view.Tables = append(view.Tables, *t)
		}
	}
	title := kit.Title{Text: q.T.T("admin.norms"), State: q.T.T("admin.norms_all_verified")}
	if unverified > 0 {
		title.State = q.T.N("admin.norms_unverified", unverified)
	}
	return kit.Screen{Tab: true, Section: URL, Wide: true, Title: title, Body: normsPage(view)}, nil
}

func roomOf(key string) string {
	head, _, _ := strings.Cut(key, ".")
	for _, x := range rooms() {
		for _, p := range strings.Fields(x.prefix) {
			if p == head {
				return x.key
			}
		}
	}
	return "norm.room.other"
}

func normRow(q *kit.Req, r settings.Row) []kit.Cell {
	value := kit.Cell{Text: valueWords(q, r.Unit, r.Now.Value)}
	if len(r.Planned) > 0 {
		value.Sub = planned(q, r.Unit, r.Planned[0])
	}
	return []kit.Cell{{Text: q.T.T("norm." + r.Key), URL: normsURL + "/" + r.Key, Sub: ground(q, r.Now)}, value, {Tag: verifiedTag(q, r.Now)}}
}

// ground is the act and the article of a value.
func ground(q *kit.Req, d settings.Dated) string {
	if d.Act == "" {
		return q.T.T("admin.no_source")
	}
	return strings.TrimSuffix(d.Act+", "+d.Article, ", ")
}

func planned(q *kit.Req, u norm.Unit, d settings.Dated) string {
	return q.T.T("admin.planned_from", fault.Args{"Date": d.From, "Value": valueWords(q, u, d.Value)})
}

func verifiedTag(q *kit.Req, d settings.Dated) *kit.Tag {
	if d.Verified() {
		return &kit.Tag{Text: q.T.T("admin.verified"), Level: kit.Good}
	}
	return &kit.Tag{Text: q.T.T("norm.unverified"), Level: kit.Wait}
}

// valueWords is a value with its unit.
func valueWords(q *kit.Req, u norm.Unit, value string) string {
	switch u {
	case norm.YesNo:
		if value == "yes" {
			return q.T.T("admin.norm_yes")
		}
		return q.T.T("admin.norm_no")
	case norm.Count:
		return value
	}
	return q.T.N("norm.in."+string(u), norm.Norm{Value: value}.Int())
}

// period is the days on which a value counted or will count.
func period(q *kit.Req, d settings.Dated) string {
	switch {
	case d.Always() && d.To.IsZero():
		return q.T.T("admin.norm_always")
	case d.Always():
		return q.T.T("admin.until", fault.Args{"To": d.To})
	case d.To.IsZero():
		return q.T.T("admin.from_to", fault.Args{"From": d.From})
	}
	return q.T.T("admin.from_until", fault.Args{"From": d.From, "To": d.To})
}
