// Package measure is the catalogue of kinds of measures that a commission may
// order for a child or the people around it, and of the indicators by which a
// measure's expected result is read, each with its range and the way that is
// better. Placement and special schools are for
// courts and stand in no catalogue here.
package measure

import "slices"

// Kinds lists the kinds of measures.
func Kinds() []string {
	return []string{"mentoring", "talk", "psychologist", "family_therapy", "parent_course", "tutoring", "club",
		"material_aid", "documents", "health_check", "speech_therapy", "legal_aid", "job_help", "camp",
		"school_mediation", "police_patrol_talk", "safe_place", "social_escort", "addiction_care", "school_transfer_help"}
}

// IsKind tells whether a kind is in the catalogue.
func IsKind(k string) bool { return slices.Contains(Kinds(), k) }

// Reconciles tells that a kind brings the sides of a conflict together: never
// ordered where there are signs of a crime (practice rule 10).
func Reconciles(k string) bool { return k == "school_mediation" }

// Listed tells whether a kind may stand beside a child's name in a list: not
// one that tells an illness or that the child is hidden (practice rules 4, 8
// and 11).
func Listed(k string) bool { return k != "addiction_care" && k != "safe_place" }
