package kit

import (
	"net/url"

	"serik/internal/app/worklist"
	"serik/internal/domain/casework"
)

// Totals is a table of places with their sum below, each number the way to its
// rows; zero leads nowhere and has no colour. Of many places the first most are
// shown, and the sum is of all.
func Totals(q *Req, all worklist.Places, most int) Table {
	t := Table{Caption: q.T.T("totals.caption"), Columns: []Column{{Text: q.T.T("totals.place")}, {Text: q.T.T("totals.open"), Number: true},
		{Text: q.T.T("totals.uncovered"), Number: true}, {Text: q.T.T("totals.unseen"), Number: true}, {Text: q.T.T("totals.danger"), Number: true}}}
	for _, r := range all.Rows[:min(most, len(all.Rows))] {
		t.Rows = append(t.Rows, totals(q, r.Name, r.Total))
	}
	if len(all.Rows) > 1 {
		t.Foot = totals(q, q.T.T("totals.sum"), all.Sum)
	}
	return t
}

func totals(q *Req, name string, n casework.Total) []Cell {
	at := "territory=" + url.QueryEscape(n.Territory)
	return []Cell{{Text: name, URL: "/uncovered?" + at}, number(q, n.Open, "/cases?"+at), number(q, n.Uncurated, "/uncovered?"+at),
		number(q, n.Unseen, "/cases?need=unseen&"+at), number(q, n.InDanger, "/cases?need=danger&"+at)}
}

func number(q *Req, n int, at string) Cell {
	c := Cell{Text: q.T.Number(n)}
	if n > 0 {
		c.URL = at
	}
	return c
}
