package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// answer carries a body and, where the thing has one, its version.
type answer[O any] struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body O
}

// versioned is a body that knows the version of its root noun.
type versioned interface{ version() int }

func answerOf[O any](out O) *answer[O] {
	a := &answer[O]{Body: out}
	if x, ok := any(out).(versioned); ok && x.version() > 0 {
		a.ETag = strconv.Quote(strconv.Itoa(x.version()))
	}
	return a
}

// Made is what an act answers: which thing, and its version where the act
// gives it. It never holds anything of a child, so that it may be kept for the
// same request sent again.
type Made struct {
	ID      id.ID  `json:"id,omitempty"`
	Version int    `json:"version,omitempty"`
	State   string `json:"state,omitempty" doc:"What became of it, where that is open: second_wanted waits for a second person."`
	Secret  string `json:"secret,omitempty" doc:"Of a webhook: shown this once. The answer to the same request sent again does not hold it."`
	Count   int    `json:"count,omitempty" doc:"How many things the act touched, where it touches several."`
}

func (m Made) version() int { return m.Version }

// Once is the header of a request that may be sent twice.
type Once struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"The same key with the same request answers the first result, for a day."`
}

func (o *Once) asked() string { return o.IdempotencyKey }

// Match is the header of a request about a version.
type Match struct {
	IfMatch string `header:"If-Match" doc:"The ETag of the version that the change is about. Required."`
	v       int
}

func (m *Match) match() *Match { return m }

// read finds the version; one that nothing has is -1, for the verbs take 0 of a
// caller that holds no form for no question.
func (m *Match) read() error {
	s := strings.TrimSpace(m.IfMatch)
	if s == "" || s == "*" {
		return fault.New(needed, "api.if_match")
	}
	n, err := strconv.Atoi(strings.Trim(s, `"`))
	if err != nil || n < 1 || s[0] != '"' {
		n = -1
	}
	m.v = n
	return nil
}

// needed: a header that the act cannot do without.
const needed fault.Kind = "needed"

// shape tells what an input type brings.
func shape[I any]() (versions, body bool) {
	t := reflect.TypeFor[I]()
	_, versions = t.FieldByName("IfMatch")
	_, body = t.FieldByName("Body")
	return versions, body
}

// reads puts an operation that looks on the router. Whatever it shows of children
// is counted (weigh).
func reads[I, O any](d *desk, tag string, o op, fn func(context.Context, *act.View, *I) (O, error)) {
	_, body := shape[I]()
	huma.Register(d.api, d.operation(o, tag, false, body), func(ctx context.Context, in *I) (*answer[O], error) {
		var out O
		err := d.Run.Show(ctx, callerOf(ctx).who, func(ctx context.Context, v *act.View) error {
			var err error
			out, err = fn(ctx, v, in)
			if err != nil {
				return err
			}
			return weigh(ctx, v, in)
		})
		if err != nil {
			return nil, d.refuse(ctx, err)
		}
		return answerOf(out), nil
	})
}

// writes puts an operation that acts on the router. The identifier of what is
// made is fixed before the first try; under an idempotency key it is the key's.
func writes[I any](d *desk, tag string, o op, fn func(context.Context, *act.Act, *I) (Made, error)) {
	versions, body := shape[I]()
	huma.Register(d.api, d.operation(o, tag, versions, body), func(ctx context.Context, in *I) (*answer[Made], error) {
		c := callerOf(ctx)
		if x, ok := any(in).(interface{ match() *Match }); ok {
			if err := x.match().read(); err != nil {
				return nil, d.refuse(ctx, err)
			}
		}
		c.form = id.New()
		asked, err := askedOf(c, o.id, in)
		if err != nil {
			return nil, d.refuse(ctx, err)
		}
		var out Made
		err = d.Run.Do(ctx, c.who, func(ctx context.Context, a *act.Act) error {
			var err error
			out, err = once(ctx, a, asked, func() (Made, error) { return fn(ctx, a, in) })
			return err
		})
		if err != nil {
			return nil, d.refuse(ctx, err)
		}
		return answerOf(out), nil
	})
}

// askedOf is the request as it is remembered, or nil without a key.
func askedOf[I any](c *caller, operation string, in *I) (*directory.Request, error) {
	x, ok := any(in).(interface{ asked() string })
	if !ok || x.asked() == "" {
		return nil, nil
	}
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	c.form = id.Derive(0, "api "+operation+" "+c.who.Person.String()+" "+x.asked(), 0, time.Unix(0, 0))
	return &directory.Request{Operation: operation, Key: digest(x.asked()), Digest: digest(string(b))}, nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// once runs an act, or tells what it answered before.
func once(ctx context.Context, a *act.Act, x *directory.Request, do func() (Made, error)) (Made, error) {
	if x == nil {
		return do()
	}
	told, before, err := directory.Once(ctx, a, *x)
	if err != nil {
		return Made{}, err
	}
	var out Made
	if before {
		if err := json.Unmarshal([]byte(told), &out); err != nil {
			return Made{}, fmt.Errorf("read answer: %w", err)
		}
		return out, nil
	}
	if out, err = do(); err != nil {
		return Made{}, err
	}
	kept := out
	kept.Secret = "" // shown once, kept nowhere
	b, err := json.Marshal(kept)
	if err != nil {
		return Made{}, fmt.Errorf("write answer: %w", err)
	}
	return out, directory.KeepAnswer(ctx, a, *x, string(b))
}

// key reads an identifier of an address; a malformed one is simply missing.
func key(s string) (id.ID, error) {
	k, err := id.Parse(s)
	if err != nil {
		return "", fault.Missing()
	}
	return k, nil
}

// pair reads two identifiers of an address.
func pair(one, other string) (id.ID, id.ID, error) {
	a, err := key(one)
	if err != nil {
		return "", "", err
	}
	b, err := key(other)
	return a, b, err
}

// on runs a verb over one row of an address.
func on(ctx context.Context, a *act.Act, typed string, do func(context.Context, *act.Act, id.ID) error) (Made, error) {
	k, err := key(typed)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: k}, do(ctx, a, k)
}

// refs reads identifiers of a body at their fields.
type refs struct{ bad fault.Fields }

// id reads one, or none.
func (r *refs) id(field string, k id.ID) id.ID {
	if k == "" {
		return ""
	}
	out, err := id.Parse(k.String())
	if err != nil {
		r.bad.Add(field, "fault.id")
	}
	return out
}

// at reads an instant that a database can hold; none stays none.
func (r *refs) at(field string, t time.Time) time.Time {
	if y := t.UTC().Year(); !t.IsZero() && (y < 1900 || y > 2200) {
		r.bad.Add(field, "fault.moment")
		return time.Time{}
	}
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}

// form is the identifier of what the request makes.
func form(ctx context.Context) id.ID { return callerOf(ctx).form }
