package cases

import (
	"context"
	"time"

	"serik/internal/app/timeline"
	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/id"
	"serik/internal/transport/web/kit"
)

// historyPage tells who did what and when, without the content of a deed.
func historyPage(ctx context.Context, v *act.View, q *kit.Req) (kit.Screen, error) {
	s, err := look(ctx, v, q)
	if err != nil {
		return kit.Screen{}, err
	}
	var after *timeline.Cursor
	if at, key, ok := q.PlaceAt(); ok {
		after = &timeline.Cursor{At: at, ID: key}
	}
	deeds, next, err := timeline.OfCase(ctx, v, s.Case.ID, after)
	if err != nil {
		return kit.Screen{}, err
	}
	var people []id.ID
	for _, d := range deeds {
		people = append(people, d.Person)
	}
	names, err := directory.Names(ctx, v, people...)
	if err != nil {
		return kit.Screen{}, err
	}
	var line kit.Timeline
	for _, d := range deeds {
		e := kit.Event{Text: q.T.T("history.other"), When: q.T.DateTime(d.At), Instant: d.At.Format(time.RFC3339), By: staff(names, d.Person)}
		if q.T.Has("history." + d.Verb) {
			e.Text = q.T.T("history." + d.Verb)
		}
		if d.Person == "" {
			e.By = q.T.T("cases.machine")
		}
		if m := s.measure(d.On); m != nil {
			e.Tag = &kit.Tag{Text: q.T.T("measure_kind." + m.Kind)}
			e.URL = MeasuresURL + "/" + m.ID.String()
		}
		line.Events = append(line.Events, e)
	}
	parts := []block{{"", line}}
	pager := kit.Pager{}
	if next != nil {
		pager.Older = q.AfterAt(next.At, next.ID)
	}
	if after != nil {
		pager.Newer = q.Newest()
	}
	if pager != (kit.Pager{}) {
		parts = append(parts, block{"", pager})
	}
	return s.screen("history", parts...), nil
}
