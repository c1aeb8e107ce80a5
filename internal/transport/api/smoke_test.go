package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"serik/internal/transport/api"
	"serik/internal/wire/trial"
)

// contract is the document as a client generator reads it.
type contract struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	OperationID string
	Summary     string
	Tags        []string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   *schema
	}
	RequestBody *struct {
		Content map[string]struct{ Schema *schema }
	}
	Responses map[string]struct{ Content map[string]any }
	method    string
	path      string
}

type schema struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Format, Pattern      string
	Enum                 []any
	Properties           map[string]*schema
	Required             []string
	Items                *schema
	AdditionalProperties any
	Examples             []any
}

func readContract(t *testing.T) contract {
	t.Helper()
	b, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var c contract
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c contract) operations() []operation {
	var out []operation
	for path, methods := range c.Paths {
		for method, o := range methods {
			o.method, o.path = strings.ToUpper(method), path
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.OperationID, b.OperationID) })
	return out
}

func (c contract) follow(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = c.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	return s
}

func (s *schema) is(kind string) bool {
	if list, ok := s.Type.([]any); ok {
		return slices.Contains(list, any(kind))
	}
	return s.Type == kind
}

// body is a value by the schema; known gives what has a meaning by its name.
func (c contract) body(s *schema, name string, known map[string]any) any {
	if v, ok := known[name]; ok {
		return v
	}
	s = c.follow(s)
	switch {
	case s == nil:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[len(s.Enum)-1]
	case s.is("object"):
		out := m{}
		for _, k := range slices.Sorted(maps.Keys(s.Properties)) {
			out[k] = c.body(s.Properties[k], k, known)
		}
		return out
	case s.is("array"):
		return []any{c.body(s.Items, name, known)}
	case s.is("integer"), s.is("number"):
		return 1
	case s.is("boolean"):
		return true
	case s.Format == "date-time":
		return "2026-03-03T05:00:00Z"
	case len(s.Examples) > 0:
		return "2026-03-03"
	}
	return "two words of a reason"
}

// names are the fields of a schema at any depth.
func (c contract) names(s *schema, into map[string]bool) {
	s = c.follow(s)
	if s == nil {
		return
	}
	for k, x := range s.Properties {
		into[k] = true
		c.names(x, into)
	}
	c.names(s.Items, into)
}

// places are what stands in the addresses of one trial world.
type places map[string]string

func (p places) address(o operation) string {
	out := o.path
	for k, v := range p {
		out = strings.ReplaceAll(out, "{"+k+"}", v)
	}
	return out
}

// checked calls an operation and wants an answer that the contract declares.
func (c contract) checked(t *testing.T, who *trial.Program, o operation, path string, body any, headers ...string) trial.Reply {
	t.Helper()
	r := who.Call(o.method, path, body, headers...)
	if _, declared := o.Responses[fmt.Sprint(r.Status)]; !declared || r.Status >= 500 {
		t.Errorf("%s %s: %d is not declared: %s", o.OperationID, path, r.Status, r.Body)
		return r
	}
	if r.Status < 400 {
		return r
	}
	var p api.Problem
	r.Into(t, &p)
	if r.Head.Get("Content-Type") != "application/problem+json" || p.Status != r.Status || p.Key == "" || p.Detail == "" || strings.Contains(p.Detail, "[") {
		t.Errorf("%s: no problem of RFC 9457: %s", o.OperationID, r.Body)
	}
	fields := map[string]bool{}
	if o.RequestBody != nil {
		c.names(o.RequestBody.Content["application/json"].Schema, fields)
	}
	for _, x := range o.Parameters {
		fields[x.Name] = true
	}
	for _, x := range p.Errors {
		if x.Key != "api.shape" && !fields[x.Field] {
			t.Errorf("%s: a field that is not in the contract: %s %s", o.OperationID, x.Field, x.Key)
		}
	}
	return r
}

