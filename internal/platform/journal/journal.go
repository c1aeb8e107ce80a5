// Package journal is the program's own log: lines of JSON for an operator. It
// writes by an allowlist, so that nobody's name comes in by an attribute that
// somebody adds one day: only the keys that stand here are written, an
// identifier only when it is one, and an error without what it quotes, for
// engines and parsers repeat what was typed.
package journal

import (
	"context"
	"io"
	"log/slog"
	"regexp"

	"serik/internal/platform/id"
)

// allowed are the keys of a line, and what may stand behind them.
func allowed(key string) (func(slog.Value) (slog.Value, bool), bool) {
	switch key {
	case "method", "route", "status", "ms", "task", "kind", "job", "at", "what":
		return asIs, true
	case "request", "person":
		return identifier, true
	case "error":
		return unquoted, true
	}
	return nil, false
}

// asIs lets a plain word or number pass, no structure.
func asIs(v slog.Value) (slog.Value, bool) {
	switch v.Kind() {
	case slog.KindString, slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindBool, slog.KindDuration:
		return v, true
	}
	return v, false
}

func identifier(v slog.Value) (slog.Value, bool) {
	_, err := id.Parse(v.String())
	return v, err == nil
}

var quoted = regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`")

// Unquoted is a text without what it quotes.
func Unquoted(s string) string { return quoted.ReplaceAllString(s, "…") }

func unquoted(v slog.Value) (slog.Value, bool) { return slog.StringValue(Unquoted(v.String())), true }

// New makes the log.
func New(out io.Writer) *slog.Logger {
	return slog.New(handler{slog.NewJSONHandler(out, nil)})
}

type handler struct{ next slog.Handler }

func (h handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, Unquoted(r.Message), 0)
	r.Attrs(func(a slog.Attr) bool {
		if a, ok := pass(a); ok {
			out.AddAttrs(a)
		}
		return true
	})
	return h.next.Handle(ctx, out)
}

func pass(a slog.Attr) (slog.Attr, bool) {
	check, ok := allowed(a.Key)
	if !ok {
		return a, false
	}
	a.Value, ok = check(a.Value.Resolve())
	return a, ok
}

// WithAttrs lets through what is allowed.
func (h handler) WithAttrs(all []slog.Attr) slog.Handler {
	var kept []slog.Attr
	for _, a := range all {
		if a, ok := pass(a); ok {
			kept = append(kept, a)
		}
	}
	return handler{h.next.WithAttrs(kept)}
}

// WithGroup opens none: a key stands in the list or it does not.
func (h handler) WithGroup(string) slog.Handler { return h }
