package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// cell is one figure of the table: an engine, an operation, a number of
// clients, a side.
type cell struct {
	took   []time.Duration
	spent  time.Duration
	faults int
}

// ask gives what client i sends next to a side, and judges the answer.
func (h *house) ask(op, side string) func(ctx context.Context, i int) error {
	return func(ctx context.Context, i int) error {
		s := h.seats[i%len(h.seats)]
		q := ask{method: http.MethodGet, path: fmt.Sprintf("/%s/%d", op, rand.IntN(h.traces[op]))}
		if side == product {
			q = s.request(op)
		}
		r, err := http.NewRequestWithContext(ctx, q.method, h.url[side]+q.path, strings.NewReader(q.body))
		if err != nil {
			return err
		}
		if side == product {
			q.dress(r)
		}
		res, err := h.client.Do(r)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }() // read to the end
		b, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		if err := q.right(res.StatusCode, res.Header.Get("Location")); err != nil {
			return fmt.Errorf("%w: %d bytes", err, len(b))
		}
		return nil
	}
}

// drive lets n clients ask one after another for a while. A refused request
// counts as a fault, with no time of its own; it gives the first of them.
func drive(ctx context.Context, n int, slice time.Duration, c *cell, one func(context.Context, int) error) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var first error
	began := time.Now()
	for i := range n {
		wg.Go(func() {
			for time.Since(began) < slice {
				at := time.Now()
				err := one(ctx, i)
				took := time.Since(at)
				mu.Lock()
				if err == nil {
					c.took = append(c.took, took)
				} else {
					c.faults++
					first = cmp.Or(first, err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	c.spent += time.Since(began)
	return first
}

// at is the latency below which a share of the requests lies.
func (c *cell) at(share float64) time.Duration {
	if len(c.took) == 0 {
		return 0
	}
	slices.Sort(c.took)
	return c.took[min(len(c.took)-1, int(share*float64(len(c.took))))]
}

func (c *cell) perSecond() float64 { return float64(len(c.took)) / c.spent.Seconds() }
