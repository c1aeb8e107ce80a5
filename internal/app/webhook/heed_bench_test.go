package webhook_test

import (
	"context"
	"testing"

	"serik/internal/app/webhook"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/id"
	"serik/internal/wire/trial"
)

// BenchmarkHeed asks, in the transaction of an act, who is to be told of it
// when no webhook stands.
func BenchmarkHeed(b *testing.B) {
	w := trial.New(b)
	told := []audit.Record{{Verb: "case.open", Noun: "case", Subject: id.New()}}
	b.ReportAllocs()
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		for b.Loop() {
			if err := webhook.Heed(ctx, a, told); err != nil {
				return err
			}
		}
		return nil
	})
}
