package kit

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Field is what every question has: a name, a label above, a hint under the
// label and, after a refusal, the error at the field. An identifier is the
// name unless given.
type Field struct {
	Name     string
	ID       string
	Label    string
	Hint     string
	Error    string
	Optional bool
	Heading  bool // the label is the page's heading: one question on a page
}

// Optional is a field that may stay empty.
func Optional(f Field) Field {
	f.Optional = true
	return f
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f Field) hintID() string  { return f.id() + "-hint" }
func (f Field) errorID() string { return f.id() + "-error" }

// described links the field with its hint, its error and any other note.
func (f Field) described(notes ...string) templ.Attributes {
	ids := notes
	if f.Error != "" {
		ids = append([]string{f.errorID()}, ids...)
	}
	if f.Hint != "" {
		ids = append([]string{f.hintID()}, ids...)
	}
	a := templ.Attributes{}
	if len(ids) > 0 {
		a["aria-describedby"] = strings.Join(ids, " ")
	}
	return a
}

// faulty marks the one control that is wrong.
func (f Field) faulty() templ.Attributes {
	if f.Error == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true"}
}

// FieldError is one line of the error summary: what is missing and where.
type FieldError struct {
	ID   string // of the field; none for an error of the whole form
	Text string
}

// ErrorSummary stands first on a page that refused, and leads to each field.
type ErrorSummary struct{ Errors []FieldError }

// Input is one line of text.
type Input struct {
	Field
	Value    string
	Kind     string // text unless given: tel, email, search, url
	Mode     string // keyboard of a phone: numeric, decimal
	Chars    int    // width in characters: 2, 3, 4, 5, 10, 20, 30; else whole
	Max      int
	Complete string // autocomplete: off unless given
	Suffix   string // a unit after the box
}

func (i Input) kind() string     { return or(i.Kind, "text") }
func (i Input) complete() string { return or(i.Complete, "off") }

func (i Input) width() string {
	if i.Chars == 0 {
		return ""
	}
	return "govuk-input--width-" + strconv.Itoa(i.Chars)
}

func (i Input) limits() templ.Attributes { return limits(i.Max, i.Mode) }

// Textarea is a longer text; with Max its length is counted.
type Textarea struct {
	Field
	Value string
	Rows  int
	Max   int
}

func (t Textarea) rows() string    { return strconv.Itoa(max(t.Rows, 4)) }
func (t Textarea) countID() string { return t.id() + "-count" }

func (t Textarea) notes() []string {
	if t.Max == 0 {
		return nil
	}
	return []string{t.countID()}
}

func (t Textarea) counted() string {
	return strconv.Itoa(len([]rune(t.Value))) + " / " + strconv.Itoa(t.Max)
}

// Option is one choice among radios, checkboxes or of a select.
type Option struct {
	Value  string
	Text   string
	Hint   string
	On     bool
	Or     string          // a word set before this option: "or"
	Reveal templ.Component // shown under the option when it is chosen
}

// Radios are one choice among up to seven.
type Radios struct {
	Field
	Options []Option
	Inline  bool
}

// Checkboxes are any number of choices.
type Checkboxes struct {
	Field
	Options []Option
}

// Select is one choice among more than seven.
type Select struct {
	Field
	None    string // the text of no choice
	Options []Option
}

// DateBoxes ask a day in three boxes, sent as name-day, name-month, name-year.
// The identifier of the first box is the field's own.
type DateBoxes struct {
	Field
	Day, Month, Year string
	Wrong            string // the one box that is wrong, where it is one
}

// boxOf is the argument of a refusal that names the box: day, month or year.
const boxOf = "Box"

var dateParts = [...]string{"day", "month", "year"}

// dateBox is one of the three.
type dateBox struct {
	id, name, label, value string
	chars                  int
	Field                  // of the question, without its error where another box is wrong
}

func boxID(field, box string) string {
	if box == dateParts[0] {
		return field
	}
	return field + "-" + box
}

