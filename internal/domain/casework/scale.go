package casework

import (
	"math"

	"serik/internal/platform/fault"
)

// Scale is how an indicator is counted: its range, whether in whole numbers
// alone, and which way is better: 1 up, -1 down, 0 where that is open.
type Scale struct {
	Min, Max int
	Whole    bool
	Better   int
}

// scale is that of an indicator the catalogue knows.
func (c Catalogue) scale(indicator string) (Scale, bool) {
	if c.Indicator == nil {
		return Scale{}, false
	}
	return c.Indicator(indicator)
}

// checkValue: a value outside the range, or a part where only wholes are
// counted, is a slip of the hand; the message names what is allowed.
func (s Scale) checkValue(bad *fault.Fields, field string, x float64) bool {
	ok := x >= float64(s.Min) && x <= float64(s.Max) && (!s.Whole || x == math.Trunc(x)) // NaN fails
	key := "case.value_range"
	if s.Whole {
		key = "case.value_range_whole"
	}
	bad.Check(ok, field, key, fault.Args{"Min": s.Min, "Max": s.Max})
	return ok
}

// checkAim: from where to where, the better way.
func (s Scale) checkAim(bad *fault.Fields, baseline, target float64) {
	from, to := s.checkValue(bad, "baseline", baseline), s.checkValue(bad, "target", target)
	switch {
	case !from || !to:
	case baseline == target:
		bad.Add("target", "case.target_is_baseline")
	case s.Better > 0 && target < baseline:
		bad.Add("target", "case.target_up", fault.Args{"Max": s.Max})
	case s.Better < 0 && target > baseline:
		bad.Add("target", "case.target_down", fault.Args{"Min": s.Min})
	}
}
