package kit

import (
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
	sessionKept = "kept"   // the session's list of what was typed and not saved
	keptForms   = 6        // in a session
	keptBytes   = 96 << 10 // in a session
	keptAbroad  = 256      // in memory, of browsers without a session
	keptSmall   = 4 << 10  // of such a browser
)

// unsaved is a form that was not saved: what was typed and why it was refused. A
// POST leads to its page by GET, which shows both; so Back and Reload always
// have a page to show and never ask to send again.
type unsaved struct {
	ID    string     `json:"id"`
	Path  string     `json:"path"`
	Form  url.Values `json:"form,omitempty"`
	Fault *keptFault `json:"fault,omitempty"`
	Size  int        `json:"size"`
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
// signing in. The zero value is ready.
type shelf struct {
	mu  sync.Mutex
	all []unsaved
}

// keep puts what was typed aside and gives the address that shows it; no
// address when it is too long to be kept.
func (s *Site) keep(q *Req, f *fault.Fault) string {
	k := unsaved{ID: id.New().String(), Path: q.URL.Path, Form: q.Form, Fault: faultKept(f)}
	if q.private {
		k.Form = url.Values{}
		for name, v := range q.Form {
			if !slices.Contains(unkept(), name) {
				k.Form[name] = v
			}
		}
	}
	abroad := s.Sessions.Token(q.Context()) == ""
	if own, err := id.Parse(q.Text("id")); err == nil && !abroad {
		k.ID = own.String()
	}
	b, err := json.Marshal(k)
	k.Size = len(b)
	switch {
	case err != nil || k.Size > keptBytes || abroad && k.Size > keptSmall:
		return ""
	case abroad:
		s.shelf.mu.Lock()
		s.shelf.all = append(s.shelf.all, k)
		s.shelf.all = s.shelf.all[max(0, len(s.shelf.all)-keptAbroad):]
		s.shelf.mu.Unlock()
	default:
		all := append(s.without(q, k.ID, k.Path), k)
		all = all[max(0, len(all)-keptForms):]
		for size(all) > keptBytes {
			all = all[1:]
		}
		s.putKept(q, all)
	}
	v := q.URL.Query()
	v.Set(keptIn, k.ID)
	return q.URL.Path + "?" + v.Encode()
}

func size(all []unsaved) int {
	n := 0
	for _, k := range all {
		n += k.Size
	}
	return n
}

func (s *Site) putKept(q *Req, all []unsaved) {
	if b, err := json.Marshal(all); err == nil {
		s.Sessions.Put(q.Context(), sessionKept, string(b))
	}
}

// keptOf is what the session keeps; a broken list is an empty one.
func (s *Site) keptOf(q *Req) []unsaved {
	var all []unsaved
	if json.Unmarshal([]byte(s.Sessions.GetString(q.Context(), sessionKept)), &all) != nil {
		return nil
	}
	return all
}

func (s *Site) without(q *Req, key, path string) []unsaved {
	return slices.DeleteFunc(s.keptOf(q), func(k unsaved) bool { return k.ID == key && k.Path == path })
}

// drop forgets a form that is saved now.
func (s *Site) drop(q *Req) {
	all := s.keptOf(q)
	key := q.Text("id")
	if left := s.without(q, key, q.URL.Path); len(left) < len(all) {
		s.putKept(q, left)
	}
}

// recall brings back what was typed on the page of an address that names it,
// and why it was refused.
func (s *Site) recall(q *Req) {
	key := q.URL.Query().Get(keptIn)
	if key == "" {
		return
	}
	mine := func(k unsaved) bool { return k.ID == key && k.Path == q.URL.Path }
	all := s.keptOf(q)
	i := slices.IndexFunc(all, mine)
	if i < 0 {
		s.shelf.mu.Lock()
		all = slices.Clone(s.shelf.all)
		s.shelf.mu.Unlock()
		if i = slices.IndexFunc(all, mine); i < 0 {
			return
		}
	}
	q.Form, q.Fault, q.kept = all[i].Form, all[i].Fault.fault(), key
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
