package casework

import (
	"context"
	"fmt"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/fault"
	"serik/internal/platform/id"
)

// Gap is one thing that is missing before a case may end with its goals met.
type Gap struct {
	Key     string // words: what is missing
	Section string // of the case page, where to mend it
	On      id.ID  // the measure, result or change it is about
	Kind    string // of the measure, for its name
}

// gaps is the closing gate, pure: what is still missing. Where nothing helped,
// the written reason of an end is the office's to give: byOffice.
func gaps(f *file, byOffice bool) []Gap {
	out := measureGaps(f, byOffice)
	miss := func(key, section string) { out = append(out, Gap{Key: key, Section: section}) }
	start, delivered := lastStart(f.measures)
	switch {
	case f.plan == nil:
		miss("case.gap.no_plan", "plan")
	case date.Of(f.plan.At).Before(start):
		miss("case.gap.plan_old", "plan")
	}
	switch {
	case f.assessed.IsZero():
		miss("case.gap.no_assessment", "assessment")
	case date.Of(f.assessed).Before(start), f.assessed.Before(delivered):
		miss("case.gap.assessment_old", "assessment")
	}
	switch {
	case !f.danger.IsZero():
		miss("case.gap.safety", "risk")
	case f.safety == dangerNow:
		miss("case.gap.in_danger", "assessment")
	}
	if neverSeen(f.c, f.seen) {
		miss("case.gap.not_seen", "contacts")
	}
	if f.lowering != nil {
		out = append(out, Gap{Key: "case.gap.risk_second", Section: "risk", On: f.lowering.ID})
	}
	return out
}

// measureGaps: each measure is answered, at least one with an expected result
// was delivered and judged, and one of these helped.
func measureGaps(f *file, byOffice bool) []Gap {
	var out []Gap
	expected, open, judged, helped := false, false, false, false
	for _, m := range f.measures {
		key := gapOf(m, f.results)
		if key != "" {
			out = append(out, Gap{Key: key, Section: "measures", On: m.ID, Kind: m.Kind})
		}
		if m.Exempt != "" {
			continue
		}
		expected, open = true, open || key != ""
		r := f.results[m.ID]
		done := m.State == Judged && r.State == "given"
		judged, helped = judged || done, helped || done && (r.Outcome == "helped" || r.Outcome == Partly)
	}
	switch {
	case !expected:
		out = append(out, Gap{Key: "case.gap.no_measure", Section: "measures"})
	case open: // named already
	case !judged:
		out = append(out, Gap{Key: "case.gap.none_delivered", Section: "measures"})
	case !helped && !byOffice:
		out = append(out, Gap{Key: "case.gap.none_helped", Section: "measures"})
	}
	return out
}

// lastStart is the day the last delivered measure began and the instant of the
// last delivery.
func lastStart(ms []Measure) (date.Date, time.Time) {
	var day date.Date
	var at time.Time
	for _, m := range ms {
		if m.State != Delivered && m.State != Judged {
			continue
		}
		if day.IsZero() || m.FromDay.After(day) {
			day = m.FromDay
		}
		if m.DeliveredAt != nil && m.DeliveredAt.After(at) {
			at = *m.DeliveredAt
		}
	}
	return day, at
}

func gapOf(m Measure, results map[id.ID]Result) string {
	switch m.State {
	case Ordered:
		return "case.gap.delivery"
	case Delivered:
		if _, waits := results[m.ID]; waits {
			return "case.gap.result_second"
		}
		return "case.gap.result"
	}
	return ""
}

// ofOffice: the actor is secretary or chair and does not walk with the child
// themselves. What is loaded comes in with the office's own reasons.
func ofOffice(ctx context.Context, v *act.View, c Case) (bool, error) {
	if v.Actor().Machine {
		return true, nil
	}
	if v.May(MayLook, c.Territory) != nil {
		return false, nil
	}
	walks, err := v.DB().NewSelect().Table("assignment").Where("case_id = ?", c.ID).Where("person = ?", v.Actor().Person).
		Where("state = 'active'").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("turn of the office: %w", err)
	}
	return !walks, nil
}

// Gaps names each thing that is missing before a case may end with its goals
// met by the viewer, and where it is mended.
//
// Faults: Denied; NotFound.
func Gaps(ctx context.Context, v *act.View, key id.ID) ([]Gap, error) {
	c, err := find(ctx, v, See, key)
	if err != nil {
		return nil, err
	}
	files, err := gather(ctx, v, []Case{c})
	if err != nil {
		return nil, err
	}
	office, err := ofOffice(ctx, v, c)
	if err != nil {
		return nil, err
	}
	return gaps(files[c.ID], office), nil
}

// GapsOf finds the list in a refusal of End.
func GapsOf(err error) []Gap {
	f, ok := fault.Of(err)
	if !ok {
		return nil
	}
	list, _ := f.Args["Gaps"].([]Gap)
	return list
}
