package timeline_test

import (
	"slices"
	"testing"
	"time"

	"serik/internal/app/timeline"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/date"
	"serik/internal/wire/trial"
)

// What happened stands newest first; a day alone comes after the instants of
// that day, and the registration is the first thing of all.
func TestEventsInOrder(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return trial.Start.AddDate(0, 0, n) }
	lifted, ended := day(6), day(9)
	f := registry.File{Child: registry.Child{CreatedAt: day(0)},
		Addresses: []registry.Address{{Text: "new", FromDay: date.Of(day(7))}, {Text: "first", FromDay: date.Of(day(0))}},
		Schooling: []registry.Schooling{{None: "unknown", FromDay: date.Of(day(1))}},
		Unsafe:    []registry.Unsafe{{Ground: "suspected", FromAt: day(2), ToAt: &lifted}}}
	cases := []timeline.Case{{No: "2-2026-00001", OpenedAt: day(4), EndedAt: &ended, Turns: []timeline.Turn{{Who: "A. B.", At: day(5)}}}}
	var got []string
	for _, e := range timeline.Events(f, cases, []signal.Brief{{Kind: "truancy", ReceivedAt: day(3)}}) {
		got = append(got, e.What)
	}
	want := []string{"ended", "address", "lifted", "curator", "opened", "message", "unsafe", "no_school", "address", "registered"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
