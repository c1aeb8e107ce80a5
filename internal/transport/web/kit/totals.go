package kit

import "net/url"

// PlaceTotal is the open cases of one place in numbers.
type PlaceTotal struct {
	Path, Name                      string
	Open, Uncovered, Unseen, Danger int
}

// Totals is a table of places, each number the way to its rows; zero leads
// nowhere and has no colour.
func Totals(q *Req, rows []PlaceTotal) Table {
	t := Table{Caption: q.T.T("totals.caption"), Columns: []Column{{Text: q.T.T("totals.place")}, {Text: q.T.T("totals.open"), Number: true},
		{Text: q.T.T("totals.uncovered"), Number: true}, {Text: q.T.T("totals.unseen"), Number: true}, {Text: q.T.T("totals.danger"), Number: true}}}
	for _, r := range rows {
		at := "territory=" + url.QueryEscape(r.Path)
		t.Rows = append(t.Rows, []Cell{{Text: r.Name, URL: "/uncovered?" + at}, number(q, r.Open, "/cases?"+at), number(q, r.Uncovered, "/uncovered?"+at),
			number(q, r.Unseen, "/cases?need=unseen&"+at), number(q, r.Danger, "/cases?need=danger&"+at)})
	}
	return t
}

func number(q *Req, n int, at string) Cell {
	c := Cell{Text: q.T.Number(n)}
	if n > 0 {
		c.URL = at
	}
	return c
}
