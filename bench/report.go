package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"serik/internal/platform/db"
)

// report is the table.
type report struct {
	scale        string
	slice        time.Duration
	rounds       int
	began, ended string // what the machine did besides
	keys         []key
	cells        map[key]*cell
}

type key struct {
	engine  db.Engine
	op      string
	clients int
	side    string
}

func (r *report) cell(engine db.Engine, op string, clients int, side string) *cell {
	k := key{engine, op, clients, side}
	if r.cells == nil {
		r.cells = map[key]*cell{}
	}
	if r.cells[k] == nil {
		r.cells[k] = &cell{}
		r.keys = append(r.keys, k)
	}
	return r.cells[k]
}

// load is the average number of processes that want a processor.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(b))[:3], " ")
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }

// bound is the most that the product may take of the bare handler's p95.
func bound(op string) float64 {
	if op == opWrite {
		return 2.5
	}
	return 2
}

func (r *report) print(w io.Writer, houses []*house) {
	fmt.Fprintf(w, "Scale %s, %d processors, %s, %d slices of %s a figure; load before %s, after %s (the run's own included).\n\n",
		r.scale, runtime.NumCPU(), runtime.Version(), r.rounds, r.slice, r.began, r.ended)
	fmt.Fprintln(w, "| engine | operation | clients | product p50, p95 ms, a second | bare p50, p95 ms, a second | p95 ratio | goal | faults |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for _, k := range r.keys {
		if k.side != product {
			continue
		}
		other := k
		other.side = bare
		p, b := r.cells[k], r.cells[other]
		ratio := float64(p.at(0.95)) / float64(max(1, b.at(0.95)))
		verdict := "met"
		if ratio > bound(k.op) {
			verdict = "missed"
		}
		fmt.Fprintf(w, "| %s | %s | %d | %s, %s, %.0f | %s, %s, %.0f | %.2f | ≤ %.1f %s | %d, %d |\n", k.engine, k.op, k.clients,
			ms(p.at(0.5)), ms(p.at(0.95)), p.perSecond(), ms(b.at(0.5)), ms(b.at(0.95)), b.perSecond(), ratio, bound(k.op), verdict, p.faults, b.faults)
	}
	defer func() {
		for _, h := range houses {
			for _, p := range h.plans {
				fmt.Fprintf(w, "\n%s, %s", h.engine, p)
			}
		}
	}()
	fmt.Fprintln(w, "\n| engine | start to first page, median of 5, product, bare | idle memory, product, bare | after the mix | on disk | load | rows | statements a request |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for _, h := range houses {
		fmt.Fprintf(w, "| %s | %d, %d ms | %d, %d MB | %d, %d MB | %s | %.0f s | %s | %s |\n", h.engine, h.cold[product].Milliseconds(), h.cold[bare].Milliseconds(),
			h.idle[product], h.idle[bare], h.after[product], h.after[bare], h.size, h.loaded.Seconds(), strings.Join(h.rows, ", "), strings.Join(h.sent, ", "))
	}
}
