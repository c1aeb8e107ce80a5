// Package myday is the first page after signing in: at most ten lines, danger
// first.
package myday

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"serik/internal/app/retention"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/text"
	"serik/internal/transport/web/kit"
)

// URL is the section's address.
const URL = "/my-day"

const (
	laterURL  = URL + "/later"
	laterPage = 50 // lines of a page
)

// Mount puts the section's addresses on the router.
func Mount(mux *kit.Mux, s *kit.Site) {
	mux.Handle("GET "+URL, s.Show(today))
	mux.Handle("GET "+laterURL, s.Show(later))
}

// today shows what waits for the reader.
func today(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	day, err := worklist.MyDay(ctx, v)
	if err != nil {
		return kit.Screen{}, err
	}
	view := dayView{Tasks: kit.TaskList{Empty: &kit.Empty{Why: q.T.T("my_day.empty"), Do: q.T.T("my_day.empty_do")}}}
	if len(day.Lines) == 0 {
		view.Guides = guides(v, q)
		if len(view.Guides) > 0 {
			view.Tasks.Empty.Do = ""
		}
		if v.May(registry.OpenOne) == nil && v.May(casework.List) != nil {
			view.Norms = q.NormsOf(v.Norm("child.open_file_hours"))
		}
	}
	for _, l := range day.Lines {
		view.Tasks.Lines = append(view.Tasks.Lines, line(q.T, l, v.Now()))
	}
	if !day.Office {
		if err := erasures(ctx, v, q, &view); err != nil {
			return kit.Screen{}, err
		}
	}
	view.Rest = rest(q, day.Rest, worklist.DayLines)
	if v.May(casework.MayDeliver) == nil && v.May(casework.MayContact) != nil {
		view.Measures = &kit.Link{Text: q.T.T("my_day.measures"), URL: "/measures"}
	}
	if day.Office {
		level := kit.Good
		if day.Uncovered > 0 {
			level = kit.Danger
		}
		if view.Totals, view.AllPlaces, err = totals(ctx, v, q); err != nil {
			return kit.Screen{}, err
		}
		view.Figures = &kit.Figures{Items: []kit.Counted{{Number: q.T.Number(day.Uncovered), Text: q.T.N("my_day.uncovered", day.Uncovered), URL: "/uncovered", Level: level}}}
	}
	return kit.Screen{Section: URL, Tab: true, Title: kit.Title{Text: q.T.T("my_day.title"), State: q.T.Long(q.Today(), q.Today())}, Body: dayPage(view)}, nil
}

// later shows the lines after those of the day.
func later(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	from, err := strconv.Atoi(q.URL.Query().Get("from"))
	if err != nil || from < worklist.DayLines || from > 100_000 {
		from = worklist.DayLines
	}
	day, err := worklist.Later(ctx, v, from, laterPage)
	if err != nil {
		return kit.Screen{}, err
	}
	view := dayView{Tasks: kit.TaskList{Empty: &kit.Empty{Why: q.T.T("my_day.later_empty")}}, Rest: rest(q, day.Rest, from+laterPage)}
	for _, l := range day.Lines {
		view.Tasks.Lines = append(view.Tasks.Lines, line(q.T, l, v.Now()))
	}
	return kit.Screen{Section: URL, Tab: true, Back: &kit.Link{Text: q.T.T("my_day.title"), URL: URL},
		Title: kit.Title{Text: q.T.T("my_day.later")}, Body: dayPage(view)}, nil
}

// rest leads to the lines that are not shown.
func rest(q *kit.Req, n, from int) *kit.Link {
	if n == 0 {
		return nil
	}
	return &kit.Link{Text: q.T.N("my_day.rest", n), URL: laterURL + "?from=" + strconv.Itoa(from)}
}

// erasures adds the line of what another has asked to have erased, to those who
// answer and have no office: theirs is the second of two signatures.
func erasures(ctx context.Context, v *act.View, q *kit.Req, view *dayView) error {
	if v.May(retention.AnswerOne) != nil {
		return nil
	}
	n, err := retention.Waiting(ctx, v)
	if n > 0 {
		view.Tasks.Lines = append(view.Tasks.Lines, kit.Line{Level: kit.Wait, Text: q.T.N("my_day.erasures", n), URL: "/erasures"})
	}
	return err
}

