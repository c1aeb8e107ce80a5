package directory

import (
	"testing"

	"golang.org/x/sync/semaphore"

	"serik/internal/platform/fault"
)

// A flood of strangers is refused at once; a known device has its hashers lane.
func TestStrangersWaitInABoundedQueue(t *testing.T) {
	t.Parallel()
	flood := lane{turns: semaphore.NewWeighted(1), room: semaphore.NewWeighted(3)}
	var in []*place
	for range 3 {
		p := &place{in: flood}
		if err := p.enter(); err != nil {
			t.Fatal(err)
		}
		in = append(in, p)
	}
	late := &place{in: flood}
	err := late.enter()
	if f, ok := fault.Of(err); !ok || f.Kind != fault.Limited || f.Key != "signin.busy" || f.Args["Retry"] != busyFor {
		t.Errorf("got %v", err)
	}
	late.leave() // what was not taken is not given back
	if late.enter() == nil {
		t.Error("it is full")
	}
	in[0].leave()
	if err := late.enter(); err != nil {
		t.Errorf("there is room: %v", err)
	}
	known := new(place)
	if err := known.take(from{device: "known"}); err != nil || known.lane() != hashers || hashers.room != nil || hashers.turns == strangers.turns {
		t.Errorf("a known device waits with strangers: %v", err)
	}
	if p := new(place); p.take(from{}) != nil || p.lane() != strangers {
		t.Error("a stranger waits with strangers")
	} else {
		p.leave()
	}
	if err := flood.turns.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := Hash(t.Context(), "a password of mine"); err != nil {
		t.Errorf("others hash: %v", err)
	}
}
