// Package schedule is the door of the clock: what the machine does by itself
// at its hours, each as an act by the system. One worker a task; a failure is
// logged and tried again at the next tick.
package schedule

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Task is done at once, then every so often, and once more at the end where
// Last says so.
type Task struct {
	Name  string
	Every time.Duration
	Last  bool
	Do    func(context.Context) error
}

// Clock runs tasks until it is stopped.
type Clock struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// Start begins all tasks.
func Start(log *slog.Logger, tasks ...Task) *Clock {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Clock{cancel: cancel}
	for _, t := range tasks {
		c.wg.Go(func() { run(ctx, log, t) })
	}
	return c
}

// Stop ends the tasks and waits for them.
func (c *Clock) Stop() {
	c.cancel()
	c.wg.Wait()
}

func run(ctx context.Context, log *slog.Logger, t Task) {
	do := func(ctx context.Context) {
		if err := t.Do(ctx); err != nil && ctx.Err() == nil {
			log.Error("task failed", "task", t.Name, "error", err.Error())
		}
	}
	do(ctx)
	tick := time.NewTicker(t.Every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			do(ctx)
		case <-ctx.Done():
			if t.Last {
				end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
				do(end)
				cancel()
			}
			return
		}
	}
}
