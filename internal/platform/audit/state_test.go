package audit_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"serik/internal/platform/audit"
)

// The newest record is found whether it is sealed or waits, and also one that
// came late, after newer ones were sealed.
func TestNewest(t *testing.T) {
	t.Parallel()
	h := open(t)
	newest := func(want time.Time) {
		t.Helper()
		if at, err := audit.Newest(t.Context(), h.d.R); err != nil || !at.Equal(want) {
			t.Errorf("the newest is of %v, not %v: %v", at, want, err)
		}
	}
	newest(time.Time{})
	h.append(100, 3)
	newest(now.Add(102 * time.Second))
	h.seal()
	newest(now.Add(102 * time.Second))
	h.append(0, 2)
	newest(now.Add(102 * time.Second))
	h.seal()
	newest(now.Add(102 * time.Second))
	h.append(200, 1)
	newest(now.Add(200 * time.Second))
}

// onBatch does something once, before the n-th batch is read.
type onBatch struct {
	n  int
	do func()
}

func (b *onBatch) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if strings.Contains(e.Query, "idx IS NULL") {
		if b.n--; b.n == 0 {
			b.do()
		}
	}
	return ctx
}

func (b *onBatch) AfterQuery(context.Context, *bun.QueryEvent) {}

// A load too large for one turn of the sealer: what the turn has sealed is signed,
// and the next goes on behind it.
func TestATurnThatEndsSignsWhatItSealed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.append(0, 1500)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h.d.W = h.d.W.WithQueryHook(&onBatch{n: 2, do: cancel})
	n, err := h.sealer.Seal(ctx, now)
	if err != nil || n != 1000 {
		t.Fatalf("sealed %d: %v", n, err)
	}
	h.good(1000)
	if n := h.seal(); n != 500 {
		t.Errorf("then %d", n)
	}
	h.good(1500)
	none, stop := context.WithCancel(t.Context())
	stop()
	h.append(2000, 1)
	if _, err := h.sealer.Seal(none, now); !errors.Is(err, context.Canceled) {
		t.Errorf("a turn that ended before it began: %v", err)
	}
}
