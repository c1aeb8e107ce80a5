package kit

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"serik/internal/platform/access"
	"serik/internal/platform/date"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
)

// maxForm bounds what a form may send, without files.
const maxForm = 256 << 10

// Req is one request as a page sees it: who asks, in which language, and, after
// a refusal, what was typed and what is wrong with it.
type Req struct {
	*http.Request
	T     *text.Printer
	Who   access.Who
	Form  url.Values   // what was posted, nil on a first look
	Fault *fault.Fault // the refusal that is being shown, or nil
	bad   fault.Fields
	asked []Field // the questions of the page
	today date.Date

	kept    string              // the name of what was kept for this page
	lost    bool                // an error is shown: the address is not named
	private bool                // the form asks what is kept nowhere
	why     *directory.WhyAsked // why so many children are looked at, before the page is shown
	record  string              // the page of the record, where the address does not name it
}

// enter finds the person behind the session; without one it leads to the
// sign-in page.
func (s *Site) enter(w http.ResponseWriter, r *http.Request) (*Req, bool) {
	q := s.stranger(r)
	person := s.Sessions.GetString(r.Context(), "person")
	if person == "" {
		to := "/sign-in"
		if r.Method == http.MethodGet && r.URL.Path != "/" {
			to += "?next=" + url.QueryEscape(here(r))
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil, false
	}
	if s.Sessions.GetBool(r.Context(), "must_change") && r.URL.Path != "/account/password" && r.URL.Path != "/sign-out" {
		http.Redirect(w, r, "/account/password", http.StatusSeeOther)
		return nil, false
	}
	if s.Sessions.GetBool(r.Context(), directory.SessionMustEnrol) && !strings.HasPrefix(r.URL.Path, "/account/factor") && r.URL.Path != "/account/password" {
		http.Redirect(w, r, "/account/factor", http.StatusSeeOther)
		return nil, false
	}
	q.Who = access.Who{Person: id.ID(person)}
	noteOf(r).person = person
	return q, true
}

// here is the address to come back to after signing in: with what was chosen in
// it, without a place in a list and a form of the session that is over.
func here(r *http.Request) string {
	v := r.URL.Query()
	v.Del("after")
	v.Del(keptIn)
	if len(v) == 0 {
		return r.URL.Path
	}
	return r.URL.Path + "?" + v.Encode()
}

func (s *Site) stranger(r *http.Request) *Req {
	return &Req{Request: r, T: s.Words.In(s.lang(r)), Who: access.Who{System: "public"}, today: date.Of(s.Run.Now())}
}

// lang is the chosen language, else the browser's, else Kazakh.
func (s *Site) lang(r *http.Request) text.Lang {
	if c, err := r.Cookie("lang"); err == nil {
		if l, ok := text.ParseLang(c.Value); ok {
			return l
		}
	}
	return text.Accept(r.Header.Get("Accept-Language"))
}

// read parses the posted form within its bound.
func (q *Req) read(w http.ResponseWriter) bool {
	if err := q.Request.ParseForm(); err != nil {
		code := http.StatusBadRequest
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			code = http.StatusRequestEntityTooLarge
		}
		http.Error(w, http.StatusText(code), code)
		return false
	}
	q.Form = q.PostForm
	for _, all := range q.Form {
		for i, v := range all {
			all[i] = clean(v)
		}
	}
	return true
}

// clean keeps of a typed text what a database and a page can hold: broken
// letters become marks, control characters but line breaks and tabs go.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// Today is the law day of the request.
func (q *Req) Today() date.Date { return q.today }

// ID reads an identifier from the path; a malformed one is simply missing.
func (q *Req) ID(name string) (id.ID, error) {
	k, err := id.Parse(q.PathValue(name))
	if err != nil {
		return "", fault.Missing()
	}
	return k, nil
}

// Text is a posted value without blanks around it.
func (q *Req) Text(name string) string { return strings.TrimSpace(q.Form.Get(name)) }

// Ref is a posted identifier, or none.
func (q *Req) Ref(name string) id.ID {
	s := q.Text(name)
	if s == "" {
		return ""
	}
	k, err := id.Parse(s)
	if err != nil {
		q.bad.Add(name, "fault.choice")
	}
	return k
}

// Made is the identifier of the row that the form makes, or none. The form bears
// one of its own, which the browser could replace by that of any row: it says
// only which form it is.
func (q *Req) Made() id.ID { return q.Ref("id").Of(q.Who.Person) }

