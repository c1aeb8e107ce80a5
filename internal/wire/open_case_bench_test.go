package wire_test

import (
	"context"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/platform/act"
	"serik/internal/wire/trial"
)

// BenchmarkOpenCase reads a whole case, its sealed texts opened.
func BenchmarkOpenCase(b *testing.B) {
	w := trial.New(b)
	s := furnish(b, w, "lake", trial.Lake, 1)
	b.ReportAllocs()
	for b.Loop() {
		err := w.Show(s.who("curator1"), func(ctx context.Context, v *act.View) error {
			_, err := casework.Overview(ctx, v, s.walked)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
