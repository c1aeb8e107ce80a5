package kit

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Labels are the words of the kit itself, in the language of the page. They
// are filled once for each language and travel with the rendering, so that a
// field needs only its own words.
type Labels struct {
	Brand       string // the name of the system
	Skip        string // skip to the main content
	Search      string // label of the search in the header
	SearchHint  string // what can be searched for
	Find        string // the button of the search
	Language    string // name of the language switch
	Sections    string // name of the main navigation
	Here        string // name of the tabs within a page
	Place       string // name of the switch of place and role
	Me          string // opens the menu of the signed-in person
	SignOut     string
	More        string // opens the other actions
	Back        string
	Path        string // name of the breadcrumbs
	Optional    string // "(optional)", without brackets
	Error       string // read before an error message
	Errors      string // title of the error summary
	Done        string // title of a banner of success
	Important   string // title of a banner of notice
	Warning     string // read before a warning
	Day         string
	Month       string
	Year        string
	Time        string // hint of a time, as in 14:30
	Show        string // show the password
	Hide        string // hide the password
	Kept        string // typed text was brought back
	Away        string // the server cannot be reached and nothing was sent
	Mine        string // my text, in a conflict
	Theirs      string // the text saved meanwhile
	Newer       string // previous page of a list
	Older       string // next page of a list
	Pages       string // name of the pager
	Numbers     string // opens the table behind a picture
	Domain      string // column of a chart's table
	Now         string
	Before      string
	Danger      string // word of a state by its weight, read beside the shape
	Wait        string
	Good        string
	Calm        string
	FilterOpen  string // opens the filter
	FilterApply string
	FilterClear string
	Footer      string // name of the links in the footer
}

// Word is the label of a weight, read aloud where only the shape is seen.
func (l Labels) Word(v Level) string {
	switch v {
	case Danger:
		return l.Danger
	case Wait:
		return l.Wait
	case Good:
		return l.Good
	}
	return l.Calm
}

// Level is the weight of a state. Each has its own shape besides its colour.
type Level string

// The weights, from none to the gravest.
const (
	Calm   Level = "calm"
	Good   Level = "good"
	Wait   Level = "wait"
	Danger Level = "danger"
)

// Link is a text that leads somewhere.
type Link struct {
	Text    string
	URL     string
	Current bool
}

// Hidden is a value sent along with a form.
type Hidden struct{ Name, Value string }

// Action is something one can do: a link when Post is false, else a form of
// one button. As a component it is drawn as a button.
type Action struct {
	Text    string
	About   string // read after the text where the text alone is not enough
	URL     string
	Post    bool
	Fields  []Hidden
	Primary bool // the one main action of its place
	Danger  bool // ends or opens something that cannot be taken back
}

// Tongue is one choice of the language switch.
type Tongue struct {
	Code    string // kk, ru, en: sent as "lang"
	Text    string // as on the button
	Name    string // the full name, in that language
	Current bool
}

// Place is a territory and role in which the person may act: sent as "grant".
type Place struct {
	ID      string
	Text    string
	Current bool
}

// Header is the bar at the top of a page. A person who is not signed in has
// no Me, no Search and no places.
type Header struct {
	Home      string // the address of the first page
	Place     string // "Almaly district"
	Role      string // "secretary"
	Places    []Place
	PlaceURL  string // where the switch of place is posted
	SearchURL string // where the search is posted; none hides it
	LangURL   string // where the switch of language is posted
	Here      string // the page to return to after a switch, without host
	Tongues   []Tongue
	Me        string // name of the person; none hides the menu
	MeLinks   []Link
	SignOut   string // where signing out is posted
}

// Title says whose page it is, its state in one line, the one primary action
// and the rest under "More".
type Title struct {
	Text    string
	State   string
	Tags    []Tag
	Primary *Action
	More    []Action
}

func (t Title) primary() Action {
	a := *t.Primary
	a.Primary = true
	return a
}

// Notice is a line over the page: a trial phase, a suspended service, an old
// number ("as of 10:42").
type Notice struct {
	Word  string
	Text  string
	Link  *Link
	Level Level
}

// Footer stands at the end of each page.
type Footer struct {
	Lines []string
	Links []Link
}

// Frame is everything around the content of a page.
type Frame struct {
	Lang     string // of <html>: kk, ru or en
	Labels   Labels
	Document string // title of the browser's window: no child's name here
	Header   Header
	Sections []Link // at most six
	Notice   *Notice
	Crumbs   []Link
	Back     *Link
	Title    Title
	Banner   *Banner
	Errors   []FieldError // shown first, above the content
	Wide     bool         // tables over the whole width
	Footer   Footer
}

type labelsKey struct{}

// WithLabels gives the components below the words of the kit.
func WithLabels(ctx context.Context, l Labels) context.Context {
	return context.WithValue(ctx, labelsKey{}, l)
}

// labels are the words given to this rendering; without any they are empty.
func labels(ctx context.Context) Labels {
	l, _ := ctx.Value(labelsKey{}).(Labels)
	return l
}

// Page renders its children within the frame.
func Page(f Frame) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layout(f).Render(WithLabels(ctx, f.Labels), w)
	})
}

// Part renders a component alone, as an answer to a partial request.
func Part(l Labels, c templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(WithLabels(ctx, l), w)
	})
}