// OneOf is a posted choice that must be one of the values.
func (q *Req) OneOf(name string, values ...string) string {
	s := q.Text(name)
	if !slices.Contains(values, s) {
		q.bad.Add(name, "fault.choice")
	}
	return s
}

// Version is the version of the root noun that the form was opened with. One
// that is missing or wrong is -1, which nothing has: the verbs take 0, of a
// caller that holds no form, for no question.
func (q *Req) Version() int {
	n, err := strconv.Atoi(q.Text("version"))
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// Date reads three boxes; all empty is no date. The refusal names the box that
// is wrong.
func (q *Req) Date(name string) date.Date {
	boxes := map[string]int{}
	empty := 0
	for _, b := range dateParts {
		s := q.Text(name + "-" + b)
		if s == "" {
			empty++
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			n = -1
		}
		boxes[b] = n
	}
	if empty == len(dateParts) {
		return date.Date{}
	}
	wrong := func(box, key string) date.Date {
		q.bad.Add(name, key, fault.Args{boxOf: box})
		return date.Date{}
	}
	for _, b := range dateParts {
		if q.Text(name+"-"+b) == "" {
			return wrong(b, "fault.date_no_"+b)
		}
	}
	switch {
	case boxes["day"] < 1 || boxes["day"] > 31:
		return wrong("day", "fault.date_day")
	case boxes["month"] < 1 || boxes["month"] > 12:
		return wrong("month", "fault.date_month")
	case boxes["year"] <= 1900 || boxes["year"] >= 2200:
		return wrong("year", yearFault(boxes["year"]))
	}
	out := date.New(boxes["year"], boxes["month"], boxes["day"])
	if y, m, d := out.YMD(); y != boxes["year"] || m != boxes["month"] || d != boxes["day"] {
		return wrong("day", "fault.date_none")
	}
	return out
}

// Clock reads an hour and minute of a day, local time, as an instant.
func (q *Req) Clock(name string, day date.Date) time.Time {
	h, m, ok := strings.Cut(q.Text(name), ":")
	hour, e1 := strconv.Atoi(h)
	minute, e2 := strconv.Atoi(m)
	if !ok || e1 != nil || e2 != nil || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		q.bad.Add(name, "fault.time")
		return time.Time{}
	}
	if day.IsZero() {
		return time.Time{}
	}
	return day.Start().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// Refusal is refusal for a page that reads what was posted without writing.
func (q *Req) Refusal(err error) error { return q.refusal(err) }

// refusal joins what could not be read with what the verb refused; what could
// not be read wins at its field.
func (q *Req) refusal(err error) error {
	if len(q.bad) == 0 {
		return q.chosen(err)
	}
	out := &fault.Fault{Kind: fault.Invalid, Key: "fault.invalid", Fields: q.bad}
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		for _, x := range f.Fields {
			if !named(q.bad, x.Name) {
				out.Fields = append(out.Fields, x)
			}
		}
	}
	return q.chosen(out)
}

