package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often something may happen: so many a second on the whole, so
// many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits of the door; what is left at zero has its usual value.
type Limits struct {
	Token   Rate // of one token
	Address Rate // of live tokens from one address; of looks at the document as well, apart
	Wrong   Rate // of wrong tokens from one address
}

func (r Rate) or(usual Rate) Rate {
	if r.Burst == 0 {
		return usual
	}
	return r
}

// turnstile counts in memory: each machine for itself. What comes with a live
// token and what comes without one never draw from the same bucket.
type turnstile struct{ tokens, addresses, strangers, wrong *counters }

func newTurnstile(l Limits) turnstile {
	return turnstile{tokens: newCounters(l.Token.or(Rate{10, 100})), addresses: newCounters(l.Address.or(Rate{50, 500})),
		strangers: newCounters(l.Address.or(Rate{50, 500})), wrong: newCounters(l.Wrong.or(Rate{0.2, 20}))}
}

// mostBuckets bounds what is remembered. Only somebody with as many networks can
// have a bucket forgotten, and to them no bucket is a hindrance.
const mostBuckets = 50_000

// counters hold one bucket a key; full buckets are forgotten.
type counters struct {
	mu      sync.Mutex
	rate    Rate
	buckets map[string]*rate.Limiter
	swept   time.Time
}

func newCounters(r Rate) *counters { return &counters{rate: r, buckets: map[string]*rate.Limiter{}} }

// take takes one, or says how long to wait.
func (c *counters) take(key string, now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep(now)
	b := c.buckets[key]
	if b == nil {
		c.makeRoom()
		b = rate.NewLimiter(rate.Limit(c.rate.PerSecond), c.rate.Burst)
		c.buckets[key] = b
	}
	if b.AllowN(now, 1) {
		return 0
	}
	return c.short(b, now)
}

func (c *counters) short(b *rate.Limiter, now time.Time) time.Duration {
	return max(time.Second, time.Duration((1-b.TokensAt(now))/c.rate.PerSecond*float64(time.Second)))
}

// makeRoom forgets some bucket when there are too many: a newcomer is never
// turned away for what others do.
func (c *counters) makeRoom() {
	for k := range c.buckets {
		if len(c.buckets) < mostBuckets {
			return
		}
		delete(c.buckets, k)
	}
}

// sweep forgets, once a minute, who has waited long enough.
func (c *counters) sweep(now time.Time) {
	if now.Sub(c.swept) < time.Minute && !now.Before(c.swept) {
		return
	}
	c.swept = now
	for k, b := range c.buckets {
		if b.TokensAt(now) >= float64(c.rate.Burst) {
			delete(c.buckets, k)
		}
	}
}
