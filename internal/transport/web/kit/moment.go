package kit

import (
	"time"

	"serik/internal/platform/date"
)

// moment is how a browser sends an instant of the local clock.
const moment = "2006-01-02T15:04"

// Moment reads an instant typed into one box, by the clock of Kazakhstan;
// empty is none. A browser without such a box may send 24.11.2026 14:30.
func (q *Req) Moment(name string) time.Time {
	s := q.Text(name)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{moment, moment + ":05", "02.01.2006 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			y, m, d := t.Date()
			day := date.New(y, int(m), d)
			return day.Start().Add(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
		}
	}
	q.bad.Add(name, "fault.date")
	return time.Time{}
}

// MomentBox asks an instant in one box, offering one.
func (q *Req) MomentBox(name, key string, given time.Time) Input {
	i := Input{Field: q.Field(name, key), Kind: "datetime-local"}
	if !given.IsZero() {
		day := date.Of(given)
		y, m, d := day.YMD()
		i.Value = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Add(given.Sub(day.Start())).Format(moment)
	}
	i.Value = q.Value(name, i.Value)
	return i
}
