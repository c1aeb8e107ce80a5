package children

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"serik/internal/domain/registry"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// searches are the session's last ones.
func searches() kit.Lately { return kit.Lately{Kind: "sought", Most: 5} }

// sought is one search as it was typed. It lies in the session: the address of
// its answer holds the identifier only.
type sought struct {
	ID     id.ID             `json:"id"`
	Fields map[string]string `json:"fields"`
	// Of a search that came from the triage of a message: which one, and whether
	// the child is an other child of it.
	Message id.ID `json:"message,omitempty"`
	Other   bool  `json:"other,omitempty"`
}

// asked are the boxes of the search.
func asked() []string { return []string{"text", "iin", "born-day", "born-month", "born-year"} }

// search keeps what was typed and gives the address of the answer.
func (d desk) search(q *kit.Req) string {
	s := sought{ID: id.New(), Fields: map[string]string{}}
	for _, name := range asked() {
		if x := q.Text(name); x != "" && len(x) <= 1000 {
			s.Fields[name] = x
		}
	}
	if x := q.Text("q"); len(x) <= 1000 {
		s.guess(x)
	}
	page := "/found/"
	if key, err := id.Parse(q.Text("message")); err == nil { // they have looked already
		s.Message, s.Other, page = key, q.Text("other") == "yes", "/register/"
	}
	d.site.Put(q.Context(), searches(), s.ID.String(), s)
	return URL + page + s.ID.String()
}

// named guesses the names for a new file from what was typed, in the order of
// documents: family name, given name, patronymic. A telephone is no name.
func (s sought) named() registry.Particulars {
	var p registry.Particulars
	if telephone(s.Fields["text"]) {
		return p
	}
	names := strings.Fields(s.Fields["text"])
	for i, into := range []*string{&p.Family, &p.Given} {
		if i < len(names) {
			*into = names[i]
		}
	}
	if len(names) > 2 {
		p.Patronymic = strings.Join(names[2:], " ")
	}
	return p
}

// guess reads the one box of the header: a number of twelve digits, a day, a
// year of birth; the rest are names.
func (s sought) guess(typed string) {
	var names []string
	for _, w := range strings.Fields(typed) {
		day, err := date.ParseRU(w)
		year, yerr := strconv.Atoi(w)
		switch {
		case len(w) == 12 && yerr == nil:
			s.Fields["iin"] = w
		case err == nil && !day.IsZero():
			y, m, d := day.YMD()
			s.Fields["born-year"], s.Fields["born-month"], s.Fields["born-day"] = strconv.Itoa(y), strconv.Itoa(m), strconv.Itoa(d)
		case len(w) == 4 && yerr == nil && year > 1900:
			s.Fields["born-year"] = w
		default:
			names = append(names, w)
		}
	}
	if len(names) > 0 {
		s.Fields["text"] = strings.Join(names, " ")
	}
}

// remembered finds the search of the address.
func (d desk) remembered(q *kit.Req) (sought, bool) {
	var s sought
	found := d.site.Kept(q.Context(), searches(), q.PathValue("search"), &s)
	return s, found
}

// typed are the boxes as a form sent them.
func (s sought) typed() url.Values {
	v := url.Values{}
	for k, x := range s.Fields {
		v.Set(k, x)
	}
	return v
}

// telephone tells a telephone from a name: ten digits or more, as people part
// them.
func telephone(typed string) bool {
	digits := 0
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() ", r):
			return false
		}
	}
	return digits >= 10
}

// query reads the boxes; a year alone is a year of birth.
func query(q *kit.Req) registry.Query {
	out := registry.Query{Text: q.Text("text"), IIN: q.Text("iin")}
	if telephone(out.Text) {
		out.Text, out.Phone = "", out.Text
	}
	if q.Text("born-day")+q.Text("born-month") == "" && q.Text("born-year") != "" {
		if n := q.Int("born-year"); n != nil {
			out.Year = *n
		}
		return out
	}
	out.Born = q.Date("born")
	return out
}

// searchForm asks what is known of a child: any of it.
func searchForm(q *kit.Req) formView {
	f := formView{Form: kit.Form{URL: URL + "/search"}, Lead: []templ.Component{words(q.T.T("children.search_any"))},
		Button: kit.Button{Text: q.T.T("children.search_button")}}
	born := q.DateBoxes("born", "children.search_born", date.Date{})
	for _, name := range []string{"year", "born-year"} {
		if e := q.Err(name); e != "" {
			born.Error = e
		}
	}
	f.Fields = append(f.Fields,
		kit.Input{Field: q.Field("text", "children.search_text"), Value: q.Value("text", ""), Kind: "search", Max: 200},
		kit.Input{Field: q.Field("iin", "children.iin"), Value: q.Value("iin", ""), Mode: "numeric", Chars: 20, Max: 12},
		born)
	return f
}
