package cli

import (
	"context"
	"strconv"
	"time"

	"serik/internal/platform/audit"
	"serik/internal/platform/settings"
)

// keeps tells whether the database holds this country, complete, and then sets
// its clock. Another country is refused, for only --fresh removes one; so is an
// instant before its last record. A database without the table of settings
// holds none, nor does one that is half filled.
func (k *country) keeps(ctx context.Context, given bool) (bool, error) {
	has, err := settings.Kept(ctx, k.d.R)
	if err != nil || has["demo.complete"] != "yes" {
		return false, nil
	}
	for key, value := range k.stamp() {
		if key != "demo.now" && has[key] != value {
			return false, refusal{"another country is kept there (" + has["demo.version"] + ", " + has["demo.scale"] + ", seed " + has["demo.seed"] +
				"): give --fresh to build this one in its place, or another --data"}
		}
	}
	last, err := audit.Newest(ctx, k.d.R)
	if err != nil {
		return false, err
	}
	switch back := last.Sub(k.now); {
	case back <= 0:
		return true, nil
	case back > farBack && given:
		return false, refusal{"--now is before the last record of the country that is kept there, " + last.Format(time.RFC3339) + ": give --fresh to build it anew, or a later --now"}
	case back > farBack:
		return false, refusal{"the country that is kept there is ahead of this machine's clock: give --now " + last.Format(time.RFC3339) + " or later, or --fresh to build it anew"}
	}
	k.clock = ticking(last) // what came last stays last
	return true, nil
}

// ticking is a clock that begins at an instant.
func ticking(from time.Time) func() time.Time {
	start := time.Now()
	return func() time.Time { return from.Add(time.Since(start)) }
}

func (k *country) stamp() map[string]string {
	return map[string]string{"demo.version": edition, "demo.seed": strconv.FormatInt(k.seed, 10),
		"demo.scale": string(k.scale), "demo.now": k.now.Format(time.RFC3339)}
}
