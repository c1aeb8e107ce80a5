package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"serik/internal/transport/schedule"
)

// A task is done at once and, where it asks, once more at the end; a stop
// waits for a turn under way and does not cut it off.
func TestStopWaitsAndDoesTheLast(t *testing.T) {
	t.Parallel()
	began, turns := make(chan struct{}, 2), 0
	release := make(chan struct{})
	c := schedule.Start(slog.New(slog.DiscardHandler), schedule.Task{Name: "t", Every: time.Hour, Last: true, Do: func(ctx context.Context) error {
		turns++
		began <- struct{}{}
		if turns == 1 {
			<-release
		}
		return ctx.Err()
	}})
	<-began
	done := make(chan struct{})
	go func() { c.Stop(); close(done) }()
	select {
	case <-done:
		t.Fatal("stopped in the middle of a turn")
	default:
	}
	close(release)
	<-done
	if turns != 2 {
		t.Errorf("%d turns", turns)
	}
}

func TestFailureIsLoggedByName(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	failed := make(chan struct{})
	c := schedule.Start(slog.New(slog.NewTextHandler(&out, nil)), schedule.Task{Name: "seal", Every: time.Hour, Do: func(context.Context) error {
		close(failed)
		return errors.New("boom")
	}})
	<-failed
	c.Stop()
	if !strings.Contains(out.String(), "task=seal") {
		t.Errorf("logged %q", out.String())
	}
}

// Who does not lead leaves the turn; who cannot tell says so.
func TestOnlyTheLeaderDoes(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		leads bool
		err   error
		turns int
	}{"leads": {true, nil, 2}, "follows": {false, nil, 0}, "cannot tell": {true, boom, 0}} {
		var out bytes.Buffer
		turns := 0
		schedule.Start(slog.New(slog.NewTextHandler(&out, nil)), schedule.Task{Name: "sweep", Every: time.Hour, Last: true,
			Leads: func(context.Context) (bool, error) { return c.leads, c.err },
			Do:    func(context.Context) error { turns++; return nil }}).Stop()
		if turns != c.turns || strings.Contains(out.String(), "boom") != (c.err != nil) {
			t.Errorf("%s: %d turns, logged %q", name, turns, out.String())
		}
	}
}
