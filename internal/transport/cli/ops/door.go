package ops

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"serik/internal/platform/health"
	"serik/internal/platform/job"
)

// Door answers /healthz, /readyz and /metrics.
type Door struct {
	Meter *Meter
	Queue *job.Queue
	Place func() health.Place // as it is now
	Fresh time.Duration       // how long an answer that all is well stands: each asks for a commit

	leaving atomic.Bool
	mu      sync.Mutex
	asked   time.Time
	last    Readiness
}

// Readiness is the answer of /readyz.
type Readiness struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"` // what is wrong, or "ok"
}

// Leave says that the server is about to end: no more requests should come.
func (d *Door) Leave() { d.leaving.Store(true) }

// Ready asks whether requests may come.
func (d *Door) Ready(ctx context.Context) Readiness {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.leaving.Load() {
		return Readiness{Checks: map[string]string{"serving": "about to end"}}
	}
	if time.Since(d.asked) < d.Fresh && d.last.Ready {
		return d.last
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	p := d.Place()
	r := Readiness{Ready: true, Checks: map[string]string{}}
	for _, f := range []health.Finding{p.Database(ctx), p.Migrations(ctx), p.Sealing(ctx), d.queue(), p.Disk()} {
		r.Checks[f.Check] = string(health.OK)
		if f.State == health.Fail {
			r.Ready, r.Checks[f.Check] = false, f.What
		}
	}
	d.asked, d.last = time.Now(), r
	return r
}

func (d *Door) queue() health.Finding {
	if d.Queue.Running() {
		return health.Finding{Check: "queue", State: health.OK}
	}
	return health.Finding{Check: "queue", State: health.Fail, What: "not running"}
}

// Handler makes the door's handler.
func (d *Door) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n")) // who asked may have gone
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		state := d.Ready(r.Context())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !state.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(state) // who asked may have gone
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(d.Meter.reg, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second}))
	return mux
}
