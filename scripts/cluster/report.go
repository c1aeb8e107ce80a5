package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// silent is the pause between two answers that counts as no service: longer
// than the clients rest by themselves on a busy machine.
const silent = time.Second

// event is something that the script did to the house.
type event struct {
	at   time.Time
	kind string
}

// report prints a table of what was served. A silence belongs to the last event
// that came before its end.
func (l *load) report(began time.Time, lines []string) {
	var events []event
	kinds := []string{}
	count := map[string]int{}
	for _, s := range lines {
		at, kind, _ := strings.Cut(s, " ")
		sec, err := strconv.ParseFloat(at, 64)
		if err != nil {
			continue
		}
		events = append(events, event{time.UnixMicro(int64(sec * 1e6)), kind})
		if count[kind]++; count[kind] == 1 {
			kinds = append(kinds, kind)
		}
	}
	fmt.Printf("%d acts acknowledged in %.0f s, %d of them only when asked again; %d looks; no answer: %v\n",
		len(l.acked), time.Since(began).Seconds(), l.repeats, len(l.looked), l.broken)
	for _, each := range []struct {
		name string
		at   []time.Time
	}{{"acts", l.acked}, {"looks", l.looked}} {
		sum, longest := map[string]time.Duration{}, map[string]time.Duration{}
		for i := 1; i < len(each.at); i++ {
			gap := each.at[i].Sub(each.at[i-1])
			for _, kind := range []string{cause(events, each.at[i]), "all"} {
				longest[kind] = max(longest[kind], gap)
				if gap >= silent {
					sum[kind] += gap
				}
			}
		}
		count["all"] = len(events)
		for _, kind := range slices.Concat(kinds, []string{"none", "all"}) {
			if kind != "none" || sum[kind] > 0 {
				fmt.Printf("  %s without service after %s (%d): %.1f s; longest pause between two answers %.2f s\n", each.name, kind, count[kind],
					sum[kind].Seconds(), longest[kind].Seconds())
			}
		}
	}
}

func cause(events []event, end time.Time) string {
	out := "none"
	for _, e := range events {
		if e.at.Before(end) {
			out = e.kind
		}
	}
	return out
}