// chosen asks for a choice where none was made; of a list that does not hold
// what was sent the refusal stays as it is.
func (q *Req) chosen(err error) error {
	f, ok := fault.Of(err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	for i, x := range f.Fields {
		if (x.Key == "fault.choice" || x.Key == "fault.id") && q.Text(x.Name) == "" {
			f.Fields[i].Key = "fault.choose_one"
		}
	}
	return err
}

// Refused shows a refusal of what was typed at the fields of the page that is
// being drawn, such as a search; any other error stays one.
func (q *Req) Refused(err error) (bool, error) {
	f, ok := fault.Of(q.refusal(err))
	if !ok || f.Kind != fault.Invalid {
		return false, err
	}
	q.Fault = f
	return true, nil
}

func named(all fault.Fields, name string) bool {
	for _, x := range all {
		if x.Name == name {
			return true
		}
	}
	return false
}

// Value is what stands in a field: what was typed, else the given value.
func (q *Req) Value(name, given string) string {
	if q.Form != nil {
		return q.Form.Get(name)
	}
	return given
}

// Values is Value of a field with several answers.
func (q *Req) Values(name string, given []string) []string {
	if q.Form != nil {
		return q.Form[name]
	}
	return given
}

// Err is the words of what is wrong with a field, or nothing.
func (q *Req) Err(name string) string {
	if q.Fault == nil {
		return ""
	}
	for _, x := range q.Fault.Fields {
		if x.Name == name {
			return q.T.Field(x)
		}
	}
	return ""
}

// wrongBox is the one of three boxes that is wrong, or none for all of them.
func (q *Req) wrongBox(name string) string {
	if q.Fault == nil {
		return ""
	}
	for _, x := range q.Fault.Fields {
		if box, ok := x.Args[boxOf].(string); ok && x.Name == name {
			return box
		}
	}
	return ""
}

// anchor is the identifier of the control to which the error summary leads.
func anchor(x fault.Field) string {
	if box, ok := x.Args[boxOf].(string); ok {
		return boxID(x.Name, box)
	}
	return x.Name
}

// Stale tells that the record was saved since the form was opened: by somebody
// else, or by the reader, who then went back and changed the text.
func (q *Req) Stale() bool {
	return q.Fault != nil && (q.Fault.Key == "fault.stale" || q.Fault.Key == "fault.sent_changed")
}

// Field makes the common part of a field: its label is the words key
// "section.name", its hint "section.name_hint" where there is one.
func (q *Req) Field(name, key string) Field {
	f := Field{Name: name, Label: q.T.T(key), Error: q.Err(name)}
	if q.T.Has(key + "_hint") {
		f.Hint = q.T.T(key + "_hint")
	}
	q.asked = append(q.asked, f)
	return f
}

// wrongs are the lines of the error summary, each naming its question where the
// refusal alone does not; see inOrder.
func (q *Req) wrongs() []FieldError {
	var out []FieldError
	for _, x := range q.Fault.Fields {
		e := FieldError{ID: anchor(x), Text: q.T.Field(x)}
		i := slices.IndexFunc(q.asked, func(f Field) bool { return f.Name == x.Name })
		if i >= 0 && strings.HasPrefix(x.Key, "fault.") {
			first, size := utf8.DecodeRuneInString(e.Text)
			e.Text = strings.TrimRight(q.asked[i].Label, "?: ") + ": " + string(unicode.ToLower(first)) + e.Text[size:]
		}
		out = append(out, e)
	}
	return out
}

// DateBoxes makes the three boxes of a date field.
func (q *Req) DateBoxes(name, key string, given date.Date) DateBoxes {
	b := DateBoxes{Field: q.Field(name, key), Wrong: q.wrongBox(name)}
	if !given.IsZero() {
		y, m, d := given.YMD()
		b.Day, b.Month, b.Year = strconv.Itoa(d), strconv.Itoa(m), strconv.Itoa(y)
	}
	b.Day, b.Month, b.Year = q.Value(name+"-day", b.Day), q.Value(name+"-month", b.Month), q.Value(name+"-year", b.Year)
	return b
}

// yearFault tells a year of four digits that nobody here was born or works in
// from one written otherwise.
func yearFault(y int) string {
	if y >= 1000 && y <= 9999 {
		return "fault.date_year_range"
	}
	return "fault.date_year"
}

// Birth reads a birth date as far as it is known: the day and the month, or the
// day alone, may be left empty.
func (q *Req) Birth(name string) date.Birth {
	month, year := q.Text(name+"-month"), q.Text(name+"-year")
	if q.Text(name+"-day") != "" || year == "" {
		return date.Birth{Day: q.Date(name)}
	}
	out := date.Birth{Known: date.ToYear}
	m := 1
	if month != "" {
		var err error
		out.Known = date.ToMonth
		if m, err = strconv.Atoi(month); err != nil || m < 1 || m > 12 {
			q.bad.Add(name, "fault.date_month", fault.Args{boxOf: "month"})
			return date.Birth{}
		}
	}
	y, err := strconv.Atoi(year)
	if err != nil || y <= 1900 || y >= 2200 {
		q.bad.Add(name, yearFault(y), fault.Args{boxOf: "year"})
		return date.Birth{}
	}
	out.Day = date.New(y, m, 1)
	return out
}

// Wrong refuses what was typed in a field, for a rule of the form alone.
func (q *Req) Wrong(field, key string) { q.bad.Add(field, key) }

// Options makes choices of words keys prefix+value, marking the chosen ones.
func (q *Req) Options(name, prefix string, values []string, given ...string) []Option {
	on := q.Values(name, given)
	out := make([]Option, 0, len(values))
	for _, v := range values {
		o := Option{Value: v, Text: q.T.Head(prefix + v)}
		if q.T.Has(prefix + v + "_hint") {
			o.Hint = q.T.T(prefix + v + "_hint")
		}
		for _, x := range on {
			o.On = o.On || x == v
		}
		out = append(out, o)
	}
	return out
}

// Address is where the request came from: the client's own, as far as it is
// known, without a port.
func (q *Req) Address() string { return q.RemoteAddr }

// Next is where to go after signing in: the page that was asked for, on this
// site.
func (q *Req) Next() string { return local(q.Text("next")) }
