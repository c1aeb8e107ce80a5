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
// Last says so. With Leads, a turn is skipped while this process does not lead.
type Task struct {
	Name  string
	Every time.Duration
	Last  bool
	Leads func(context.Context) (bool, error)
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

// atMost is how long one turn of a task may take. A stop waits for it: a turn
// that is cut off half-way may leave the database busy for the next.
const atMost = 60 * time.Second

func run(ctx context.Context, log *slog.Logger, t Task) {
	do := func() {
		turn, cancel := context.WithTimeout(context.WithoutCancel(ctx), atMost)
		defer cancel()
		if err := t.turn(turn); err != nil {
			log.Error("task failed", "task", t.Name, "error", err.Error())
		}
	}
	do()
	tick := time.NewTicker(t.Every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			do()
		case <-ctx.Done():
			if t.Last {
				do()
			}
			return
		}
	}
}

func (t Task) turn(ctx context.Context) error {
	if t.Leads != nil {
		if leads, err := t.Leads(ctx); err != nil || !leads {
			return err
		}
	}
	return t.Do(ctx)
}
