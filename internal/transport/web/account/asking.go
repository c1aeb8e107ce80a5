package account

import (
	"sync"
	"time"

	"serik/internal/platform/fault"
	"serik/internal/transport/web/kit"
)

// A stranger who asks for a passkey or for the provider leaves a session behind
// before having proved anything. asking bounds how many one address, and all
// together, may leave in a minute on this server.
type asking struct {
	mu     sync.Mutex
	minute time.Time
	by     map[string]int
	all    int
}

const (
	asksOfOne = 60
	asksOfAll = 6000
)

// count refuses what is too much.
//
// Faults: Limited "signin.wait" (N minutes).
func (x *asking) count(q *kit.Req, now time.Time) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if m := now.Truncate(time.Minute); !m.Equal(x.minute) {
		x.minute, x.by, x.all = m, map[string]int{}, 0
	}
	if x.by[q.Address()] >= asksOfOne || x.all >= asksOfAll {
		return fault.New(fault.Limited, "signin.wait", fault.Args{"N": 1})
	}
	x.by[q.Address()]++
	x.all++
	return nil
}
