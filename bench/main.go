// Bench measures the four operations of a working day (the list of cases, a
// search of children, a case opened with its look written, a contact written)
// on both engines in one interleaved run: through the served program, and
// through a bare handler that sends the same statements without our layers. It
// prints a table in Markdown. What binds is the ratio of the two, which share
// the machine, the data and the minute.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"serik/internal/app/demo/world"
)

// plan is what a run is asked for.
type plan struct {
	scale   world.Scale
	dir     string // where the databases, the program and the traces lie
	slice   time.Duration
	rounds  int
	clients []int
	server  string // PostgreSQL, or "" to leave it out
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bare" {
		exit(serveBare(os.Args[2:]))
	}
	scale := flag.String("scale", "default", "how large the country is: small, default, large")
	dir := flag.String("dir", "", "folder for the databases, kept afterwards; a temporary one unless given")
	slice := flag.Duration("slice", 700*time.Millisecond, "how long one side is measured before the other's turn")
	rounds := flag.Int("rounds", 3, "how many turns each side has")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := plan{scale: world.Scale(*scale), dir: *dir, slice: *slice, rounds: *rounds, clients: []int{1, 8, 32}, server: os.Getenv("SERIK_TEST_PG")}
	err := p.prepared(ctx)
	stop()
	exit(err)
}

func exit(err error) {
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// prepared runs the plan in its folder.
func (p plan) prepared(ctx context.Context) error {
	if p.dir != "" {
		if err := os.MkdirAll(p.dir, 0o700); err != nil {
			return err
		}
		return p.run(ctx)
	}
	dir, err := os.MkdirTemp("", "serik-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left lies in the temporary folder
	p.dir = dir
	return p.run(ctx)
}

func (p plan) run(ctx context.Context) error {
	program := filepath.Join(p.dir, "serik")
	if err := command(ctx, "go", "build", "-o", program, "./cmd/serik").Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	r := report{scale: string(p.scale), slice: p.slice, rounds: p.rounds, began: load()}
	houses, err := p.houses(ctx)
	if err != nil {
		return err
	}
	for _, h := range houses {
		stop, err := h.open(ctx, program)
		defer stop()
		if err != nil {
			return fmt.Errorf("%s: %w", h.engine, err)
		}
	}
	if err := p.mix(ctx, houses, &r); err != nil {
		return err // told to end
	}
	for _, h := range houses {
		if err := h.weigh(ctx); err != nil {
			return err
		}
	}
	r.ended = load()
	r.print(os.Stdout, houses)
	return nil
}

// houses furnishes the engines beside each other.
func (p plan) houses(ctx context.Context) ([]*house, error) {
	all := engines(p.server)
	out, faults := make([]*house, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	for i, engine := range all {
		wg.Go(func() {
			if out[i], faults[i] = p.furnish(ctx, engine); faults[i] != nil {
				faults[i] = fmt.Errorf("%s: %w", engine, faults[i])
			}
		})
	}
	wg.Wait()
	return out, errors.Join(faults...)
}

// mix measures each operation at each number of clients: the sides take turns,
// so that whatever else the machine does falls on both.
func (p plan) mix(ctx context.Context, houses []*house, r *report) error {
	for _, op := range operations() { // what writes comes last: cases grow by it
		for _, n := range p.clients {
			for range p.rounds {
				for _, h := range houses {
					for _, side := range []string{product, bare} {
						c := r.cell(h.engine, op, n, side)
						if ctx.Err() != nil {
							return ctx.Err()
						}
						if err := drive(ctx, n, p.slice, c, h.ask(op, side)); err != nil {
							fmt.Fprintf(os.Stderr, "bench: %s, %s, %s, %d clients: %v\n", h.engine, op, side, n, err)
						}
					}
				}
			}
		}
	}
	return nil
}
