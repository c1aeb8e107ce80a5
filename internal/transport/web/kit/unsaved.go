package kit

import (
	"crypto/rand"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// keptIn is the parameter of an address that names what was kept for it. It is
// the form's own identifier, so that two windows do not mix, and says nothing.
const keptIn = "kept"

const (
	keptAbroad = 256     // in memory, of browsers without a session
	keptSmall  = 4 << 10 // of such a browser
)

// unsavedForms are the session's last forms that were typed and not saved.
func unsavedForms() Lately { return Lately{Kind: "kept", Most: 6, Bytes: 96 << 10} }

// unsaved is a form that was not saved: what was typed and why it was refused. A
// POST leads to its page by GET, which shows both; so Back and Reload always
// have a page to show and never ask to send again.
type unsaved struct {
	Form  url.Values `json:"form,omitempty"`
	Fault *keptFault `json:"fault,omitempty"`
}

type keptFault struct {
	Kind   fault.Kind  `json:"kind"`
	Key    string      `json:"key"`
	Args   keptArgs    `json:"args,omitempty"`
	Fields []keptField `json:"fields,omitempty"`
}

type keptField struct {
	Name string   `json:"name"`
	Key  string   `json:"key"`
	Args keptArgs `json:"args,omitempty"`
}

// keptArgs are the numbers, days and texts of a refusal, each with its kind.
type keptArgs map[string][2]string

func argsKept(in fault.Args) keptArgs {
	out := keptArgs{}
	for name, v := range in {
		switch v := v.(type) {
		case int:
			out[name] = [2]string{"int", strconv.Itoa(v)}
		case float64:
			out[name] = [2]string{"float", strconv.FormatFloat(v, 'g', -1, 64)}
		case string:
			out[name] = [2]string{"text", v}
		case date.Date:
			out[name] = [2]string{"day", v.String()}
		}
	}
	return out
}

func (k keptArgs) args() fault.Args {
	out := fault.Args{}
	for name, v := range k {
		switch v[0] {
		case "int":
			out[name], _ = strconv.Atoi(v[1]) // written by argsKept
		case "float":
			f, err := strconv.ParseFloat(v[1], 64)
			if err != nil {
				f = math.NaN()
			}
			out[name] = f
		case "day":
			out[name], _ = date.Parse(v[1]) // written by argsKept
		default:
			out[name] = v[1]
		}
	}
	return out
}

func faultKept(f *fault.Fault) *keptFault {
	if f == nil {
		return nil
	}
	out := &keptFault{Kind: f.Kind, Key: f.Key, Args: argsKept(f.Args)}
	for _, x := range f.Fields {
		out.Fields = append(out.Fields, keptField{x.Name, x.Key, argsKept(x.Args)})
	}
	return out
}

func (k *keptFault) fault() *fault.Fault {
	if k == nil {
		return nil
	}
	out := &fault.Fault{Kind: k.Kind, Key: k.Key, Args: k.Args.args()}
	for _, x := range k.Fields {
		out.Fields = append(out.Fields, fault.Field{Name: x.Name, Key: x.Key, Args: x.Args.args()})
	}
	return out
}

// unkept are the fields that only pages of one's own account have and that are
// kept nowhere: what a person knows or holds alone.
func unkept() []string { return []string{"password", "old", "new", "again", "code", "answer"} }

// shelf keeps the forms of browsers that have no session yet, such as at
// signing in: each for the browser that sent it, whoever learns of the address.
// The zero value is ready.
type shelf struct {
	mu  sync.Mutex
	all []shelved
}

type shelved struct {
	unsaved
	name    string
	browser string
}

func (x *shelf) put(k shelved) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.all = append(x.all, k)
	x.all = x.all[max(0, len(x.all)-keptAbroad):]
}

func (x *shelf) find(name, browser string) (unsaved, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := slices.IndexFunc(x.all, func(k shelved) bool { return k.name == name && k.browser == browser })
	if i < 0 || browser == "" {
		return unsaved{}, false
	}
	return x.all[i].unsaved, true
}

// browserCookie tells one browser without a session from another, for as long
// as it is open.
const browserCookie = "browser"

// browserOf is what the cookie holds; a browser without one is given one.
func browserOf(w http.ResponseWriter, q *Req) string {
	mine := q.own(browserCookie)
	if mine == "" {
		mine = rand.Text()
		setOwn(w, q.Request, browserCookie, mine, 0)
	}
	return mine
}

// keep puts what was typed aside and gives the address that shows it; no
// address when it is too long to be kept.
func (s *Site) keep(w http.ResponseWriter, q *Req, f *fault.Fault) string {
	k := unsaved{Form: q.Form, Fault: faultKept(f)}
	if q.private {
		k.Form = url.Values{}
		for name, v := range q.Form {
			if !slices.Contains(unkept(), name) {
				k.Form[name] = v
			}
		}
	}
	name := id.New().String()
	abroad := s.Sessions.Token(q.Context()) == ""
	if own, err := id.Parse(q.Text("id")); err == nil && !abroad {
		name = own.String()
	}
	b, err := json.Marshal(k)
	switch {
	case err != nil || len(b) > unsavedForms().Bytes || abroad && len(b) > keptSmall:
		return ""
	case abroad:
		s.shelf.put(shelved{unsaved: k, name: q.formNamed(name), browser: browserOf(w, q)})
	default:
		s.Put(q.Context(), unsavedForms(), q.formNamed(name), k)
	}
	v := q.URL.Query()
	v.Set(keptIn, name)
	return q.URL.Path + "?" + v.Encode()
}

// formNamed is the name of a form of the page.
func (q *Req) formNamed(name string) string { return name + " " + q.URL.Path }

// drop forgets a form that is saved now.
func (s *Site) drop(q *Req) { s.Drop(q.Context(), unsavedForms(), q.formNamed(q.Text("id"))) }

// recall brings back what was typed on the page of an address that names it,
// and why it was refused.
func (s *Site) recall(q *Req) {
	name := q.URL.Query().Get(keptIn)
	if name == "" {
		return
	}
	var k unsaved
	if !s.Kept(q.Context(), unsavedForms(), q.formNamed(name), &k) {
		var found bool
		if k, found = s.shelf.find(q.formNamed(name), q.own(browserCookie)); !found {
			return
		}
	}
	q.Form, q.Fault, q.kept = k.Form, k.Fault.fault(), name
	if q.Form == nil {
		q.Form = url.Values{}
	}
}

// deed is the handler of a POST whose page is shown at the same address.
type deed struct {
	post http.HandlerFunc
	page http.HandlerFunc
}

// ServeHTTP does the deed, or shows its page.
func (d deed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		d.post(w, r)
		return
	}
	d.page(w, r)
}
