package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"serik/internal/app/timeline"
	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/db"
	"serik/internal/platform/id"
)

const tagCases = "cases"

// cases are the operations that look at cases.
func cases(d *desk) {
	reads(d, tagCases, op{id: "listCases", route: "GET /cases", says: "List cases, newest first"}, listCases)
	reads(d, tagCases, op{id: "countCases", route: "GET /cases/count", says: "Count the cases that a list would show"}, countCases)
	reads(d, tagCases, op{id: "listUncovered", route: "GET /cases/uncovered", says: "Children with an open case whom nobody walks with"}, listUncovered)
	reads(d, tagCases, op{id: "getMyDay", route: "GET /my-day", says: "What is to be done, the most dangerous first"}, myDay)
	reads(d, tagCases, op{id: "getCase", route: "GET /cases/{case}", says: "A case with everything in it that the person may see"}, getCase)
	reads(d, tagCases, op{id: "listCaseHistory", route: "GET /cases/{case}/history", says: "What was done with the case, by whom"}, caseHistory)
}

// CaseLine is a case in a list.
type CaseLine struct {
	ID        id.ID      `json:"id"`
	No        string     `json:"no"`
	State     string     `json:"state"`
	Risk      string     `json:"risk"`
	Problems  []string   `json:"problems" doc:"Those that a list may name."`
	OpenedAt  time.Time  `json:"opened_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Territory string     `json:"territory"`
	Place     string     `json:"place"`
	Curator   string     `json:"curator,omitempty"`
	Covered   bool       `json:"covered" doc:"Somebody walks with the child now."`
	Child     string     `json:"child,omitempty" doc:"First name and initial, where the reader may know."`
	Born      date.Date  `json:"born,omitempty,omitzero"`
	BornKnown date.Known `json:"born_known,omitempty"`
}

// Choice narrows a list of cases.
type Choice struct {
	Among
	State   string `query:"state" enum:",ended" doc:"None is every open state."`
	Risk    string `query:"risk" enum:",low,medium,high,acute"`
	Problem string `query:"problem" maxLength:"40"`
	Curator string `query:"curator" format:"uuid"`
	Need    string `query:"need" enum:",uncovered,unseen,danger" doc:"What an open case wants at once."`
}

func (c *Choice) filter(ctx context.Context) worklist.CaseFilter {
	f := worklist.CaseFilter{State: casework.State(c.State), Risk: casework.Risk(c.Risk), Curator: id.ID(c.Curator), Territory: c.Territory,
		Need: casework.Need(c.Need), Lang: callerOf(ctx).t.Lang()}
	if slices.Contains(casework.Problems(), c.Problem) && casework.Listed(c.Problem) {
		f.Problem = c.Problem
	}
	return f
}

// listable are the problems that a list may name.
func listable(problems string) []string {
	out := []string{}
	for _, p := range strings.Fields(problems) {
		if casework.Listed(p) {
			out = append(out, p)
		}
	}
	return out
}

type listCasesIn struct {
	Grounded
	Choice
}

func listCases(ctx context.Context, v *act.View, in *listCasesIn) (Rows[CaseLine], error) {
	none := Rows[CaseLine]{Items: []CaseLine{}}
	if _, err := in.why(v); err != nil {
		return none, err
	}
	at, last, err := in.placeAt(ctx, "cases")
	if err != nil {
		return none, err
	}
	var after *worklist.Cursor
	if last != "" {
		after = &worklist.Cursor{At: at, ID: last}
	}
	f := in.filter(ctx)
	f.Limit = in.Limit
	rows, next, err := worklist.Cases(ctx, v, f, after)
	if err != nil {
		return none, err
	}
	out := none
	for _, r := range rows {
		out.Items = append(out.Items, CaseLine{r.ID, r.No, string(r.State), string(r.Risk), listable(r.Problems), r.OpenedAt, r.EndedAt, r.Territory,
			r.Place, r.Curator, r.Covered, r.Child, r.Born, r.BornKnown})
	}
	if next != nil {
		out.Next, err = sealed(ctx, "cases", db.MarkAt(next.At, next.ID.String()))
	}
	return out, err
}

type countCasesIn struct{ Choice }

func countCases(ctx context.Context, v *act.View, in *countCasesIn) (Counted, error) {
	n, err := worklist.CountCases(ctx, v, in.filter(ctx))
	return Counted{n}, err
}

// Uncovered is an open case whose child nobody walks with.
type Uncovered struct {
	ID         id.ID     `json:"id"`
	No         string    `json:"no"`
	Territory  string    `json:"territory"`
	Risk       string    `json:"risk"`
	Since      time.Time `json:"since"`
	Why        string    `json:"why"`
	Due        time.Time `json:"due"`
	Overdue    bool      `json:"overdue"`
	Declines   int       `json:"declines"`
	Asked      id.ID     `json:"asked,omitempty"`
	MayAppoint bool      `json:"may_appoint"`
	Version    int       `json:"version"`
}

type uncoveredIn struct {
	Paging
	Among
}

func listUncovered(ctx context.Context, v *act.View, in *uncoveredIn) (Rows[Uncovered], error) {
	none := Rows[Uncovered]{Items: []Uncovered{}}
	last, err := in.placeID(ctx, "uncovered")
	if err != nil {
		return none, err
	}
	p := casework.UncoveredPage{Territory: in.Territory, After: last, Limit: in.Limit, First: signal.HeldChild(v, "c.child")}
	rows, _, err := casework.Uncovered(ctx, v, p)
	if err != nil {
		return none, err
	}
	out := none
	for _, r := range rows {
		out.Items = append(out.Items, Uncovered{r.ID, r.No, r.Territory, string(r.Risk), r.Since, string(r.Why), r.Due, r.Overdue, r.Declines, r.Asked,
			r.MayAppoint, r.Version})
	}
	if n := len(rows); n == in.Limit {
		out.Next, err = sealed(ctx, "uncovered", []byte(rows[n-1].ID))
	}
	return out, err
}

// DayLine is one thing to do.
type DayLine struct {
	Kind      string     `json:"kind"`
	Rank      int        `json:"rank"`
	Case      id.ID      `json:"case,omitempty"`
	Signal    id.ID      `json:"signal,omitempty"`
	On        id.ID      `json:"on,omitempty" doc:"The measure, result, change or check it is about."`
	No        string     `json:"no,omitempty"`
	Child     string     `json:"child,omitempty"`
	Measure   string     `json:"measure,omitempty" doc:"The kind of measure the line is of; beside a child only where a list may tell it."`
	Born      date.Date  `json:"born,omitempty,omitzero"`
	BornKnown date.Known `json:"born_known,omitempty"`
	Urgent    bool       `json:"urgent"`
	Due       date.Date  `json:"due,omitempty,omitzero"`
	At        time.Time  `json:"at,omitzero"`
	Late      bool       `json:"late"`

	Problem  string        `json:"problem,omitempty" doc:"What a message tells of, where a list may name it."`
	Received time.Time     `json:"received,omitzero"`
	Risk     casework.Risk `json:"risk,omitempty" doc:"Of the case, to who is asked to be its curator."`
	Now      bool          `json:"now,omitempty" doc:"Danger now stands unanswered in the case of an offer."`
}

// Day is what is to be done today.
type Day struct {
	Lines     []DayLine `json:"lines"`
	Rest      int       `json:"rest"`
	Uncovered int       `json:"uncovered"`
	Office    bool      `json:"office"`
	// Places are for the level above.
	Places []PlaceTotal `json:"places,omitempty" doc:"The open cases of each place below, the gravest first."`
}

// PlaceTotal is the open cases of one place in numbers.
type PlaceTotal struct {
	Territory string `json:"territory"`
	Name      string `json:"name"`
	Open      int    `json:"open"`
	Uncovered int    `json:"uncovered"`
	Unseen    int    `json:"unseen" doc:"The child was not seen in time."`
	Danger    int    `json:"danger" doc:"Danger now stands unanswered."`
}

type dayIn struct {
	Grounding
	From int `query:"from" minimum:"0" maximum:"100000" doc:"How many lines to pass over: lines after the first ones come ten at a time, without the figures of an office."`
}

func myDay(ctx context.Context, v *act.View, in *dayIn) (Day, error) {
	var t worklist.Today
	var err error
	if in.From > 0 {
		t, err = worklist.Later(ctx, v, in.From, worklist.DayLines)
	} else {
		t, err = worklist.MyDay(ctx, v)
	}
	out := Day{Lines: []DayLine{}, Rest: t.Rest, Uncovered: t.Uncovered, Office: t.Office}
	for _, l := range t.Lines {
		out.Lines = append(out.Lines, DayLine{l.Kind, int(l.Rank), l.Case, l.Signal, l.On, l.No, l.Child, l.Measure, l.Born.Day, l.Born.Known, l.Urgent, l.Due, l.At, l.Late,
			l.Problem, l.Received, l.Risk, l.Now})
	}
	if err != nil || !t.Office {
		return out, err
	}
	places, err := worklist.Totals(ctx, v, callerOf(ctx).t.Lang(), "")
	for _, p := range places.Rows {
		out.Places = append(out.Places, PlaceTotal{p.Territory, p.Name, p.Open, p.Uncurated, p.Unseen, p.InDanger})
	}
	return out, err
}

// OneCase names the case of an address.
type OneCase struct {
	Case string `path:"case"`
}

type historyIn struct {
	OneCase
	After string `query:"after" maxLength:"2000"`
}

// Deed is one thing that was done.
type Deed struct {
	ID     id.ID     `json:"id"`
	At     time.Time `json:"at"`
	Person id.ID     `json:"person,omitempty"`
	Verb   string    `json:"verb"`
	On     id.ID     `json:"on,omitempty"`
}

func caseHistory(ctx context.Context, v *act.View, in *historyIn) (Rows[Deed], error) {
	none := Rows[Deed]{Items: []Deed{}}
	k, err := key(in.Case)
	if err != nil {
		return none, err
	}
	at, last, err := Paging{After: in.After}.placeAt(ctx, "history "+in.Case)
	if err != nil {
		return none, err
	}
	var after *timeline.Cursor
	if last != "" {
		after = &timeline.Cursor{At: at, ID: last}
	}
	all, next, err := timeline.OfCase(ctx, v, k, after)
	if err != nil {
		return none, err
	}
	out := none
	for _, x := range all {
		out.Items = append(out.Items, Deed(x))
	}
	if next != nil {
		out.Next, err = sealed(ctx, "history "+in.Case, db.MarkAt(next.At, next.ID.String()))
	}
	return out, err
}
