// Package fault is the language of refusals. A verb that will not do what it
// was asked returns a *Fault: a kind, by which a transport chooses its answer,
// and a key, by which it finds the words. A plain error is a bug or a broken
// machine, never a message to a person. No text about a child is ever put
// into a fault: only keys, field names, numbers and dates.
package fault

import (
	"errors"
	"strings"
)

// Kind says what sort of refusal this is.
type Kind string

const (
	// Denied: the role never has this action.
	Denied Kind = "denied"
	// NotFound: there is no such row, or not for this person: both look alike.
	NotFound Kind = "not_found"
	// Conflict: somebody else was first, or the state has moved on.
	Conflict Kind = "conflict"
	// Invalid: the input breaks a rule; the fields say which.
	Invalid Kind = "invalid"
	// Limited: too often, too many, too large.
	Limited Kind = "limited"
	// Unavailable: the machine cannot serve now (disk full, database closed).
	Unavailable Kind = "unavailable"
)

// Status is the status by which a refusal of this kind is answered over HTTP
// (RFC 9110), at whichever door; what is no refusal is an error of ours. The
// numbers stand here as such: the platform knows no net/http.
func (k Kind) Status() int {
	switch k {
	case Denied:
		return 403
	case NotFound:
		return 404
	case Conflict:
		return 409
	case Invalid:
		return 422
	case Limited:
		return 429
	case Unavailable:
		return 503
	}
	return 500
}

// Args are the numbers, dates and keys that go into the words.
type Args map[string]any

// Field is one broken field of a form.
type Field struct {
	Name string // the input's name
	Key  string // words key
	Args Args
}

// Fault is a refusal with a kind and a key.
type Fault struct {
	Kind   Kind
	Key    string
	Args   Args
	Fields []Field // for Invalid
	Tells  bool    // the refusal itself tells that something is there: such answers are counted
	Far    bool    // what is there lies beyond the actor's reach: of such answers there are few
	cause  error
}

// Error gives kind and key, for logs; it never holds typed text.
func (f *Fault) Error() string {
	s := string(f.Kind) + " " + f.Key
	for _, x := range f.Fields {
		s += " [" + x.Name + ": " + x.Key + "]"
	}
	if f.cause != nil {
		s += ": " + f.cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is compares kind and key, so that errors.Is works with a fault made by hand.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Kind == f.Kind && (t.Key == "" || t.Key == f.Key)
}

// New makes a fault of a kind with a key.
func New(k Kind, key string, args ...Args) *Fault {
	f := &Fault{Kind: k, Key: key}
	if len(args) > 0 {
		f.Args = args[0]
	}
	return f
}

// Deny is New(Denied, key).
func Deny(key string) *Fault { return New(Denied, key) }

// Missing is the one answer for unknown and forbidden rows.
func Missing() *Fault { return New(NotFound, "fault.not_found") }

// Clash is New(Conflict, key).
func Clash(key string, args ...Args) *Fault { return New(Conflict, key, args...) }

// Tell is Clash for a refusal that tells that a row is there which the actor
// may not be allowed to see: the runner counts them.
func Tell(key string) *Fault { return &Fault{Kind: Conflict, Key: key, Tells: true} }

// TellFar is Tell, in the same words, where the row certainly is one that the
// actor may not see: the runner allows few such answers a day.
func TellFar(key string) *Fault { return &Fault{Kind: Conflict, Key: key, Tells: true, Far: true} }

// Bad is an Invalid fault with one field.
func Bad(field, key string, args ...Args) *Fault {
	f := New(Invalid, "fault.invalid")
	x := Field{Name: field, Key: key}
	if len(args) > 0 {
		x.Args = args[0]
	}
	f.Fields = []Field{x}
	return f
}

// Wrap puts a cause under a fault of the given kind.
func Wrap(k Kind, key string, cause error) *Fault {
	return &Fault{Kind: k, Key: key, cause: cause}
}

// Fields gathers the broken fields of one input, so that a form shows all of
// them at once.
type Fields []Field

// Add notes a broken field.
func (b *Fields) Add(field, key string, args ...Args) {
	x := Field{Name: field, Key: key}
	if len(args) > 0 {
		x.Args = args[0]
	}
	*b = append(*b, x)
}

// Check adds the field unless ok.
func (b *Fields) Check(ok bool, field, key string, args ...Args) {
	if !ok {
		b.Add(field, key, args...)
	}
}

// Text adds the field when s is blank or longer than max characters.
func (b *Fields) Text(s string, max int, field string) {
	if strings.TrimSpace(s) == "" {
		b.Add(field, "fault.blank")
		return
	}
	b.Max(s, max, field)
}

// Max adds the field when s is longer than max characters.
func (b *Fields) Max(s string, max int, field string) {
	if n := len([]rune(s)); n > max {
		b.Add(field, "fault.too_long", Args{"Max": max, "Now": n})
	}
}

// Err is nil when nothing is broken.
func (b Fields) Err() error {
	if len(b) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Key: "fault.invalid", Fields: b}
}

// Of finds the fault in an error.
func Of(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// KindOf is the kind of the fault in err, or "" for a plain error.
func KindOf(err error) Kind {
	if f, ok := Of(err); ok {
		return f.Kind
	}
	return ""
}

// Has tells whether err holds an Invalid fault naming field with key.
func Has(err error, field, key string) bool {
	f, ok := Of(err)
	if !ok {
		return false
	}
	for _, x := range f.Fields {
		if x.Name == field && x.Key == key {
			return true
		}
	}
	return false
}