// totals are the ten gravest places below the reader's, and the way to all.
func totals(ctx context.Context, v *act.View, q *kit.Req) (*kit.Table, *kit.Link, error) {
	all, err := worklist.Totals(ctx, v, q.T.Lang(), "")
	if err != nil || len(all.Rows) == 0 {
		return nil, nil, err
	}
	const most = 10
	table := kit.Totals(q, all, most)
	if len(all.Rows) <= most {
		return &table, nil, nil
	}
	return &table, &kit.Link{Text: q.T.N("my_day.places_all", len(all.Rows)), URL: "/uncovered"}, nil
}

// line is one thing to do: whose, what, until when, and where it is done.
func line(t *text.Printer, l worklist.DayLine, now time.Time) kit.Line {
	today := date.Of(now)
	out := kit.Line{Level: level(l), Text: t.T("line." + said(l)), URL: address(l), Meta: l.No}
	if l.Child != "" {
		out.Meta = t.T("my_day.child", map[string]any{"Name": l.Child, "Age": t.Age(l.Born, today), "No": l.No})
	}
	if l.Risk != "" {
		out.Meta += " · " + t.T("my_day.risk."+string(l.Risk))
	}
	switch {
	case l.Measure != "" && l.No != "":
		out.Text = t.T("my_day.of_measure", map[string]any{"What": out.Text, "Measure": "measure_kind." + l.Measure})
	case l.Measure != "":
		out.Text, out.Meta = t.T("my_day.measure", map[string]any{"Measure": "measure_kind." + l.Measure}), t.T("line."+l.Kind)
	}
	if l.Signal != "" {
		out.Meta = message(t, l)
	}
	out.Tag = &kit.Tag{Text: t.Term(l.Due, today), Level: kit.Wait}
	if !l.At.IsZero() {
		out.Tag.Text = t.TermAt(l.At, now)
	}
	if l.Late || l.Rank == casework.Danger {
		out.Tag.Level = kit.Danger
	}
	if l.Kind == casework.LineOffer {
		at := "/cases/" + l.Case.String()
		out.Actions = []kit.Action{{Text: t.T("my_day.accept"), About: l.No, URL: at + "/accept", Post: true},
			{Text: t.T("my_day.decline"), About: l.No, URL: at + "/decline"}}
	}
	return out
}

// said is the key of what a line says: an offer follows the child.
func said(l worklist.DayLine) string {
	switch {
	case l.Kind == casework.LineOffer && l.Now:
		return "offer_now"
	case l.Kind == casework.LineOffer && l.Rank == casework.Danger:
		return "offer_urgent"
	}
	return l.Kind
}

// message tells which of several messages is to be opened first: whether it is
// urgent, of what it tells where a list may say so, and since when it waits.
func message(t *text.Printer, l worklist.DayLine) string {
	parts := []string{t.T("my_day.kind_inside"), t.T("my_day.received", map[string]any{"When": t.DateTime(l.Received)})}
	if l.Problem != "" {
		parts[0] = t.T("problem." + l.Problem)
	}
	if l.Urgent {
		parts = slices.Insert(parts, 0, t.T("my_day.urgent"))
	}
	parts[0] = text.Capital(parts[0])
	return strings.Join(parts, " · ")
}

func level(l worklist.DayLine) kit.Level {
	switch {
	case l.Rank == casework.Danger:
		return kit.Danger
	case l.Late:
		return kit.Wait
	}
	return kit.Calm
}

// address is where the line is mended: the form itself, not the front page of
// the case.
func address(l worklist.DayLine) string {
	if l.Signal != "" {
		return "/messages/" + l.Signal.String()
	}
	at := "/cases/" + l.Case.String()
	switch l.Kind {
	case casework.LineContact, casework.LineNotSeen:
		return at + "/contact"
	case casework.LineUncovered:
		return at + "/curator"
	case casework.LineEnded:
		return at + "/look"
	case casework.LineAssessment:
		return at + "/assessment"
	case casework.LinePlan, casework.LineReview:
		return at + "/plan/edit"
	case casework.LineReading:
		return "/measures/" + l.On.String() + "/reading"
	case casework.LineResult:
		return "/measures/" + l.On.String() + "/result"
	case casework.LineOrdered:
		return "/measures/" + l.On.String()
	case casework.LineDelivery:
		if l.Child == "" { // an executor reads first what was ordered
			return "/measures/" + l.On.String()
		}
		return "/measures/" + l.On.String() + "/delivery"
	}
	return at
}
