package wire_test

import (
	"context"
	"testing"

	"serik/internal/platform/act"
	"serik/internal/wire/trial"
)

// BenchmarkEmptyView is what each view costs before it reads anything: who
// looks, and by which norms.
func BenchmarkEmptyView(b *testing.B) {
	w := trial.New(b)
	s := furnish(b, w, "lake", trial.Lake, 1)
	who := s.who("curator1")
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Show(who, func(context.Context, *act.View) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEmptyAct is the same for an act.
func BenchmarkEmptyAct(b *testing.B) {
	w := trial.New(b)
	s := furnish(b, w, "lake", trial.Lake, 1)
	who := s.who("curator1")
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Do(who, func(context.Context, *act.Act) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