// A client made of the document walks every operation with valid, with empty
// and with hostile input: no answer but the declared ones, none of them 5xx.
func TestWalkEveryOperation(t *testing.T) {
	t.Parallel()
	c := readContract(t)
	w := serve(t)
	asked, heard := 0, w.Heard
	w.Heard = func(method, path string, status int) { asked++; heard(method, path, status) }
	s := stage(t, w)
	people := []*trial.Program{w.As("secretary@lake"), w.As("curator1@lake"), w.As("chair@lake"), w.As("administrator"), w.As("executor@lake"),
		w.As("regional@north"), w.As("analyst")}
	if testing.Short() {
		people = people[:2]
	}
	for _, o := range c.operations() {
		var body *schema
		if o.RequestBody != nil {
			body = o.RequestBody.Content["application/json"].Schema
		}
		path := s.places.address(o)
		if strings.Contains(path, "{") {
			t.Fatalf("%s: nothing to put into %s", o.OperationID, path)
		}
		for _, who := range people {
			headers := []string{"If-Match", who.Call("GET", s.noun(o), nil).Head.Get("ETag")}
			for _, x := range hostile(c, body) {
				if r := c.checked(t, who, o, path, x.in, headers...); x.never && r.Status < 400 {
					t.Errorf("%s takes %.100v: %s", o.OperationID, x.in, r.Body)
				}
			}
			c.checked(t, who, o, strings.Replace(path, "/"+first(s.places, o), "/no-such-thing", 1), valid(c, body, s.known[o.OperationID], s.known[""]), headers...)
			c.checked(t, who, o, path+"?unknown=1", valid(c, body, s.known[o.OperationID], s.known[""]), headers...)
			c.checked(t, who, o, path, valid(c, body, s.known[o.OperationID], s.known[""]), headers...)
		}
	}
	t.Logf("%d operations, %d requests", len(c.operations()), asked)
	quiet(t, w)
}

// first is what stands in an address as its first identifier.
func first(p places, o operation) string {
	_, after, ok := strings.Cut(o.path, "{")
	if !ok {
		return "none"
	}
	name, _, _ := strings.Cut(after, "}")
	return p[name]
}

func valid(c contract, body *schema, known ...map[string]any) any {
	if body == nil {
		return nil
	}
	all := map[string]any{}
	for i := len(known) - 1; i >= 0; i-- {
		maps.Copy(all, known[i])
	}
	return c.body(body, "", all)
}

// sent is what no client should send; what is never taken breaks the contract
// for any operation.
type sent struct {
	in    any
	never bool
}

func hostile(c contract, body *schema) []sent {
	if body == nil {
		return []sent{{}}
	}
	full := c.body(body, "", nil).(m)
	with := func(k string, v any) m {
		out := maps.Clone(full)
		out[k] = v
		return out
	}
	out := []sent{{in: m{}}, {in: nil, never: true}, {"not json", true}, {"[]", true}, {`"text"`, true}, {"null", true}, {`{"a":`, true},
		{with("no_such_field", 1), true}, {`{"a":"` + strings.Repeat("x", 300<<10) + `"}`, true}}
	for k, v := range full {
		out = append(out, sent{in: with(k, nil)}, sent{with(k, []any{[]any{}}), true})
		if _, ok := v.(string); ok {
			out = append(out, sent{with(k, "a\x00b"), true}, sent{with(k, strings.Repeat("x", 30000)), true}, sent{with(k, 7), true},
				sent{in: with(k, "2026-13-45")}, sent{in: with(k, "9999-12-31T23:59:59Z")})
		}
	}
	return out
}

// A refusal is in the language of the reader.
func TestWordsOfARefusal(t *testing.T) {
	t.Parallel()
	w := serve(t)
	p := w.As("secretary@lake")
	said := map[string]bool{}
	for _, lang := range []string{"kk", "ru-RU,ru;q=0.9", "en", "de"} {
		p.Lang = lang
		r := p.Call("GET", "/children/00000000-0000-7000-8000-000000000000", nil)
		if r.Status != http.StatusNotFound {
			t.Fatalf("%s: %d", lang, r.Status)
		}
		var x api.Problem
		r.Into(t, &x)
		said[x.Detail] = true
	}
	if len(said) != 3 {
		t.Errorf("said %v", said)
	}
}

// quiet demands that the log holds the lines of requests alone, by pattern.
func quiet(t *testing.T, w *trial.Programs) {
	t.Helper()
	lines := 0
	for line := range strings.Lines(w.Log.String()) {
		lines++
		if !strings.Contains(line, `"level":"INFO"`) || !strings.Contains(line, `"route":"/api/v1`) {
			t.Errorf("the log: %s", line)
		}
	}
	if lines == 0 {
		t.Error("programs leave no line in the log")
	}
}

// Programs that knock first, all at once, find the same whole door.
func TestTheFirstKnocksAtOnce(t *testing.T) {
	t.Parallel()
	w := serve(t)
	p := w.As("secretary@lake")
	want, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if r := p.Call("GET", "/openapi.json", nil); r.Status != http.StatusOK || r.Body != string(want) {
				t.Errorf("the document: %d, %d bytes of %d", r.Status, len(r.Body), len(want))
			}
		})
		group.Go(func() {
			if r := p.Call("GET", "/my-day", nil); r.Status != http.StatusOK {
				t.Errorf("an operation: %d %s", r.Status, r.Body)
			}
		})
	}
	group.Wait()
}
