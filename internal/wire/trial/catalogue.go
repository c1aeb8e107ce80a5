package trial

import (
	"serik/internal/domain/casework"
	"serik/internal/domain/measure"
)

// Catalogue is the catalogue of measures as a case knows it.
func Catalogue() casework.Catalogue {
	return casework.Catalogue{Kind: measure.IsKind, Indicator: func(k string) (casework.Scale, bool) {
		s, ok := measure.ScaleOf(k)
		return casework.Scale(s), ok
	}}
}
