// Package measure is the catalogue of kinds of measures that a commission may
// order for a child or the people around it, and of the indicators by which a
// measure's expected result is read. Placement and special schools are for
// courts and stand in no catalogue here.
package measure

import "slices"

// Kinds lists the kinds of measures.
func Kinds() []string {
	return []string{"mentoring", "talk", "psychologist", "family_therapy", "parent_course", "tutoring", "club",
		"material_aid", "documents", "health_check", "speech_therapy", "legal_aid", "job_help", "camp",
		"school_mediation", "police_patrol_talk", "safe_place", "social_escort", "addiction_care", "school_transfer_help"}
}

// Indicators lists what an expected result is counted in.
func Indicators() []string {
	return []string{"attendance_percent", "lessons_missed_week", "conflicts_month", "grade_average", "sleep_hours",
		"contact_hours_week", "safety_score", "mood_score", "income_security", "documents_ready"}
}

// IsKind tells whether a kind is in the catalogue.
func IsKind(k string) bool { return slices.Contains(Kinds(), k) }

// IsIndicator tells whether an indicator is in the catalogue.
func IsIndicator(k string) bool { return slices.Contains(Indicators(), k) }

// Reconciles tells that a kind brings the sides of a conflict together: never
// ordered where there are signs of a crime (practice rule 10).
func Reconciles(k string) bool { return k == "school_mediation" }
