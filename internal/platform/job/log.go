package job

import (
	"context"
	"log/slog"
)

// quiet is a logger for River: warnings and errors with the kind and number
// of the job alone. The text of an error may quote what a handler worked on;
// it stays in the queue's own table.
func quiet(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(reduced{l.Handler()})
}

type reduced struct{ next slog.Handler }

func (h reduced) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.next.Enabled(ctx, l)
}

func (h reduced) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, r.Message, 0)
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "job_id":
			out.AddAttrs(slog.Any("job", a.Value))
		case "job_kind", "kind":
			out.AddAttrs(slog.Any("kind", a.Value))
		}
		return true
	})
	return h.next.Handle(ctx, out)
}

// WithAttrs and WithGroup drop what River would add to each line.
func (h reduced) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h reduced) WithGroup(string) slog.Handler      { return h }
