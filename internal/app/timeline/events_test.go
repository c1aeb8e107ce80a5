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

// A child who stays at a school has one event of it, on the first day there.
func TestOneSchoolIsOneEvent(t *testing.T) {
	t.Parallel()
	day := func(n int) date.Date { return date.Of(trial.Start).AddDays(n) }
	a, b := trial.Agency("school@lake"), trial.Agency("school@river")
	f := registry.File{Child: registry.Child{CreatedAt: trial.Start}, Schooling: []registry.Schooling{
		{School: a, Grade: "5", FromDay: day(40)}, {School: b, Grade: "4", FromDay: day(30), ToDay: day(40)},
		{School: a, Grade: "3", FromDay: day(20), ToDay: day(30)}, {School: a, Grade: "2", FromDay: day(10), ToDay: day(20)}}}
	var got []date.Date
	for _, e := range timeline.Events(f, nil, nil) {
		if e.What == "school" {
			got = append(got, e.Day)
		}
	}
	if want := []date.Date{day(40), day(30), day(10)}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
