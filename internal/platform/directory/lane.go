package directory

import (
	"golang.org/x/sync/semaphore"

	"serik/internal/platform/fault"
)

// lane is a queue for the costly work of hashing: so many at a time, and room
// for so many in all, or for any number.
type lane struct {
	turns *semaphore.Weighted
	room  *semaphore.Weighted
}

// Hashing bounds the memory of the whole process, so the lanes are for all of
// it: at most four hashes, 76 MiB, at a time. Whoever signs in on a known
// device, or is in already, waits for their like alone; strangers, of whom
// there may be a flood, have their own lane and at most 24 wait in it.
var (
	hashers   = lane{turns: semaphore.NewWeighted(2)}
	strangers = lane{turns: semaphore.NewWeighted(2), room: semaphore.NewWeighted(26)}
)

const busyFor = 5 // seconds until a stranger is asked to try again

// place is where one who signs in waits.
type place struct {
	in    lane
	taken bool
}

// take finds a place, once however often the act is tried again.
//
// Faults: Limited "signin.busy".
func (p *place) take(f from) error {
	if p.taken {
		return nil
	}
	p.in = hashers
	if f.device == "" {
		p.in = strangers
	}
	return p.enter()
}

func (p *place) enter() error {
	if p.in.room != nil && !p.in.room.TryAcquire(1) {
		return fault.New(fault.Limited, "signin.busy", fault.Args{"Retry": busyFor})
	}
	p.taken = true
	return nil
}

func (p *place) lane() lane { return p.in }

func (p *place) leave() {
	if p.taken && p.in.room != nil {
		p.in.room.Release(1)
	}
	p.taken = false
}
