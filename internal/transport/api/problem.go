package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"serik/internal/platform/fault"
	"serik/internal/platform/journal"
	"serik/internal/platform/text"
)

// Problem is a refusal by RFC 9457: a key for the program, words for the
// reader in the language of Accept-Language.
type Problem struct {
	Type   string  `json:"type" doc:"urn:serik: and the key."`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail" doc:"In the language of Accept-Language: kk, ru, en."`
	Key    string  `json:"key" doc:"Stable; the words may change."`
	Errors []Wrong `json:"errors,omitempty" doc:"What is wrong at which field."`
}

// Wrong is one field that is wrong.
type Wrong struct {
	Field  string `json:"field"`
	Key    string `json:"key"`
	Detail string `json:"detail"`
	Reason string `json:"reason,omitempty" doc:"For the programmer: how the request departs from the contract."`
}

// Error is the key.
func (p *Problem) Error() string { return p.Key }

// GetStatus is the status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the status of the kind, but where a program needs to know more: a
// token that lets nobody in, a version that is not the present one, a header
// that is missing.
func statusOf(f *fault.Fault) int {
	switch {
	case f.Key == "access.suspended" || f.Key == "access.no_person" || f.Key == "token.refused":
		return http.StatusUnauthorized
	case f.Key == "fault.stale":
		return http.StatusPreconditionFailed
	case f.Kind == needed:
		return http.StatusPreconditionRequired
	}
	return f.Kind.Status()
}

// problemOf puts a fault into words.
func problemOf(t *text.Printer, f *fault.Fault) *Problem {
	status := statusOf(f)
	if status == http.StatusUnauthorized {
		f = fault.Deny("token.refused") // one answer, whatever the reason
	}
	p := &Problem{Type: "urn:serik:" + f.Key, Title: http.StatusText(status), Status: status, Detail: t.Fault(f), Key: f.Key}
	for _, x := range f.Fields {
		p.Errors = append(p.Errors, Wrong{Field: x.Name, Key: x.Key, Detail: t.Field(x)})
	}
	return p
}

// errInternal hides what broke.
func errInternal() *fault.Fault { return fault.New("", "fault.internal") }

// refuse turns what a verb refused into the answer; a plain error is a bug,
// logged without what it quotes.
func (d *desk) refuse(ctx context.Context, err error) error { return d.problem(ctx, err) }

func (d *desk) problem(ctx context.Context, err error) *Problem {
	f, ok := fault.Of(err)
	if !ok {
		d.Log.Error("api failed", "error", unquoted(err))
		f = errInternal()
	} else if f.Kind == fault.Unavailable {
		d.Log.Error("machine failed", "error", unquoted(err))
	}
	return problemOf(callerOf(ctx).t, f)
}

// unquoted is the text of an error without what it quotes: an engine repeats
// what was sent, and what was sent may name a child.
func unquoted(err error) string { return journal.Unquoted(err.Error()) }

// translate turns a refusal of the library, which knows the contract only, into
// ours. What was sent is never sent back.
func (d *desk) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	keys := map[int]string{http.StatusBadRequest: "api.not_json", http.StatusUnprocessableEntity: "fault.invalid",
		http.StatusUnsupportedMediaType: "api.media_type", http.StatusRequestEntityTooLarge: "api.too_large", http.StatusRequestTimeout: "api.too_slow"}
	if b, ok := ctx.(*bounded); ok && b.over {
		m.Status = http.StatusRequestEntityTooLarge
	}
	f := fault.New("", keys[m.Status])
	if f.Key == "" {
		d.Log.Error("api failed", "status", m.Status)
		f = errInternal()
	}
	t := callerOf(ctx.Context()).t
	p := &Problem{Type: "urn:serik:" + f.Key, Title: http.StatusText(m.Status), Status: m.Status, Detail: t.T(f.Key), Key: f.Key}
	if m.Status != http.StatusUnprocessableEntity {
		return p, nil
	}
	for _, x := range m.Errors {
		_, field, ok := strings.Cut(x.Location, ".")
		if !ok {
			field = x.Location
		}
		p.Errors = append(p.Errors, Wrong{Field: field, Key: "api.shape", Detail: t.T("api.shape"), Reason: unquoted(errors.New(x.Message))})
	}
	return p, nil
}

// errLetters: a text holds what no page can show.
var errLetters = errors.New("control characters or broken letters")

// printable refuses control characters but line breaks and tabs, in whatever
// was read.
func printable(v any) error {
	switch v := v.(type) {
	case string:
		if strings.ContainsRune(v, unicode.ReplacementChar) || strings.ContainsFunc(v, func(r rune) bool {
			return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
		}) {
			return errLetters
		}
	case []any:
		for _, x := range v {
			if err := printable(x); err != nil {
				return err
			}
		}
	case map[string]any:
		for k, x := range v {
			if err := errors.Join(printable(k), printable(x)); err != nil {
				return err
			}
		}
	}
	return nil
}
