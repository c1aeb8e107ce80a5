package kit

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Tag is a state: a word, a shape and a colour.
type Tag struct {
	Text  string
	Level Level
}

// SummaryRow is one fact. Content stands in for Text where it needs more.
type SummaryRow struct {
	Key     string
	Text    string
	Content templ.Component
	Links   []Link
	About   string // what the links change, read after them
}

// SummaryList is a list of facts, each with its links.
type SummaryList struct {
	Title string
	Rows  []SummaryRow
}

// Column is the head of one column.
type Column struct {
	Text   string
	Number bool
}

// Cell is one value; the first of a row names the row. Sub is a second,
// quieter line.
type Cell struct {
	Text    string
	Sub     string
	URL     string
	Tag     *Tag
	Content templ.Component
}

// Table has a caption always; with Quiet it is only read aloud. On a phone
// each row becomes a card with the names of the columns beside the values.
type Table struct {
	Caption string
	Quiet   bool
	Columns []Column
	Rows    [][]Cell
	Foot    []Cell // a last row of totals
	Empty   *Empty // shown instead when there are no rows
}

// cell is a value with the column it stands in.
type cell struct {
	Cell
	column Column
	head   bool
}

func (c cell) blank() bool {
	return c.Text == "" && c.Sub == "" && c.Tag == nil && c.Content == nil
}

// link keeps a number on one line: a row is found by it.
func (c cell) link() string {
	if strings.ContainsRune(c.Text, ' ') {
		return "govuk-link"
	}
	return "govuk-link sk-solid"
}

func (t Table) cells(row []Cell) []cell {
	out := make([]cell, 0, len(row))
	for n, c := range row {
		if n < len(t.Columns) {
			out = append(out, cell{c, t.Columns[n], n == 0})
		}
	}
	return out
}

func numeric(c Column, class string) string {
	if c.Number {
		return class + " " + class + "--numeric"
	}
	return class
}

// Line is one thing to do today: how grave, about what, until when.
type Line struct {
	Level   Level
	Text    string
	URL     string
	Meta    string // whose, where, until when
	Tag     *Tag
	Actions []Action
}

// TaskList is the day: lines by their weight, the later ones folded.
type TaskList struct {
	Lines     []Line
	Later     []Line
	LaterText string // "3 more later"
	Empty     *Empty
}

// Event is one entry of a timeline, the newest first.
type Event struct {
	Text    string
	URL     string
	By      string
	When    string
	Instant string // for machines: 2026-11-24T10:42
	Level   Level
	Tag     *Tag
	Body    string
	Content templ.Component
}

// Timeline is what happened, entry by entry.
type Timeline struct{ Events []Event }

// Tab is a part of a page, a link of its own.
type Tab struct {
	Link
	Count string
}

// SubNav leads through the parts of one thing.
type SubNav struct{ Tabs []Tab }

// Empty says why there is nothing and what to do.
type Empty struct {
	Why    string
	Do     string
	Action *Action
}

// Counted is a number that leads to what it counts, with its denominator.
type Counted struct {
	Number string
	Text   string
	Of     string // "of 41 (15 %, 7–28)"
	URL    string
	Level  Level
}

// Figures are several counted numbers in a row.
type Figures struct{ Items []Counted }

// Pager leads to the page after and back to the newest.
type Pager struct {
	Text  string // "1–50 of 412"
	Newer string // addresses; none hides the link
	Older string
}

// Warning is a sentence that must not be overlooked.
type Warning struct {
	Text string
	Link *Link
}

// Banner says that something was done, or what is important now.
type Banner struct {
	Success bool
	Danger  bool // calls for action at once
	Text    string
	Body    string
	Link    *Link
}

func (b Banner) class() string {
	if b.Success {
		return "govuk-notification-banner govuk-notification-banner--success"
	}
	if b.Danger {
		return "govuk-notification-banner sk-banner--danger"
	}
	return "govuk-notification-banner"
}

func (b Banner) role() string {
	if b.Success || b.Danger {
		return "alert"
	}
	return "region"
}

func (b Banner) title(l Labels) string {
	if b.Success {
		return l.Done
	}
	return l.Important
}

// Details folds its children under one line.
type Details struct {
	Summary string
	Open    bool
}

// Inset sets its children apart.
type Inset struct{ Level Level }

func (i Inset) class() string {
	return "govuk-inset-text sk-inset--" + string(levelOr(i.Level))
}

// Filter folds the questions by which a list is narrowed; it is sent as a GET
// and therefore never asks a name.
type Filter struct {
	URL    string
	Chosen []string // what is chosen now, in words
	Clear  string   // the address without a filter
	Open   bool
}

// Domain is one of the eight sides of a child's life, 0 to 3 each: now and
// before (-1: not assessed then). Change says it in words.
type Domain struct {
	Text   string
	Now    int
	Before int
	Change string
	Level  Level
}

// AssessmentChart draws the assessment, now against before.
type AssessmentChart struct {
	Title   string
	Summary string // "4 of 8 better"
	Least   string // what 0 means
	Most    string // what 3 means
	None    string // in the table: not assessed
	Domains []Domain
}

const chartUnit = 56 // width of one step of the scale

func (d Domain) width() string   { return strconv.Itoa(max(d.Now, 0) * chartUnit) }
func (d Domain) zero() bool      { return d.Now == 0 }
func (d Domain) compared() bool  { return d.Before >= 0 }
func (d Domain) before() string  { return strconv.Itoa(chartPad + d.Before*chartUnit) }
func (d Domain) number() string  { return strconv.Itoa(d.Now) }
func (d Domain) changed() string { return "sk-chart__change sk-word--" + string(d.Level) }

const chartPad = 8 // room for the marks at both ends

func ticks() []string {
	out := make([]string, 4)
	for n := range out {
		out[n] = strconv.Itoa(chartPad + n*chartUnit)
	}
	return out
}

func (c AssessmentChart) table(l Labels) Table {
	t := Table{Caption: c.Title, Quiet: true, Columns: []Column{{Text: l.Domain}, {Text: l.Now, Number: true}, {Text: l.Before, Number: true}}}
	for _, d := range c.Domains {
		before := c.None
		if d.compared() {
			before = strconv.Itoa(d.Before)
		}
		t.Rows = append(t.Rows, []Cell{{Text: d.Text}, {Text: d.number()}, {Text: before}})
	}
	return t
}

func tagClass(l Level) string   { return "govuk-tag sk-tag--" + string(levelOr(l)) }
func shapeClass(l Level) string { return "sk-shape sk-shape--" + string(levelOr(l)) }

func levelOr(l Level) Level {
	if l == "" {
		return Calm
	}
	return l
}

// shapePath draws a weight: a full diamond, a half-filled ring, a tick, a ring.
func shapePath(l Level) string {
	switch l {
	case Danger:
		return "M8 0l8 8-8 8-8-8z"
	case Wait:
		return "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2v10A5 5 0 0 1 8 3z"
	case Good:
		return "M6.3 13.5.9 8.1l2-2 3.4 3.4 6.8-7 2 2z"
	}
	return "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3z"
}

func joined(words []string) string { return strings.Join(words, " · ") }
