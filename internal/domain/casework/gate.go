package casework

import (
	"context"

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

// gaps is the closing gate, pure: what is still missing.
func gaps(f *file) []Gap {
	var out []Gap
	miss := func(key, section string) { out = append(out, Gap{Key: key, Section: section}) }
	expected, start := false, date.Date{}
	for _, m := range f.measures {
		expected = expected || m.Exempt == ""
		if (m.State == Delivered || m.State == Judged) && (start.IsZero() || m.FromDay.After(start)) {
			start = m.FromDay
		}
		if key := gapOf(m, f.results); key != "" {
			out = append(out, Gap{Key: key, Section: "measures", On: m.ID, Kind: m.Kind})
		}
	}
	if !expected {
		miss("case.gap.no_measure", "measures")
	}
	switch {
	case f.plan == nil:
		miss("case.gap.no_plan", "plan")
	case date.Of(f.plan.At).Before(start):
		miss("case.gap.plan_old", "plan")
	}
	switch {
	case f.assessed.IsZero():
		miss("case.gap.no_assessment", "assessment")
	case date.Of(f.assessed).Before(start):
		miss("case.gap.assessment_old", "assessment")
	}
	if !f.danger.IsZero() {
		miss("case.gap.safety", "risk")
	}
	if f.lowering != nil {
		out = append(out, Gap{Key: "case.gap.risk_second", Section: "risk", On: f.lowering.ID})
	}
	return out
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

// Gaps names each thing that is missing before a case may end with its goals
// met, and where it is mended.
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
	return gaps(files[c.ID]), nil
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
