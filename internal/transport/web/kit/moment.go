package kit

import (
	"fmt"
	"strings"
	"time"

	"serik/internal/platform/date"
)

// Moment reads an instant typed into one box, by the clock of Kazakhstan:
// 24.11.2026 14:30. Empty is none.
func (q *Req) Moment(name string) time.Time {
	words := strings.Fields(strings.ReplaceAll(q.Text(name), ",", " "))
	if len(words) == 0 {
		return time.Time{}
	}
	if len(words) == 2 {
		day, bad := date.ParseRU(words[0])
		at, err := time.Parse("15:04", words[1])
		if bad == nil && err == nil && !day.IsZero() {
			return day.Start().Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
		}
	}
	q.bad.Add(name, "fault.moment")
	return time.Time{}
}

// MomentBox asks an instant in one box, offering one.
func (q *Req) MomentBox(name, key string, given time.Time) Input {
	i := Input{Field: q.Field(name, key), Chars: 20, Max: 20}
	if !given.IsZero() {
		day := date.Of(given)
		minutes := int(given.Sub(day.Start()).Minutes())
		i.Value = fmt.Sprintf("%s %02d:%02d", q.T.Date(day), minutes/60, minutes%60)
	}
	i.Value = q.Value(name, i.Value)
	return i
}
