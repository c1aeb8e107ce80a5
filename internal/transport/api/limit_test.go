package api

import (
	"strconv"
	"testing"
	"time"

	"serik/internal/platform/directory"
)

// What is remembered has a bound, and a newcomer beyond it is let in; the
// addresses of one household of the new kind are one.
func TestBucketsAreBounded(t *testing.T) {
	t.Parallel()
	c := newCounters(Rate{PerSecond: 1, Burst: 1})
	now := time.Date(2026, 3, 3, 4, 0, 0, 0, time.UTC)
	for i := range mostBuckets + 1000 {
		if wait := c.take(strconv.Itoa(i), now); wait > 0 {
			t.Fatalf("newcomer %d waits", i)
		}
	}
	if len(c.buckets) > mostBuckets {
		t.Errorf("%d buckets", len(c.buckets))
	}
	one := newCounters(Rate{PerSecond: 1, Burst: 1})
	one.take(directory.NetworkOf("2001:db8::1"), now)
	if one.take(directory.NetworkOf("2001:db8::ffff:2"), now) == 0 || one.take(directory.NetworkOf("2001:db8:0:1::1"), now) > 0 {
		t.Error("an address of the new kind is not counted by its /64")
	}
}