func (d DateBoxes) boxes(l Labels) []dateBox {
	texts, values, chars := []string{l.Day, l.Month, l.Year}, []string{d.Day, d.Month, d.Year}, []int{2, 2, 4}
	var out []dateBox
	for i, part := range dateParts {
		b := dateBox{boxID(d.id(), part), d.Name + "-" + part, texts[i], values[i], chars[i], d.Field}
		if d.Wrong != "" && d.Wrong != part {
			b.Error = ""
		}
		out = append(out, b)
	}
	return out
}

func (b dateBox) width() string { return "govuk-input--width-" + strconv.Itoa(b.chars) }

// TimeBox asks an hour and minute in one box: 14:30.
type TimeBox struct {
	Field
	Value string
}

func (t TimeBox) input(l Labels) Input {
	f := t.Field
	f.Hint = or(f.Hint, l.Time)
	return Input{Field: f, Value: t.Value, Chars: 5, Max: 5}
}

// Password asks for a secret: the one there is, or a new one.
type Password struct {
	Field
	New bool
}

func (p Password) complete() string {
	if p.New {
		return "new-password"
	}
	return "current-password"
}

// File asks for one or several files.
type File struct {
	Field
	Accept   string
	Multiple bool
}

// Fieldset gathers fields under one question.
type Fieldset struct {
	ID      string
	Legend  string
	Hint    string
	Heading bool
}

func (s Fieldset) described() templ.Attributes {
	if s.Hint == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": s.ID + "-hint"}
}

// Button sends the form. A plain one is the primary; there is one on a page.
type Button struct {
	Text      string
	Name      string
	Value     string
	Secondary bool
	Danger    bool
}

func (b Button) class() string { return buttonClass(!b.Secondary, b.Danger) }

// Form is posted to URL, or with Get asks for a page by an answer that may
// stand in an address, such as a place. Texts typed into a form with Keep survive a lost
// connection and an ended session in this browser window; Version keeps a
// text typed upon an older state apart from the newer one.
type Form struct {
	URL     string
	Keep    string
	Version string
	Get     bool
	Files   bool
	Fresh   bool // a browser that goes back restores no answer
	Hidden  []Hidden
}

func (f Form) method() string {
	if f.Get {
		return "get"
	}
	return "post"
}

func (f Form) marks() templ.Attributes {
	a := templ.Attributes{}
	if f.Keep != "" {
		a["data-keep"] = f.Keep + "/" + f.Version
	}
	if f.Fresh {
		a["autocomplete"] = "off"
	}
	if f.Files {
		a["enctype"] = "multipart/form-data"
	}
	return a
}

// ConflictRow is one field in which the two differ.
type ConflictRow struct{ Label, Mine, Theirs string }

// Conflict shows two texts side by side when somebody else saved first: the
// typed one is lost in no case.
type Conflict struct {
	Title string
	Text  string
	Rows  []ConflictRow
}

func buttonClass(primary, danger bool) string {
	switch {
	case danger:
		return "govuk-button govuk-button--warning"
	case primary:
		return "govuk-button"
	}
	return "govuk-button govuk-button--secondary"
}

// invalid is the class of a control whose field has an error.
func invalid(f Field, class string) string {
	if f.Error == "" {
		return ""
	}
	return class
}

// groupClass is the class of the whole question.
func groupClass(f Field) string {
	if f.Error == "" {
		return "govuk-form-group"
	}
	return "govuk-form-group govuk-form-group--error"
}

// optionID numbers the options of a question; the first bears the field's own
// identifier, so that the error summary leads to it.
func optionID(f Field, n int) string {
	if n == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(n+1)
}

func limits(most int, mode string) templ.Attributes {
	a := templ.Attributes{}
	if most > 0 {
		a["maxlength"] = strconv.Itoa(most)
	}
	if mode != "" {
		a["inputmode"] = mode
	}
	return a
}

// hinted links one option with its own hint.
func hinted(o Option, id string) templ.Attributes {
	if o.Hint == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": id + "-hint"}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
